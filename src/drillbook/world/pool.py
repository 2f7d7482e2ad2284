"""PgBouncer in transaction mode: finite server connections, one FIFO queue, bounded clients; as a fluid.

The step is exact for any length, as long as what arrives is constant in it, and what a full queue comes to
does not depend on how long the steps are.

State: n_k, connections held by the slow class k (service, query, mean hold h_k); q_s, waiting clients of
service s; A, all clients ever let into the queue. With starts S per second (all classes), c connections and
a step dt:

    n_k(t+dt) = n_k(t) e^(−dt/h_k) + S φ_k h_k (1 − e^(−dt/h_k))          slow classes, h_k above 1 s
    n_f = S φ_f h_f                                                       all quicker ones together, at
    equilibrium
    S = min(backlog/dt, (c − Σ n_k e^(−dt/h_k)) / Σ φ h (1 − e^(−dt/h)))   so that n never exceeds c

so that an instant release that lets a fraction f of λ hold h₂ exhausts c at t* = −h₂ ln(1 − c/(λ f h₂)), or
never. Nobody waits longer than query_wait_timeout T: the queue holds only those let in during the last T,
and the others get the timeout. The oldest waiting client came when A was what has left the queue by now
(exact FIFO). A queue that would take more than a service's own concurrency refuses there (503), more than
max_client_conn refuses here. In the stable regime the mean wait is Erlang C's. The class of a client is
drawn when its query starts, by the versions of the pods that are ready then (assumption: queued clients of a
replaced version are retried by the new).
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import NamedTuple, TypeAlias

from drillbook.world.queueing import draining_wait, erlang_wait

FAST = 1.0
"""Classes that hold a connection up to this many seconds are at equilibrium within a step."""
LOGIN_RETRIES = 1 / 15
"""Attempts per second of each missing server connection to log in (server_login_retry 15 s), each failing one
client (assumption)."""
IDLE_DECAY = 300.0
"""Time constant with which unused server connections are closed (server_idle_timeout 600 s; assumption)."""

Row: TypeAlias = tuple[float, ...]
"""The state of everything at one moment, or one component's part of it, by columns."""
Past: TypeAlias = tuple[Sequence[float], Sequence[Row]]
"""Times and rows of the knots so far."""


class Kill(NamedTuple):
    """Parts of what is held that are terminated at once."""

    fast: Mapping[str, float]
    """Of a service's fast queries."""
    slow: Mapping[int, float]
    """Of the slow class of a column."""


@dataclass(slots=True)
class Group:
    """A slow class: what one kind of query of one service holds."""

    service: str
    query: str
    hold: float
    cut: float
    """Part that ends by statement_timeout."""
    sql: str
    column: int
    n: float = 0.0
    keep: float = 1.0


@dataclass(slots=True)
class User:
    """A service's use of the pool."""

    service: str
    column: int
    queries: float = 0.0
    """Queries per request, at most 1."""
    load: float = 0.0
    """Clients of the pool per request: the same, unless a cache lets some wait for others' queries."""
    riders: float = 1.0
    """Requests that each client of the pool stands for."""
    fast: float = 1.0
    """Part of its queries that is fast, their mean hold and the part that ends by statement_timeout."""
    fast_hold: float = 0.0
    fast_cut: float = 0.0
    slow: list[tuple[float, Group]] = field(default_factory=list)
    """The slow classes of its queries now, each with its part of them."""
    groups: list[tuple[float, Group]] = field(default_factory=list)
    """The same for all that ever were, which may still hold connections."""
    rest: float = 0.0
    """Client connections that its replicas keep open."""
    offer: float = 0.0
    room: float = math.inf
    """Requests that may wait or hold at once, for the service's own concurrency."""
    extra: float = 0.0
    """Seconds that each of its fast queries holds a connection longer than `fast_hold`."""
    spoilt: float = 0.0
    """Part of its queries that ends in an error of the server."""
    wait: float = 0.0
    """Seconds from asking for a connection to getting one, for those who get one now."""
    q: float = 0.0
    held: float = 0.0
    turned: float = 0.0
    """Per second: turned away by the service itself."""
    done: float = 0.0
    """Per second: queries that ended, statement timeouts and kills included."""
    broken: float = 0.0
    """Per second: clients that got an error, whether waiting or running."""
    dropped: float = 0.0
    """Per second: those of them that never held a connection."""
    killed: float = 0.0
    """Clients whose connection was terminated since the last step."""
    backlog: float = 0.0
    left: float = 0.0
    starts: float = 0.0
    """Per second: queries that get a connection."""
    fresh: float = 0.0
    """Those of `left` who came in this step."""
    cap: float = 0.0
    """What may be left, for the service's own concurrency."""
    over: float = 0.0
    """What is too much, and whether it is the pool that refuses it, not the service itself."""
    refused: bool = False
    part: Row = ()
    """The columns: `q`, `held`, of which by fast queries, `turned`, `done`, `broken`, `dropped`."""

    COLUMNS = 7


