"""PagerDuty's objects as its REST API and exports write them, in JSON or YAML.

Source: PagerDuty REST API v2, objects EscalationPolicy, Schedule, Service and User.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from drillbook.loading.checks.findings import doubles
from drillbook.loading.document import Document, Path
from drillbook.loading.foreign.leftover import PRESENTATION, Identified, Left, Record
from drillbook.loading.foreign.times import order_findings, zone_findings
from drillbook.loading.validate import Authored, sound
from drillbook.model.policy import ConstantUrgency, SupportHours, SupportHoursUrgency, UrgencyChange
from drillbook.model.quantities import Instant
from drillbook.model.schedule import Restriction
from drillbook.oncall.check import Finding

_Shown = Annotated[Any, Left(PRESENTATION)]


class PdObject(Identified):
    """What all objects share."""

    summary: str | None = None
    type: str | None = None
    self_: _Shown = Field(default=None, alias="self")
    html_url: _Shown = None
    description: _Shown = None

    @property
    def title(self) -> str:
        """What people call it."""
        return self.name or self.summary or self.id


NAMED = "name"
"""The type of a person who is given by a plain name."""


class PdTarget(PdObject):
    """Somebody or some schedule that a level notifies."""

    type: Literal["user_reference", "schedule_reference", "user", "schedule"]


def _person(value: Any) -> Any:
    return {"id": value, "type": NAMED} if isinstance(value, str) else value


PdPerson = Annotated[PdObject, BeforeValidator(_person)]
"""Somebody: an object, or a plain name as in drillbook's own files."""


def _strategy(value: Any) -> Any:
    return value.get("type") if isinstance(value, dict) else value


class PdRule(Record):
    """A level."""

    id: Any = None
    escalation_delay_in_minutes: Annotated[float, Field(ge=0)]
    targets: Annotated[list[PdTarget], Field(max_length=10)]
    escalation_rule_assignment_strategy: Annotated[
        Literal["assign_to_everyone", "round_robin"] | None, BeforeValidator(_strategy)
    ] = None


class PdPolicy(PdObject):
    """An escalation policy."""

    num_loops: Annotated[int, Field(ge=0, le=9)] | None = None
    on_call_handoff_notifications: Literal["if_has_services", "always"] | None = None
    escalation_rules: Annotated[list[PdRule], Field(min_length=1)]
    services: list[PdObject] = []
    """References to the services that page by it."""
    teams: Annotated[Any, Left("the people are those that the levels name")] = None


class PdUserPlace(Record):
    """A place in a rotation."""

    user: PdPerson


class PdLayer(Record):
    """One rotation of a schedule."""

    id: Any = None
    name: str | None = None
    start: Instant
    end: Instant | None = None
    users: Annotated[list[PdUserPlace], Field(min_length=1)]
    rotation_virtual_start: Instant
    rotation_turn_length_seconds: Annotated[int, Field(gt=0)]
    restrictions: list[Restriction] | None = None
    rendered_schedule_entries: Annotated[Any, Left("worked out from the layers")] = None
    rendered_coverage_percentage: Annotated[Any, Left("worked out from the layers")] = None


class PdOverride(Record):
    """Somebody stands in for a while."""

    id: Any = None
    start: Instant
    end: Instant
    user: PdPerson


class PdOverrides(Record):
    """The part of a schedule that holds its overrides, where the export was made for a span of time."""

    name: _Shown = None
    rendered_schedule_entries: list[PdOverride] = []
    rendered_coverage_percentage: _Shown = None


class PdSchedule(PdObject):
    """Who is on call when. The API lists the layer that wins first, people list it last."""

    time_zone: str
    schedule_layers: list[PdLayer] | None = None
    """Missing in lists that were asked for without their layers."""
    overrides: list[PdOverride] = []
    overrides_subschedule: PdOverrides | None = None
    final_schedule: Annotated[Any, Left("worked out from the layers")] = None
    escalation_policies: _Shown = None
    users: _Shown = None
    teams: _Shown = None
    web_cal_url: _Shown = None
    http_cal_url: _Shown = None
    personal_web_cal_url: _Shown = None
    personal_http_cal_url: _Shown = None


class PdService(PdObject):
    """What an integration pages."""

    status: Literal["active", "warning", "critical", "maintenance", "disabled"] | None = None
    escalation_policy: PdObject
    acknowledgement_timeout: Annotated[int, Field(gt=0)] | None = None
    auto_resolve_timeout: Annotated[int, Field(gt=0)] | None = None
    incident_urgency_rule: (
        Annotated[ConstantUrgency | SupportHoursUrgency, Field(discriminator="type")] | None
    ) = None
    support_hours: SupportHours | None = None
    scheduled_actions: list[UrgencyChange] | None = None
    created_at: _Shown = None
    last_incident_timestamp: _Shown = None
    teams: _Shown = None
    integrations: Annotated[Any, Left("alerts come in by the routing's receivers")] = None
    alert_creation: Annotated[Any, Left("each group of alerts opens one page")] = None
    alert_grouping: Annotated[Any, Left("alerts are grouped by the routing's `group_by`")] = None
    alert_grouping_timeout: Annotated[Any, Left("alerts are grouped by the routing's `group_by`")] = None
    alert_grouping_parameters: Annotated[Any, Left("alerts are grouped by the routing's `group_by`")] = None
    auto_pause_notifications_parameters: Annotated[Any, Left("nothing is paused")] = None


class PdUser(PdObject):
    """Somebody; only the name is of use."""

    email: _Shown = None


class PdFile(Record):
    """One answer of the API, or a file with several kinds of objects."""

    escalation_policies: list[PdPolicy] = []
    schedules: list[PdSchedule] = []
    services: list[PdService] = []
    users: list[PdUser] = []
    overrides: Annotated[Any, Left("they do not say whose: write them into the schedule's `overrides`")] = (
        None
    )
    limit: _Shown = None
    offset: _Shown = None
    total: _Shown = None
    more: Annotated[bool | None, Left("the list goes on: this file holds its first page only")] = None


def read_pagerduty(document: Document) -> Authored[PdFile]:
    """The objects in a document. InvalidInput with every problem."""
    return sound(document, PdFile, _findings)


def _findings(model: PdFile) -> Iterator[Finding]:
    for key, kind in (("escalation_policies", "escalation policies"), ("schedules",) * 2, ("services",) * 2):
        yield from doubles((key,), [each.id for each in getattr(model, key)], kind, "id")
    for number, schedule in enumerate(model.schedules):
        path: Path = ("schedules", number)
        yield from zone_findings((*path, "time_zone"), schedule.time_zone)
        for place, layer in enumerate(schedule.schedule_layers or []):
            yield from order_findings((*path, "schedule_layers", place, "end"), layer.start, layer.end)
        for place, override in enumerate(schedule.overrides):
            yield from order_findings((*path, "overrides", place, "end"), override.start, override.end)
