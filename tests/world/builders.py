"""A small system for tests of the physics, orders -> pool -> database, and a helper that plays it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter

from drillbook.engine.randomness import Randomness
from drillbook.model.scenario import Happening as Planned
from drillbook.model.system import System
from drillbook.world.foreseen import Foreseen
from drillbook.world.state import Action, Happening, PoolState, PostgresState, ServiceState
from drillbook.world.world import World

START = datetime(2026, 3, 10, 14, 20, tzinfo=UTC)
SLOW = "v2"
_PLANNED: TypeAdapter[Planned] = TypeAdapter(Planned)


def service(name: str, **over: Any) -> dict[str, Any]:
    base: dict[str, Any] = {
        "kind": "service", "name": name, "owner": "web", "replicas": 8, "concurrency": 400, "latency": "20ms",
        "error_ratio": 0.0, "cpu_per_request": "2ms", "release": "v1",
        "releases": [{"version": "v1", "notes": "first"}],
    }  # fmt: skip
    return base | over


def orders(hold: str = "30s", share: float = 0.3, **over: Any) -> dict[str, Any]:
    """A service whose release v2 holds connections for `hold` instead of 250 ms; it rolls out at once."""
    queries = [
        {"name": "search", "share": share, "hold": "250ms", "sql": "select search"},
        {"name": "get", "share": round(1 - share, 6), "hold": "20ms", "sql": "select get"},
    ]
    releases = [
        {"version": "v1", "notes": "first"},
        {"version": SLOW, "notes": "second", "queries": {"search": {"hold": hold}}},
    ]
    base = service("orders", releases=releases, uses={"pool": "pool", "queries": queries},
                   rollout={"max_unavailable": 1000, "ready_after": "1s"})  # fmt: skip
    return base | over


def pool(**over: Any) -> dict[str, Any]:
    base = {"kind": "pgbouncer", "name": "pool", "owner": "dba", "database": "orders",
            "user": "orders", "server": "db",
            "pool_size": 260, "max_client_conn": 5000}  # fmt: skip
    return base | over


def database(**over: Any) -> dict[str, Any]:
    base = {
        "kind": "postgres",
        "name": "db",
        "owner": "dba",
        "max_connections": 300,
        "cores": 32,
        "restart": "60s",
    }
    return base | over


def system(*components: dict[str, Any], rate: str = "200/s", entry: str = "orders", **over: Any) -> System:
    return System.model_validate({
        "domain": "shop.example", "history": "10m", "components": list(components),
        "workload": {"entry": entry, "day": [{"at": "00:00", "rate": rate}], "requests_per_user": "4/m",
                     "order_value": 50.0, "orders_per_request": 0.01},
    } | over)  # fmt: skip


def plain(rate: str = "200/s", **over: Any) -> System:
    """Orders with its pool, without a caller."""
    return system(orders(**over), pool(), database(), rate=rate)


WORK = 2.0
"""Seconds of work on a message of `broker`."""


def published(
    name: str = "builds", per_request: float = 1.0, by: str = "edge", **over: Any
) -> dict[str, Any]:
    """A queue to which each request of a service publishes so many messages."""
    return {"name": name, "publishers": [{"service": by, "per_request": per_request}]} | over


def broker(load: float, workers: int = 3, queues: list[dict[str, Any]] | None = None, **over: Any) -> System:
    """An entry whose requests each publish one message, and workers that are offered `load` Erlangs."""
    runner = service(
        "runner", replicas=1, concurrency=workers, latency=f"{WORK}s", spread=0.0, cpu_per_request="0.01ms",
        cpu_limit=100.0, rollout={"max_unavailable": 1, "ready_after": "20s"},
    )  # fmt: skip
    group: dict[str, Any] = {"service": "runner", "queues": queues or [published()]}
    rabbit: dict[str, Any] = {"kind": "rabbitmq", "name": "jobs", "owner": "platform", "workers": [group]}
    rabbit["consumer_timeout"] = over.pop("consumer_timeout", "0s")
    workload = over.pop("workload", None)
    group |= over
    edge = service("edge", latency="5ms", calls=[{"to": "jobs", "timeout": "1s"}])
    more = {} if workload is None else {"workload": workload}
    return system(edge, runner, rabbit, entry="edge", rate=f"{load / WORK:g}/s", **more)


class Play:
    """A world and its clock: `at` moves on and does something; happenings are collected."""

    def __init__(
        self,
        of: System,
        timeline: Sequence[dict[str, Any]] = (),
        *,
        seed: int = 1,
        duration: float = 3600.0,
        foreseen: Foreseen | None = None,
    ) -> None:
        planned: list[Planned] = [_PLANNED.validate_python(each) for each in timeline]
        self.world = World(of, planned, Randomness(seed), duration=duration, start=START, foreseen=foreseen)
        self.happened: list[tuple[float, Happening]] = []
        self._count = 0

    def to(self, t: float) -> Play:
        while (due := self.world.next_time()) is not None and due <= t:
            self.happened += [(due, each) for each in self.world.take(due)]
        return self

    def at(self, t: float, kind: Any, target: str, value: str = "") -> str:
        self.to(t)
        self._count += 1
        name = f"A{self._count}"
        self.happened += [(t, each) for each in self.world.act(t, Action(kind, target, value), name)]
        return name

    def ended(self, name: str) -> Happening:
        return next(each for _, each in self.happened if each.id == name and each.kind == "finished")

    def service(self, t: float, name: str = "orders") -> ServiceState:
        found = self.world.state(t)[name]
        assert isinstance(found, ServiceState)
        return found

    def pool(self, t: float) -> PoolState:
        found = self.world.state(t)["pool"]
        assert isinstance(found, PoolState)
        return found

    def postgres(self, t: float) -> PostgresState:
        found = self.world.state(t)["db"]
        assert isinstance(found, PostgresState)
        return found

    def held(self, t: float, query: str) -> float:
        return sum(count for _, name, count in self.pool(t).held if name == query)


def deploy(at: str = "0s", version: str = SLOW, name: str = "orders") -> dict[str, Any]:
    return {"do": "deploy", "at": at, "service": name, "version": version}
