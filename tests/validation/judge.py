"""An independent judge of the physics: random customers, one by one, and 99 % intervals over replications.

Nothing here uses the product. Random numbers come from NumPy's legacy generator, whose streams are frozen
(NEP 19), so that the figures are the same everywhere.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import NamedTuple

import numpy as np
from numpy.random import RandomState
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Draw = Callable[[RandomState, int], Floats]
STUDENT = {5: 4.604, 10: 3.250, 30: 2.756}
"""99.5 % quantiles of Student's t for that many replications."""


class Interval(NamedTuple):
    """A 99 % interval of a mean."""

    low: float
    high: float

    def holds(self, value: float) -> bool:
        return self.low <= value <= self.high


def interval(values: Sequence[float]) -> Interval:
    """The 99 % interval of the mean of independent replications, 5, 10 or 30 of them."""
    mean = math.fsum(values) / len(values)
    deviation = math.sqrt(math.fsum((v - mean) ** 2 for v in values) / (len(values) - 1))
    half = STUDENT[len(values)] * deviation / math.sqrt(len(values))
    return Interval(mean - half, mean + half)


def exponential(mean: float) -> Draw:
    return lambda random, count: random.exponential(mean, count)


def constant(mean: float) -> Draw:
    return lambda _, count: np.full(count, mean)


def lognormal(mean: float, sigma: float) -> Draw:
    return lambda random, count: random.lognormal(math.log(mean) - sigma * sigma / 2, sigma, count)


UNIT = exponential(1.0)


@dataclass(frozen=True)
class Queue:
    """Servers before which customers of some classes wait, the first class first; times in mean holds."""

    servers: int
    rates: tuple[float, ...]
    hold: Draw = UNIT
    patience: Draw | None = None
    waiting_room: bool = True


class Outcome(NamedTuple):
    """What became of the customers of one replication."""

    classes: NDArray[np.int64]
    wait: Floats
    """Time until the start of service, or until giving up; 0 for those who were refused."""
    given_up: NDArray[np.bool_]
    refused: NDArray[np.bool_]


