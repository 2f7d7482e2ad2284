"""The closed forms of queueing theory, by the production code and by the judge."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

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
from tests.world.builders import Play, database, deploy, orders, plain, pool, service, system

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


def _wait(outcome: Outcome) -> float:
    return float(np.mean(outcome.wait))


def _waited(outcome: Outcome) -> float:
    return float(np.mean(outcome.wait > 0))


def _left(outcome: Outcome) -> float:
    return float(np.mean(outcome.given_up))


def erlang(size: Size) -> list[Claim]:
    """Loss and waiting in front of several servers."""
    blocked = measured(
        Queue(10, (10.0,), waiting_room=False), size, [lambda o: float(np.mean(o.refused))], 1
    )[0]
    three = measured(Queue(3, (2.0,)), size, [_waited, _wait], 2)
    many = measured(Queue(14, (10.0,)), size, [_waited, lambda o: float(np.mean(o.wait <= 20 / 180))], 3)
    few, more = wait(3, 2.0), wait(14, 10.0)
    return [
        Claim("Erlang B, c = 10, a = 10: refused", 0.2146, refused(10), blocked,
              note="a service refuses what exceeds its mean room"),
        Claim("Erlang C, c = 3, a = 2: P(wait)", 0.4444, few * (3 - 2), three[0], note="from the mean wait"),
        Claim("Erlang C, c = 3, a = 2: wait / hold", 0.4444, few, three[1]),
        Claim("Erlang C, c = 14, a = 10: P(wait)", 0.1741, more * (14 - 10), many[0],
              note="from the mean wait"),
        Claim("Erlang C, c = 14, a = 10: within 20 s of 180 s", 0.888, level(14, 10.0, 20 / 180), many[1],
              digits=3, note="every request waits the mean"),
    ]  # fmt: skip


def single(size: Size) -> list[Claim]:
    """One server, three distributions of the hold."""
    product = wait(1, 0.8)
    forms: list[tuple[str, float, Draw, str]] = [
        ("constant", 2.0, constant(1.0), "a pool's holds are exponential"),
        ("exponential", 4.0, exponential(1.0), ""),
        ("lognormal, σ = 1.25", 9.54, lognormal(1.0, 1.25), "a pool's holds are exponential"),
    ]
    return [
        Claim(f"M/G/1, ρ = 0.8, hold {name}: wait / hold", asked, product,
              measured(Queue(1, (0.8,), draw), size, [_wait], 10 + k)[0], digits=3, note=note)
        for k, (name, asked, draw, note) in enumerate(forms)
    ]  # fmt: skip


def impatient(size: Size) -> list[Claim]:
    """Customers who give up, and classes of different rank."""
    ten = measured(Queue(10, (10.0,), patience=exponential(1.0)), size, [_waited, _left], 20)
    three = measured(Queue(3, (2.0,), patience=exponential(2.0)), size, [_waited, _left, _wait], 21)
    ranks = measured(
        Queue(2, (0.3, 0.5, 0.8)), size,
        [lambda o, k=k: float(np.mean(o.wait[o.classes == k])) for k in range(3)], 22,  # type: ignore[misc]
    )  # fmt: skip
    note = "the timeout of a pool is the same for all, and acts on the mean queue"
    forms = [
        Claim("Erlang-A, c = λ = 10, θ = 1: P(wait)", 0.5421, None, ten[0], note="no random patience"),
        Claim("Erlang-A, c = λ = 10, θ = 1: gave up", 0.1251, given_up(10, 10, 1.0), ten[1], note=note),
        Claim("Erlang-A, c = 3, λ = 2, θ = 0.5: P(wait)", 0.3548, None, three[0], note="no random patience"),
        Claim("Erlang-A, c = 3, λ = 2, θ = 0.5: gave up", 0.0807, given_up(3, 2, 2.0), three[1], note=note),
        Claim("Erlang-A, c = 3, λ = 2, θ = 0.5: wait", 0.1614, None, three[2], note="no random patience"),
    ]
    for k, asked in enumerate((0.418, 0.697, 2.963)):
        name = f"Priority, c = 2, λ = (0.3, 0.5, 0.8): wait of class {k + 1}"
        forms.append(Claim(name, asked, None, ranks[k], digits=3, note="no queue has ranks"))
    return forms


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


def tide() -> tuple[np.ndarray, np.ndarray]:
    """Hours of a day and a half, and connections held for 2 h each while 10 + 5 sin(2πt/24) come per hour."""
    scale = 360.0
    day = [
        {"at": f"{k // 4:02d}:{k % 4 * 15:02d}",
         "rate": f"{(10 + 5 * math.sin(2 * math.pi * k / 96)) * scale / 3600:.9f}/s"}
        for k in range(96)
    ]  # fmt: skip
    queries = [{"name": "get", "share": 1.0, "hold": "7200s", "sql": "select get"}]
    one = orders(replicas=100, concurrency=20000, uses={"pool": "pool", "queries": queries})
    bounds = {"pool_size": 90000, "max_client_conn": 1000000}
    workload = {"entry": "orders", "day": day, "requests_per_user": "4/m"}
    of = system(one, pool(**bounds), database(max_connections=100000, cores=20000), workload=workload)
    play = Play(of, duration=3 * DAY)
    begin = play.world.start
    midnight = begin.hour * 3600 + begin.minute * 60
    hours = np.arange(24.0, 48.0, 0.2)
    held = [play.pool(hour * 3600 - midnight).server_active / scale for hour in hours.tolist()]
    return hours, np.array(held)


def tidal(size: Size) -> list[Claim]:
    """Many servers, arrivals that follow the day."""
    amplitude, peak = harmonic(*tide(), 24.0)
    runs = [seasonal(2000.0, 4000 + k) for k in range(size.replications)]
    lag = peak - 6.0
    return [
        Claim("Mt/M/∞, 10 + 5 sin(2πt/24)/h, 2 h: amplitude", 8.859, amplitude,
              interval([a for a, _ in runs]), digits=3),
        Claim("Mt/M/∞, 10 + 5 sin(2πt/24)/h, 2 h: lag of the peak, h", 1.842, lag,
              interval([p - 6.0 for _, p in runs]), digits=3,
              note="a step, 300 s at most, takes the rate at its end"),
    ]  # fmt: skip


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
