"""Escalations in Opsgenie's form. Source: Opsgenie's Escalation API v2."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from drillbook.model.base import Model, Name

Condition = Literal["if-not-acked", "if-not-closed"]
NotifyType = Literal["default", "next", "previous", "users", "admins", "random", "all"]


class OpsgenieDelay(Model):
    """A stretch of time."""

    time_amount: Annotated[int, Field(ge=0, alias="timeAmount")]
    time_unit: Literal["minutes", "hours", "days"] = Field(default="minutes", alias="timeUnit")

    @property
    def seconds(self) -> float:
        """The same in seconds."""
        return self.time_amount * {"minutes": 60.0, "hours": 3600.0, "days": 86400.0}[self.time_unit]


class OpsgenieRecipient(Model):
    """Whom a rule notifies."""

    type: Literal["user", "schedule", "team"]
    id: str
    """A person's, schedule's or team's id."""


class OpsgenieRule(Model):
    """One rule."""

    condition: Condition
    """Looked at when the rule's time has come."""
    notify_type: NotifyType = Field(default="default", alias="notifyType")
    """Of a schedule: who is on call, comes next or came before; of a team: which of its members."""
    delay: OpsgenieDelay
    """Counts from the alert's creation."""
    recipient: OpsgenieRecipient


class OpsgenieRepeat(Model):
    """What happens after the last rule."""

    wait_interval: Annotated[int, Field(ge=0, alias="waitInterval")] = 0
    """Minutes after the last rule until the rules begin anew; 0 means never."""
    count: Annotated[int, Field(ge=0, le=20)] = 0
    """How often the rules are repeated."""
    reset_recipient_states: bool = Field(default=False, alias="resetRecipientStates")
    """Each repetition takes acknowledgements back."""
    close_alert_after_all: bool = Field(default=False, alias="closeAlertAfterAll")
    """The alert closes by itself after the last repetition."""


class OpsgenieEscalation(Model):
    """Rules by time since the alert's creation."""

    profile: Literal["opsgenie"]
    id: Name
    name: str
    rules: Annotated[list[OpsgenieRule], Field(min_length=1)]
    repeat: OpsgenieRepeat = OpsgenieRepeat()
