"""One rule in a run: which of its evaluations are computed, and what recording rules do with them.

Times are milliseconds of the run; evaluation n happens at start + n * interval.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from drillbook.model.labels import Labels, labels
from drillbook.telemetry.alerts import Turn
from drillbook.telemetry.evaluation import Evaluation
from drillbook.telemetry.query import as_vector
from drillbook.telemetry.recorded import Recording
from drillbook.telemetry.rules import CompiledRule
from drillbook.telemetry.source import Bools, Floats, Ints
from drillbook.telemetry.storage import Block, Interner
from drillbook.telemetry.vectors import NAME, Vector, remembered

SAME_LABELS = "vector contains metrics with the same labelset after applying rule labels"


class Failures(NamedTuple):
    """Which evaluations of a window failed, and why the first did."""

    where: Bools
    message: str


class Answer(NamedTuple):
    """What a rule's expression gives in a window, and where it failed."""

    vector: Vector
    failed: Failures | None

    def own(self) -> Answer:
        """The same in arrays of its own: samples may be read again, and written over."""
        of = self.vector
        mask = None if of.mask is None else of.mask.copy()
        return Answer(Vector(of.index, of.values.copy(), mask), self.failed)


def asked(rule: CompiledRule, ev: Evaluation) -> Answer:
    """The answer at the evaluation's ticks."""
    vector = as_vector(rule.node.evaluate(ev), len(ev.ticks))
    failed = ev.failed(rule.node)
    return Answer(vector, None if failed is None else Failures(*failed))


def joined(failures: list[Failures]) -> Failures | None:
    """All failures of a window together."""
    if not failures:
        return None
    return Failures(np.logical_or.reduce([each.where for each in failures]), failures[0].message)


class Track:
    """What recording and alerting rules have in common."""

    def __init__(self, rule: CompiledRule, start: int, interner: Interner) -> None:
        self.rule = rule
        self.start = start
        self.interner = interner
        self.done = 0
        """How many evaluations are computed, some of them ahead of time."""
        self.failures: list[tuple[int, Failures]] = []
        self.turns: list[tuple[int, Turn]] = []
        """Changes of alerts not yet taken, with the time of each."""

    def take(self, time: int) -> list[tuple[int, Turn]]:
        """The changes up to a time, which are then done with."""
        due = [turn for turn in self.turns if turn[0] <= time]
        self.turns = self.turns[len(due) :]
        return due

    def time(self, number: int) -> int:
        """When an evaluation happens."""
        return self.start + number * self.rule.interval

    @property
    def next_evaluation(self) -> int:
        """When the first evaluation that is not computed happens."""
        return self.start + self.done * self.rule.interval

    def number_at(self, time: int) -> int:
        """The first evaluation at or after a time."""
        return max(0, -((self.start - time) // self.rule.interval))

    def accept(self, answer: Answer, times: Ints) -> None:
        """Take what the expression gives at the next evaluations."""
        vector, failed = answer
        problems = self.absorb(vector, times, [] if failed is None else [failed])
        if problems is not None:
            self.failures.append((self.done, problems))
        self.done += len(times)

    def absorb(self, vector: Vector, times: Ints, problems: list[Failures]) -> Failures | None:
        """Work out what the expression's results mean; which evaluations failed altogether."""
        raise NotImplementedError

    def settle(self, number: int) -> None:
        """Forget the evaluations from a number on."""
        if number < self.done:
            self.done = number
            self.failures = [
                (first, Failures(failed.where[: number - first], failed.message))
                for first, failed in self.failures
                if first < number
            ]

    def failure(self, number: int) -> str:
        """Why an evaluation failed; empty where it did not."""
        for first, failed in self.failures:
            if first <= number < first + len(failed.where) and failed.where[number - first]:
                return failed.message
        return ""

    def blocks(self) -> dict[str, Block]:
        """What the rule wrote so far, by metric name."""
        raise NotImplementedError


class RecordingTrack(Track):
    """A recording rule: its results become series."""

    def __init__(self, rule: CompiledRule, start: int, interner: Interner) -> None:
        super().__init__(rule, start, interner)
        self.recording = Recording(rule.record, rule.interval, start - rule.delay, interner)

    def blocks(self) -> dict[str, Block]:
        """The recorded series."""
        return {self.rule.record: self.recording.block}

    def settle(self, number: int) -> None:
        """Forget the evaluations from a number on."""
        super().settle(number)
        self.recording.cut(number)

    def absorb(self, vector: Vector, times: Ints, problems: list[Failures]) -> Failures | None:
        """Write the samples, and staleness markers where series ended."""
        targets = remembered(vector.index, self.rule, lambda: self._targets(vector.labels))
        values, counts = self._collected(targets, vector)
        if (counts > 1).any():
            problems.append(Failures(np.logical_or.reduce(counts > 1), SAME_LABELS))
        over: Bools = np.greater((counts > 0).sum(axis=0), self.rule.limit or np.inf)
        if over.any():
            problems.append(Failures(over, f"exceeded limit of {self.rule.limit} series"))
        failed = joined(problems)
        if len(self.recording):
            good = np.ones(len(times), np.bool_) if failed is None else ~failed.where
            self.recording.write(self.done, values, counts > 0, good)
        return failed

    def _targets(self, of: tuple[Labels, ...]) -> tuple[Labels, ...]:
        own = {name: template.fixed or "" for name, template in self.rule.labels}
        return tuple(labels({**{n: v for n, v in series if n != NAME}, **own}) for series in of)

    def _collected(self, targets: tuple[Labels, ...], vector: Vector) -> tuple[Floats, Ints]:
        """Values, and how many results there are, by recorded row."""
        rows = self.recording.rows(targets)
        shape = (len(self.recording), vector.values.shape[1])
        values, counts = np.zeros(shape), np.zeros(shape, np.int64)
        for row, target in enumerate(rows):
            present = np.True_ if vector.mask is None else vector.mask[row]
            values[target] = np.where(present, vector.values[row], values[target])
            counts[target] += present
        return values, counts
