"""Checks of times that several tools' files share."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from drillbook.loading.document import Path
from drillbook.loading.shown import quoted
from drillbook.oncall.check import Finding


def zone_findings(path: Path, name: str) -> Iterator[Finding]:
    """A time zone that there is not."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        yield Finding(path, f"{quoted(name)} is not a time zone", "an IANA name such as Europe/Berlin")


def order_findings(path: Path, start: datetime, end: datetime | None) -> Iterator[Finding]:
    """An end that does not come after its start."""
    if end is not None and end <= start:
        yield Finding(path, "`end` is not after `start`")
