"""Rules in a run: looks ahead over whole windows of evaluations for the next change of an alert."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from drillbook.errors import DrillbookError
from drillbook.model.labels import Labels
from drillbook.telemetry.alert_tracks import AlertTrack
from drillbook.telemetry.alerts import Active, AlertChange, State, Turn
from drillbook.telemetry.evaluation import Evaluation, Ticks
from drillbook.telemetry.query import Query, compile_query
from drillbook.telemetry.recorded import merged
from drillbook.telemetry.rules import CompiledRule, CompiledRules
from drillbook.telemetry.source import Ints, SeriesSource, SharedSource
from drillbook.telemetry.storage import Block, Snapshot, Storage
from drillbook.telemetry.template_syntax import TemplateError
from drillbook.telemetry.templates import Samples, Surroundings
from drillbook.telemetry.tracks import Answer, RecordingTrack, Track, asked

Reads = tuple[tuple[str, str], ...]
_NEVER = 1 << 62
_FIRST_WINDOW = 120
"""Evaluations looked ahead at first; each window without a change of law doubles the next one."""


@dataclass(frozen=True, slots=True)
class ActiveAlert:
    """A pending or firing alert as a page of alerts shows it; times in seconds."""

    group: str
    alertname: str
    labels: Labels
    state: State
    value: float
    annotations: Labels
    active_at: float
    fired_at: float | None


@dataclass(frozen=True, slots=True)
class RuleFailure:
    """A rule whose last evaluation failed, and why."""

    group: str
    rule: str
    message: str


class Ruler:
    """Prometheus's rule evaluation over a simulated source, from `start` up to and with `horizon` (seconds).

    Rules are evaluated at start + n * interval of their group. The world says with `changed` when its laws
    change; until then results computed ahead of time stay true. `epoch` is the Unix time of second 0.
    """

    def __init__(
        self,
        rules: CompiledRules,
        source: SeriesSource,
        *,
        horizon: float,
        start: float = 0.0,
        external_labels: Labels = (),
        epoch: float = 0.0,
    ) -> None:
        self.rules = rules
        self._horizon = round(horizon * 1000)
        self._epoch = round(epoch * 1000)
        self._start = round(start * 1000)
        self._taken = self._start - 1
        self._external = external_labels
        self._storage = Storage(source, epoch=self._epoch, history=rules.history, interner=rules.interner)
        self._common = source if isinstance(source, SharedSource) else None
        self._asked: dict[str, Query] = {}
        self._tracks: dict[int, Track] = {}
        self._live: dict[int, Track] = {}
        self._behind = False
        self._end = self._start - 1
        self._due = _NEVER
        self._ahead = _FIRST_WINDOW
        self._wake()

    def _wake(self) -> None:
        """Begin the rules that can give anything with the metrics that exist now."""
        alive = self.rules.alive(self._storage.scraped)
        if len(alive) == len(self._live):
            return
        for place in alive:
            if place not in self._tracks:
                track = self._tracks[place] = self._begin(place, self.rules.rules[place])
                track.done = track.number_at(self._taken + 1)
        self._live = {place: self._tracks[place] for place in alive}
        for name in dict.fromkeys(name for track in self._live.values() for name in track.rule.writes):
            self._storage.provide(name, partial(self._written, name, None))
        self._behind = True

    def _begin(self, place: int, rule: CompiledRule) -> Track:
        if rule.record:
            return RecordingTrack(rule, self._start, self.rules.interner)
        return AlertTrack(rule, self._start, self.rules.interner, partial(self._around, place), self._epoch)

    def _around(self, place: int, time: int) -> Surroundings:
        return Surroundings(self._external, partial(self._ask, place, time))

    def _ask(self, place: int, time: int, text: str) -> Samples:
        """What a template's `query` gives: later rules have written nothing at that time."""
        try:
            query = self._asked.get(text)
            if query is None:
                query = self._asked[text] = compile_query(text, compat=self.rules.compat)
            vector = query.instant(self._known(time, place), time / 1000)
        except DrillbookError as error:
            raise TemplateError(str(error)) from None
        return [
            {"Labels": dict(series), "Value": float(value)}
            for series, value in zip(vector.labels, vector.values[:, 0], strict=True)
        ]

    def _written(self, name: str, until: int | None, place: int | None = None) -> Block:
        """What the rules wrote under a name so far; at `until` only what those before `place` did."""
        blocks = []
        for at, track in self._live.items():
            if name in track.rule.writes:
                block = track.blocks()[name]
                if until is not None and place is not None and at >= place:
                    block = merged(name, [block], self.rules.interner, until - track.rule.delay - 1)
                blocks.append(block)
        return merged(name, blocks, self.rules.interner, until)

    def source(self, t: float) -> Storage:
        """The world's series, recorded ones and ALERTS, as they are known at t; for queries."""
        self._reach(round(t * 1000))
        return self._known(round(t * 1000))

    def _known(self, until: int, place: int | None = None) -> Storage:
        storage = Snapshot(self._storage, until)
        for name in dict.fromkeys(name for track in self._live.values() for name in track.rule.writes):
            storage.provide(name, partial(self._written, name, until, place))
        return storage

    def changed(self, t: float) -> None:
        """The world's laws changed at t: evaluations at or after t are void where they read what moved.

        Evaluations up to the last `take` stand, even if that was at t.
        """
        time = round(t * 1000)
        moved = self._storage.change(time)
        since = max(time, self._taken + 1)
        for place in self._touched(moved):
            track = self._live.get(place)
            if track is not None and track.done > (number := track.number_at(since)):
                track.settle(number)
                self._behind = True
        if moved:
            self._ahead = _FIRST_WINDOW
        self._wake()

    def _touched(self, moved: list[str]) -> Iterable[int]:
        if self.rules.stepwise:
            return self._live
        return frozenset().union(*map(self.rules.touched, moved))

    def next_time(self) -> float | None:
        """The next moment to `take`: an alert changes state, or what was looked ahead ends.

        Before then no alert changes state, as the laws are now. None if nothing is left up to the horizon.
        """
        self._catch_up()
        turn = min((track.turns[0][0] for track in self._live.values() if track.turns), default=_NEVER)
        due = min(turn, self._due)
        return due / 1000 if due <= self._horizon else None

    def _reach(self, time: int) -> None:
        """Compute all evaluations up to a time, and a window more."""
        self._catch_up()
        while self._due <= min(time, self._horizon):
            if self.rules.stepwise:
                self._end = self._due
            else:
                shortest = min(track.rule.interval for track in self._live.values())
                self._end = min(self._due + (self._ahead - 1) * shortest, self._horizon)
                self._ahead *= 2
            self._behind = True
            self._catch_up()

    def _catch_up(self) -> None:
        """Bring all rules to the end of the time looked ahead."""
        if not self._behind:
            return
        self._behind = False
        self._due = _NEVER
        shared: dict[tuple[int, int, int], tuple[Evaluation, Ints]] = {}
        with np.errstate(all="ignore"):
            for track in self._live.values():
                missing = self._end - track.next_evaluation
                if missing >= 0:
                    self._evaluate(track, missing // track.rule.interval + 1, shared)
                    if self.rules.stepwise:  # a rule in between may have written what the next one reads
                        shared.clear()
                self._due = min(self._due, track.next_evaluation)

    def _evaluate(
        self, track: Track, count: int, shared: dict[tuple[int, int, int], tuple[Evaluation, Ints]]
    ) -> None:
        interval, delay = track.rule.interval, track.rule.delay
        first = track.next_evaluation
        key = (first - delay, interval, count)
        if key not in shared:
            ticks = first - delay + interval * np.arange(count, dtype=np.int64)
            shared[key] = (Evaluation(self._storage, Ticks(ticks, interval)), ticks)
        ev, ticks = shared[key]
        track.accept(self._answer(track.rule, ev, key), ticks + delay if delay else ticks)

    def _answer(self, rule: CompiledRule, ev: Evaluation, window: tuple[int, int, int]) -> Answer:
        """What a rule's expression gives, from another run where that had the same samples."""
        kept = None if self._common is None or self.rules.recorded is None else self._common.shared()
        if kept is None:
            return asked(rule, ev)
        key = (self.rules.compat, self.rules.recorded, rule.text, window)
        found: tuple[Answer, Reads] | None = kept.get(key)
        if found is None:
            answer = asked(rule, ev)
            kept[key] = answer.own(), tuple(self._reads(rule))
            return answer
        for name, job in found[1]:  # nothing is read of them, but it is to be noticed when they move
            self._storage.block(name, job)
        return found[0]

    def _reads(self, rule: CompiledRule) -> Iterator[tuple[str, str]]:
        """Which metrics of the source a rule reads, and of which job."""
        for selector in rule.selectors:
            yield from ((name, selector.job) for name in self._storage.scraped if selector.takes(name))

    def take(self, t: float) -> list[AlertChange]:
        """The changes up to t, in order of time and of rules. Evaluations up to t are final from then on."""
        time = round(t * 1000)
        self._reach(time)
        due = [
            (when, place, turn)
            for place, track in self._live.items()
            if track.turns
            for when, turn in track.take(time)
        ]
        self._taken = max(self._taken, time)
        due.sort(key=lambda entry: entry[:2])
        return [self._change(when, place, turn) for when, place, turn in due]

    def _change(self, when: int, place: int, turn: Turn) -> AlertChange:
        track, alert = self._alerting(place), turn.alert
        return AlertChange(
            t=when / 1000,
            group=track.rule.group,
            alertname=track.rule.alert,
            labels=turn.identity,
            state=turn.state,
            value=alert.seen.value,
            annotations=track.annotations(alert),
            active_at=alert.active_at / 1000,
            fired_at=None if alert.fired_at is None else alert.fired_at / 1000,
        )

    def _alerting(self, place: int) -> AlertTrack:
        track = self._tracks[place]
        if not isinstance(track, AlertTrack):
            raise TypeError(f"{track.rule.record} is a recording rule")
        return track

    def active(self, t: float) -> list[ActiveAlert]:
        """Pending and firing alerts after the last evaluation up to t, in order of rules and labels."""
        time = round(t * 1000)
        self._reach(time)
        found = []
        for track in self._live.values():
            if isinstance(track, AlertTrack):
                last = track.number_at(time + 1) - 1
                alerts = track.active_at(last) if last >= 0 else {}
                found += [self._shown(track, name, alert) for name, alert in alerts.items()]
        return found

    def _shown(self, track: AlertTrack, name: Labels, alert: Active) -> ActiveAlert:
        return ActiveAlert(
            group=track.rule.group,
            alertname=track.rule.alert,
            labels=name,
            state=alert.state,
            value=alert.seen.value,
            annotations=track.annotations(alert),
            active_at=alert.active_at / 1000,
            fired_at=None if alert.fired_at is None else alert.fired_at / 1000,
        )

    def failures(self, t: float) -> list[RuleFailure]:
        """Rules whose last evaluation up to t failed, such as for two series that would be one alert."""
        time = round(t * 1000)
        self._reach(time)
        found = []
        for track in self._live.values():
            message = track.failure(track.number_at(time + 1) - 1)
            if message:
                found.append(RuleFailure(track.rule.group, track.rule.alert or track.rule.record, message))
        return found
