"""The state of every component at a moment, as `drillbook.world.state` describes it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Literal

import numpy as np

from drillbook.model.system import Autoscale, Component, External, Pgbouncer, Postgres, Service
from drillbook.world import memory
from drillbook.world.autoscale import PERIOD
from drillbook.world.fleet import (
    TERMINATING,
    FleetState,
    Life,
    PodRecord,
    container,
    cpu_request,
    memory_request,
)
from drillbook.world.latency import Latency, Quantiles
from drillbook.world.law import Law
from drillbook.world.network import PER_CORE
from drillbook.world.nodes.law import ClusterLaw
from drillbook.world.parts.table import KINDS
from drillbook.world.plant import Plant
from drillbook.world.pool import FAST, Row
from drillbook.world.rotation import in_rotation
from drillbook.world.service import ServiceFlow
from drillbook.world.sessions import mixes, seated
from drillbook.world.state import (
    ComponentState,
    ExternalState,
    Pod,
    PoolState,
    PostgresState,
    Revision,
    ScalerState,
    ServiceState,
)


class _States(Mapping[str, ComponentState]):
    """States of components by name."""

    def __init__(self, specs: Mapping[str, Component], make: Callable[[Component], ComponentState]) -> None:
        self._specs, self._make = specs, make
        self._made: dict[str, ComponentState] = {}

    def __getitem__(self, name: str) -> ComponentState:
        if name not in self._made:
            self._made[name] = self._make(self._specs[name])
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._specs)

    def __len__(self) -> int:
        return len(self._specs)


class Views:
    """Makes component states from a plant."""

    def __init__(self, plant: Plant) -> None:
        self._plant = plant

    def all(self, t: float) -> Mapping[str, ComponentState]:
        """Every component at `t`, by name, in the system's order; each worked out when it is asked for."""
        second = float(math.floor(t))
        law, row = self._plant.history.at(second), self._plant.trajectory.at(second)
        specs = {component.name: component for component in self._plant.system.components}
        return _States(specs, lambda spec: self._one(spec, law, row, second))

    def _one(self, spec: Component, law: Law, row: Row, t: float) -> ComponentState:
        if isinstance(spec, Service):
            return self._service(spec, law.fleets[spec.name], row, t)
        if isinstance(spec, Pgbouncer):
            return self._pool(spec, law, row)
        if isinstance(spec, Postgres):
            return self._postgres(spec, law, row, t)
        if not isinstance(spec, External):
            return KINDS[spec.kind].state(self._plant, spec, row, t)
        external = law.externals[spec.name]
        tail = external.latency * math.exp(2.3263 * spec.spread)
        return ExternalState(spec, external.latency, tail, external.error_ratio)

    # --- services -----------------------------------------------------------------------------------------

    def _service(self, spec: Service, fleet: FleetState, row: Row, t: float) -> ServiceState:
        k = self._plant.network.services[spec.name].column
        latency = Latency(*row[k + ServiceFlow.M0 : k + ServiceFlow.M0 + 7])
        outcomes = row[k + ServiceFlow.OUTCOMES]
        refused = row[k + ServiceFlow.REFUSED] / outcomes if outcomes > 0 else 0.0
        timed = row[k + ServiceFlow.TIMED] / outcomes if outcomes > 0 else 0.0
        called = row[k + ServiceFlow.LATE] / outcomes if outcomes > 0 else 0.0
        return ServiceState(
            spec=spec,
            pods=self._pods(spec, row, t),
            desired=fleet.desired,
            version=fleet.template.version,
            revisions=tuple(Revision(r.number, r.template.version, r.cause, r.at) for r in fleet.revisions),
            settings=dict(fleet.template.settings),
            updated=fleet.updated(),
            rolling=bool(fleet.rolling),
            paused=fleet.paused,
            request_rate=row[k + ServiceFlow.OFFERED],
            error_ratio=row[k + ServiceFlow.ERROR],
            quantile=Quantiles(latency, spec.spread),
            in_flight=row[k + ServiceFlow.IN_FLIGHT],
            refused_ratio=min(1.0, refused),
            broken_ratio=max(0.0, called - timed),
            timed_ratio=timed,
            missed=self._plant.network.missed(spec.name, row),
            scaler=None if fleet.autoscale is None else self._scaler(fleet, fleet.autoscale, t),
            cpu_request=cpu_request(spec, fleet.template),
            memory_request=memory_request(spec, fleet.template),
            memory_limit=fleet.template.memory_limit or spec.memory_limit,
            configured=fleet.configured,
        )

    def _scaler(self, fleet: FleetState, spec: Autoscale, t: float) -> ScalerState:
        tick = max(float(math.floor(t / PERIOD)) * PERIOD, self._plant.trajectory.first)
        verdict = self._plant.autoscalers.verdict(fleet.spec.name, tick)
        rescales = tuple((each.at, each.replicas, each.more) for each in fleet.rescales)
        if verdict is None:  # of no replicas, or begun since
            unable = ("FailedGetScale", "scaling is disabled since the replica count of the target is zero")
            return ScalerState(spec, None, 0.0, unable, (False, "DesiredWithinRange", ""), rescales)
        wish = verdict.wish
        return ScalerState(spec, wish.percent, wish.cores, verdict.able, verdict.limited, rescales)

    def _pods(self, spec: Service, row: Row, t: float) -> tuple[Pod, ...]:
        k = self._plant.network.services[spec.name].column
        listed = [
            pod
            for pod in self._plant.pods
            if pod.service == spec.name and pod.created < t <= max(pod.removed + TERMINATING, pod.deleted)
        ]
        serving = {
            pod.name
            for pod in listed
            if container(pod, t).ready_at < t <= pod.removed
            and in_rotation(pod, t, row[k + ServiceFlow.UNREADY])
        }
        each = max(1, len(serving))
        busy, flight = 0.004 + row[k + ServiceFlow.BUSY] / each, row[k + ServiceFlow.IN_FLIGHT] / each
        unseen, out = self._unseen(t), []
        for pod in listed:
            ready, phase = pod.name in serving, _phase(pod, t)
            now = container(pod, t)
            deaths = [life.died_at for life in pod.past if life.died_at < t and life.killed]
            waits = now.started >= t > pod.created and phase == "Running"
            runs = (phase in {"Running", "Terminating"} and not waits) or (self._plain and not waits)
            size = self._memory(spec, pod, now, t, flight if ready else 0.0) if runs else 0.0
            cpu = min(spec.cpu_limit, busy if ready else 0.004) if runs else 0.0
            ready = ready or (pod.node in unseen and container(pod, unseen[pod.node]).ready_at < t)
            out.append(
                Pod(pod.name, pod.template.version, phase, ready, pod.created, len(deaths), pod.ip,
                    pod.node if pod.scheduled < t else "", cpu, size, now.started,
                    deaths[-1] if deaths else None, waits, memory.limit(spec, pod), pod.evicted,
                    pod.scheduled)
            )  # fmt: skip
        return tuple(out)

    @property
    def _plain(self) -> bool:
        """Whether no nodes are declared."""
        return not self._plant.controllers

    def _unseen(self, t: float) -> dict[str, float]:
        """Nodes that are lost and of which nobody knows yet, and since when."""
        out = {}
        for part in self._plant.history.at(t).parts.values() if self._plant.controllers else ():
            for node in part.nodes if isinstance(part, ClusterLaw) else ():
                if node.down and node.silent < t <= node.noted:
                    out[node.name] = node.silent
        return out

    def _memory(self, spec: Service, pod: PodRecord, now: Life, t: float, in_flight: float) -> float:
        """Working set of a pod, bytes."""
        size = spec.memory if self._plain else memory.at_rest(spec, pod)
        size += spec.memory_per_request * in_flight
        if memory.leak(spec, pod) > 0:
            since = max(now.ready_at, self._plant.first)
            handled = self._plant.memory.handled(spec.name, since, np.array([t]))[0] if t > since else 0.0
            size += memory.leak(spec, pod) * handled
        return min(0.97 * memory.limit(spec, pod), size)

    # --- databases ----------------------------------------------------------------------------------------

    def _pool(self, spec: Pgbouncer, law: Law, row: Row) -> PoolState:
        flow, of = self._plant.network.pools[spec.name], law.pools[spec.name]
        _, active, age, idle_wait, done, timeouts, refused, errors, opened, clients = row[
            flow.column : flow.column + 10
        ]
        queued = sum(row[user.column] for user in flow.users) + done * idle_wait
        held: dict[tuple[str, str], float] = {}
        for group in flow.groups:
            count = row[group.column] if group.column < len(row) else 0.0
            if count > 1e-6:
                key = (group.service, group.query)
                held[key] = held.get(key, 0.0) + count
        for user in flow.users:
            missed = self._plant.network.missed(user.service, row)
            for name, count in fast_held(law.fleets[user.service], row[user.column + 2], missed):
                key = (user.service, name)
                held[key] = held.get(key, 0.0) + count
        return PoolState(
            spec=spec,
            up=True,
            pool_size=of.size,
            max_client_conn=spec.max_client_conn,
            query_wait_timeout=spec.query_wait_timeout,
            server_active=active,
            server_idle=max(0.0, opened - active),
            client_active=max(active, clients - queued),
            client_waiting=queued,
            maxwait=age,
            query_rate=done,
            timeout_rate=timeouts,
            refused_rate=refused,
            server_error_rate=errors,
            held=tuple((service, query, count) for (service, query), count in held.items()),
            follows=of.server,
        )

    def _postgres(self, spec: Postgres, law: Law, row: Row, t: float) -> PostgresState:
        network, of = self._plant.network, law.postgres[spec.name]
        pools = [network.pools[name] for name, pool in law.pools.items() if pool.server == spec.name]
        groups = seated(spec.name, law, network, row, t, self._plant.draws)
        active = sum(row[pool.column + 1] for pool in pools)
        done = sum(row[pool.column + 4] for pool in pools)
        broken = sum(row[user.column + 5] - row[user.column + 6] for pool in pools for user in pool.users)
        others = sum(session.count for session, _ in of.sessions if session.state == "active")
        return PostgresState(
            spec=spec,
            up=of.up,
            started_at=of.started_at,
            max_connections=of.max_connections,
            reserved=spec.superuser_reserved_connections,
            connections=sum(row[pool.column + 8] for pool in pools) + of.others if of.up else 0.0,
            statement_timeout=of.statement_timeout,
            backends=tuple(one.backend for one in groups) if of.up else (),
            commit_rate=max(0.0, done - broken),
            rollback_rate=max(0.0, broken) + 0.001 * done,
            cpu_ratio=min(1.0, 0.01 + (active + others) / (PER_CORE * spec.cores)) if of.up else 0.0,
            fault=of.fault,
        )


def fast_held(fleet: FleetState, held: float, missed: float = 1.0) -> list[tuple[str, float]]:
    """Fast queries of a fleet and the connections that each holds of `held`."""
    sums: dict[str, float] = {}
    for mix in mixes(fleet):
        for query in mix:
            if query.hold <= FAST:
                share = query.share * missed if query.cached else query.share
                sums[query.name] = sums.get(query.name, 0.0) + share * query.hold
    total = sum(sums.values())
    return [(name, held * weight / total) for name, weight in sums.items()] if total > 0 else []


def _phase(pod: PodRecord, t: float) -> Literal["Pending", "Running", "Terminating", "Failed"]:
    if t > pod.removed:
        return "Failed" if pod.evicted else "Terminating"
    return "Running" if t > max(pod.created, pod.scheduled) + 2 else "Pending"
