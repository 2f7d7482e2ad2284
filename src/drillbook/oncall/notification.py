"""What Alertmanager sends to a receiver, and the rule by which it decides to."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from drillbook.model.labels import Labels


class Reason(Enum):
    """Why a receiver was notified."""

    FIRST = "first"
    NEW_ALERTS = "new alerts"
    ALL_RESOLVED = "all resolved"
    SOME_RESOLVED = "some resolved"
    REPEAT = "repeat"


@dataclass(frozen=True, slots=True)
class AlertRef:
    """An alert in a group; times in seconds since the scenario's start."""

    labels: Labels
    annotations: Labels
    starts_at: float
    ends_at: float | None
    """When it resolved; None while it fires."""


@dataclass(frozen=True, slots=True)
class Notification:
    """A message to one receiver about one group of alerts."""

    t: float
    receiver: str
    group_key: str
    group_labels: Labels
    status: Literal["firing", "resolved"]
    """`firing` as long as one alert of the group fires."""
    firing: tuple[AlertRef, ...]
    resolved: tuple[AlertRef, ...]
    """Both ordered by labels."""
    reason: Reason


@dataclass(frozen=True, slots=True)
class LastNotification:
    """What a receiver was last told about a group."""

    t: float
    firing: frozenset[Labels]
    resolved: frozenset[Labels]


def why_notify(
    last: LastNotification | None,
    firing: AbstractSet[Labels],
    resolved: AbstractSet[Labels],
    repeat_interval: float,
    t: float,
) -> Reason | None:
    """Why the receiver must hear about the group now; None if it need not.

    Source: Alertmanager's dedup stage (`needsUpdate`), for receivers that want resolved alerts.
    """
    if last is None:
        return Reason.FIRST if firing else None
    if not firing <= last.firing:
        return Reason.NEW_ALERTS if last.firing else Reason.FIRST
    if not firing:
        return Reason.ALL_RESOLVED if last.firing else None
    if not resolved <= last.resolved:
        return Reason.SOME_RESOLVED
    return Reason.REPEAT if round(last.t + repeat_interval, 3) < t else None


def subject(of: Notification) -> str:
    """The one-line title of a notification: `[FIRING:2] HighErrorRatio checkout (eu critical)`.

    Group labels first, the alert's name leading, then in brackets what else all its alerts share.
    Source: Alertmanager's default template `__subject`.
    """
    count = f":{len(of.firing)}" if of.status == "firing" else ""
    group = sorted(of.group_labels, key=lambda pair: (pair[0] != "alertname", pair))
    shared = [pair for pair in _common(of.firing + of.resolved) if pair not in of.group_labels]
    parts = [f"[{of.status.upper()}{count}]", *(value for _, value in group)]
    if shared:
        shared.sort(key=lambda pair: (pair[0] != "alertname", pair))
        parts.append(f"({' '.join(value for _, value in shared)})")
    return " ".join(parts)


def _common(alerts: tuple[AlertRef, ...]) -> Labels:
    return tuple(pair for pair in alerts[0].labels if all(pair in alert.labels for alert in alerts))
