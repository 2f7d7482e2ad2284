"""PgBouncer in transaction mode: finite server connections, one FIFO queue, bounded clients; as a fluid.

The step is exact for any length, as long as what arrives is constant in it.

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
from collections.abc import Mapping
from dataclasses import dataclass, field

from drillbook.world.queueing import erlang_wait

FAST = 1.0
"""Classes that hold a connection up to this many seconds are at equilibrium within a step."""
LOGIN_RETRIES = 1 / 15
"""Attempts per second of each missing server connection to log in (server_login_retry 15 s), each failing one
client (assumption)."""
IDLE_DECAY = 300.0
"""Time constant with which unused server connections are closed (server_idle_timeout 600 s; assumption)."""


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
    fast: float = 1.0
    """Part of its queries that is fast, their mean hold and the part that ends by statement_timeout."""
    fast_hold: float = 0.0
    fast_cut: float = 0.0
    slow: list[tuple[float, Group]] = field(default_factory=list)
    rest: float = 0.0
    """Client connections that its replicas keep open."""
    offer: float = 0.0
    room: float = math.inf
    """Requests that may wait or hold at once, for the service's own concurrency."""
    q: float = 0.0
    held: float = 0.0
    fast_held: float = 0.0
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
    cap: float = 0.0

    COLUMNS = 7

    def store(self, row: list[float]) -> None:
        """Append the columns."""
        row += (self.q, self.held, self.fast_held, self.turned, self.done, self.broken, self.dropped)

    def load(self, row: tuple[float, ...]) -> None:
        """Take the state back from a row."""
        k = self.column
        self.q, self.held, self.fast_held, self.turned, self.done, self.broken, self.dropped = row[k : k + 7]


