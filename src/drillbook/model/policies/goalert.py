"""Escalation policies in GoAlert's form. Source: GoAlert's GraphQL types EscalationPolicy and its steps."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from drillbook.model.base import Model, Name


class GoAlertTarget(Model):
    """Whom or what a step notifies."""

    id: str
    """A person's, schedule's or rotation's id."""
    type: Literal["user", "schedule", "rotation"]


class GoAlertStep(Model):
    """One step; without targets it is entered all the same and its delay passes."""

    delay_minutes: Annotated[int, Field(ge=1, le=9000, alias="delayMinutes")]
    """Time before this step is left for the next one."""
    targets: list[GoAlertTarget] = []


class GoAlertPolicy(Model):
    """Steps that are gone through until somebody acknowledges."""

    profile: Literal["goalert"]
    id: Name
    name: str
    repeat: Annotated[int, Field(ge=-1, le=5)] = 3
    """How often the steps are repeated; -1 means for ever."""
    steps: Annotated[list[GoAlertStep], Field(min_length=1)]
