"""Which column of an export holds which moment of an incident.

The names are those of PagerDuty's and Opsgenie's incident exports, of GoAlert's alert metrics, and such as
teams give their own lists.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

MOMENTS = ("created", "acknowledged", "diagnosed", "mitigated", "resolved")
"""What may happen to an incident, in this order."""
ESCALATIONS = "escalations"
"""The column that counts how often nobody answered in time."""
UNITS: Mapping[str, float] = MappingProxyType({"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0})


class Column(NamedTuple):
    """A column of the export."""

    place: int
    """Its number, from 0."""
    name: str
    unit: float | None = None
    """Seconds of 1, where it holds the time since the incident was created; None where it holds moments."""


_MOMENTS: Mapping[str, tuple[str, ...]] = {
    "created": (
        "created_at", "created_on", "createdatdate", "createdat", "triggered_at", "trigger_time", "opened_at",
        "started_at", "start_time", "created_date", "created_time", "created", "triggered", "opened",
        "started", "start",
    ),
    "acknowledged": (
        "acknowledged_at", "acknowledged_on", "first_acknowledged_at", "acked_at", "ack_at", "responded_at",
        "acknowledged", "acked",
    ),
    "diagnosed": ("diagnosed_at", "identified_at", "diagnosed", "identified"),
    "mitigated": ("mitigated_at", "mitigated_on", "restored_at", "mitigated", "restored"),
    "resolved": (
        "resolved_at", "resolved_on", "closed_at", "closedat", "ended_at", "end_time", "resolved", "closed",
        "ended", "end",
    ),
}  # fmt: skip
_SPANS: Mapping[str, Mapping[str, float | None]] = {
    "acknowledged": {
        "seconds_to_first_ack": 1.0, "report_ack_time": 0.001, "report_acktime": 0.001, "acktime": 0.001,
        "time_to_ack": 0.0, "time_to_acknowledge": 0.0,
    },
    "diagnosed": {"time_to_diagnose": 0.0, "time_to_identify": 0.0},
    "mitigated": {"time_to_mitigate": 0.0, "time_to_restore": 0.0},
    "resolved": {
        "seconds_to_resolve": 1.0, "report_close_time": 0.001, "report_closetime": 0.001, "closetime": 0.001,
        "time_to_resolve": 0.0, "time_to_close": 0.0,
    },
}  # fmt: skip
"""Columns with times since the creation, and their unit; 0 where each value brings its own."""
_ESCALATIONS = ("timeout_escalation_count", "timeout_escalations")


def key(name: str) -> str:
    """A column's name as it is compared: small letters, everything else one underscore."""
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"[^a-z0-9]+", "_", split.lower()).strip("_")


def detected(header: Sequence[str]) -> dict[str, Column]:
    """The columns by what they hold, as far as their names tell; moments before times."""
    names = {key(name): place for place, name in reversed(list(enumerate(header)))}
    names |= {name.replace("_", ""): place for name, place in names.items() if name.count("_") == 1}
    found: dict[str, Column] = {}
    for moment in MOMENTS:
        spans = _SPANS.get(moment, {})
        choices: list[tuple[str, float | None]] = [(name, None) for name in _MOMENTS[moment][:-2]]
        choices += list(spans.items())
        choices += [(name, None) for name in _MOMENTS[moment][-2:]]
        for name, unit in choices:
            if name in names:
                found[moment] = Column(names[name], header[names[name]], unit)
                break
    for name in _ESCALATIONS:
        if name in names:
            found.setdefault(ESCALATIONS, Column(names[name], header[names[name]]))
    return found
