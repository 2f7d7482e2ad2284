"""A shop with a full pool, built by hand: what the shell is shown in its tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from drillbook.engine.randomness import Randomness
from drillbook.errors import NotFound
from drillbook.model.system import External, Pgbouncer, Postgres, Service, System
from drillbook.world.shell.answer import Answer, Output, Proposal
from drillbook.world.shell.ports import Toolings
from drillbook.world.shell.shell import Shell
from drillbook.world.state import (
    Action,
    Backend,
    ComponentState,
    ExternalState,
    LogLine,
    Pod,
    PoolState,
    PostgresState,
    Revision,
    ServiceState,
)

T = 600.0
START = datetime(2026, 3, 10, 14, 20, tzinfo=UTC)
SLOW = "SELECT o.* FROM order_events o WHERE o.payload->>'customer' = $1 ORDER BY o.created_at"
FAST = "SELECT * FROM orders WHERE id = $1"
REPORT = "SELECT date_trunc('day', created_at), sum(total) FROM orders GROUP BY 1"


def system() -> System:
    """Storefront -> orders-api -> PgBouncer -> PostgreSQL, and a payment provider."""
    return System.model_validate(
        {
            "domain": "shop.example.com",
            "workload": {
                "entry": "storefront",
                "day": [{"at": "00:00", "rate": "80/s"}, {"at": "14:00", "rate": "200/s"}],
                "requests_per_user": "2/m",
            },
            "components": [
                _spec("storefront", ["v12"], calls=[{"to": "orders-api"}, {"to": "paygate",
                "optional": True}]),
                _spec(
                    "orders-api",
                    ["2026.03.1", "2026.03.2"],
                    uses={
                        "pool": "pgb-orders",
                        "queries": [
                            {"name": "by-id", "share": 0.9, "hold": "5ms", "sql": FAST},
                            {"name": "history", "share": 0.1, "hold": "20ms", "sql": FAST + " -- history"},
                        ],
                    },
                ),
                {
                    "kind": "pgbouncer", "name": "pgb-orders", "owner": "db", "database": "orders",
                    "user": "orders_app", "server": "pg-orders", "pool_size": 60, "max_client_conn": 1000,
                },
                {"kind": "postgres", "name": "pg-orders", "owner": "db", "max_connections": 200},
                {"kind": "external", "name": "paygate", "owner": "PayGate Inc.", "latency": "120ms"},
            ],
        }
    )  # fmt: skip


def _spec(name: str, versions: list[str], **more: Any) -> dict[str, Any]:
    releases: list[dict[str, Any]] = [{"version": v, "notes": f"Release {v} of {name}"} for v in versions]
    if len(versions) > 1:
        releases[-1]["queries"] = {"history": {"hold": "8s", "sql": SLOW}}
        releases[-1]["notes"] = "Show the customer's whole history on the order page"
    return {
        "kind": "service", "name": name, "owner": "shop", "namespace": "shop", "replicas": 4,
        "concurrency": 40,
        "latency": "30ms", "release": versions[0], "releases": releases, **more,
        "settings": [{"name": "DB_POOL_SIZE", "value": "20"}],
    }  # fmt: skip


def _pod(name: str, suffix: str, **more: Any) -> Pod:
    """A pod that has been running for five days."""
    base = Pod(
        name=f"{name}-7c9d8b6f54-{suffix}", version="2026.03.2", phase="Running", ready=True,
        started_at=-442800.0,
        restarts=0, ip="10.1.2.3", node="node-a", cpu=0.25, memory=487 * 2.0**20,
    )  # fmt: skip
    return replace(base, **more)


def _state(of: System, name: str, pods: tuple[Pod, ...], **more: Any) -> ServiceState:
    """A service that runs its last release."""
    spec = of.component(name)
    assert isinstance(spec, Service)
    revisions = tuple(
        Revision(i, r.version, f"deploy {r.version}", -100000.0 if i == 1 else 120.0)
        for i, r in enumerate(spec.releases, 1)
    )
    base = ServiceState(
        spec=spec, pods=pods, desired=len(pods), version=spec.releases[-1].version, revisions=revisions,
        settings={"DB_POOL_SIZE": "20"}, updated=len(pods), rolling=False, paused=False, request_rate=200.0,
        error_ratio=0.35, quantile={0.5: 0.2, 0.99: 10.0}.__getitem__, in_flight=150.0, refused_ratio=0.1,
    )  # fmt: skip
    return replace(base, **more)


def backend(state: str, count: int, query: str, oldest: float, typical: float, **more: Any) -> Backend:
    """A group of the pool's sessions."""
    base = Backend("orders_app", "orders-api", "orders", "10.20.2.9", state, count, query, oldest, typical)
    return replace(base, **more)


