"""Who is on call when, whichever tool a schedule comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Protocol

from drillbook.model.schedule import GoAlertSchedule, OpsgenieSchedule, Rotation, Schedule
from drillbook.oncall.plans.goalert import GoAlertPlan, RotationPlan
from drillbook.oncall.plans.opsgenie import OpsgeniePlan
from drillbook.oncall.plans.pagerduty import PagerDutyPlan
from drillbook.oncall.restriction import DAY

_HORIZON = 400 * DAY
_NONE: Mapping[str, Rotation] = MappingProxyType({})


class Plan(Protocol):
    """A tool's schedule; instants are in UTC."""

    def on_call(self, at: datetime, by: int = 0) -> tuple[str, ...]:
        """Who is on call, or would be `by` turns later."""

    def boundaries(self, at: datetime) -> Iterator[datetime]:
        """Instants around `at` at which the answer may change; the first one after it is among them."""


class Rota:
    """A schedule or a rotation, ready to ask. Instants are aware datetimes of any zone."""

    def __init__(self, schedule: Schedule | Rotation, rotations: Mapping[str, Rotation] = _NONE) -> None:
        self._plan = _plan(schedule, rotations)

    def on_call(self, at: datetime, by: int = 0) -> tuple[str, ...]:
        """Everybody on call at an instant, each once; who would be `by` turns later or, negative, earlier."""
        return self._plan.on_call(at.astimezone(UTC), by)

    def next_boundary(self, at: datetime) -> datetime | None:
        """The next instant, in UTC, at which the answer may change; None if it never does."""
        at = at.astimezone(UTC)
        return min((moment for moment in self._plan.boundaries(at) if moment > at), default=None)

    def next_change(self, at: datetime) -> datetime | None:
        """The next instant, in UTC, at which somebody else (or nobody) is on call.

        None if that does not happen within 400 days.
        """
        at = at.astimezone(UTC)
        people, moment = self.on_call(at), self.next_boundary(at)
        while moment is not None and moment <= at + _HORIZON:
            if self.on_call(moment) != people:
                return moment
            moment = self.next_boundary(moment)
        return None


def _plan(schedule: Schedule | Rotation, rotations: Mapping[str, Rotation]) -> Plan:
    if isinstance(schedule, Rotation):
        return RotationPlan(schedule)
    if isinstance(schedule, GoAlertSchedule):
        return GoAlertPlan(schedule, rotations)
    if isinstance(schedule, OpsgenieSchedule):
        return OpsgeniePlan(schedule)
    return PagerDutyPlan(schedule)
