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
from collections.abc import Callable, Iterable, Sequence
from types import MappingProxyType
from typing import TypeAlias, cast

from drillbook.errors import InvalidInput, Problem
from drillbook.model.component import ComponentSpec
from drillbook.model.system import Call, External, Pgbouncer, Postgres, Service, System
from drillbook.world.edge import Callee, Doors, Edge
from drillbook.world.flow import Bound, Flow, FlowKind, FlowKinds, of_kinds
from drillbook.world.latency import Latency
from drillbook.world.law import Law
from drillbook.world.obstacle import FREE, Crossing, HinderedEdge, Obstacle
from drillbook.world.pool import Group, Kill, Past, PoolFlow, Row, User
from drillbook.world.service import ServiceFlow
from drillbook.world.shield import CallReader, PoolReader, Shield
from drillbook.world.terms import Reading, Slow, Terms

Blow: TypeAlias = Kill | Callable[[list[float]], None]
"""A sudden change of the state: what pools hold is terminated, or anything else, written into the row."""
PER_CORE = 9.0
THRASH = 1.5


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
    """The flows of a system: `terms` reads a law, `use` puts it in force, `step` leads from row to row."""

    def __init__(
        self, system: System, rate: Callable[[float], float], kinds: FlowKinds = MappingProxyType({})
    ) -> None:
        """`kinds` move the components that are neither service, pool, database nor third party."""
        self._rate = rate
        self.columns = 0
        order = call_order(system)
        self.services = {spec.name: self._service(spec) for spec in order}
        self._down = list(self.services.values())
        self._externals = {c.name: c for c in system.components if isinstance(c, External)}
        self.callees: dict[str, Callee] = dict(self.services)
        self.parts: dict[str, Flow] = {}
        for name, part in of_kinds(system, kinds).items():
            self._part(name, part, kinds[part.kind], system)
        self._parts = list(self.parts.values())
        obstacles = [component.name for component in system.components if component.obstructs]
        self._obstacles = [cast("Obstacle", self.parts[name]) for name in obstacles if name in self.parts]
        ranks = {component.name: component.binds for component in system.components}
        self._in_turn = [self.parts[name] for name in sorted(self.parts, key=ranks.__getitem__)]
        """In the order in which they step."""
        self._called = [callee for name, callee in self.callees.items() if name not in self.services]
        for spec in order:
            self._connect(spec)
        self._edges = [edge for flow in self._down for edge in flow.edges]
        self.entry = self.services[system.workload.entry]
        specs = [component for component in system.components if isinstance(component, Pgbouncer)]
        self.pools = {spec.name: self._pool(spec, order) for spec in specs}
        self._users = [user for pool in self.pools.values() for user in pool.users]
        self._past: dict[str, PoolReader] = {}
        """By service: the way past its cache to its pool."""
        shields = [component.name for component in system.components if component.shields]
        self._shields = [cast("Shield", self.parts[name]) for name in shields if name in self.parts]
        for spec in order if self._shields else ():
            self._shield(spec)
        self._groups: dict[Slow, Group] = {}
        self._cores = {each.name: each.cores for each in system.components if isinstance(each, Postgres)}
        self._servers = self._carriers([spec.server for spec in specs])
        """What each PostgreSQL server carries, and its pools."""
        self._written = tuple([spec.server for spec in specs])
        self._seats: tuple[str, ...] = ()
        calls = [call.to for spec in order for call in self.calls(spec)]
        self._reading = Reading(
            list(self.services),
            [name for name in calls if name in self._externals],
            {name: [user.service for user in pool.users] for name, pool in self.pools.items()},
            specs,
            self._group,
        )
        self._terms: Terms | None = None
        self._bound = [cast("Bound", self.parts[name]) for name in self.parts if ranks[name] > 0]
        for bound in self._bound:
            bound.bind(self)

    def _carriers(self, servers: Sequence[str]) -> list[tuple[float, list[PoolFlow]]]:
        """By server, given that of each pool."""
        led = list(zip(self.pools.values(), servers, strict=True))
        return [
            (PER_CORE * cores, [pool for pool, of in led if of == name])
            for name, cores in self._cores.items()
        ]

    def _take(self, count: int) -> int:
        self.columns += count
        return self.columns - count

    def _service(self, spec: Service) -> ServiceFlow:
        cpu = max(spec.cpu_per_request, 1e-6)
        return ServiceFlow(
            spec.name, self._take(ServiceFlow.COLUMNS), float(spec.concurrency), max(spec.latency, cpu), cpu,
            spec.spread, spec.cpu_limit, spec.error_ratio,
        )  # fmt: skip

    def _part(self, name: str, spec: ComponentSpec, kind: FlowKind, system: System) -> None:
        part = self.parts[name] = kind.flow(spec, system, self.columns)
        self._take(part.columns)
        if spec.callable:
            self.callees[name] = cast("Callee", part)

    def _edge(self, spec: Service, call: Call, spread: float, callee: Callee | None) -> Edge:
        """A call's edge; where something stands on its way, one that knows of that."""
        values = (call.share, call.timeout, call.retries, call.backoff, call.optional, spread)
        crossed = [obstacle for obstacle in self._obstacles if obstacle.crosses(spec.name, call.to)]
        column = self._take(Edge.COLUMNS)
        if not crossed:
            return Edge(*values, column, callee)
        edge = HinderedEdge(*values, column, callee)
        edge.tolls = [FREE] * len(crossed)
        for place, obstacle in enumerate(crossed):
            obstacle.crossings.append(Crossing(self.services[spec.name], edge, place, spec.name, call.to))
        return edge

    def calls(self, spec: Service) -> list[Call]:
        """The calls of a service that have an edge, in the order of its edges."""
        return [call for call in spec.calls if call.to in self.callees or call.to in self._externals]

    def _connect(self, spec: Service) -> None:
        for call in self.calls(spec):
            callee = self.callees.get(call.to)
            spread = self._externals[call.to].spread if callee is None else callee.spread
            if hasattr(callee, "door"):
                callee = cast("Doors", callee).door(spec.name)
            self.services[spec.name].edges.append(self._edge(spec, call, spread, callee))

    def _pool(self, spec: Pgbouncer, order: list[Service]) -> PoolFlow:
        column = self._take(PoolFlow.COLUMNS)
        pool = PoolFlow(spec.name, column, float(spec.max_client_conn), spec.query_wait_timeout)
        for service in order:
            if service.uses is not None and service.uses.pool == spec.name:
                user = User(service.name, self._take(User.COLUMNS))
                pool.users.append(user)
                self.services[service.name].user = user
        return pool

    def _shield(self, spec: Service) -> None:
        flow, uses = self.services[spec.name], spec.uses
        for call, edge in zip(self.calls(spec), flow.edges, strict=True):
            if call.cache is not None:
                reader = CallReader(flow, edge, float(call.coalesce))
                cast("Shield", self.parts[call.cache]).readers.append(reader)
        if uses is not None and uses.cache is not None and flow.user is not None:
            past = self._past[spec.name] = PoolReader(flow, flow.user, self.pools[uses.pool])
            cast("Shield", self.parts[uses.cache]).readers.append(past)

    def _group(self, key: Slow, sql: str, pool: str) -> int:
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = Group(*key, sql, self._take(1))
            self.pools[pool].groups.append(group)
        return group.column

    def missed(self, service: str, row: Row) -> float:
        """Part of a service's cached queries that reach its pool, by `row`."""
        past = self._past.get(service)
        shields = [shield for shield in self._shields if past is not None and past in shield.readers]
        return shields[0].missing(row) if shields else 1.0

    # --- law ----------------------------------------------------------------------------------------------

    def terms(self, law: Law, t: float) -> Terms:
        """The terms of `law` for what comes after `t`."""
        terms = self._reading.terms(law, t)
        if self.parts:
            parts = [part.terms(law.parts[name], law, t) for name, part in self.parts.items()]
            terms = terms._replace(parts=tuple(parts))
        return terms

    def use(self, terms: Terms) -> None:
        """Put terms in force."""
        if terms is self._terms:
            return
        self._terms = terms
        for flow, (ready, limit) in zip(self._down, terms.services, strict=True):
            flow.govern(ready, limit)
        self._work(terms)
        thirds = [edge for edge in self._edges if edge.callee is None]
        for edge, (latency, error_ratio) in zip(thirds, terms.thirds, strict=True):
            edge.meet(Latency(latency), error_ratio)
        for pool, (servers, surplus) in zip(self.pools.values(), terms.pools, strict=True):
            pool.servers, pool.surplus = servers, surplus
        if terms.servers != self._seats:
            self._seats = terms.servers
            self._servers = self._carriers(terms.servers or self._written)
        for part, own in zip(self._parts, terms.parts, strict=True):
            part.use(own)
        groups = {group.column: group for group in self._groups.values()}
        for user, mix in zip(self._users, terms.users, strict=True):
            past = self._past.get(user.service)
            if past is not None:
                past.use(mix, groups)
                continue
            user.queries, user.fast, user.fast_hold, user.fast_cut, user.rest, slow, _, _ = mix
            user.load = user.queries
            user.slow = [(part, groups[column]) for part, column in slow]
            parts = {column: part for part, column in slow}
            user.groups = [
                (parts.get(column, 0.0), group)
                for column, group in groups.items()
                if group.service == user.service
            ]

    def _work(self, terms: Terms) -> None:
        """Let services work and call as their pods do now."""
        for place, manner in terms.manners:
            self._down[place].work(*manner)
        for place, calls in terms.calls:
            for edge, call in zip(self._down[place].edges, calls, strict=True):
                edge.behave(call)

    # --- stepping -----------------------------------------------------------------------------------------

    def untouched(self) -> Row:
        """The state before anybody came."""
        row = [value for flow in self._down for value in flow.untouched()]
        row += [value for part in self._parts for value in part.untouched()]
        return (*row, *[0.0] * (self.columns - len(row)))

    def step(self, row: Row, past: Past, t: float, dt: float) -> Row:
        """The state at `t`, from that at `t - dt`; `past` are the knots that the queues remember.

        Columns stay where they are; later rows may have more.
        """
        if len(row) < self.columns:
            row += (0.0,) * (self.columns - len(row))
        down, pools = self._down, self.pools.values()
        if self._bound or self._shields or self._obstacles:
            self._prepare(row, past, t, dt)
        for flow in down:
            flow.offered = 0.0
        for callee in self._called:
            callee.offered = 0.0
        self.entry.offered = self._rate(t)
        for part in self._parts:
            part.feed(row, t, dt, self.services)
        busy = [flow for flow in down if flow.admit(row)]
        self._slow_down(row)
        for pool in pools:
            pool.step(row, past, t, dt)
        for part in self._in_turn:
            part.step(row, t, dt, self.services)
        for flow in busy[::-1]:
            flow.answer(row, dt)
        return self._row()

    def _prepare(self, row: Row, past: Past, t: float, dt: float) -> None:
        """Put on pools' users and calls what other components mean for them in this step."""
        if self._bound:
            for user in self._users:
                user.extra = user.spoilt = 0.0
            for bound in self._bound:
                bound.strain(row, past, t, dt)
        for shield in self._shields:
            for place, reader in enumerate(shield.readers):
                reader.thin(*shield.missed(row, place))
        for obstacle in self._obstacles:
            for place, crossing in enumerate(obstacle.crossings):
                crossing.edge.lay(crossing.place, obstacle.toll(place, t))

    def _row(self) -> Row:
        out: list[float] = []
        for flow in self._down:
            out += flow.part
            out += flow.out
            out.append(flow.own)
        for part in self._parts:
            out += part.part
        for edge in self._edges:
            out += edge.part
        for pool in self.pools.values():
            out += pool.part
            for user in pool.users:
                out += user.part
        out += [group.n for group in self._groups.values()]
        return tuple(out)

    def _slow_down(self, row: Row) -> None:
        for capacity, pools in self._servers:
            heavy = 0.0
            for pool in pools:
                heavy += sum([row[group.column] for group in pool.groups])
            over = heavy / capacity
            for pool in pools:
                pool.slowdown = over**THRASH if over > 1.0 else 1.0

    def settled(self, row: Row) -> Row:
        """`row`, with queues that remember nothing of the past."""
        out = list(row)
        for pool in self.pools.values():
            out[pool.column] = sum(row[user.column] for user in pool.users)
        for shield in self._shields:
            shield.settle(out)
        for bound in self._bound:
            bound.settle(out)
        return tuple(out)

    def struck(self, row: Row, blows: Iterable[Blow]) -> Row:
        """`row` just after these; clients whose work pools held get their errors in the next step."""
        out = [*row, *[0.0] * (self.columns - len(row))]
        for user in self._users:
            user.killed = 0.0
        for blow in blows:
            if isinstance(blow, Kill):
                for pool in self.pools.values():
                    pool.kill(out, blow)
            else:
                blow(out)
        return tuple(out)

    def watched(self, row: Row) -> list[tuple[int, float]]:
        """Columns by which the length of a step from `row` is chosen, and the scale on which each counts."""
        out = []
        for flow in self._down:
            out += [
                (flow.column + ServiceFlow.OFFERED, max(row[flow.column], 1.0)),
                (flow.column + ServiceFlow.ERROR, 1.0),
            ]
            out.append((flow.column + ServiceFlow.UNREADY, 1.0))
        for pool in self.pools.values():
            scale = float(max(pool.servers, 10))
            out += [(pool.column + 1, scale), (pool.column + 2, 20.0)]
            out += [(user.column, max(50.0, scale, row[user.column])) for user in pool.users]
        for part in self._parts:
            out += part.watched(row)
        return out

    def corner(self, t: float) -> float:
        """The next whole second after `t` at which a component bends by itself."""
        return min([part.corner(t) for part in self._parts], default=math.inf)
