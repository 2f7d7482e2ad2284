"""Durations as Prometheus and Alertmanager write them."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BeforeValidator

from drillbook.model.quantities import duration_text

_UNITS = {"y": 31536000000, "w": 604800000, "d": 86400000, "h": 3600000, "m": 60000, "s": 1000, "ms": 1}
_WHOLE = re.compile("".join(f"(?:([0-9]+){unit})?" for unit in _UNITS))
_ALLOWED = "a duration is text with units from large to small, such as 30s, 5m or 1h30m"


def _read(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(_ALLOWED)
    match = _WHOLE.fullmatch("0s" if value == "0" else value)
    if match is None:
        raise ValueError(_ALLOWED)
    parts = zip(match.groups(), _UNITS.values(), strict=True)
    milliseconds = sum(int(number) * size for number, size in parts if number)
    return duration_text(milliseconds / 1000) if milliseconds % 1000 == 0 else f"{milliseconds}ms"


GoDuration = Annotated[str, BeforeValidator(_read)]
"""The duration as drillbook writes it; refused where Prometheus's own reader refuses it.

Source: prometheus/common, `model.ParseDuration`.
"""