def states(of: System) -> dict[str, ComponentState]:
    """The pool is full of a slow query of the new release."""
    storefront = tuple(
        _pod("storefront", f"{a}aaaa", version="v12", ip=f"10.1.3.{i}") for i, a in enumerate("bcd")
    )
    orders = (
        _pod("orders-api", "x2x9z"),
        _pod(
            "orders-api",
            "k8s4w",
            cpu=1.5,
            restarts=3,
            started_at=480.0,
            node="node-b",
            container_started=480.0,
            killed_at=480.0,
        ),
        _pod("orders-api", "q7q7q", ready=False, started_at=575.0),
        _pod("orders-api", "m4m4m", phase="Pending", ready=False, started_at=598.0),
    )
    backends = (
        backend("active", 55, SLOW, 9.5, 4.1),
        backend("active", 5, FAST, 0.02, 0.004),
        backend("idle", 12, FAST, 300.0, 60.0, user="reports", application="metabase"),
        backend("idle in transaction", 2, REPORT, 90.0, 80.0, user="reports", application="metabase"),
        backend("active", 1, REPORT, 420.0, 420.0, user="reports", application="psql", client=""),
    )
    bouncer, postgres, external = (of.component(name) for name in ("pgb-orders", "pg-orders", "paygate"))
    assert isinstance(bouncer, Pgbouncer)
    assert isinstance(postgres, Postgres)
    assert isinstance(external, External)
    return {
        "storefront": _state(of, "storefront", storefront),
        "orders-api": _state(of, "orders-api", orders),
        "pgb-orders": PoolState(
            spec=bouncer, up=True, pool_size=60, max_client_conn=1000, query_wait_timeout=120.0,
            server_active=60.0,
            server_idle=0.0, client_active=80.0, client_waiting=143.4, maxwait=14.25, query_rate=60.0,
            timeout_rate=2.0, refused_rate=0.0, server_error_rate=0.0,
            held=(("orders-api", "history", 55.0), ("orders-api", "by-id", 5.0)),
        ),
        "pg-orders": PostgresState(
            spec=postgres, up=True, started_at=-3_000_000.0, max_connections=200, reserved=3,
            connections=75.2,
            statement_timeout=0.0, backends=backends, commit_rate=58.0, rollback_rate=2.0, cpu_ratio=0.42,
        ),
        "paygate": ExternalState(spec=external, p50=0.12, p99=0.4, error_ratio=0.0),
    }  # fmt: skip


def service(name: str) -> ServiceState:
    """A service of the picture."""
    state = states(system())[name]
    assert isinstance(state, ServiceState)
    return state


def pool() -> PoolState:
    """The pool of the picture."""
    state = states(system())["pgb-orders"]
    assert isinstance(state, PoolState)
    return state


def server() -> PostgresState:
    """The server of the picture."""
    state = states(system())["pg-orders"]
    assert isinstance(state, PostgresState)
    return state


class Picture:
    """A sight that always shows the same."""

    kinds: Toolings = ()

    def __init__(self, shown: Mapping[str, ComponentState] | None = None) -> None:
        self.system = system()
        self.start = START
        self.shown = dict(shown or states(self.system))
        self.risky: tuple[str, ...] = ("db-restart", "max-connections", "kill-active")

    def state(self, t: float) -> Mapping[str, ComponentState]:
        return self.shown

    def logs(self, service: str, t: float, lines: int, pod: str = "") -> Sequence[LogLine]:
        state = self.shown[service]
        assert isinstance(state, ServiceState)
        pods = sorted(p.name for p in state.pods)
        return [
            LogLine(
                t - 2.0 * (lines - i),
                pods[i % len(pods)],
                "ERROR" if i % 3 == 0 else "INFO",
                f"request {i} done",
            )
            for i in range(lines)
            if pod in ("", pods[i % len(pods)])
        ]

    def consequence(self, action: Action, t: float) -> str | None:
        return "Everybody waits." if action.kind in self.risky else None


class FakeMetrics:
    """Echoes what it is asked."""

    def instant(self, expr: str, t: float) -> str:
        if expr == "broken(":
            raise NotFound("parse error at char 8: unclosed left parenthesis")
        return f"{{}} => 1 @[{t}] {expr}"

    def range(self, expr: str, start: float, end: float) -> str:
        return f"{expr} from {start} to {end}"


class FakeAlertmanager:
    """Echoes what it is asked."""

    def amtool(self, t: float, command: str, words: tuple[str, ...]) -> Answer:
        return Output(f"{command} at {t:g}", 1.0)


def shell(picture: Picture | None = None, seed: int = 7) -> Shell:
    """A shell over a picture."""
    return Shell(picture or Picture(), FakeMetrics(), Randomness(seed), FakeAlertmanager())


def answer(text: str, **changes: ComponentState) -> Answer:
    """What a line gives; `changes` replace the states of components by name with underscores for dashes."""
    picture = Picture()
    picture.shown.update({name.replace("_", "-"): state for name, state in changes.items()})
    return shell(picture).run(T, text)


def shown(text: str, **changes: ComponentState) -> str:
    """The text of a probe."""
    result = answer(text, **changes)
    assert isinstance(result, Output), result
    return result.text


def proposed(text: str, **changes: ComponentState) -> Proposal:
    """The remediation that a line is."""
    result = answer(text, **changes)
    assert isinstance(result, Proposal), result
    return result
