"""The closed forms of queueing theory, by the production code and by the judge."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from drillbook.world.parts.rabbitmq.flow import RabbitmqFlow
from drillbook.world.parts.rabbitmq.group import GroupFlow
from tests.validation.claims import Claim
from tests.validation.judge import (
    Draw,
    Interval,
    Outcome,
    Queue,
    Size,
    constant,
    drained,
    exponential,
    first_passage,
    harmonic,
    interval,
    lognormal,
    measured,
    seasonal,
)
from tests.world.builders import (
    WORK,
    Play,
    broker,
    database,
    deploy,
    orders,
    plain,
    pool,
    published,
    service,
    system,
)

HOLD = 0.1
"""Mean hold of the small systems, seconds; the closed forms count time in holds."""


def api(servers: int, load: float, hold: float = HOLD, **settings: Any) -> Play:
    """A service whose every request holds one of a pool's connections, offered that many Erlangs."""
    queries = [{"name": "get", "share": 1.0, "hold": f"{hold * 1000:g}ms", "sql": "select get"}]
    uses = {"pool": "pool", "queries": queries}
    one = orders(replicas=50, concurrency=20000, spread=0.0, latency="1ms", cpu_per_request="0.01ms",
                 uses=uses)  # fmt: skip
    bounds = {"pool_size": servers, "max_client_conn": 1000000} | settings
    return Play(system(one, pool(**bounds), database(max_connections=20000), rate=f"{load / hold:g}/s"))


def wait(servers: int, load: float) -> float:
    """The product's median wait, in holds: what a request takes more than with connections in plenty."""
    return (api(servers, load).service(0).p50 - api(1000, load).service(0).p50) / HOLD


def level(servers: int, load: float, within: float) -> float:
    """Part of the product's requests that wait at most so many holds."""
    quantile = api(servers, load).service(0).quantile
    most = api(1000, load).service(0).p50 + within * HOLD
    low, high = 0.0, 1.0
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if quantile(middle) <= most else (low, middle)
    return high


def refused(servers: int) -> float:
    """Part refused by a service with one replica that is offered as many Erlangs as it has room for."""
    one = service("web", replicas=1, concurrency=servers, latency="100ms", spread=0.0,
                  cpu_per_request="0.01ms")  # fmt: skip
    return Play(system(one, entry="web", rate=f"{servers / 0.1:g}/s")).service(0, "web").refused_ratio


def given_up(servers: int, load: float, patience: float) -> float:
    """Part of the queries that end by query_wait_timeout, so many holds long."""
    play = api(servers, load, query_wait_timeout=f"{patience * HOLD:g}s")
    return play.pool(1200).timeout_rate / (load / HOLD)


def desk(
    load: float, workers: int, queues: list[dict[str, Any]] | None = None, **over: Any
) -> dict[str, float]:
    """A work queue in equilibrium: parts of what comes, and waits of its queues in mean works."""
    play = Play(broker(load, workers, queues, **over)).to(3000)
    flow = play.world._plant.network.parts["jobs"]
    assert isinstance(flow, RabbitmqFlow)
    group, row = flow.groups[0], play.world._plant.trajectory.at(3000)
    own = row[group.column : group.column + group.columns]
    came = own[group.CAME]
    found = {
        "refused": own[group.REFUSED] / came,
        "withdrawn": own[group.WITHDRAWN] / came,
        "wait": own[group.WAITING] / came / WORK,
        "full": own[group.FULL],
        "late": own[group.OWN + group.LATE],
    }
    waits = [row[group.queue(place) + group.WAIT] / WORK for place in range(len(group.spec.queues))]
    return found | {f"wait {place}": wait for place, wait in enumerate(waits)}


def _wait(outcome: Outcome) -> float:
    return float(np.mean(outcome.wait))


def _waited(outcome: Outcome) -> float:
    return float(np.mean(outcome.wait > 0))


def _left(outcome: Outcome) -> float:
    return float(np.mean(outcome.given_up))


@lru_cache
def _blocked(size: Size) -> Interval:
    queue = Queue(10, (10.0,), waiting_room=False)
    return measured(queue, size, [lambda o: float(np.mean(o.refused))], 1)[0]


@lru_cache
def _many(size: Size) -> Sequence[Interval]:
    return measured(Queue(14, (10.0,)), size, [_waited, lambda o: float(np.mean(o.wait <= 20 / 180))], 3)


