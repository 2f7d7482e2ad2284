"""Durations as Prometheus and Alertmanager write them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator

from drillbook.model.quantities import duration_text
from drillbook.model.rules import prometheus_seconds


def _read(value: Any) -> str:
    seconds = prometheus_seconds(value)
    return duration_text(seconds) if seconds.is_integer() else f"{round(seconds * 1000)}ms"


GoDuration = Annotated[str, BeforeValidator(_read)]
"""The duration as drillbook writes it; refused where Prometheus's own reader refuses it."""
