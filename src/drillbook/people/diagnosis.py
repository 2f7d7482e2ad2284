"""From sights to beliefs: which look comes next, what it means, and when one is convinced."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import re2

from drillbook.model.draws import Draws
from drillbook.model.scenario import Cause, Clue, Needs
from drillbook.people.error import dependent
from drillbook.people.runbooks import does
from drillbook.people.skill import Skill

REFUTED = 0.25
"""What is left of a belief after its remedy did not help (assumption)."""
MARGIN = 0.1
"""By how much a belief must lead the next one to convince (assumption)."""
LEAST = 0.1
"""Support below which nobody acts on a belief (assumption)."""


@cache
def _pattern(shows: str) -> Any:
    """Searched for in bytes: RE2 works on those, and would encode a text anew for every clue."""
    return re2.compile(shows)


class Beliefs:
    """Evidence for each cause, gathered look by look.

    Independent clues add up as 1 - prod(1 - weight ** trust); a cause whose remedy failed keeps
    `REFUTED` of it.
    """

    def __init__(self, needs: Needs, skill: Skill, draws: Draws, person: str) -> None:
        self._needs = needs
        self._trust = skill.trust
        self._convinced = skill.convinced
        self._draws = draws
        self._person = person
        self._seen: dict[str, Clue] = {}
        self._elsewhere: set[str] = set()
        self._misread: set[str] = set()
        self._refuted: dict[str, int] = {}
        self._round = 0
        known = list(dict.fromkeys(clue.probe for clue in needs.clues))
        self._probes = frozenset(known)
        shift = {
            probe: place + skill.disorder * draws.normal(person, "order", probe)
            for place, probe in enumerate(known)
        }
        self._looks = sorted(known, key=lambda probe: shift[probe])
        self._left = list(self._looks)

    def begin_with(self, probes: Iterable[str]) -> None:
        """Put the looks that a runbook asks for before those of experience, where they are not the same."""
        asked = [each for each in probes if not any(does(look, each) for look in self._looks)]
        self._looks[:0] = asked
        self._left[:0] = asked

    @property
    def looks(self) -> int:
        """How many looks there are in all."""
        return len(self._looks)

    def next_look(self) -> str | None:
        """The next probe to type; None when everything that may show something new has been looked at."""
        while self._left and self._known(self._left[0]):
            self._left.pop(0)
        return self._left[0] if self._left else None

    def _known(self, probe: str) -> bool:
        """Whether all that experience expects of a probe has been seen already, on another screen."""
        expected = [clue.id for clue in self._needs.clues if clue.probe == probe]
        return bool(expected) and all(name in self._elsewhere for name in expected)

    def again(self) -> None:
        """Go round once more: things may look different now."""
        self._round += 1
        self._left = list(self._looks)

    def read(self, probe: str, output: str, error: float) -> None:
        """Read what a probe showed; each clue in it is overlooked with probability `error`.

        What a runbook's own look shows is read as a colleague's report is.
        """
        if probe in self._left:
            self._left.remove(probe)
        if probe not in self._probes:
            self.hear(output)
            return
        shown = output.encode()
        for clue in self._needs.clues:
            if clue.probe == probe and clue.id not in self._seen and _pattern(clue.shows).search(shown):
                self._notice(clue, error)

    def hear(self, text: str) -> None:
        """Take in a colleague's report: lines quoted from tools mean what they mean on one's own screen."""
        said = text.encode()
        for clue in self._needs.clues:
            if clue.id not in self._seen and _pattern(clue.shows).search(said):
                self._seen[clue.id] = clue
                self._elsewhere.add(clue.id)

    def refute(self, cause: Cause) -> None:
        """The remedy for this cause did not help."""
        self._refuted[cause.id] = self._refuted.get(cause.id, 0) + 1

    def support(self, cause: Cause) -> float:
        """How strongly everything seen speaks for a cause, 0 to 1."""
        against = 1.0
        for clue in self._seen.values():
            if clue.points_to == cause.id:
                against *= 1 - clue.weight**self._trust
        return (1 - against) * REFUTED ** self._refuted.get(cause.id, 0)

    def best(self) -> Cause | None:
        """The best-supported cause that something can be done about; None where nothing speaks for any."""
        able = [cause for cause in self._needs.causes if cause.remedy is not None]
        best = max(able, key=self.support, default=None)
        return best if best is not None and self.support(best) >= LEAST else None

    def convinced(self) -> Cause | None:
        """The best-supported cause, when the evidence is enough to act on it."""
        best = self.best()
        if best is None or self.support(best) < self._convinced:
            return None
        rest = max((self.support(cause) for cause in self._needs.causes if cause is not best), default=0.0)
        return best if self.support(best) - rest >= MARGIN else None

    def _notice(self, clue: Clue, error: float) -> None:
        chance = dependent(error, "moderate") if clue.id in self._misread else error
        if self._draws.uniform(self._person, "misread", clue.id, self._round) < chance:
            self._misread.add(clue.id)
        else:
            self._seen[clue.id] = clue
