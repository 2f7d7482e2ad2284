"""Alertmanager's webhook body, version 4: what a receiver's own server gets of a notification.

Source: Alertmanager `notify/webhook`, `template/template.go`; prometheus/common `model`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cmp_to_key
from typing import Any

from drillbook.model.labels import Labels
from drillbook.oncall.notification import AlertRef, Notification

VERSION = "4"
_NEVER = "0001-01-01T00:00:00Z"
_FNV_OFFSET, _FNV_PRIME, _SEPARATOR = 14695981039346656037, 1099511628211, b"\xff"
_META = re.compile(r"[\\.+*?()|\[\]{}^$]")


def fingerprint(of: Labels) -> str:
    """An alert's identity as 16 hexadecimal digits: FNV-1a (64 bit) over its sorted labels."""
    data = b"".join(part.encode() + _SEPARATOR for pair in sorted(of) for part in pair)
    value = _FNV_OFFSET
    for byte in data:
        value = ((value ^ byte) * _FNV_PRIME) & 0xFFFF_FFFF_FFFF_FFFF
    return f"{value:016x}"


def timestamp(start: datetime, t: float) -> str:
    """The instant of simulated second `t` as Go writes it: UTC, RFC 3339, no trailing zeros."""
    moment = (start + timedelta(seconds=t)).astimezone(UTC)
    fraction = f".{moment.microsecond:06}".rstrip("0").rstrip(".")
    return f"{moment:%Y-%m-%dT%H:%M:%S}{fraction}Z"


def body(
    of: Notification,
    start: datetime,
    *,
    external_url: str = "",
    generator_url: Callable[[AlertRef], str] = lambda _: "",
    max_alerts: int = 0,
) -> dict[str, Any]:
    """The body as JSON-ready data, keys in Alertmanager's order.

    `start` is the instant of t = 0 with its time zone; `generator_url` gives the link from an alert to its
    expression. Of more than `max_alerts` alerts (0: no limit) only the first are told; `truncatedAlerts`
    counts the others.
    """
    everything = sorted((*of.firing, *of.resolved), key=cmp_to_key(_order))
    told = everything[:max_alerts] if max_alerts else everything
    return {
        "receiver": _META.sub(r"\\\g<0>", of.receiver),
        "status": "firing" if any(alert.ends_at is None for alert in told) else "resolved",
        "alerts": [_alert(alert, start, generator_url(alert)) for alert in told],
        "groupLabels": dict(of.group_labels),
        "commonLabels": _common([alert.labels for alert in told]),
        "commonAnnotations": _common([alert.annotations for alert in told]),
        "externalURL": external_url,
        "version": VERSION,
        "groupKey": of.group_key,
        "truncatedAlerts": len(everything) - len(told),
    }


def _alert(alert: AlertRef, start: datetime, generator_url: str) -> dict[str, Any]:
    return {
        "status": "firing" if alert.ends_at is None else "resolved",
        "labels": dict(alert.labels),
        "annotations": dict(alert.annotations),
        "startsAt": timestamp(start, alert.starts_at),
        "endsAt": _NEVER if alert.ends_at is None else timestamp(start, alert.ends_at),
        "generatorURL": generator_url,
        "fingerprint": fingerprint(alert.labels),
    }


def _common(sets: Sequence[Labels]) -> dict[str, str]:
    return {name: value for name, value in sets[0] if all((name, value) in each for each in sets)}


def _order(one: AlertRef, other: AlertRef) -> int:
    """By job, then instance (alerts without come last), then fewer labels first, then label by label."""
    left, right = dict(one.labels), dict(other.labels)
    for name in ("job", "instance"):
        if (name in left) != (name in right):
            return -1 if name in left else 1
        if left.get(name) != right.get(name):
            return -1 if left[name] < right[name] else 1
    if len(left) != len(right):
        return -1 if len(left) < len(right) else 1
    for name in sorted({*left, *right}):
        # The set that lacks the earlier name goes first: an empty text is before any.
        if left.get(name, "") != right.get(name, ""):
            return -1 if left.get(name, "") < right.get(name, "") else 1
    return 0
