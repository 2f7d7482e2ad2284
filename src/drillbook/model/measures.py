"""The measures that a study takes of each run: the columns of its results."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

Unit = Literal["s", "h", "1", "yes", "share", "min", "USD"]
"""Seconds, hours, a number, 1 for yes and 0 for no, a part of 1, user minutes, US dollars."""


class Column(NamedTuple):
    """A measure of a run."""

    title: str
    unit: Unit
    better: Literal["less", "more"] = "less"
    horizon: bool = False
    """Whether it needs a horizon of days; incidents alone do not have it."""


COLUMNS: Mapping[str, Column] = MappingProxyType(
    {
        "detect_s": Column("time to detect", "s"),
        "acknowledge_s": Column("time to acknowledge", "s"),
        "declare_s": Column("time to declare", "s"),
        "first_update_s": Column("time to the first update", "s"),
        "identify_s": Column("time until a cause is stated", "s"),
        "mitigate_s": Column("time to mitigate", "s"),
        "resolve_s": Column("time to resolve", "s"),
        "observed_s": Column("time from onset to the end of the run", "s"),
        "acknowledge_breach": Column("acknowledged too late or never", "yes"),
        "mitigate_breach": Column("mitigated too late or never", "yes"),
        "failed_requests": Column("failed requests", "1"),
        "user_minutes": Column("user minutes lost", "min"),
        "users_affected": Column("users affected", "1"),
        "lost_revenue": Column("lost revenue", "USD"),
        "budget_burnt": Column("SLO error budget burnt", "share"),
        "pages": Column("pages", "1"),
        "notifications": Column("times that somebody was paged", "1"),
        "night_pages": Column("times that somebody was paged at night", "1"),
        "escalations": Column("escalations", "1"),
        "people_paged": Column("people called in", "1"),
        "actions": Column("remediations by people", "1"),
        "automated": Column("remediations by the automation", "1"),
        "false_remediations": Column("remediations by the automation that were no remedy", "1"),
        "reopened": Column("times reopened", "1"),
        "person_hours": Column("hours worked on incidents", "h"),
        "cost": Column("cost of people", "USD"),
        "incidents": Column("incidents", "1", horizon=True),
        "overlapping": Column("incidents that began during another", "1", horizon=True),
        "pages_per_person_week": Column("pages per person and week", "1", horizon=True),
        "rest_violations": Column("breaches of the rule of rest", "1", horizon=True),
        "limit_breaches": Column("breaches of the limits on hours, rest and incidents", "1", horizon=True),
        "lost_sleep_hours": Column("sleep lost to incidents", "h", horizon=True),
        "stipends": Column("stipends of those with the pager", "USD", horizon=True),
        "bonuses": Column("bonuses for severe incidents", "USD", horizon=True),
        "time_off": Column("time off for pages at night", "USD", horizon=True),
        "labour": Column("hours on incidents, paid", "USD", horizon=True),
        "degraded_share": Column("part of the incidents met by somebody unfit", "share", horizon=True),
    }
)
"""In the order of the results' columns. A value is NaN where it never happened or does not apply."""

NAMES: tuple[str, ...] = tuple(COLUMNS)

CENSORED = frozenset(name for name in NAMES if name.endswith("_s") and name != "observed_s")
"""Times that may never come: then they are longer than `observed_s`."""

if TYPE_CHECKING:
    MeasureName: TypeAlias = str
else:
    MeasureName = Literal[NAMES]
