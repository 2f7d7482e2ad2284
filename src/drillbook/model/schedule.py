"""Schedules in the words of each tool, told apart by `profile`: who is on call when."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Field

from drillbook.model.base import Model, Name
from drillbook.model.quantities import Instant

TimeOfDay = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$")]
"""Such as `09:00:00`."""
Minute = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
"""Such as `09:00`."""


def with_default_profile(value: Any) -> Any:
    """What authors leave out: PagerDuty's form needs no `profile`."""
    if isinstance(value, dict) and "profile" not in value:
        return {"profile": "pagerduty", **value}
    return value


class Restriction(Model):
    """Hours within which a layer is in force."""

    type: Literal["daily_restriction", "weekly_restriction"]
    start_time_of_day: TimeOfDay
    start_day_of_week: Annotated[int, Field(ge=1, le=7)] = 1
    """1 is Monday; weekly restrictions only."""
    duration_seconds: Annotated[int, Field(gt=0)]


class ScheduleUser(Model):
    """A place in a rotation."""

    user: str
    """A person's id."""


class Layer(Model):
    """One rotation of a schedule."""

    name: str
    start: Instant
    end: Instant | None = None
    users: Annotated[list[ScheduleUser], Field(min_length=1)]
    rotation_virtual_start: Instant
    rotation_turn_length_seconds: Annotated[int, Field(gt=0)]
    restrictions: list[Restriction] = []


class Override(Model):
    """Somebody stands in for a while."""

    start: Instant
    end: Instant
    user: str


class PagerDutySchedule(Model):
    """One person at a time: the last layer in force wins, an override wins over all."""

    profile: Literal["pagerduty"] = "pagerduty"
    id: Name
    name: str
    time_zone: str
    """IANA name, such as Europe/Berlin."""
    schedule_layers: Annotated[list[Layer], Field(min_length=1)]
    """In the order of the web page; PagerDuty's REST API lists them the other way round."""
    overrides: list[Override] = []


class Rotation(Model):
    """A GoAlert rotation: people take turns."""

    id: Name
    name: str
    type: Literal["hourly", "daily", "weekly", "monthly"]
    start: Instant
    time_zone: str = Field(alias="timeZone")
    shift_length: Annotated[int, Field(ge=1, le=9000, alias="shiftLength")] = 1
    """Hours, days, weeks or months of a turn."""
    user_ids: Annotated[list[str], Field(min_length=1, alias="userIDs")]


class ScheduleRule(Model):
    """Hours and days on which a target is on call."""

    start: Minute
    end: Minute
    """At or before `start` it means the next day; equal to it, the whole day."""
    weekday_filter: Annotated[list[bool], Field(min_length=7, max_length=7, alias="weekdayFilter")]
    """Sunday first; the day on which the hours begin."""


class AssignmentTarget(Model):
    """A person or a rotation."""

    id: str
    type: Literal["user", "rotation"]


class Assignment(Model):
    """A person or rotation on a schedule, with its hours."""

    target: AssignmentTarget
    rules: Annotated[list[ScheduleRule], Field(min_length=1)]


class UserOverride(Model):
    """Somebody is added, removed, or stands in for somebody, for a while."""

    start: Instant
    end: Instant
    add_user_id: str | None = Field(default=None, alias="addUserID")
    remove_user_id: str | None = Field(default=None, alias="removeUserID")


class FixedShift(Model):
    """A shift of a temporary schedule."""

    start: Instant
    end: Instant
    user_id: str = Field(alias="userID")


class TemporarySchedule(Model):
    """Fixed shifts that replace everything else for a while."""

    start: Instant
    end: Instant
    shifts: list[FixedShift] = []


class GoAlertSchedule(Model):
    """Everybody whose hours it is, together."""

    profile: Literal["goalert"]
    id: Name
    name: str
    time_zone: str = Field(alias="timeZone")
    targets: list[Assignment] = []
    user_overrides: list[UserOverride] = Field(default=[], alias="userOverrides")
    temporary_schedules: list[TemporarySchedule] = Field(default=[], alias="temporarySchedules")


class Participant(Model):
    """A place in an Opsgenie rotation; `none` leaves the turn empty."""

    type: Literal["user", "none"]
    id: str = ""


class TimeOfDayRestriction(Model):
    """Hours of each day."""

    start_hour: Annotated[int, Field(ge=0, le=23, alias="startHour")]
    start_min: Annotated[int, Field(ge=0, le=59, alias="startMin")] = 0
    end_hour: Annotated[int, Field(ge=0, le=24, alias="endHour")]
    end_min: Annotated[int, Field(ge=0, le=59, alias="endMin")] = 0


Day = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class WeekdayRestriction(TimeOfDayRestriction):
    """Hours from a day of the week to another."""

    start_day: Day = Field(alias="startDay")
    end_day: Day = Field(alias="endDay")


class EveryDay(Model):
    """Opsgenie's restriction to hours of each day."""

    type: Literal["time-of-day"]
    restriction: TimeOfDayRestriction


class SomeDays(Model):
    """Opsgenie's restriction to hours of the week."""

    type: Literal["weekday-and-time-of-day"]
    restrictions: Annotated[list[WeekdayRestriction], Field(min_length=1)]


class OpsgenieRotation(Model):
    """People take turns."""

    name: str
    type: Literal["hourly", "daily", "weekly"]
    length: Annotated[int, Field(ge=1)] = 1
    """Hours, days or weeks of a turn."""
    start_date: Instant = Field(alias="startDate")
    end_date: Instant | None = Field(default=None, alias="endDate")
    participants: Annotated[list[Participant], Field(min_length=1)]
    time_restriction: Annotated[EveryDay | SomeDays, Field(discriminator="type")] | None = Field(
        default=None, alias="timeRestriction"
    )


class OpsgenieOverride(Model):
    """Somebody stands in for all rotations, or for those named."""

    user: str
    """A person's id."""
    start_date: Instant = Field(alias="startDate")
    end_date: Instant = Field(alias="endDate")
    rotations: list[str] = []
    """Names; all where left out."""


class OpsgenieSchedule(Model):
    """Everybody whose turn it is in any rotation, together."""

    profile: Literal["opsgenie"]
    id: Name
    name: str
    timezone: str
    rotations: Annotated[list[OpsgenieRotation], Field(min_length=1)]
    overrides: list[OpsgenieOverride] = []


Schedule: TypeAlias = Annotated[
    PagerDutySchedule | GoAlertSchedule | OpsgenieSchedule,
    Field(discriminator="profile"),
    BeforeValidator(with_default_profile),
]
"""A schedule of any tool, PagerDuty's where `profile` is left out; Grafana OnCall's chains use any."""