def customers(queue: Queue, count: int, seed: int) -> Outcome:
    """Serve that many customers, first come first served within a class.

    Left out are the first fifth, and those from the first on who still waits at the end.
    """
    random = RandomState(seed)
    times = np.cumsum(random.exponential(1.0 / sum(queue.rates), count))
    bounds = np.cumsum(queue.rates) / sum(queue.rates)
    classes = np.searchsorted(bounds, random.random_sample(count)).astype(np.int64)
    holds = queue.hold(random, count).tolist()
    never = np.full(count, math.inf)
    patience = (queue.patience(random, count) if queue.patience else never).tolist()
    wait, given_up, refused = [0.0] * count, [False] * count, [False] * count
    lines: list[deque[int]] = [deque() for _ in queue.rates]
    busy: list[float] = []
    arrivals = times.tolist()

    def next_customer(now: float) -> int | None:
        for line in lines:
            while line:
                k = line.popleft()
                wait[k] = now - arrivals[k]
                if wait[k] <= patience[k]:
                    return k
                wait[k], given_up[k] = patience[k], True
        return None

    for k, (now, of) in enumerate(zip(arrivals, classes.tolist(), strict=True)):
        while busy and busy[0] <= now:
            end = heappop(busy)
            following = next_customer(end)
            if following is not None:
                heappush(busy, end + holds[following])
        if len(busy) < queue.servers:
            heappush(busy, now + holds[k])
        elif queue.waiting_room:
            lines[of].append(k)
        else:
            refused[k] = True
    last = min((line[0] for line in lines if line), default=count)
    kept = slice(count // 5, last)
    return Outcome(classes[kept], np.array(wait)[kept], np.array(given_up)[kept], np.array(refused)[kept])


class Size(NamedTuple):
    """How much the judge simulates."""

    replications: int
    customers: int


FULL, REDUCED = Size(30, 20000), Size(5, 6000)


def measured(
    queue: Queue, size: Size, measures: Sequence[Callable[[Outcome], float]], seed: int
) -> list[Interval]:
    """The interval of each measure."""
    rows = []
    for k in range(size.replications):
        outcome = customers(queue, size.customers, seed * 1000 + k)
        rows.append([float(measure(outcome)) for measure in measures])
    return [interval([row[m] for row in rows]) for m in range(len(measures))]


def first_passage(rate: float, hold: float, level: float, seed: int) -> float:
    """When so many customers are inside for the first time, if all find a server; infinite if never."""
    random = RandomState(seed)
    inside: list[float] = []
    now = 0.0
    while now < 100 * hold:
        now += random.exponential(1.0 / rate)
        while inside and inside[0] <= now:
            heappop(inside)
        heappush(inside, now + random.exponential(hold))
        if len(inside) >= level:
            return now
    return math.inf


def drained(arrivals: float, servers: int, few: int, hold: float, trigger: float, seed: int) -> float:
    """How long after a trigger, in which only `few` servers work, the queue is empty again."""
    random = RandomState(seed)
    now, inside = 0.0, 0
    while now < 100 * trigger:
        working = min(inside, few if now < trigger else servers)
        total = arrivals + working / hold
        now += random.exponential(1.0 / total)
        inside += 1 if random.random_sample() * total < arrivals else -1
        if now > trigger and inside <= servers:
            return now - trigger
    return math.inf


def harmonic(times: Floats, values: Floats, period: float) -> tuple[float, float]:
    """Amplitude and time of the peak of the first harmonic, over whole periods of equal steps."""
    angle = 2 * math.pi * times / period
    a, b = 2 * float(np.mean(values * np.cos(angle))), 2 * float(np.mean(values * np.sin(angle)))
    return math.hypot(a, b), math.atan2(b, a) / (2 * math.pi) * period


def seasonal(scale: float, seed: int) -> tuple[float, float]:
    """Amplitude and peak of those inside, 10 + 5 sin(2πt/24) arriving per hour, staying 2 h; per `scale`."""
    random = RandomState(seed)
    days = 3.0
    count = random.poisson(15 * scale * 24 * days)
    arrivals = random.random_sample(count) * 24 * days
    kept = random.random_sample(count) * 15 < 10 + 5 * np.sin(2 * math.pi * arrivals / 24)
    begin = np.sort(arrivals[kept])
    end = np.sort(begin + random.exponential(2.0, len(begin)))
    times = np.arange(24.0, 72.0, 0.1)
    inside = np.searchsorted(begin, times) - np.searchsorted(end, times)
    amplitude, peak = harmonic(times, inside / scale, 24.0)
    return amplitude, peak


def retried(load: float, cut: float, trigger: float, seed: int, *, rate: float = 60.0) -> float:
    """The failed part of the requests that ended 60 to 90 s after a trigger at 60 s: FIFO server, resends.

    `load` is the offered load over the capacity; timeout 3 s, 4 resends at once; the capacity falls by `cut`.
    """
    random = RandomState(seed)
    mean, end = load / rate, 150.0 + trigger
    events: list[tuple[float, int, float, int]] = []
    line: deque[tuple[float, int]] = deque()
    done: set[int] = set()
    free, number, good, bad = 0.0, 0, 0, 0
    heappush(events, (random.exponential(1 / rate), 0, 0.0, 1))
    while events and events[0][0] < end:
        now, what, _, attempt = heappop(events)
        while line and max(free, line[0][0]) <= now:
            sent, own = line.popleft()
            begin = max(free, sent)
            slow = 60.0 <= begin < 60.0 + trigger
            free = begin + random.exponential(mean) / (1 - cut if slow else 1.0)
            if free - sent <= 3.0:
                done.add(own)
        number += 1
        if attempt == 1 and what == 0:
            heappush(events, (now + random.exponential(1 / rate), 0, 0.0, 1))
        if what > 0 and what in done:
            done.discard(what)
            good += now > end - 30
            continue
        if attempt > 5:
            bad += now > end - 30
            continue
        line.append((now, number))
        heappush(events, (now + 3.0, number, 0.0, attempt + 1))
    return bad / max(1, good + bad)
