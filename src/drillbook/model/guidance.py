"""What a playbook tells people besides its rules: phases, channels, templates, targets, limits, advice."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from drillbook.model.base import Model, Name, Text
from drillbook.model.quantities import Duration


class Template(Model):
    """A text to fill in; `{field}` are the blanks."""

    id: Name
    title: Text
    severities: list[str] = []
    """Only at these; at all where left out."""
    text: Text


class IncidentType(Model):
    """A kind of trouble by its nature."""

    id: Name
    name: Text
    examples: Annotated[list[Text], Field(min_length=1)]


class Phase(Model):
    """A phase of the incident's life."""

    id: Name
    name: Text
    begins: Duration | None = None
    ends: Duration | None = None
    """Times since the page."""
    tasks: list[Text] = []
    leads_to: list[Name] = []
    """Phases that may follow; the next one where left out."""


class Channel(Model):
    """Where people talk, or are told."""

    name: Text
    side: Literal["internal", "external"]
    purpose: list[Text] = []
    severities: list[str] = []
    """Only at these; at all where left out."""


class Contact(Model):
    """How somebody is reached."""

    id: Name
    title: Text
    ways: Annotated[list[Text], Field(min_length=1)]
    """Telephone, mail, chat, pager or page, in order."""


class Level(Model):
    """A level of the escalation chain; the first is level 1."""

    person: Name
    title: Text
    begins: Duration | None = None
    ends: Duration | None = None
    """Times since the page during which the incident is theirs."""
    answers_within: Duration | None = None
    """Time to answer when called."""
    when: str = ""
    """What brings it to this level."""
    scope: list[Text] = []
    authority: list[Text] = []
    """What they may decide."""


class Target(Model):
    """A figure that the team holds itself to, or reports; with `at_least` or `at_most` it is a target."""

    id: Name
    title: Text
    unit: Literal["share", "seconds"]
    at_least: Annotated[float, Field(ge=0)] | None = None
    at_most: Annotated[float, Field(ge=0)] | None = None
    measured: Annotated[float, Field(ge=0)] | None = None
    """What the team reported last."""
    metric: str = ""
    """The series that holds it."""


class AgendaItem(Model):
    """A point of the review meeting."""

    topic: Text
    lasts: Duration


class Review(Model):
    """The meeting in which an incident is reviewed."""

    purpose: list[Text] = []
    never_for: list[Text] = []
    attendees: list[Text] = []
    agenda: list[AgendaItem] = []
    lasts_at_least: Duration | None = None
    lasts_at_most: Duration | None = None
    afterwards: list[Text] = []


class WorkLimit(Model):
    """How long somebody may work."""

    id: Name
    title: Text
    continuous_at_most: Duration
    rest_at_least: Duration
    week_at_most: Duration
    needs_approval: bool = False
    """Whether the hours of the week need somebody's approval."""


class Break(Model):
    """A break that is due."""

    every: Duration
    lasts: Duration


class Wellness(Model):
    """Limits that keep people fit for duty."""

    limits: Annotated[list[WorkLimit], Field(min_length=1)]
    breaks: list[Break] = []
    """During an incident."""
    quiet: list[Text] = []
    """Breaks while nothing happens."""


class Advice(Model):
    """Guidance in words."""

    id: Name
    title: Text
    audience: str = ""
    """Whom it helps to speak to, or who it is for."""
    points: Annotated[list[Text], Field(min_length=1)]
    example: str = ""
