"""Opsgenie's objects as its REST API answers, in JSON, or with the same names in YAML.

Source: Opsgenie REST API v2: escalations, schedules with their rotations and overrides, teams.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from drillbook.loading.checks.findings import Findings, doubles
from drillbook.loading.document import Document
from drillbook.loading.foreign.leftover import PRESENTATION, Identified, Left, Record
from drillbook.loading.foreign.times import order_findings, zone_findings
from drillbook.loading.validate import Authored, sound
from drillbook.model.policies.opsgenie import Condition, NotifyType
from drillbook.model.quantities import Instant
from drillbook.model.schedule import EveryDay, SomeDays

_Shown = Annotated[Any, Left(PRESENTATION)]


class OgObject(Identified):
    """What all objects share."""

    description: _Shown = None
    owner_team: _Shown = Field(default=None, alias="ownerTeam")


class OgParty(Record):
    """Somebody, a team, a schedule or an escalation that something points to."""

    type: str = "user"
    """Members of teams have none: they are people."""
    id: str | None = None
    name: str | None = None
    username: str | None = None

    @property
    def key(self) -> str:
        """What tells it from others: its id where it has one."""
        return self.id or self.username or self.name or ""

    @property
    def title(self) -> str:
        """What people call it."""
        return self.username or self.name or self.id or ""


class OgDelay(Record):
    """A stretch of time."""

    time_amount: Annotated[int, Field(ge=0, alias="timeAmount")]
    time_unit: Literal["minutes", "hours", "days"] = Field(default="minutes", alias="timeUnit")


class OgRule(Record):
    """One rule of an escalation."""

    condition: Condition
    notify_type: NotifyType = Field(default="default", alias="notifyType")
    delay: OgDelay
    recipient: OgParty


class OgRepeat(Record):
    """What happens after the last rule."""

    wait_interval: Annotated[int, Field(ge=0, alias="waitInterval")] = 0
    count: Annotated[int, Field(ge=0, le=20)] = 0
    reset_recipient_states: bool | None = Field(default=None, alias="resetRecipientStates")
    close_alert_after_all: bool | None = Field(default=None, alias="closeAlertAfterAll")


class OgEscalation(OgObject):
    """Rules by time since the alert's creation."""

    rules: Annotated[list[OgRule], Field(min_length=1)]
    repeat: OgRepeat | None = None


class OgRotation(Record):
    """People take turns."""

    id: Any = None
    name: str | None = None
    type: Literal["hourly", "daily", "weekly"]
    length: Annotated[int, Field(ge=1)] = 1
    start_date: Instant = Field(alias="startDate")
    end_date: Instant | None = Field(default=None, alias="endDate")
    participants: list[OgParty] = []
    time_restriction: Annotated[EveryDay | SomeDays, Field(discriminator="type")] | None = Field(
        default=None, alias="timeRestriction"
    )


class OgNamed(Record):
    """A rotation that an override names."""

    id: Any = None
    name: str | None = None


class OgOverride(Record):
    """Somebody stands in for a while."""

    alias: _Shown = None
    user: OgParty
    start_date: Instant = Field(alias="startDate")
    end_date: Instant = Field(alias="endDate")
    rotations: list[OgNamed] = []
    parent: OgParty | None = Field(default=None, alias="_parent")


class OgSchedule(OgObject):
    """Who is on call when; everybody whose turn it is in any rotation."""

    timezone: str
    enabled: bool | None = None
    rotations: list[OgRotation] = []
    overrides: list[OgOverride] = []


class OgMember(Record):
    """Somebody in a team."""

    user: OgParty
    role: str | None = None


class OgTeam(OgObject):
    """People whom a rule notifies together."""

    members: list[OgMember] = []
    links: _Shown = None


class OgFile(Record):
    """One answer, or a file with several kinds of objects."""

    escalations: list[OgEscalation] = []
    schedules: list[OgSchedule] = []
    teams: list[OgTeam] = []
    took: _Shown = None
    request_id: _Shown = Field(default=None, alias="requestId")
    expandable: _Shown = None
    paging: Annotated[Any, Left("the list goes on: this file holds one page of it only")] = None


def read_opsgenie(document: Document) -> Authored[OgFile]:
    """The objects in a document. InvalidInput with every problem."""
    return sound(document, OgFile, _findings)


def _findings(model: OgFile) -> Findings:
    for key in ("escalations", "schedules", "teams"):
        yield from doubles((key,), [each.id for each in getattr(model, key)], key, "id")
    for place, schedule in enumerate(model.schedules):
        yield from zone_findings(("schedules", place, "timezone"), schedule.timezone)
        for number, rotation in enumerate(schedule.rotations):
            path = ("schedules", place, "rotations", number, "endDate")
            yield from order_findings(path, rotation.start_date, rotation.end_date)
        for number, override in enumerate(schedule.overrides):
            path = ("schedules", place, "overrides", number, "endDate")
            yield from order_findings(path, override.start_date, override.end_date)