@lru_cache
def _one(size: Size, place: int) -> Interval:
    return measured(Queue(1, (0.8,), HOLDS[place][2]), size, [_wait], 10 + place)[0]


@lru_cache
def _ten(size: Size) -> Sequence[Interval]:
    return measured(Queue(10, (10.0,), patience=exponential(1.0)), size, [_waited, _left], 20)


@lru_cache
def _three(size: Size) -> Sequence[Interval]:
    return measured(Queue(3, (2.0,), patience=exponential(2.0)), size, [_waited, _left, _wait], 21)


def erlang(size: Size) -> list[Claim]:
    """Loss and waiting in front of several workers."""
    three = measured(Queue(3, (2.0,)), size, [_waited, _wait], 2)
    many = _many(size)
    few, more = desk(2.0, 3), desk(10.0, 14, [published(fresh_within=f"{WORK * 20000 / 180:.0f}ms")])
    return [
        Claim("Erlang B, c = 10, a = 10: refused", 0.2146, desk(10.0, 10, room=0)["refused"], _blocked(size)),
        Claim("Erlang C, c = 3, a = 2: P(wait)", 0.4444, few["full"], three[0]),
        Claim("Erlang C, c = 3, a = 2: wait / work", 0.4444, few["wait"], three[1]),
        Claim("Erlang C, c = 14, a = 10: P(wait)", 0.1741, more["full"], many[0]),
        Claim("Erlang C, c = 14, a = 10: within 20 s of 180 s", 0.888, 1 - more["late"], many[1], digits=3),
    ]


HOLDS: tuple[tuple[str, float, Draw, float], ...] = (
    ("constant", 2.0, constant(1.0), 0.0),
    ("exponential", 4.0, exponential(1.0), 1.0),
    ("lognormal, σ = 1.25", 9.54, lognormal(1.0, 1.25), math.sqrt(math.expm1(1.25**2))),
)
"""Distributions of the work, the wait that Pollaczek and Khinchine give, and deviation over mean."""


def single(size: Size) -> list[Claim]:
    """One worker, three distributions of the work."""
    return [
        Claim(f"M/G/1, ρ = 0.8, work {name}: wait / work", asked,
              desk(0.8, 1, variation=variation)["wait"], _one(size, place), digits=3)
        for place, (name, asked, _, variation) in enumerate(HOLDS)
    ]  # fmt: skip


def impatient(size: Size) -> list[Claim]:
    """Customers who give up, and classes of different rank."""
    ten, three = _ten(size), _three(size)
    ranks = measured(
        Queue(2, (0.3, 0.5, 0.8)), size,
        [lambda o, k=k: float(np.mean(o.wait[o.classes == k])) for k in range(3)], 22,  # type: ignore[misc]
    )  # fmt: skip
    many, few = desk(10.0, 10, patience=f"{WORK}s"), desk(2.0, 3, patience=f"{2 * WORK}s")
    queues = [published(f"q{k}", rate / 1.6) for k, rate in enumerate((0.3, 0.5, 0.8))]
    ranked = desk(1.6, 2, queues)
    forms = [
        Claim("Erlang-A, c = λ = 10, θ = 1: P(wait)", 0.5421, many["full"], ten[0]),
        Claim("Erlang-A, c = λ = 10, θ = 1: gave up", 0.1251, many["withdrawn"], ten[1]),
        Claim("Erlang-A, c = 3, λ = 2, θ = 0.5: P(wait)", 0.3548, few["full"], three[0]),
        Claim("Erlang-A, c = 3, λ = 2, θ = 0.5: gave up", 0.0807, few["withdrawn"], three[1]),
        Claim("Erlang-A, c = 3, λ = 2, θ = 0.5: wait", 0.1614, few["wait"], three[2]),
    ]
    for k, asked in enumerate((0.418, 0.697, 2.963)):
        name = f"Priority, c = 2, λ = (0.3, 0.5, 0.8): wait of class {k + 1}"
        forms.append(Claim(name, asked, ranked[f"wait {k}"], ranks[k], digits=3))
    return forms


