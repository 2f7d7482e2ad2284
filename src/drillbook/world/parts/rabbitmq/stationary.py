"""Queues in equilibrium: how much is in them while so much passes through, by closed forms.

With c workers, W the mean work on a message and a the offered load in Erlangs (what comes per second times
W), the messages that are there in all are, where nobody leaves or is refused (Erlang C; Allen and Cunneen),

    L(a) = a + ½(1 + v²) C(c, a) a / (c - a)

which is Pollaczek and Khinchine's formula for c = 1. Where messages that wait are withdrawn at rate θ each,
or where only so many may wait, L and what is lost follow from the birth-death chain with service rates
min(n, c)/W + θ max(n - c, 0) (Erlang A), cut off at c + room (Erlang B where room is 0).

Loads in Erlangs, numbers in messages. Sources: Gross et al., Fundamentals of Queueing Theory; Mandelbaum and
Zeltyn on Erlang A; Allen, Probability, Statistics and Queueing Theory, for v ≠ 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple, TypeAlias

import numpy as np

from drillbook.world.queueing import Floats, erlang_chance

STEPS = 512
_HALVINGS = 60


class Fill(NamedTuple):
    """A queue in equilibrium at an offered load. Messages."""

    load: float
    held: float
    """Messages that are there in all."""
    busy: float
    """Those that are being worked on."""
    waiting: float
    full: float
    """Chance that no worker is free."""
    let: float = 1.0
    """Part of what comes that is let in."""


Weight: TypeAlias = Callable[[Fill], float]
"""What a step makes of an equilibrium; it rises with the load."""


class Endless(NamedTuple):
    """Room for everything, and nobody leaves."""

    workers: int
    variation: float

    def at(self, load: float) -> Fill:
        """The equilibrium at a load below the number of workers."""
        full = erlang_chance(self.workers, load)
        waiting = longer(self.variation) * full * load / (self.workers - load)
        return Fill(load, load + waiting, load, waiting, full)

    def find(self, weight: Weight, total: float) -> Fill:
        """The equilibrium at which `weight` comes to `total`; at full load all beyond the workers waits."""
        full = float(self.workers)
        low, high = 0.0, full
        for _ in range(_HALVINGS):
            middle = (low + high) / 2.0
            if middle in {low, high}:
                break
            low, high = (middle, high) if weight(self.at(middle)) < total else (low, middle)
        if high < full:
            return self.at(low)
        over = total - weight(Fill(full, full, full, 0.0, 1.0))
        return Fill(full, full + over, full, over, 1.0)


def longer(variation: float) -> float:
    """How much longer a queue is than with exponential work."""
    return (1.0 + variation * variation) / 2.0


class Chain(NamedTuple):
    """Equilibria of a birth-death chain at rising loads; between them everything is linear."""

    fills: tuple[Fill, ...]
    withdrawn: float
    """θW: what becomes of a load beyond the last; 0 where nothing waits for ever."""

    def find(self, weight: Weight, total: float) -> Fill:
        """The equilibrium at which `weight` comes to `total`."""
        low, high = 0, len(self.fills) - 1
        last = self.fills[high]
        if weight(last) <= total:
            more = last._replace(held=last.held + 1.0, waiting=last.waiting + 1.0)
            over = (total - weight(last)) / (weight(more) - weight(last)) if self.withdrawn > 0.0 else 0.0
            load = last.load + over * self.withdrawn
            return last._replace(load=load, held=last.held + over, waiting=last.waiting + over)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if weight(self.fills[middle]) <= total else (low, middle)
        first, last = self.fills[low], self.fills[high]
        rise = weight(last) - weight(first)
        x = (total - weight(first)) / rise if rise > 0.0 else 0.0
        return Fill(*(a + (b - a) * x for a, b in zip(first, last, strict=True)))


@lru_cache(maxsize=32)
def impatient(workers: int, withdrawn: float) -> Chain:
    """Messages that wait are withdrawn, at θW = `withdrawn`. Up to twice the full load, or 1,000 of them."""
    most = workers + min(float(workers), 1000.0 * withdrawn)
    states = workers + 1200 + math.ceil(8 * math.sqrt(most / min(withdrawn, 1.0)))
    return Chain(_fills(np.linspace(0.0, most, STEPS + 1), workers, states, withdrawn), withdrawn)


@lru_cache(maxsize=32)
def bounded(workers: int, room: int) -> Chain:
    """Only `room` messages may wait. Up to a thousand times the workers' load."""
    below = np.linspace(0.0, 2.0 * workers, STEPS + 1)
    loads = np.concatenate([below, np.geomspace(2.0 * workers, 1000.0 * workers, 128)[1:]])
    return Chain(_fills(loads, workers, workers + room, 0.0), 0.0)


def between(workers: int, withdrawn: float, weight: Weight, total: float) -> Fill:
    """As `find` of `impatient`, for any θW: between the chains at the next powers of 2^(1/8)."""
    place = 8.0 * math.log2(withdrawn)
    below = math.floor(place)
    first = impatient(workers, 2.0 ** (below / 8.0)).find(weight, total)
    if place == below:
        return first
    last = impatient(workers, 2.0 ** ((below + 1) / 8.0)).find(weight, total)
    return Fill(*(a + (b - a) * (place - below) for a, b in zip(first, last, strict=True)))


def _fills(loads: Floats, workers: int, states: int, withdrawn: float) -> tuple[Fill, ...]:
    chance, total = np.ones(len(loads)), np.ones(len(loads))
    held, waiting, full = np.zeros(len(loads)), np.zeros(len(loads)), np.zeros(len(loads))
    for n in range(1, states + 1):
        queue = max(n - workers, 0)
        chance = chance * loads / (min(n, workers) + queue * withdrawn)
        total, held, waiting = total + chance, held + n * chance, waiting + queue * chance
        full = full + chance if n >= workers else full
        if not n % 32:  # nothing may overflow
            chance, held, waiting, full = chance / total, held / total, waiting / total, full / total
            total = np.ones(len(loads))
    held, waiting, full = held / total, waiting / total, full / total
    let = 1.0 - chance / total if withdrawn == 0.0 else np.ones(len(loads))
    columns = (loads, held, held - waiting, waiting, full, let)
    return tuple(Fill(*row) for row in zip(*(each.tolist() for each in columns), strict=True))
