"""One look at the system: what a tool needs to answer a command at a moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TypeVar, cast

from drillbook.model.component import ComponentSpec
from drillbook.model.draws import Draws
from drillbook.model.scenario import ActionKind
from drillbook.model.system import External, Pgbouncer, Postgres, Service, System
from drillbook.world.shell.answer import Proposal
from drillbook.world.shell.counters import Counters
from drillbook.world.shell.ports import Alertmanager, Metrics, Sight
from drillbook.world.shell.table import PAGE
from drillbook.world.state import (
    Action,
    ComponentState,
    ExternalState,
    Pod,
    PoolState,
    PostgresState,
    ServiceState,
)

C = TypeVar("C", bound=ComponentSpec)


@dataclass(frozen=True)
class Look:
    """The system at `t`, seen by the command `text`."""

    sight: Sight
    metrics: Metrics
    alertmanager: Alertmanager
    draws: Draws
    counters: Counters
    t: float
    text: str
    piped: bool = False
    """A filter follows: no pager."""
    host: str = ""
    """The component on whose host the command runs, after `ssh`; empty on one's own machine."""

    @cached_property
    def states(self) -> Mapping[str, ComponentState]:
        """The state of every component."""
        return self.sight.state(self.t)

    @property
    def system(self) -> System:
        """The system as its authors wrote it."""
        return self.sight.system

    @cached_property
    def services(self) -> tuple[ServiceState, ...]:
        """The HTTP services, in their authors' order."""
        return tuple(self.service(spec) for spec in self.specs(Service))

    @cached_property
    def pools(self) -> tuple[PoolState, ...]:
        """The PgBouncer pools."""
        return tuple(s for s in self._of(Pgbouncer) if isinstance(s, PoolState))

    @cached_property
    def servers(self) -> tuple[PostgresState, ...]:
        """The PostgreSQL servers."""
        return tuple(s for s in self._of(Postgres) if isinstance(s, PostgresState))

    @cached_property
    def externals(self) -> tuple[ExternalState, ...]:
        """The third parties."""
        return tuple(s for s in self._of(External) if isinstance(s, ExternalState))

    def _of(self, kind: type[ComponentSpec]) -> Iterator[ComponentState]:
        """Only the states of one kind are looked up: a sight may work them out when they are asked for."""
        return (self.states[spec.name] for spec in self.specs(kind))

    def service(self, spec: Service) -> ServiceState:
        """The state of a service."""
        return cast("ServiceState", self.states[spec.name])

    def specs(self, kind: type[C]) -> tuple[C, ...]:
        """The components of a kind as their authors wrote them; nothing of their states is worked out."""
        return tuple(c for c in self.system.components if isinstance(c, kind))

    @property
    def entry(self) -> ServiceState:
        """The service where users come in."""
        name = self.system.workload.entry
        return next(s for s in self.services if s.spec.name == name)

    def clients(self, pool: PoolState) -> list[Pod]:
        """The pods that may be connected to a pool."""
        users = [s for s in self.services if s.spec.uses and s.spec.uses.pool == pool.spec.name]
        return [pod for service in users for pod in service.pods if pod.phase == "Running"]

    @property
    def page(self) -> int | None:
        """Rows that are shown at once; None for all of them."""
        return None if self.piped else PAGE

    def on(self, host: str) -> Look:
        """The same look from another machine."""
        return replace(self, host=host)

    def instant(self, t: float | None = None) -> datetime:
        """The instant of a simulated time in UTC, now by default."""
        start = self.sight.start.astimezone(UTC)
        return start + timedelta(seconds=self.t if t is None else t)

    def draw(self, *key: str | int) -> float:
        """A uniform number for things that the state leaves open, the same whenever it is asked for."""
        return self.draws.uniform("shell", *key)

    def pick(self, low: int, high: int, *key: str | int) -> int:
        """A whole number from low to high, likewise."""
        return low + int(self.draw(*key) * (high - low + 1))

    def propose(self, kind: ActionKind, target: str, value: str, text: str, took: float = 2.0) -> Proposal:
        """The remediation, with what the world says about its risk."""
        action = Action(kind, target, value, self.text)
        consequence = self.sight.consequence(action, self.t)
        return Proposal(action, text, took, consequence is not None, consequence or "")
