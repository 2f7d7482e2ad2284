"""Escalation chains in Grafana OnCall's form. Source: Grafana OnCall's HTTP API, escalation policies.

The tool calls the single steps policies; here a chain with its steps is one policy.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from drillbook.model.base import Model, Name

ClockTime = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$")]
"""A time of the day in UTC, such as `09:00:00Z`."""


class Wait(Model):
    """The chain waits."""

    type: Literal["wait"]
    duration: Annotated[int, Field(ge=60, le=86400)] = 300
    """Seconds."""


class NotifyPersons(Model):
    """Everybody named is notified."""

    type: Literal["notify_persons"]
    persons_to_notify: Annotated[list[str], Field(min_length=1)]
    important: bool = False


class NotifyPersonNextEachTime(Model):
    """The next of those named is notified, in the order of their ids."""

    type: Literal["notify_person_next_each_time"]
    persons_to_notify_next_each_time: Annotated[list[str], Field(min_length=1)]
    important: bool = False


class NotifyOnCallFromSchedule(Model):
    """Everybody on call in a schedule is notified."""

    type: Literal["notify_on_call_from_schedule"]
    notify_on_call_from_schedule: str
    important: bool = False


class NotifyTeamMembers(Model):
    """Everybody in a team is notified."""

    type: Literal["notify_team_members"]
    team_to_notify: str
    important: bool = False


class NotifyWholeChannel(Model):
    """Everybody in the channel is notified: all people that the policies, schedules and teams name."""

    type: Literal["notify_whole_channel"]


class NotifyIfTime(Model):
    """The chain goes on within these hours, and otherwise waits for them."""

    type: Literal["notify_if_time_from_to"]
    notify_if_time_from: ClockTime
    notify_if_time_to: ClockTime


class NotifyIfManyAlerts(Model):
    """The chain goes on only with more alerts than this in the last minutes."""

    type: Literal["notify_if_num_alerts_in_window"]
    num_alerts_in_window: Annotated[int, Field(ge=0)]
    num_minutes_in_window: Annotated[int, Field(ge=1)]


class RepeatEscalation(Model):
    """The chain begins anew, at most five times."""

    type: Literal["repeat_escalation"]


class Resolve(Model):
    """The alert group is resolved."""

    type: Literal["resolve"]


Step = Annotated[
    Wait
    | NotifyPersons
    | NotifyPersonNextEachTime
    | NotifyOnCallFromSchedule
    | NotifyTeamMembers
    | NotifyWholeChannel
    | NotifyIfTime
    | NotifyIfManyAlerts
    | RepeatEscalation
    | Resolve,
    Field(discriminator="type"),
]


class GrafanaChain(Model):
    """An escalation chain: steps one after another."""

    profile: Literal["grafana-oncall"]
    id: Name
    name: str
    steps: Annotated[list[Step], Field(min_length=1)]
