"""What a horizon rests on beyond its model's own defaults: for reports, beside those."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from drillbook.model.basis import Assumed, Basis, Sourced
from drillbook.people.condition import ACCEPTANCE
from drillbook.study.horizon.crew import HANDOFF
from drillbook.study.horizon.life import LATENCY, OFFICE_FROM, OFFICE_UNTIL
from drillbook.study.horizon.rest import SHIFT
from drillbook.study.horizon.watch import FIRST_HOP


class Ground(NamedTuple):
    """A figure or a rule, and where it comes from."""

    what: str
    value: str
    basis: Basis


GROUNDS: Sequence[Ground] = (
    Ground("working hours", f"{OFFICE_FROM:%H:%M} to {OFFICE_UNTIL:%H:%M}, Monday to Friday", Assumed()),
    Ground("a turn begins", f"Monday, {HANDOFF}, or when the site's hours do", Sourced("seed 002")),
    Ground("asleep again after a call at night", f"{LATENCY / 60:.0f} minutes", Assumed()),
    Ground("time off in lieu", "the next morning; slept, as far as sleep was lost", Assumed()),
    Ground("who is paid the stipend", "everybody with the pager, in proportion to their hours", Assumed()),
    Ground("an hour on incidents, an hour of time off", "worth the same at any hour of the week", Assumed()),
    Ground("somebody works on an incident", "from the first to the last thing they do; who has the page, "
           "until it is resolved", Assumed()),
    Ground("a page while other incidents are open", f"accepted x{ACCEPTANCE:g} for each of them",
           Sourced("evidence.md §2: clinical transfer")),
    Ground("an incident that went to the wrong people", f"takes x{FIRST_HOP:g} to diagnose",
           Sourced("evidence.md §1")),
    Ground("sleepiness", "three-process model of alertness, with sleep inertia",
           Sourced("evidence.md §3: Åkerstedt, Folkard and Portin 2004")),
    Ground("shifts in which incidents are counted", f"{SHIFT[0]:%H:%M} to {SHIFT[1]:%H:%M} and the night",
           Assumed()),
    Ground("a week of the limits", "from the horizon's begin, seven days each", Assumed()),
    Ground("night", "22:00 to 08:00 where the person is", Sourced("evidence.md §1")),
    Ground("incidents of a drill", "as severe and as difficult as the drill; mitigated sooner than published "
           "ones (docs/validation.md)", Assumed()),
)  # fmt: skip
"""In the order of reports."""
