"""Which clues were seen, by whom and when; which explanations were believed, and acted upon."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import re2

from drillbook.debrief.document import ClueSeen, Explanation
from drillbook.debrief.story import Story
from drillbook.debrief.wording import visible
from drillbook.model.scenario import Cause, Clue
from drillbook.scoring.graders.diagnosis import names_cause
from drillbook.scoring.work import Look, asks_for

MISLEADING = "Taken alone it leads away from the cause."
"""What is said beside a clue that points to another cause than the true one."""


_SLIGHT = 0.1
"""A clue of less weight speaks for no cause at all."""


@dataclass(frozen=True, slots=True)
class Sight:
    """A clue as it was first seen; `line` is where in the output it stands, from 0."""

    clue: Clue
    seq: int
    person: str
    misleading: bool
    line: int


def sights(story: Story) -> dict[int, tuple[Sight, ...]]:
    """The clues by the number of the probe that was the first to show them."""
    needs = story.scenario.needs
    unseen = list(needs.clues)
    found: dict[int, tuple[Sight, ...]] = {}
    for look in story.case.looks:
        seen = []
        for clue in tuple(unseen):
            line = _line(clue, look)
            if line is not None:
                unseen.remove(clue)
                wrong = misleads(story, clue)
                seen.append(Sight(clue, look.event.seq, look.person, wrong, line))
        if seen:
            found[look.event.seq] = tuple(seen)
    return found


def clues_seen(
    story: Story, seen: Mapping[int, tuple[Sight, ...]], numbers: Mapping[int, int]
) -> tuple[ClueSeen, ...]:
    """Every clue of the scenario, in the order in which an experienced engineer would look."""
    by_clue = {sight.clue.id: sight for group in seen.values() for sight in group}
    return tuple(
        _clue_seen(story, clue, by_clue.get(clue.id), numbers) for clue in story.scenario.needs.clues
    )


def explanations(
    story: Story, seen: Mapping[int, tuple[Sight, ...]], numbers: Mapping[int, int]
) -> tuple[Explanation, ...]:
    """Every possible cause, the true one first, with what speaks for its having been followed."""
    needs = story.scenario.needs
    ordered = sorted(needs.causes, key=lambda cause: cause.id != needs.cause)
    return tuple(_explanation(story, cause, seen, numbers) for cause in ordered)


def _clue_seen(story: Story, clue: Clue, sight: Sight | None, numbers: Mapping[int, int]) -> ClueSeen:
    return ClueSeen(
        id=clue.id,
        probe=clue.probe,
        says=clue.says.strip(),
        misleading=misleads(story, clue),
        number=numbers.get(sight.seq) if sight else None,
        at=story.clock.time(story.log[sight.seq - 1].t) if sight else "",
        who=story.name(sight.person) if sight else "",
    )


def _explanation(
    story: Story, cause: Cause, seen: Mapping[int, tuple[Sight, ...]], numbers: Mapping[int, int]
) -> Explanation:
    pointing = [seq for seq, group in seen.items() if any(each.clue.points_to == cause.id for each in group)]
    stated = [each.event.seq for each in story.stated_causes if names_cause(each, cause)]
    remedy = None if cause.remedy is None else story.scenario.needs.remedies[cause.remedy]
    tried = [work.event.seq for work in story.case.works if remedy is not None and work.remedy is remedy]
    return Explanation(
        id=cause.id,
        summary=cause.summary.strip(),
        true=cause.id == story.scenario.needs.cause,
        seen=_numbered(pointing, numbers),
        stated=_numbered(stated, numbers),
        tried=_numbered(tried, numbers),
    )


def misleads(story: Story, clue: Clue) -> bool:
    """Whether a clue speaks for another cause than the true one, and not just slightly."""
    return clue.points_to != story.scenario.needs.cause and clue.weight >= _SLIGHT


def _numbered(seqs: list[int], numbers: Mapping[int, int]) -> tuple[int, ...]:
    return tuple(numbers[seq] for seq in seqs if seq in numbers)


def _line(clue: Clue, look: Look) -> int | None:
    """The line of the output on which the clue stands; None where this look does not show it."""
    if not asks_for(look, clue.probe):
        return None
    output = visible(look.output)
    found = _pattern(clue.shows).search(output)
    return None if found is None else output.count("\n", 0, found.start())


@lru_cache(maxsize=256)
def _pattern(shows: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    return re2.compile(shows, options=options)
