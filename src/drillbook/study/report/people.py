"""What the simulated people of a study rest on, whatever its horizon."""

from __future__ import annotations

import math
from collections.abc import Iterator

from drillbook.model.basis import Assumed, Basis, Sourced
from drillbook.model.study import Study
from drillbook.people import delays, error, fatigue
from drillbook.people.skill import SKILLS, Level
from drillbook.study.horizon.basis import Ground

_POST_MORTEMS = "evidence.md §1: 354 post-mortems"


def people(study: Study) -> Iterator[Ground]:
    """The figures of the levels that the study has, of its people files, and of everybody."""
    for each in study.responders:
        if each.people is not None:
            said = "given by the study; what it leaves out is its level's"
            yield Ground(f"responders {each.people}", "times of the people file", Sourced(said))
        elif each.level != "absent":
            yield from _level(each.level or "average")
    yield from _everybody()


def _level(level: Level) -> Iterator[Ground]:
    skill = SKILLS[level]
    median = f"median {skill.answer * delays.ANSWER_MEDIAN / 60:.2g} min, sigma {skill.answer_sigma:g}"
    missed = Assumed("evidence.md §2: 5-10 %, fitted to the mean below 4 min")
    other = "order of looks, trust in clues, what is tried and forgotten"
    yield Ground(f"{level}: time to acknowledge", median, _answering(level))
    yield Ground(f"{level}: misses the first notification", f"{100 * skill.never:g} %", missed)
    yield Ground(f"{level}: time to diagnose", f"x{skill.diagnose:g}", Assumed("levels differ so"))
    yield Ground(f"{level}: {other}", "docs/explanation/people.md", Assumed("levels differ so"))


def _answering(level: Level) -> Basis:
    published = "evidence.md §2: LN(ln 2 min, 1.1)"
    return (
        Sourced(published) if level == "average" else Assumed(f"levels differ; the average's is {published}")
    )


def _everybody() -> Iterator[Ground]:
    by = ", ".join(f"{name} x{factor:g}" for name, factor in delays.DIFFICULTY.items())
    own = f"sigma {delays.DIAGNOSE_SIGMA * math.sqrt(delays.RESPONDER_SHARE):.2f}"
    share = f"{100 * delays.RESPONDER_SHARE:.0f} % of the variance is the responder's"
    errors = f"{error.NOMINAL['diagnosis']:g}, {error.NOMINAL['action']:g}, shaped"
    rows: list[tuple[str, str, Basis]] = [
        ("time to diagnose", f"median {delays.DIAGNOSE_MEDIAN / 60:.0f} min", Sourced(_POST_MORTEMS)),
        ("its part by the drill", by, Assumed("the incident's own part")),
        ("its spread within a drill", own, Assumed(share)),
        ("times at night", f"x{delays.NIGHT:g}", Sourced("evidence.md §2; measured x1.23, CI 1.03-1.45")),
        ("error in a look, in a command", errors, Sourced("evidence.md §3: SPAR-H")),
        ("unfit when sleepy", f"from {fatigue.DEGRADED:g} of 9", Assumed("evidence.md §2 says so itself")),
        ("remedies", "act once typed, unless a people file gives times to mitigate", Assumed()),
    ]
    for what, value, basis in rows:
        yield Ground(f"everybody: {what}", value, basis)
