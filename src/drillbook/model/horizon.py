"""Days to quarters on call: when incidents come, who has the pager, how tired they get, what they earn.

Every default says what it rests on (`drillbook.model.basis`); reports show it.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from drillbook.model.base import Model, Name
from drillbook.model.basis import Assumed, Sourced
from drillbook.model.people import Probability
from drillbook.model.quantities import Duration, Instant
from drillbook.model.schedule import Minute


class HourWeight(Model):
    """How many incidents begin from a time of day on, against other times."""

    at: Minute
    weight: Annotated[float, Field(ge=0)]


class Arrivals(Model):
    """When incidents begin."""

    per_month: Annotated[
        float,
        Field(gt=0, le=10_000),
        Sourced("evidence.md §1, PagerDuty 2021: 2 / 7 / 19 is good / bad / burnout"),
    ] = 7.0
    """Incidents that page, in 30 days."""
    cv: Annotated[
        float, Field(ge=0, le=5), Sourced("evidence.md §1: inter-arrival CV 1.30 of 779 incidents")
    ] = 1.3
    """Coefficient of variation of the times between them; 1 for a Poisson process."""
    day: Annotated[
        list[HourWeight], Assumed("more changes, more incidents: twice as many in working hours")
    ] = [
        HourWeight(at="00:00", weight=1.0),
        HourWeight(at="09:00", weight=2.0),
        HourWeight(at="18:00", weight=1.0),
    ]
    """Weights over the day in `time_zone`, each until the next one."""
    weekend: Annotated[float, Field(ge=0), Assumed("fewer changes")] = 0.7
    """Factor on weekends."""
    time_zone: str = "Etc/UTC"
    """IANA name, such as Europe/Berlin."""


class Site(Model):
    """People of one place on the rota."""

    id: Name
    time_zone: str = "Etc/UTC"
    engineers: Annotated[
        int, Field(ge=1, le=1000), Sourced("evidence.md §1, Google: 8 at a single site or 6 + 6")
    ] = 8
    begins: Minute | None = None
    ends: Minute | None = None
    """Local hours in which the site has the pager; round the clock where both are left out."""


class Rota(Model):
    """Who has the pager when."""

    sites: Annotated[list[Site], Field(min_length=1)] = [Site(id="home")]
    turn: Annotated[Duration, Sourced("seed 002: one week")] = 604_800.0
    """How long somebody has the pager before the next one takes it."""
    secondary: Annotated[bool, Sourced("seed 002: one week primary, one week secondary")] = True
    """Whether there is somebody whom pages go to when the primary does not answer."""


class Fatigue(Model):
    """Sleep, and what lack of it does: the three-process model."""

    on: bool = True
    threshold: Annotated[float, Field(ge=1, le=9), Assumed("evidence.md §2 says so itself")] = 7.0
    """Karolinska sleepiness from which on somebody is unfit."""
    errors: Annotated[float, Field(ge=1), Sourced("evidence.md §3, SPAR-H: fitness degraded x5")] = 5.0
    """Factor on the chance of an error then."""
    night: Annotated[float, Field(ge=1), Sourced("evidence.md §2: 1.25, measured x1.23, CI 1.03-1.45")] = 1.25
    """Factor on times between 22:00 and 08:00 local time."""
    bed: Annotated[Minute, Assumed("a usual night")] = "23:00"
    rise: Annotated[Minute, Assumed("a usual night")] = "07:00"


class Errors(Model):
    """Human error."""

    on: bool = True
    misroute: Annotated[Probability, Sourced("evidence.md §1: 47 % of 20,769 tickets were reassigned")] = 0.0
    """Chance that an incident first goes to the wrong people; off unless asked for, since the drills' own
    escalations have it in part. 0.47 is the share of the source."""


class Limits(Model):
    """How long somebody may work (the rule of rest)."""

    continuous_at_most: Annotated[Duration, Sourced("seed 002: 12 hours")] = 43_200.0
    rest_at_least: Annotated[Duration, Sourced("seed 002: 8 hours")] = 28_800.0
    between_shifts: Annotated[Duration, Sourced("evidence.md §3: < 11 h, risk x1.39")] = 39_600.0
    """Rest in the 24 hours before a morning below which the rule of rest is broken."""
    week_at_most: Annotated[Duration, Sourced("seed 002: 60 hours")] = 216_000.0
    incidents_per_shift: Annotated[
        int, Field(ge=1), Sourced("evidence.md §1, Google: 2 incidents per 12 h shift at most")
    ] = 2


class Pay(Model):
    """What on-call work costs, in USD."""

    stipend_per_week: Annotated[float, Field(ge=0), Sourced("seed 003: $500 a week, flat")] = 500.0
    per_severe_incident: Annotated[float, Field(ge=0), Sourced("seed 003: $200 for each SEV-1 handled")] = (
        200.0
    )
    """For each incident of the playbook's most severe level."""
    lieu_per_night_page: Annotated[Duration, Sourced("seed 003: 4 hours off for each overnight page")] = (
        14_400.0
    )
    hour: Annotated[float, Field(ge=0), Sourced("evidence.md §1, PagerDuty 2021: $50 an hour")] = 50.0
    """An hour of work, and of time off in lieu."""


class Objective(Model):
    """The service level objective whose error budget is burnt."""

    target: Annotated[float, Field(gt=0, lt=1), Assumed("a usual objective")] = 0.999
    """Part of the requests that succeeds."""
    window: Annotated[Duration, Sourced("evidence.md §5: a 30-day budget")] = 2_592_000.0


class Horizon(Model):
    """A stretch of on-call life."""

    days: Annotated[int, Field(ge=1, le=3660)]
    start: Instant | None = None
    """The first scenario's own start where left out."""
    arrivals: Arrivals = Arrivals()
    rota: Rota = Rota()
    fatigue: Fatigue = Fatigue()
    errors: Errors = Errors()
    limits: Limits = Limits()