def approximate(size: Size) -> list[Claim]:
    """What pools and services make of the same: a fluid, with Erlang C's mean wait below capacity."""
    pooled, more = wait(1, 0.8), wait(14, 10.0)
    late = "the timeout is the same for all, and acts on the mean queue"
    exact = "holds count as exponential"
    return [
        Claim("Service, room and load 10: refused (Erlang B)", 0.2146, refused(10), _blocked(size),
              note="it refuses what exceeds its mean room"),
        Claim("Pool, c = 14, a = 10: P(wait)", 0.1741, more * (14 - 10), _many(size)[0],
              note="from the mean wait"),
        Claim("Pool, c = 14, a = 10: within 20 s of 180 s", 0.888, level(14, 10.0, 20 / 180), _many(size)[1],
              digits=3, note="every request waits the mean"),
        Claim("Pool, c = 1, ρ = 0.8, hold constant: wait / hold", 2.0, pooled, _one(size, 0), digits=3,
              note=exact),
        Claim("Pool, c = 1, ρ = 0.8, hold exponential: wait / hold", 4.0, pooled, _one(size, 1), digits=3),
        Claim("Pool, c = 1, ρ = 0.8, hold lognormal: wait / hold", 9.54, pooled, _one(size, 2), digits=3,
              note=exact),
        Claim("Pool, c = λ = 10, timeout 1 hold: gave up (Erlang-A)", 0.1251, given_up(10, 10, 1.0),
              _ten(size)[1], note=late),
        Claim("Pool, c = 3, λ = 2, timeout 2 holds: gave up (Erlang-A)", 0.0807, given_up(3, 2, 2.0),
              _three(size)[1], note=late),
    ]  # fmt: skip


def overloaded(size: Size) -> list[Claim]:
    """Where the fluid is at home: a large pool, too much work, one timeout for all."""
    judged = measured(Queue(100, (150.0,), patience=constant(20.0)), Size(size.replications, 60000),
                      [_left, lambda o: float(np.mean(o.wait[~o.given_up]))], 30)  # fmt: skip
    play = api(100, 150, query_wait_timeout=f"{20 * HOLD:g}s")
    state = play.pool(1200)
    return [
        Claim("Pool of 100, a = 150, timeout 20 holds: gave up (1 − c/a)", 1 / 3,
              state.timeout_rate * HOLD / 150, judged[0]),
        Claim("Pool of 100, a = 150, timeout 20 holds: wait of the others", 20.0, state.maxwait / HOLD,
              allowed=0.01, digits=2, note=f"random customers: {_mean(judged[1], 2)}"),
    ]  # fmt: skip


DAY = 24 * 3600.0


SCALE = 36.0
"""Times the arrivals of the closed form; everything is linear in them."""
DAILY = [
    {
        "at": f"{k // 4:02d}:{k % 4 * 15:02d}",
        "rate": f"{(10 + 5 * math.sin(2 * math.pi * k / 96)) * SCALE / 3600:.9f}/s",
    }
    for k in range(96)
]
_HOURS = np.arange(48.0, 72.0, 0.2)


def tide() -> tuple[np.ndarray, np.ndarray]:
    """Hours of the third day, and messages under work for 2 h each; 10 + 5 sin(2πt/24) come per hour."""
    workload = {"entry": "edge", "day": DAILY, "requests_per_user": "4/m"}
    base = broker(1.0, 5000, workload=workload)
    runner = base.component("runner").model_copy(update={"latency": 7200.0})
    components = [runner if each.name == "runner" else each for each in base.components]
    play = Play(base.model_copy(update={"components": components}), duration=3 * DAY)
    flow = play.world._plant.network.parts["jobs"]
    assert isinstance(flow, RabbitmqFlow)
    column = flow.groups[0].column + GroupFlow.BUSY
    return _HOURS, _daily(play, lambda t: play.world._plant.trajectory.value(t, column))


def pooled_tide() -> tuple[np.ndarray, np.ndarray]:
    """The same in a pool, whose queries hold a connection for 2 h."""
    queries = [{"name": "get", "share": 1.0, "hold": "7200s", "sql": "select get"}]
    one = orders(replicas=100, concurrency=20000, uses={"pool": "pool", "queries": queries})
    bounds = {"pool_size": 9000, "max_client_conn": 1000000}
    workload = {"entry": "orders", "day": DAILY, "requests_per_user": "4/m"}
    of = system(one, pool(**bounds), database(max_connections=10000, cores=20000), workload=workload)
    play = Play(of, duration=3 * DAY)
    return _HOURS, _daily(play, lambda t: play.pool(t).server_active)


