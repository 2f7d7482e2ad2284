"""How long people take: lognormal times, slower at night.

Sources: evidence.md §1 (354 post-mortems, 779 status incidents) and §2 (default synthetic responder).
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from drillbook.model.draws import Draws
from drillbook.model.people import Answer
from drillbook.model.scenario import Scenario

NIGHT = 1.25
"""Factor on times between 22:00 and 08:00 local time (evidence.md §2; measured ×1.23, CI 1.03-1.45)."""
ANSWER_MEDIAN = 120.0
"""Median time to acknowledge, seconds (evidence.md §2: LN(ln 2 min, 1.1))."""
DIAGNOSE_MEDIAN = 60 * math.exp(3.79)
"""Median time to diagnose over incidents, seconds (evidence.md §1: LN(3.79, 1.24) minutes)."""
DIAGNOSE_SIGMA = 1.24
"""Standard deviation of its logarithm (evidence.md §1)."""
RESPONDER_SHARE = 0.1
"""Part of that variance that is the responder's own, not the incident's (assumption)."""
DIFFICULTY = {"easy": 0.4, "medium": 0.7, "hard": 1.0}
"""The incident's part: a scenario's time to diagnose against the median incident's (assumption)."""


def clock(scenario: Scenario, t: float) -> datetime:
    """Local time at `t`."""
    return scenario.start + timedelta(seconds=t)


def hour(scenario: Scenario, t: float) -> float:
    """Local hour of the day at `t`, 0 to 24."""
    now = clock(scenario, t)
    return now.hour + now.minute / 60 + now.second / 3600


def night_factor(at_hour: float) -> float:
    """Factor on people's times at a local hour of the day."""
    return NIGHT if at_hour >= 22 or at_hour < 8 else 1.0


def pace(draws: Draws, person: str) -> float:
    """A responder's own factor on the time to diagnose, for one incident; median 1."""
    return draws.lognormal(1.0, DIAGNOSE_SIGMA * math.sqrt(RESPONDER_SHARE), person, "pace")


def answer(draws: Draws, person: str, how: Answer, times: int, factor: float = 1.0) -> float | None:
    """Seconds until a person answers the `times`-th call; None where they never answer this one."""
    if draws.uniform(person, "answers-at-all", times) < how.never:
        return None
    return draws.lognormal(how.median * factor, how.sigma, person, "answer", times)
