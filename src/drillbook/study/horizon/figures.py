"""The figures of a horizon: those of its incidents put together, and those of its people."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from drillbook.model.measures import NAMES
from drillbook.study.horizon.ledger import PersonWeek
from drillbook.study.horizon.watch import Watch

SUMS = frozenset({
    "failed_requests", "user_minutes", "users_affected", "lost_revenue", "pages", "notifications",
    "escalations", "people_paged", "actions", "automated", "false_remediations", "reopened",
})  # fmt: skip
"""Added up over the incidents; times and shares are means of the incidents that have them."""


def figures(watch: Watch, weeks: Sequence[PersonWeek], window: float) -> dict[str, float]:
    """Every measure of a horizon by its name; `window` is that of the objective, in seconds."""
    rows = [each.figures for each in watch.met]
    found = {name: _together(name, [row[name] for row in rows]) for name in NAMES if rows and name in rows[0]}
    burnt = sum(row.get("budget_burnt", 0.0) for row in rows)
    found["budget_burnt"] = burnt * window / (86400.0 * watch.horizon.days)
    found |= dict.fromkeys((name for name in SUMS if name not in found), 0.0)
    own = [row for row in weeks if row.person in watch.crew.engineers]
    met = [each for each in watch.met if each.kss is not None]
    unfit = sum((each.kss or 0.0) >= watch.horizon.fatigue.threshold for each in met)
    return found | {
        "incidents": float(len(watch.met)),
        "overlapping": float(sum(each.concurrent > 0 for each in watch.met)),
        "night_pages": _total(row.night_pages for row in weeks),
        "pages_per_person_week": _total(row.pages for row in own) / _person_weeks(watch),
        "rest_violations": _total(row.rest_violations for row in own),
        "limit_breaches": _total(row.limit_breaches for row in own),
        "lost_sleep_hours": _total(row.lost_sleep_hours for row in own),
        "degraded_share": unfit / len(met) if met else math.nan,
        "person_hours": _total(row.worked_hours for row in weeks),
        "cost": _total(row.cost for row in weeks),
        "stipends": _total(row.stipend for row in weeks),
        "bonuses": _total(row.bonus for row in weeks),
        "time_off": _total(row.lieu for row in weeks),
        "labour": _total(row.labour for row in weeks),
    }


def _together(name: str, values: list[float]) -> float:
    known = [value for value in values if not math.isnan(value)]
    if name in SUMS:
        return math.fsum(known)
    return math.fsum(known) / len(known) if known else math.nan


def _total(values: Iterable[float]) -> float:
    return math.fsum(values)


def _person_weeks(watch: Watch) -> float:
    return len(watch.crew.engineers) * watch.horizon.days / 7