class PoolFlow:
    """One pool: `step` moves it on, `store` and `load` exchange its state with a trajectory's rows."""

    COLUMNS = 10

    def __init__(self, name: str, column: int) -> None:
        self.name = name
        self.column = column
        self.users: list[User] = []
        self.groups: list[Group] = []
        self.servers = 0
        self.surplus = 0
        self.max_clients = 0.0
        self.timeout = math.inf
        self.slowdown = 1.0
        self.times: list[float] = []
        self.entered: list[float] = []
        self.a = self.active = self.age = self.idle_wait = self.done = 0.0
        self.timeouts = self.refused = self.server_errors = self.open = self.clients = 0.0

    @property
    def wait(self) -> float:
        """Seconds from asking for a connection to getting one, for those who get one now."""
        return max(self.idle_wait, self.age)

    def store(self, row: list[float]) -> None:
        """Append the columns; the users' and groups' follow elsewhere."""
        row += (self.a, self.active, self.age, self.idle_wait, self.done, self.timeouts)
        row += (self.refused, self.server_errors, self.open, self.clients)

    def load(self, row: tuple[float, ...]) -> None:
        """Take the state back from a row."""
        k = self.column
        self.a, self.active, self.age, self.idle_wait, self.done, self.timeouts = row[k : k + 6]
        self.refused, self.server_errors, self.open, self.clients = row[k + 6 : k + 10]

    def kill(self, fast: Mapping[str, float], groups: Mapping[int, float]) -> None:
        """Terminate parts of what is held: of a service's fast queries, of the slow class of a column.

        Their clients get an error in the next step.
        """
        for user in self.users:
            gone = user.fast_held * fast.get(user.service, 0.0)
            user.fast_held -= gone
            for group in self.groups:
                if group.service == user.service:
                    gone += group.n * groups.get(group.column, 0.0)
            user.killed += gone
        for group in self.groups:
            group.n *= 1 - groups.get(group.column, 0.0)

    def step(self, t: float, dt: float) -> None:
        """Move on by `dt` to `t`."""
        offers = self._offers(dt)
        started = self._start(dt)
        if self.servers <= 0:
            self._refuse_all(dt)
        else:
            self._wait(t, dt, offers, started)
        self._finish(dt)

    def _offers(self, dt: float) -> float:
        offers = 0.0
        for user in self.users:
            offers += user.offer * dt
            user.backlog = user.q + user.offer * dt
        return offers

    def _start(self, dt: float) -> float:
        """Part of the backlog that gets a connection in this step."""
        slow, carried, need, backlog = self.slowdown, 0.0, 0.0, 0.0
        for group in self.groups:
            group.keep = math.exp(-dt / (group.hold * slow))
            carried += group.n * group.keep
        for user in self.users:
            each = user.fast * user.fast_hold
            for part, group in user.slow:
                each += part * group.hold * (1 - group.keep)
            need += user.backlog * each * slow
            backlog += user.backlog
        free = max(0.0, self.servers - carried)
        part = 1.0 if need <= free * dt else free * dt / need
        for user in self.users:
            user.left = user.backlog * (1 - part)
        return part

    def _wait(self, t: float, dt: float, offers: float, started: float) -> None:
        waiting = sum([user.left for user in self.users]) if started < 1 else 0.0
        self.server_errors = self.timeouts = self.refused = 0.0
        for user in self.users:
            user.turned = user.dropped = 0.0
        if waiting > 0:
            self._give_up(t, dt, offers, waiting)
            self._bound(dt)
        turned = sum([user.turned for user in self.users])
        self.a += offers - (turned + self.refused) * dt
        queue = 0.0
        for user in self.users:
            user.q = user.left
            queue += user.left
        self.age = self._oldest(t, self.a - queue) if queue > 1e-6 else 0.0

    def _give_up(self, t: float, dt: float, offers: float, waiting: float) -> None:
        """Errors of missing server connections, then query_wait_timeout."""
        failed = min(waiting, self.surplus * LOGIN_RETRIES * dt)
        late = 0.0
        if self.age + dt >= self.timeout:
            late = max(0.0, waiting - failed - (self.a + offers - self._entered(t - self.timeout)))
        self.server_errors, self.timeouts = failed / dt, late / dt
        part = (failed + late) / waiting
        for user in self.users:
            user.dropped += user.left * part / dt
            user.left *= 1 - part

    def _bound(self, dt: float) -> None:
        """Turn away what neither the service's replicas nor max_client_conn has room for.

        The tighter of the two bounds refuses all of it: the queue never gets as long as the other one allows.
        """
        clients, newest = 0.0, 0.0
        for user in self.users:
            held = self._held(user, dt)
            user.cap = max(min(user.left, user.room - held), user.left - user.offer * dt, 0.0)
            clients += max(user.rest, user.cap + held)
            newest += min(user.cap, user.offer * dt)
        over = clients - self.max_clients
        part = min(1.0, over / newest) if over > 0 and newest > 0 else 0.0
        for user in self.users:
            if part > 0:
                left = max(user.cap - part * min(user.cap, user.offer * dt), user.left - user.offer * dt)
                user.dropped += (user.left - left) / dt
                self.refused += (user.left - left) / dt
            else:
                left = user.cap
                user.turned = (user.left - left) / dt
            user.left = left

    def _held(self, user: User, dt: float) -> float:
        """Connections that the service will hold at the end of this step."""
        starts = (user.backlog - user.left) / dt if user.backlog > user.left else 0.0
        held = starts * user.fast * user.fast_hold * self.slowdown
        for part, group in user.slow:
            held += starts * part * group.hold * self.slowdown * (1 - group.keep)
        return held + sum([group.n * group.keep for group in self.groups if group.service == user.service])

    def _refuse_all(self, dt: float) -> None:
        """PostgreSQL is down: PgBouncer fails every client at once."""
        self.server_errors = self.timeouts = self.refused = self.age = 0.0
        for user in self.users:
            self.server_errors += user.backlog / dt
            user.dropped = user.backlog / dt
            user.turned = user.q = user.left = 0.0
            self.a += user.offer * dt
            user.backlog = 0.0
        self.open = 0.0

    def _finish(self, dt: float) -> None:
        """Move the held connections on, and count what ended."""
        self.active = self.done = self.clients = 0.0
        for user in self.users:
            out = (user.dropped + user.turned) * dt
            starts = max(0.0, user.backlog - user.left - out) / dt
            self._run(user, starts, dt)
            self.active += user.held
            self.done += user.done
            self.clients += max(user.rest, user.q + user.held)
        wanted = min(float(max(self.servers, 0)), self.active + 3 * math.sqrt(self.active) + 2)
        self.open = max(wanted, wanted + (self.open - wanted) * math.exp(-dt / IDLE_DECAY))
        self.idle_wait = 0.0
        if self.age <= 0 < self.servers:
            self.idle_wait = min(1.0, erlang_wait(self.servers, self.active, self.done))

    def _run(self, user: User, starts: float, dt: float) -> None:
        slow = self.slowdown
        user.fast_held = starts * user.fast * user.fast_hold * slow
        user.done = starts * user.fast + user.killed / dt
        cut = starts * user.fast * user.fast_cut + user.killed / dt
        user.killed = 0.0
        held = user.fast_held
        share = {id(group): part for part, group in user.slow}
        for group in self.groups:
            if group.service != user.service:
                continue
            part = share.get(id(group), 0.0)
            before = group.n
            group.n = before * group.keep + starts * part * group.hold * slow * (1 - group.keep)
            ended = max(0.0, (before - group.n) / dt + starts * part)
            user.done += ended
            cut += ended * group.cut
            held += group.n
        user.held = held
        user.broken = user.dropped + cut

    def _entered(self, t: float) -> float:
        """A at an earlier time."""
        right = bisect_left(self.times, t)
        if right == 0:
            return self.entered[0]
        if right == len(self.times):
            return self.entered[-1]
        t0, t1, a0, a1 = (
            self.times[right - 1],
            self.times[right],
            self.entered[right - 1],
            self.entered[right],
        )
        return a0 + (a1 - a0) * (t - t0) / (t1 - t0)

    def _oldest(self, t: float, gone: float) -> float:
        """Age at `t` of the client that entered when A was `gone`."""
        right = bisect_right(self.entered, gone)
        t1, a1 = (self.times[right], self.entered[right]) if right < len(self.times) else (t, self.a)
        if right == 0 or a1 <= self.entered[right - 1]:
            return t - t1
        t0, a0 = self.times[right - 1], self.entered[right - 1]
        return t - (t0 + (t1 - t0) * (gone - a0) / (a1 - a0))
