"""Retry storms by the production code: four published rows, the threshold ρ(1 + R), and what ends them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from drillbook.model.system import System
from tests.validation.claims import Claim
from tests.validation.judge import retried
from tests.world.builders import Play, database, orders, pool, service, system

SERVERS, HOLD = 200, 0.1
CAPACITY = SERVERS / HOLD
BEGIN = 60
"""When the trigger begins, seconds."""
LOAD = 0.385
"""Load over capacity; the paper does not state it, 0.37 to 0.395 fit."""


class Row(NamedTuple):
    """A published experiment: timeout 3 s, 4 resends."""

    cut: float
    """Part of the capacity that the trigger takes away."""
    lasts: int
    traffic: float
    sticks: bool


ROWS = (
    Row(0.775, 10, 1.0, False),
    Row(0.8, 10, 1.0, True),
    Row(0.8, 9, 1.0, False),
    Row(0.8, 10, 0.75, False),
)


def storm(load: float, retries: int) -> System:
    """A client that resends after 3 s, and a server with one queue in which what was given up stays."""
    calls = [{"to": "orders", "retries": retries, "timeout": "3s", "backoff": "1ms"}]
    light: dict[str, Any] = {"replicas": 200, "concurrency": 100000, "cpu_limit": 64.0, "latency": "1ms",
             "cpu_per_request": "0.1ms"}  # fmt: skip
    queries = [{"name": "work", "share": 1.0, "hold": f"{HOLD * 1000:g}ms", "sql": "select work"}]
    server = orders(**light, uses={"pool": "pool", "queries": queries})
    line = pool(pool_size=SERVERS, query_wait_timeout="36000s", max_client_conn=100000000)
    web, rows = service("web", calls=calls, **light), database(max_connections=1000, cores=64)
    return system(web, server, line, rows,
                  entry="web", rate=f"{load * CAPACITY:g}/s")  # fmt: skip


def resize(play: Play, t: float, part: float) -> None:
    """The server's capacity, as a part of what it was."""
    play.at(t, "pool-size", "pool", str(round(SERVERS * part)))
    play.at(t, "pool-reload", "pool")


def triggered(load: float, retries: int, cut: float, lasts: float) -> Play:
    """A play in which the capacity falls by `cut` for that long."""
    play = Play(storm(load, retries), duration=7200)
    resize(play, BEGIN, 1 - cut)
    resize(play, BEGIN + lasts, 1.0)
    return play


def failing(play: Play, t: float) -> float:
    """Part of the users' requests that fails."""
    return play.to(t).service(t, "web").error_ratio


FIRST, LAST = 50, 150
"""The seconds that are looked at."""


@cache
def published(row: Row, load: float = LOAD) -> tuple[float, ...]:
    """The failed part at each second from FIRST to LAST."""
    play = triggered(load * row.traffic, 4, row.cut, row.lasts)
    return tuple(failing(play, float(t)) for t in range(FIRST, LAST + 1))


def word(sticks: bool) -> str:
    return "stays" if sticks else "recovers"


def name(row: Row) -> str:
    less = "" if row.traffic == 1.0 else f", {100 * (1 - row.traffic):g} % fewer requests"
    return f"−{100 * row.cut:g} % CPU for {row.lasts} s{less}"


def rows() -> list[Claim]:
    """The four rows."""
    claims = []
    for row in ROWS:
        found = published(row)[-1] > 0.5
        claims.append(Claim(name(row), word(row.sticks), word(found)))
    sent = triggered(LOAD, 4, 0.8, 10).to(LAST).service(LAST).request_rate / (LOAD * CAPACITY)
    claims.append(Claim("load while it stays, over the users'", 5.0, sent, allowed=0.01, digits=2))
    return claims


def band(loads: tuple[float, ...]) -> list[tuple[float, list[str]]]:
    """At other loads: whether each row stays."""
    return [(load, [word(published(row, load)[-1] > 0.5) for row in ROWS]) for load in loads]


def by_chance(runs: int) -> list[float]:
    """The judge's part of runs, 60 random requests per second, in which each row stays."""
    return [
        sum(
            retried(LOAD * row.traffic, row.cut, row.lasts, 7000 + k, rate=60 * row.traffic) > 0.5
            for k in range(runs)
        )
        / runs
        for row in ROWS
    ]


@cache
def afterwards(threshold: float, retries: int) -> float:
    """The failed part long after a trigger of a minute, at ρ(1 + R) = `threshold`."""
    play = triggered(threshold / (1 + retries), retries, 0.9, 60)
    if failing(play, BEGIN + 60.0) < 0.5:
        raise ValueError("the trigger is too weak to tell")
    return failing(play, 1500.0)


def threshold(points: tuple[float, ...], retries: tuple[int, ...]) -> list[Claim]:
    """Below 1 it recovers, above it stays."""
    return [
        Claim(f"R = {count}, ρ(1 + R) = {point:.2f}", word(point > 1), word(afterwards(point, count) > 0.5))
        for count in retries
        for point in points
    ]


Cure = Callable[[Play], None]
STUCK, LIFTED, LATER = 300.0, 900.0, 1500.0


def _nothing(play: Play) -> None:
    """Wait."""


def _limit(part: float) -> Cure:
    def cure(play: Play) -> None:
        play.at(STUCK, "rate-limit", "web", f"{round(part * 0.4 * CAPACITY)}")
        play.at(LIFTED, "rate-limit", "web", "0")

    return cure


def _capacity(part: float) -> Cure:
    return lambda play: resize(play, STUCK, part)


def _act(kind: str, target: str, value: str = "") -> Cure:
    def cure(play: Play) -> None:
        play.at(STUCK, kind, target, value)

    return cure


CURES: tuple[tuple[str, float, Cure], ...] = (
    ("nothing; the trigger has long gone", 1.2, _nothing),
    ("limit the users to 50 % for 10 min, then lift it", 0.6, _limit(0.5)),
    ("limit the users to 92 % for 10 min, then lift it", 1.1, _limit(0.92)),
    ("capacity × 1.1", 1.2 / 1.1, _capacity(1.1)),
    ("capacity × 1.5, for good", 1.2 / 1.5, _capacity(1.5)),
    ("more replicas of the client", 1.2, _act("scale", "web", "400")),
    ("more replicas in front of the queue", 1.2, _act("scale", "orders", "400")),
    ("kill the running queries", 1.2, _act("kill-active", "db")),
)
"""What is done at 300 s, and ρ(1 + R) while it works; without it ρ(1 + R) is 1.2 with R = 2."""


def cures() -> list[Claim]:
    """What ends a storm at ρ(1 + R) = 1.2 with two retries."""
    claims = []
    for text, reaches, cure in CURES:
        play = triggered(0.4, 2, 0.9, 60)
        stuck = failing(play, STUCK) > 0.5
        cure(play)
        found = word(failing(play, LATER) > 0.5) if stuck else "was not stuck"
        claims.append(Claim(f"{text}: ρ(1 + R) = {reaches:.2f}", word(reaches > 1), found))
    fewer = triggered(0.4, 1, 0.9, 60)
    found = word(failing(fewer, LATER) > 0.5)
    claims.append(Claim("one retry instead of two, from the start: ρ(1 + R) = 0.80", word(False), found))
    return claims
