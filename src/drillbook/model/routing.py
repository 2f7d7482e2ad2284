"""Alert routing in Alertmanager's form: a team's own file loads unchanged.

Source: Alertmanager documentation, "Configuration"; names, defaults and spellings are Alertmanager's own.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

from drillbook.model.base import Model, Name
from drillbook.model.quantities import Duration


def _text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


RangeText = Annotated[
    str, BeforeValidator(_text), WithJsonSchema({"type": ["string", "integer"], "examples": ["1:5"]})
]
"""One value or `first:last`, both included; a number may stand without quotes."""


class Route(Model):
    """A node of the routing tree; children are tried in order, the first match wins unless `continue`."""

    receiver: str = ""
    """Inherited where left out."""
    matchers: list[str] = []
    """Alertmanager matchers, such as `severity="critical"` or `team=~"db|platform"`."""
    match: dict[str, str] = {}
    """Older form: labels and the values that they must have."""
    match_re: dict[str, str] = {}
    """Older form: labels and the expressions (RE2) that their values must match as a whole."""
    continue_: bool = Field(default=False, alias="continue")
    group_by: list[str] | None = None
    group_wait: Duration | None = None
    group_interval: Duration | None = None
    repeat_interval: Duration | None = None
    mute_time_intervals: list[str] = []
    """Names of time intervals in which nobody is told; not inherited."""
    active_time_intervals: list[str] = []
    """Names of time intervals outside which nobody is told; not inherited."""
    routes: list[Route] = []


class Receiver(Model):
    """Where a group of alerts goes: to a pager service, to a channel, or both."""

    name: str
    pager_service: Name | None = None
    channel: str | None = None
    """A chat channel such as #alerts."""


class InhibitRule(Model):
    """While an alert matches the source, nobody hears of alerts that match the target."""

    source_matchers: list[str] = []
    source_match: dict[str, str] = {}
    """Older form."""
    source_match_re: dict[str, str] = {}
    """Older form."""
    target_matchers: list[str] = []
    target_match: dict[str, str] = {}
    """Older form."""
    target_match_re: dict[str, str] = {}
    """Older form."""
    equal: list[str] = []
    """Labels that must have the same value in both; missing in both counts as the same."""


class TimeRange(Model):
    """Hours of a day; the end does not belong to it."""

    start_time: str
    """`HH:MM`, 00:00 to 24:00."""
    end_time: str


class TimeIntervalSpec(Model):
    """All of its fields must hold; of a field's ranges one must. What is left out holds at any time."""

    times: list[TimeRange] | None = None
    weekdays: list[RangeText] | None = None
    """`saturday` or `monday:friday`; a week begins with Sunday."""
    days_of_month: list[RangeText] | None = None
    """`1:5`; -1 is the last day of the month, `-3:-1` its last three."""
    months: list[RangeText] | None = None
    """`may`, `1:3` or `january:march`."""
    years: list[RangeText] | None = None
    """`2026` or `2026:2030`."""
    location: str | None = None
    """IANA name of the time zone; UTC where left out."""


class TimeInterval(Model):
    """A named time: within any of its parts."""

    name: str
    time_intervals: list[TimeIntervalSpec] = []


class Routing(Model):
    """What Alertmanager is told."""

    route: Route
    receivers: Annotated[list[Receiver], Field(min_length=1)]
    inhibit_rules: list[InhibitRule] = []
    time_intervals: list[TimeInterval] = []
    mute_time_intervals: list[TimeInterval] = []
    """Older name of `time_intervals`; both may be used."""