@dataclass(slots=True)
class PoolFlow:
    """One pool: `step` moves it on from a row, `part` has its columns afterwards."""

    name: str
    column: int
    max_clients: float
    timeout: float
    users: list[User] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    servers: int = 0
    surplus: int = 0
    slowdown: float = 1.0
    offers: float = 0.0
    a: float = 0.0
    age: float = 0.0
    open: float = 0.0
    timeouts: float = 0.0
    refused: float = 0.0
    server_errors: float = 0.0
    part: Row = ()
    """The columns: A, active connections, age of the oldest waiting client, mean wait if nobody queues; per
    second queries done, timeouts, refusals and errors of the server; open connections; clients."""

    COLUMNS = 10

    def kill(self, row: list[float], kill: Kill) -> None:
        """Terminate parts of what is held; their clients get an error in the next step."""
        for user in self.users:
            gone = row[user.column + 2] * kill.fast.get(user.service, 0.0)
            row[user.column + 2] -= gone
            for group in self.groups:
                if group.service == user.service:
                    gone += row[group.column] * kill.slow.get(group.column, 0.0)
            user.killed += gone
        for group in self.groups:
            row[group.column] *= 1.0 - kill.slow.get(group.column, 0.0)

    def step(self, row: Row, past: Past, t: float, dt: float) -> None:
        """Move on by `dt` from `row` to `t`; `past` has the knots up to `row`."""
        self.a, self.age, self.open = row[self.column], row[self.column + 2], row[self.column + 8]
        self.server_errors = self.timeouts = self.refused = 0.0
        started = self._start(row, dt)
        if self.servers <= 0:
            self._refuse_all(dt)
        elif started >= 1.0:
            self.a += self.offers
            self.age = 0.0
        else:
            self._wait(past, t, dt, started)
        self._finish(dt)

    def _start(self, row: Row, dt: float) -> float:
        """The part of the backlog that gets a connection in this step."""
        slow, carried, need, offers = self.slowdown, 0.0, 0.0, 0.0
        for group in self.groups:
            group.n = n = row[group.column]
            group.keep = keep = math.exp(-dt / (group.hold * slow))
            carried += n * keep
        for user in self.users:
            fresh = user.offer * dt
            user.backlog = backlog = row[user.column] + fresh
            user.starts = backlog / dt
            user.q = user.left = user.turned = user.dropped = 0.0
            each = user.fast * (user.fast_hold + user.extra)
            for part, group in user.slow:
                each += part * group.hold * (1.0 - group.keep)
            need += backlog * each * slow
            offers += fresh
        self.offers = offers
        free = self.servers - carried
        free = free * dt if free > 0.0 else 0.0
        return 1.0 if need <= free else free / need

    def _wait(self, past: Past, t: float, dt: float, started: float) -> None:
        """What does not get a connection waits, gives up or is turned away."""
        waiting = turned = queue = 0.0
        for user in self.users:
            user.starts *= started
            user.left = user.backlog * (1.0 - started)
            waiting += user.left
        if waiting > 0.0:
            failed = min(waiting, self.surplus * LOGIN_RETRIES * dt)
            self.server_errors = failed / dt
            late = self._late(past, t, dt, waiting - failed) if dt < self.timeout else 0.0
            self._give_up(late, failed + late, waiting, dt)
            self._bound(dt)
            if dt >= self.timeout:
                self._outlast(dt)
            self._turn_away(dt)
        for user in self.users:
            turned += user.turned
            user.q = user.left
            queue += user.left
        self.a += self.offers - (turned + self.refused) * dt
        self.age = self._oldest(past, t, self.a - queue) if queue > 1e-6 else 0.0

    def _late(self, past: Past, t: float, dt: float, waiting: float) -> float:
        """Those of the waiting whose query_wait_timeout is over at `t`."""
        if self.age + dt < self.timeout:
            return 0.0
        return max(0.0, waiting - (self.a + self.offers - self._entered(past, t - self.timeout)))

    def _give_up(self, late: float, dropped: float, waiting: float, dt: float) -> None:
        """`dropped` of the waiting get an error, `late` of these for they waited too long."""
        self.timeouts += late / dt
        part = dropped / waiting
        for user in self.users:
            user.dropped += user.left * part / dt
            user.left *= 1.0 - part

    def _bound(self, dt: float) -> None:
        """Find who is too much for the service's replicas or for max_client_conn.

        A service turns its own away; the pool refuses newcomers of all others alike.
        """
        clients = newest = 0.0
        for user in self.users:
            user.fresh = min(user.left, user.offer * dt)
            held = self._held(user)
            user.cap = max(min(user.left, user.room - held), user.left - user.fresh)
            user.refused = True
            clients += max(user.rest, user.left + held)
            newest += user.fresh
        part = self._part(clients - self.max_clients, newest)
        for user in self.users:
            user.refused = user.refused and part > 0.0
            user.over = part * user.fresh if user.refused else user.left - user.cap
            user.left -= user.over

    def _part(self, over: float, newest: float) -> float:
        """Part of the newcomers that the pool refuses, but for services that have less room themselves."""
        part = 0.0
        settled = False
        while not settled and over > 0.0 and newest > 0.0:
            part, settled = min(1.0, over / newest), True
            for user in self.users:
                if user.refused and user.left - part * user.fresh > user.cap:
                    user.refused = settled = False
                    over -= user.left - user.cap
                    newest -= user.fresh
        return part if settled else 0.0

    def _outlast(self, dt: float) -> None:
        """In a step longer than query_wait_timeout: let those be late who came before the last of it.

        As many come in all the time. Where clients have to give up, room is made for some of those who are
        too much.
        """
        left = over = 0.0
        for user in self.users:
            left, over = left + user.left, over + user.over
        stay = self.timeout / dt
        if left <= (self.offers - over) * stay:
            return
        entering = min(left / stay, self.offers)
        late = left - entering * stay
        more = over - (self.offers - entering)
        for user in self.users:
            extra = user.over * more / over if over > 0.0 else 0.0
            user.over -= extra
            user.left += extra
        self._give_up(late + more, late + more, left + more, dt)

    def _turn_away(self, dt: float) -> None:
        """Count who was too much."""
        for user in self.users:
            if user.refused:
                user.dropped += user.over / dt
                self.refused += user.over / dt
            else:
                user.turned = user.over / dt

    def _held(self, user: User) -> float:
        """Connections that the service will hold at the end of this step."""
        starts = user.starts
        held = starts * user.fast * (user.fast_hold + user.extra) * self.slowdown
        for part, group in user.slow:
            held += starts * part * group.hold * self.slowdown * (1.0 - group.keep)
        return held + sum([group.n * group.keep for _, group in user.groups])

    def _refuse_all(self, dt: float) -> None:
        """PostgreSQL is down: PgBouncer fails every client at once."""
        self.age = self.open = 0.0
        for user in self.users:
            user.dropped = user.backlog / dt
            self.server_errors += user.dropped
            user.q = user.left = user.backlog = user.starts = 0.0
            self.a += user.offer * dt

    def _finish(self, dt: float) -> None:
        """Move the held connections on, and count what ended."""
        slow, active, done, clients = self.slowdown, 0.0, 0.0, 0.0
        steady = begins = 0.0
        for user in self.users:
            starts = user.starts
            killed, begun = user.killed / dt, starts * user.fast
            held = fast_held = begun * (user.fast_hold + user.extra) * slow
            steady, begins = steady + fast_held, begins + starts
            finished, cut = begun + killed, begun * user.fast_cut + killed
            for part, group in user.groups:
                before, keep, begun = group.n, group.keep, starts * part
                group.n = now = before * keep + begun * group.hold * slow * (1.0 - keep)
                ended = (before - now) / dt + begun
                if ended > 0.0:
                    finished, cut = finished + ended, cut + ended * group.cut
                held += now
                steady += begun * group.hold * slow
            if user.spoilt > 0.0:
                cut += (finished - cut) * user.spoilt
            cut += user.dropped
            user.killed, user.held, user.done, user.broken = 0.0, held, finished, cut
            user.part = (user.q, held, fast_held, user.turned, finished, cut, user.dropped)
            active, done, held = active + held, done + finished, held + user.q
            clients += held if held > user.rest else user.rest
        wanted = active + 3.0 * math.sqrt(active) + 2.0
        wanted = wanted if wanted < self.servers else float(self.servers)
        closing = wanted + (self.open - wanted) * math.exp(-dt / IDLE_DECAY)
        wanted = closing if closing > wanted else wanted
        most = active if active > self.servers else float(self.servers)
        wanted = wanted if wanted < most else most
        wait = 0.0
        if self.servers > 0 and self.age <= 0.0:
            left_over = active > steady
            wait = (
                draining_wait(self.servers, active, steady, begins)
                if left_over
                else erlang_wait(self.servers, active, done)
            )
            wait = wait if wait < 1.0 else 1.0
        self.part = (
            self.a, active, self.age, wait, done, self.timeouts, self.refused, self.server_errors, wanted,
            clients,
        )  # fmt: skip
        wait = self.age if self.age > wait else wait
        for user in self.users:
            user.wait = wait

    def _entered(self, past: Past, t: float) -> float:
        """A at an earlier time."""
        times, rows = past
        right = bisect_left(times, t)
        if right == 0:
            return rows[0][self.column] if rows else self.a
        if right == len(times):
            return rows[-1][self.column]
        t0, t1, a0, a1 = (
            times[right - 1],
            times[right],
            rows[right - 1][self.column],
            rows[right][self.column],
        )
        return a0 + (a1 - a0) * (t - t0) / (t1 - t0)

    def _oldest(self, past: Past, t: float, gone: float) -> float:
        """Age at `t` of the client that entered when A was `gone`."""
        times, rows = past
        right = bisect_right(rows, gone, key=itemgetter(self.column))
        t1, a1 = (times[right], rows[right][self.column]) if right < len(times) else (t, self.a)
        if right == 0 or a1 <= rows[right - 1][self.column]:
            return t - t1
        t0, a0 = times[right - 1], rows[right - 1][self.column]
        return t - (t0 + (t1 - t0) * (gone - a0) / (a1 - a0))
