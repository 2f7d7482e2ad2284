"""All components' flows, tied together as the system is: one `step` moves everything on.

A step goes down the calls (rates, with the retries and refusals of the step before), through the pools, and
back up (latencies and failures). PostgreSQL slows all its queries down when more heavy ones run than it can
carry:

    slowdown = max(1, heavy / (9 · cores))^1.5

which makes a larger pool worse beyond that point (9 heavy queries per core, waiting for I/O most of the time,
and the exponent are assumptions).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from types import MappingProxyType
from typing import cast

from drillbook.errors import InvalidInput, Problem
from drillbook.model.component import ComponentSpec
from drillbook.model.system import Call, External, Pgbouncer, Service, System
from drillbook.world import flow as flows
from drillbook.world.fleet import FleetState, QueryMix, Template, queries
from drillbook.world.latency import Latency
from drillbook.world.law import Law, PoolLaw
from drillbook.world.pool import FAST, Group, PoolFlow, User
from drillbook.world.service import Callee, Edge, ServiceFlow

PER_CORE = 9.0
THRASH = 1.5
Row = tuple[float, ...]


def call_order(system: System) -> list[Service]:
    """Services, callers before callees, the entry first; InvalidInput where calls form a circle."""
    services = {c.name: c for c in system.components if isinstance(c, Service)}
    order: list[Service] = []
    state: dict[str, int] = {}

    def visit(name: str) -> None:
        if state.get(name) == 1:
            raise InvalidInput([Problem("", 0, 0, f"service {name} calls itself through others")])
        if name in state:
            return
        state[name] = 1
        for call in services[name].calls:
            if call.to in services:
                visit(call.to)
        state[name] = 2
        order.append(services[name])

    for name in services:
        if name != system.workload.entry:
            visit(name)
    visit(system.workload.entry)
    return order[::-1]


class Network:
    """The flows of a system; `bind` sets the law, `step` moves on, `row` and `load` exchange the state."""

    def __init__(
        self, system: System, rate: Callable[[float], float], kinds: flows.FlowKinds = MappingProxyType({})
    ) -> None:
        """`kinds` move the components that are neither service, pool, database nor third party."""
        self._rate = rate
        self._system = system
        self.columns = 0
        order = call_order(system)
        self._externals = {c.name: c for c in system.components if isinstance(c, External)}
        self._specs = {spec.name: spec for spec in order}
        self.services = {spec.name: self._service(spec) for spec in order}
        self._down = list(self.services.values())
        self._up = self._down[::-1]
        self.parts: dict[str, flows.Flow] = {}
        self.callees: dict[str, Callee] = dict(self.services)
        for name, part in flows.of_kinds(system, kinds).items():
            self._part(name, part, kinds[part.kind])
        for spec in order:
            self._edges(spec)
        self._parts = list(self.parts.values())
        self._called = [callee for name, callee in self.callees.items() if name in self.parts]
        self.entry = self.services[system.workload.entry]
        self.pools: dict[str, PoolFlow] = {}
        self._pool_of: dict[str, PoolFlow] = {}
        for component in system.components:
            if isinstance(component, Pgbouncer):
                self.pools[component.name] = self._pool(component, order)
        self.groups: dict[tuple[str, str, float, float], Group] = {}
        self._server_of = {c.name: c.server for c in system.components if isinstance(c, Pgbouncer)}
        self.cores: dict[str, float] = {}
        self._mixes: dict[tuple[str, Template], tuple[QueryMix, ...]] = {}

    def _take(self, count: int) -> int:
        self.columns += count
        return self.columns - count

    def _service(self, spec: Service) -> ServiceFlow:
        flow = ServiceFlow(spec.name, self._take(ServiceFlow.COLUMNS))
        flow.concurrency = float(spec.concurrency)
        flow.cpu = max(spec.cpu_per_request, 1e-6)
        flow.latency = max(spec.latency, flow.cpu)
        flow.spread, flow.cpu_limit, flow.base_error = spec.spread, spec.cpu_limit, spec.error_ratio
        return flow

    def _part(self, name: str, spec: ComponentSpec, kind: flows.FlowKind) -> None:
        part = self.parts[name] = kind.flow(spec, self._system, self.columns)
        self._take(part.columns)
        if spec.callable:
            self.callees[name] = cast("Callee", part)

    def calls(self, spec: Service) -> list[Call]:
        """The calls of a service that have an edge, in the order of its edges."""
        return [call for call in spec.calls if call.to in self.callees or call.to in self._externals]

    def _edges(self, spec: Service) -> None:
        for call in self.calls(spec):
            edge = Edge(
                call.share, call.timeout, call.retries, call.backoff, call.optional, self._take(Edge.COLUMNS)
            )
            edge.callee = self.callees.get(call.to)
            edge.spread = self._externals[call.to].spread if edge.callee is None else edge.callee.spread
            self.services[spec.name].edges.append(edge)

    def _pool(self, spec: Pgbouncer, order: list[Service]) -> PoolFlow:
        pool = PoolFlow(spec.name, self._take(PoolFlow.COLUMNS))
        pool.max_clients, pool.timeout = float(spec.max_client_conn), spec.query_wait_timeout
        for service in order:
            if service.uses is not None and service.uses.pool == spec.name:
                user = User(service.name, self._take(User.COLUMNS))
                pool.users.append(user)
                self.services[service.name].user = user
                self._pool_of[service.name] = pool
        return pool

    # --- law ----------------------------------------------------------------------------------------------

    def bind(self, law: Law, t: float) -> None:
        """Put `law` in force for what comes after `t`."""
        for name, flow in self.services.items():
            fleet = law.fleets[name]
            flow.ready = float(len(fleet.ready(t)))
            flow.limit = law.limits.get(name, math.inf)
            for edge, call in zip(flow.edges, self.calls(fleet.spec), strict=True):
                if call.to in law.externals:
                    external = law.externals[call.to]
                    edge.latency, edge.error_ratio = Latency(external.latency), external.error_ratio
        for name, server in law.postgres.items():
            pools = [law.pools[pool] for pool, of in self._server_of.items() if of == name]
            self.cores[name] = float(server.spec.cores)
            for pool_law, allowed in zip(pools, allowance(law, name, pools), strict=True):
                pool = self.pools[pool_law.spec.name]
                pool.servers = min(pool_law.size, allowed) if server.up else 0
                pool.surplus = max(0, pool_law.size - allowed) if server.up else 0
                for user in pool.users:
                    self._mix(user, law.fleets[user.service], pool_law, server.statement_timeout, t)
        for name, part in self.parts.items():
            part.bind(law.parts[name], law, t)

    def _mix(self, user: User, fleet: FleetState, pool: PoolLaw, limit: float, t: float) -> None:
        """Shares and holds of the queries that the ready pods of a service do."""
        ready = fleet.ready(t)
        total = fast = fast_hold = fast_cut = 0.0
        counts: dict[object, int] = {}
        for pod in ready:
            counts[pod.template] = counts.get(pod.template, 0) + 1
        sums: dict[tuple[str, str, float, float], float] = {}
        for template in dict.fromkeys(pod.template for pod in ready):
            weight = counts[template] / len(ready)
            for query in self._queries(fleet.spec, template):
                hold, cut = limited(query.hold, limit)
                share = weight * query.share
                total += share
                if hold <= FAST:
                    fast, fast_hold, fast_cut = fast + share, fast_hold + share * hold, fast_cut + share * cut
                    continue
                key = (user.service, query.name, hold, cut)
                sums[key] = sums.get(key, 0.0) + share
                self._group(key, query.sql, pool.spec.name)
        user.queries = min(1.0, total)
        user.fast = fast / total if total > 0 else 1.0
        user.fast_hold = fast_hold / fast if fast > 0 else 0.0
        user.fast_cut = fast_cut / fast if fast > 0 else 0.0
        user.slow = [(share / total, self.groups[key]) for key, share in sums.items()]
        user.rest = float(pool.spec.client_connections_per_replica * len(fleet.pods))

    def _queries(self, spec: Service, template: Template) -> tuple[QueryMix, ...]:
        known = self._mixes.get((spec.name, template))
        if known is None:
            known = self._mixes[spec.name, template] = queries(spec, template)
        return known

    def _group(self, key: tuple[str, str, float, float], sql: str, pool: str) -> None:
        if key not in self.groups:
            group = Group(key[0], key[1], key[2], key[3], sql, self._take(1))
            self.groups[key] = group
            self.pools[pool].groups.append(group)

    # --- stepping -----------------------------------------------------------------------------------------

    def step(self, t: float, dt: float) -> None:
        """Move everything on by `dt` to `t`."""
        for flow in self._down:
            flow.offered = 0.0
        for callee in self._called:
            callee.offered = 0.0
        self.entry.offered = self._rate(t)
        for part in self._parts:
            part.feed(t, dt, self.services)
        for flow in self._down:
            flow.admit()
        self._slow_down()
        for pool in self.pools.values():
            pool.step(t, dt)
        for part in self._parts:
            part.step(t, dt, self.services)
        for flow in self._up:
            pool_of = self._pool_of.get(flow.name)
            flow.answer(dt, 0.0 if pool_of is None else pool_of.wait)

    def _slow_down(self) -> None:
        heavy: dict[str, float] = {}
        for name, pool in self.pools.items():
            server = self._server_of[name]
            heavy[server] = heavy.get(server, 0.0) + sum([group.n for group in pool.groups])
        for name, pool in self.pools.items():
            server = self._server_of[name]
            over = heavy[server] / (PER_CORE * self.cores[server])
            pool.slowdown = over**THRASH if over > 1 else 1.0

    def accept(self, t: float) -> None:
        """Remember what the queues need of the past."""
        for pool in self.pools.values():
            pool.times.append(t)
            pool.entered.append(pool.a)

    def row(self) -> Row:
        """The whole state. Columns stay where they are; later rows may have more."""
        row: list[float] = []
        for flow in self._down:
            flow.store(row)
        for part in self._parts:
            part.store(row)
        for flow in self._down:
            for edge in flow.edges:
                edge.store(row)
        for pool in self.pools.values():
            pool.store(row)
            for user in pool.users:
                user.store(row)
        row += [group.n for group in self.groups.values()]
        return tuple(row)

    def load(self, row: Row) -> None:
        """Take the state back."""
        for flow in self._down:
            flow.load(row)
            for edge in flow.edges:
                edge.load(row)
        for part in self._parts:
            part.load(row)
        for pool in self.pools.values():
            pool.load(row)
            for user in pool.users:
                user.load(row)
                user.killed = 0.0
        for group in self.groups.values():
            group.n = row[group.column] if group.column < len(row) else 0.0

    def resume(self, times: Sequence[float], rows: Sequence[Row]) -> None:
        """Take the state of the last row back, with what the queues remember of all."""
        self.load(rows[-1])
        for pool in self.pools.values():
            pool.times, pool.entered = list(times), [row[pool.column] for row in rows]

    def settle(self) -> None:
        """Let the queues remember nothing of the past."""
        for pool in self.pools.values():
            pool.times, pool.entered = [], []
            pool.a = sum(user.q for user in pool.users)

    def terms(self) -> Hashable:
        """Everything that `bind` set: equal terms give equal steps."""
        services = tuple(
            (
                flow.ready,
                flow.limit,
                tuple((e.latency, e.error_ratio) for e in flow.edges if e.callee is None),
            )
            for flow in self._down
        )
        pools = tuple((pool.servers, pool.surplus) for pool in self.pools.values())
        users = tuple(
            (user.queries, user.fast, user.fast_hold, user.fast_cut, user.rest,
             tuple((part, group.column) for part, group in user.slow))
            for pool in self.pools.values() for user in pool.users
        )  # fmt: skip
        return services, pools, users, tuple(part.terms() for part in self._parts)

    def watched(self) -> list[tuple[int, float]]:
        """Columns by which the length of a step is chosen, and the scale on which each counts."""
        out = []
        for flow in self._down:
            out += [
                (flow.column + ServiceFlow.OFFERED, max(flow.offered, 1.0)),
                (flow.column + ServiceFlow.ERROR, 1.0),
            ]
            out.append((flow.column + ServiceFlow.UNREADY, 1.0))
        for pool in self.pools.values():
            scale = float(max(pool.servers, 10))
            out += [(pool.column + 1, scale), (pool.column + 2, 20.0)]
            out += [(user.column, max(50.0, scale)) for user in pool.users]
        for part in self._parts:
            out += part.watched()
        return out

    def corner(self, t: float) -> float:
        """The next whole second after `t` at which a component bends by itself."""
        return min([part.corner(t) for part in self._parts], default=math.inf)


def limited(hold: float, limit: float) -> tuple[float, float]:
    """Mean of an exponential hold under statement_timeout `limit` (0: none), and the part it ends."""
    if limit <= 0:
        return hold, 0.0
    cut = math.exp(-limit / hold) if hold > 0 else 0.0
    return hold * (1 - cut), cut


def allowance(law: Law, server: str, pools: list[PoolLaw]) -> list[int]:
    """Connections that PostgreSQL leaves for each pool, by size when it cannot take them all."""
    of = law.postgres[server]
    left = max(0, of.max_connections - of.spec.superuser_reserved_connections - of.others)
    asked = sum(pool.size for pool in pools)
    if asked <= left:
        return [pool.size for pool in pools]
    return [left * pool.size // asked for pool in pools]
