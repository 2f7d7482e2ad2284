"""What the links need of a live drill; `drillbook.exercise.exercise` provides it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from drillbook.events.log import EventLog
from drillbook.model.scenario import Scenario
from drillbook.oncall.notification import Notification
from drillbook.telemetry.ruler import ActiveAlert
from drillbook.world.metrics.present import Reading


class Drill(Protocol):
    """To be used in the drill's own thread only. Times are simulated seconds."""

    @property
    def id(self) -> str: ...
    @property
    def scenario(self) -> Scenario: ...
    @property
    def log(self) -> EventLog: ...
    @property
    def now(self) -> float: ...
    @property
    def speed(self) -> float: ...
    @property
    def ended(self) -> bool: ...
    @property
    def notifications(self) -> Sequence[Notification]: ...

    def present(self) -> tuple[Reading, ...]: ...
    def active_alerts(self) -> list[ActiveAlert]: ...
    def alert_rules(self) -> dict[tuple[str, str], tuple[str, float]]: ...