def _daily(play: Play, held: Callable[[float], float]) -> np.ndarray:
    begin = play.world.start
    midnight = begin.hour * 3600 + begin.minute * 60
    return np.array([held(math.floor(hour * 3600 - midnight)) / SCALE for hour in _HOURS.tolist()])


def tidal(size: Size) -> list[Claim]:
    """Many servers, arrivals that follow the day."""
    runs = [seasonal(2000.0, 4000 + k) for k in range(size.replications)]
    lags, sizes = interval([p - 6.0 for _, p in runs]), interval([a for a, _ in runs])
    claims = []
    for name, curve, note in (
        ("Mt/M/∞, 10 + 5 sin(2πt/24)/h, 2 h", tide(), ""),
        ("Pool, the same", pooled_tide(), "a step, 300 s at most, takes the rate at its end"),
    ):
        amplitude, peak = harmonic(*curve, 24.0)
        claims += [
            Claim(f"{name}: amplitude", 8.859, amplitude, sizes, digits=3),
            Claim(f"{name}: lag of the peak, h", 1.842, peak - 6.0, lags, digits=3, note=note),
        ]
    return claims


def little() -> list[Claim]:
    """In flight = rate × mean latency, the mean taken from the product's own distribution of latencies."""
    claims = []
    for name, play in (
        ("a service", Play(system(service("orders", latency="80ms"), rate="300/s"))),
        ("a service and its pool near capacity", api(14, 10.0)),
    ):
        state = play.service(0)
        mean = math.fsum(state.quantile((j + 0.5) / 1000) for j in range(1000)) / 1000
        asked = state.request_rate * mean
        claims.append(Claim(f"Little's law, {name}: in flight", asked, state.in_flight, digits=2,
                            allowed=0.05, note="the mean latency is integrated by quantiles"))  # fmt: skip
    return claims


SHARE, LONG, SLOTS = 0.3, 30.0, 260


def exhausted(rate: float) -> tuple[float, float]:
    """When a pool of 260 is full after a release holds 30 % of the requests for 30 s: asked, and found."""
    left = SLOTS - rate * (1 - SHARE) * 0.02
    asked = 1 - LONG * math.log(1 - left / (rate * SHARE * LONG))
    play = Play(plain(f"{rate:g}/s"), [deploy()]).to(10)
    return asked, next(float(t) for t in range(600) if play.pool(t).server_active > SLOTS - 0.5)


def draining() -> float:
    """Seconds until a queue is gone that grew for 60 s while a pool of 40 was one of 10, at 200/s."""
    play = api(40, 20.0, query_wait_timeout="3600s")
    for t, connections in ((60, 10), (120, 40)):
        play.at(t, "pool-size", "pool", str(connections))
        play.at(t, "pool-reload", "pool")
    return next(float(t) - 120 for t in range(121, 400) if play.pool(t).maxwait <= 0.0)


def pools(size: Size) -> list[Claim]:
    """The slow class that captures a pool, and a queue that drains."""
    claims = []
    for rate in (40.0, 50.0, 90.0):
        asked, found = exhausted(rate)
        level = SLOTS - rate * (1 - SHARE) * 0.02
        runs = [1 + first_passage(rate * SHARE, LONG, level, 5000 + k) for k in range(size.replications)]
        note = f"random customers: {_mean(interval(runs))}"
        name = f"t* of a pool of 260, 30 % hold 30 s, {rate:g}/s: s"
        claims.append(Claim(name, asked, found, allowed=1.0, digits=1, note=note))
    runs = [drained(200.0, 40, 10, HOLD, 60.0, 6000 + k) for k in range(size.replications)]
    claims.append(Claim("Draining 6000 waiting at 400/s against 200/s: s", 30.0, draining(), interval(runs),
                        digits=1))  # fmt: skip
    return claims


def _mean(of: Interval, digits: int = 1) -> str:
    return f"{of.low:.{digits}f} … {of.high:.{digits}f}"


def fluid_error() -> list[tuple[int, float]]:
    """Replicas' room, and Erlang B at full load: what the fluid leaves out."""
    rows = []
    for servers in (10, 100, 1000, 3200):
        blocking = 1.0
        for k in range(1, servers + 1):
            blocking = servers * blocking / (k + servers * blocking)
        rows.append((servers, blocking))
    return rows
