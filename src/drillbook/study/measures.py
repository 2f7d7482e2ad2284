"""A finished run as a row of figures: NaN where something never happened or does not apply."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from drillbook.batch.runs import between_waves
from drillbook.engine.simulation import Simulation
from drillbook.events import facts as f
from drillbook.events.event import Event
from drillbook.model.automation import AUTOMATION
from drillbook.model.horizon import Objective, Pay
from drillbook.model.measures import NAMES
from drillbook.model.playbook import Severity
from drillbook.model.scenario import Scenario
from drillbook.people.delays import hour, night_factor
from drillbook.scoring.case import STAKEHOLDERS
from drillbook.scoring.measure import Measures, measures
from drillbook.scoring.work import works
from drillbook.world.workload import day_curve

Row: TypeAlias = tuple[float, ...]
"""One value for each of `drillbook.model.measures.NAMES`."""

_DAY = 86_400.0
_SHARED = (
    "detect_s", "acknowledge_s", "declare_s", "first_update_s", "mitigate_s", "resolve_s", "failed_requests",
    "user_minutes", "users_affected", "lost_revenue", "pages", "notifications", "escalations", "people_paged",
    "actions", "reopened",
)  # fmt: skip
"""Measures that a scorecard has under the same name."""


@dataclass(frozen=True, slots=True)
class Prices:
    """What turns work into money and failures into budget."""

    pay: Pay
    slo: Objective


def row(run: Simulation, prices: Prices) -> Row:
    """The figures of one incident."""
    taken = measures(run.log)
    found = {name: _number(getattr(taken, name)) for name in _SHARED}
    if between_waves(run.log, run.scenario.needs.stable_for):
        found["mitigate_s"] = math.nan
    found |= {"observed_s": _observed(run), "identify_s": _identified(run)}
    found |= _breaches(run, taken, found)
    found["budget_burnt"] = found["failed_requests"] / _budget(run.scenario, prices.slo)
    found |= _automation(run)
    found |= _people(run, prices.pay)
    return tuple(found.get(name, math.nan) for name in NAMES)


def severity(run: Simulation) -> Severity | None:
    """The severity that the incident truly has, in the playbook's words."""
    return run.playbook.severity(run.scenario.needs.severity)


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)


def _onset(run: Simulation) -> float:
    """When users began to suffer; NaN where they never did."""
    suffered = (e.t for e in run.log if isinstance(e.fact, f.ImpactChanged) and e.fact.suffering)
    return next(suffered, math.nan)


def _observed(run: Simulation) -> float:
    """Seconds from the onset of suffering to the end of the run; 0 where users never suffered."""
    onset = _onset(run)
    return 0.0 if math.isnan(onset) else round(run.log[-1].t - onset, 3)


def _identified(run: Simulation) -> float:
    """Seconds from the onset until somebody says what they hold for the cause, right or wrong."""
    stated = next((event.t for event in run.log if isinstance(event.fact, f.CauseStated)), math.nan)
    took = stated - _onset(run)
    return took if math.isnan(took) else round(max(0.0, took), 3)


def _breaches(run: Simulation, taken: Measures, found: dict[str, float]) -> dict[str, float]:
    """Whether the targets of the incident's severity were missed; NaN where the playbook has none."""
    level = severity(run)
    suffered = found["observed_s"] > 0
    late = math.nan if level is None else _later(taken.acknowledge_s, level.respond_within)
    within = level.resolve_within if level is not None else None
    mitigated = None if math.isnan(found["mitigate_s"]) else found["mitigate_s"]
    missed = math.nan if within is None else _later(mitigated, within)
    return {
        "acknowledge_breach": late if suffered or taken.pages else 0.0,
        "mitigate_breach": missed if suffered or math.isnan(missed) else 0.0,
    }


def _later(value: float | None, limit: float) -> float:
    return 1.0 if value is None or value > limit else 0.0


def _budget(scenario: Scenario, slo: Objective) -> float:
    """Requests that may fail in the objective's window, at the workload of ordinary days."""
    curve = day_curve(scenario.system.workload.day, scenario.start, 0.0, _DAY)
    corners = sorted({0.0, _DAY, *(t for t in curve.times if 0 < t < _DAY)})
    daily = sum((b - a) * (curve.at(a) + curve.at(b)) / 2 for a, b in pairwise(corners))
    return max(1.0, (1 - slo.target) * daily * slo.window / _DAY)


def _automation(run: Simulation) -> dict[str, float]:
    """Remediations of the automation, and those of them that were no remedy."""
    own = [
        (event, event.fact)
        for event in run.log
        if event.actor == AUTOMATION and isinstance(event.fact, f.ActionStarted)
    ]
    done = works(own, (), (), run.scenario.needs.remedies)
    false = sum(work.verdict in {"useless", "harmful"} for work in done)
    return {"automated": float(len(done)), "false_remediations": float(false)}


def _people(run: Simulation, pay: Pay) -> dict[str, float]:
    """Nights disturbed, hours worked and what they cost; the weekly stipend is for horizons."""
    nights = _night_pages(run)
    hours = _hours(run)
    level = severity(run)
    severe = level is not None and level.id == run.playbook.severities[0].id
    lieu = len({(page, user) for page, user, _ in nights}) * pay.lieu_per_night_page / 3600
    bonus = pay.per_severe_incident if severe and hours else 0.0
    return {
        "night_pages": float(len(nights)),
        "person_hours": hours,
        "cost": bonus + pay.hour * (hours + lieu),
    }


def _night_pages(run: Simulation) -> list[tuple[str, str, float]]:
    """Page, person and time of every notification at night."""
    return [
        (event.fact.page, event.fact.user, event.t)
        for event in run.log
        if isinstance(event.fact, f.PageChanged)
        and event.fact.change == "notified"
        and night_factor(hour(run.scenario, event.t)) > 1
    ]


def _hours(run: Simulation) -> float:
    """Hours that responders worked: each from their first command to the resolution, or to the end."""
    parts = {person.id: person.part for person in run.scenario.people}
    begun: dict[str, float] = {}
    over = run.log[-1].t
    for event in run.log:
        if _responds(event, parts):
            begun.setdefault(event.actor, event.t)
        elif isinstance(event.fact, f.IncidentResolved):
            over = event.t
        elif isinstance(event.fact, f.IncidentReopened):
            over = run.log[-1].t
    return sum(max(0.0, over - t) for t in begun.values()) / 3600


def _responds(event: Event, parts: Mapping[str, str]) -> bool:
    """Whether somebody of the response side types something."""
    if not isinstance(event.fact, f.CommandGiven):
        return False
    part = parts.get(event.actor)
    return part is not None and part not in STAKEHOLDERS
