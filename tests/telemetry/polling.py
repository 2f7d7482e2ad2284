"""The slow reference: every rule at every tick, one alert after the other, as rules/alerting.go does it.

It has the interface of `Ruler`, so that a whole simulation can run on it. Expressions are answered by
`Query.instant`; the state machine, the recorded series and the order of events are its own.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from drillbook.engine.prepared import Prepared
from drillbook.errors import DrillbookError
from drillbook.model.labels import Labels, labels
from drillbook.telemetry.alerts import AlertChange, State
from drillbook.telemetry.evaluation import EvaluationError
from drillbook.telemetry.query import Query, compile_query
from drillbook.telemetry.ruler import ActiveAlert
from drillbook.telemetry.rules import CompiledRule, CompiledRules
from drillbook.telemetry.source import MISSING, STALE, Floats, SeriesSource
from drillbook.telemetry.storage import Snapshot, Storage
from drillbook.telemetry.template_syntax import TemplateError
from drillbook.telemetry.templates import Samples, Surroundings
from drillbook.world.world import World


@dataclass
class PolledAlert:
    """One alert; times in seconds."""

    state: State
    active_at: float
    value: float
    annotations: Labels
    fired_at: float | None = None
    keep_firing_since: float | None = None


class _World:
    """The source as it is known at some moment, with what rules wrote so far, by time in ms."""

    def __init__(
        self, source: SeriesSource, written: dict[str, dict[Labels, dict[int, float]]], until: int, step: int
    ) -> None:
        self.source, self.written, self.until, self.step = source, written, until, step

    @property
    def interval(self) -> float:
        return self.source.interval

    @property
    def first(self) -> int:
        return self.source.first

    def grid(self, name: str) -> tuple[float, float]:
        return (self.step / 1000, 0.0) if name in self.written else (self.source.interval, 0.0)

    def names(self) -> Sequence[str]:
        return [*self.source.names(), *(name for name, rows in self.written.items() if rows)]

    def version(self, name: str) -> int:
        return 0

    def matrix(self, name: str, first: int, last: int) -> tuple[tuple[Labels, ...], Floats]:
        if name not in self.written:
            return self.source.matrix(name, first, last)
        rows = self.written[name]
        found = np.full((len(rows), last - first + 1), MISSING)
        for row, samples in enumerate(rows.values()):
            for time, value in samples.items():
                if first * self.step <= time <= min(last * self.step, self.until):
                    found[row, time // self.step - first] = value
        return tuple(rows), found


class PollingRuler:
    """Evaluates all rules at each tick; `next_time` is simply the next tick."""

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
        self._source, self._start, self._horizon, self._epoch = source, start, horizon, epoch
        self._external = external_labels
        self._queries = [Query(rule.text, rule.node) for rule in self.rules.rules]
        self._alerts: list[dict[Labels, PolledAlert]] = [{} for _ in self.rules.rules]
        self._numbers = [0 for _ in self.rules.rules]
        self._written: dict[str, dict[Labels, dict[int, float]]] = {
            name: {} for rule in self.rules.rules for name in rule.writes
        }
        self._previous: list[list[tuple[str, Labels]]] = [[] for _ in self.rules.rules]
        self.failed: dict[int, str] = {}

    @classmethod
    def over(cls, prepared: Prepared, world: World) -> PollingRuler:
        """The reference for a whole simulation."""
        return cls(prepared.rules, world, horizon=prepared.horizon, epoch=world.start.timestamp())

    def changed(self, t: float) -> None:
        """Nothing was computed ahead."""

    def _due(self, place: int) -> float:
        return self._start + self._numbers[place] * self.rules.rules[place].interval / 1000

    def next_time(self) -> float | None:
        due = min((self._due(place) for place in range(len(self._queries))), default=self._horizon + 1)
        return due if due <= self._horizon else None

    def take(self, t: float) -> list[AlertChange]:
        found = []
        while (due := self.next_time()) is not None and due <= t:
            for place, rule in enumerate(self.rules.rules):
                if self._due(place) == due:
                    self._numbers[place] += 1
                    found += self._evaluate(place, rule, due)
        return found

    def source(self, t: float) -> Storage:
        """The world at t, with recorded series and ALERTS."""
        times = (time for rule in self.rules.rules for time in (rule.interval, rule.delay))
        step = math.gcd(*times, round(self._start * 1000))
        world = _World(self._source, self._written, round(t * 1000), step)
        return Snapshot(Storage(world, epoch=round(self._epoch * 1000)), round(t * 1000))

    def active(self, t: float) -> list[ActiveAlert]:
        """As of the last tick taken."""
        return [
            ActiveAlert(rule.group, rule.alert, who, a.state, a.value, a.annotations, a.active_at, a.fired_at)
            for rule, alerts in zip(self.rules.rules, self._alerts, strict=True)
            for who, a in sorted(alerts.items())
        ]

    def _evaluate(self, place: int, rule: CompiledRule, t: float) -> list[AlertChange]:
        self.failed.pop(place, None)
        asked = t - rule.delay / 1000
        try:
            vector = self._queries[place].instant(self.source(asked), asked)
        except EvaluationError as error:
            self.failed[place] = str(error)
            return []
        results = list(zip(vector.labels, vector.values[:, 0].tolist(), strict=True))
        if rule.record:
            self._record(place, rule, asked, results)
            return []
        return self._alert(place, rule, t, results)

    def _record(self, place: int, rule: CompiledRule, t: float, results: list[tuple[Labels, float]]) -> None:
        own = {name: template.fixed or "" for name, template in rule.labels}
        named = [(labels({**dict(series), **own, "__name__": ""}), value) for series, value in results]
        if len({series for series, _ in named}) < len(named):
            self.failed[place] = "duplicate series"
        elif rule.limit and len(named) > rule.limit:
            self.failed[place] = "limit"
        else:
            self._write(place, t, [(rule.record, series, value) for series, value in named])

    def _write(self, place: int, t: float, samples: list[tuple[str, Labels, float]]) -> None:
        number = round(t * 1000)
        for name, series, value in samples:
            self._written[name].setdefault(series, {}).setdefault(number, value)
        now = [(name, series) for name, series, _ in samples]
        for name, series in self._previous[place]:
            if (name, series) not in now:
                self._written[name][series].setdefault(number, STALE)
        self._previous[place] = now

    def _ask(self, t: float, text: str) -> Samples:
        try:
            vector = compile_query(text).instant(self.source(t), t)
        except DrillbookError as error:
            raise TemplateError(str(error)) from None
        return [
            {"Labels": dict(series), "Value": float(value)}
            for series, value in zip(vector.labels, vector.values[:, 0], strict=True)
        ]

    def _alert(
        self, place: int, rule: CompiledRule, t: float, results: list[tuple[Labels, float]]
    ) -> list[AlertChange]:
        around = Surroundings(self._external, partial(self._ask, t))
        seen: dict[Labels, tuple[float, Labels]] = {}
        for series, value in results:
            own = {name: text.expand(series, value, around) for name, text in rule.labels}
            who = labels({**dict(series), "__name__": "", **own, "alertname": rule.alert})
            texts = labels({name: text.expand(series, value, around) for name, text in rule.annotations})
            if who in seen:
                self.failed[place] = "duplicate alert"
                return []
            seen[who] = (value, texts)
        return self._advance(place, rule, t, seen)

    def _advance(
        self, place: int, rule: CompiledRule, t: float, seen: dict[Labels, tuple[float, Labels]]
    ) -> list[AlertChange]:
        alerts = self._alerts[place]
        before = {who: replace(alert) for who, alert in alerts.items()}
        for who, (value, texts) in seen.items():
            if who in alerts:
                alerts[who].value, alerts[who].annotations = value, texts
            else:
                alerts[who] = PolledAlert("pending", t, value, texts)
        gone = [who for who in alerts if who not in seen and not self._fires_on(rule, alerts[who], t)]
        changes = {who: alerts.pop(who) for who in gone}
        for alert in changes.values():
            alert.state = "inactive"
        for who, alert in alerts.items():
            if who in seen:
                alert.keep_firing_since = None
            if alert.state == "pending" and t - alert.active_at >= rule.holding.hold / 1000:
                alert.state, alert.fired_at = "firing", t
            if who not in before or before[who].state != alert.state:
                changes[who] = alert
        if rule.limit and len(alerts) > rule.limit:
            self.failed[place] = "limit"
            alerts.clear()
            return [self._change(rule, t, who, alert, "inactive") for who, alert in _by_labels(before)]
        self._write(place, t - rule.delay / 1000, list(self._shown(rule, alerts)))
        return [self._change(rule, t, who, alert, alert.state) for who, alert in _by_labels(changes)]

    def _shown(
        self, rule: CompiledRule, alerts: dict[Labels, PolledAlert]
    ) -> Iterator[tuple[str, Labels, float]]:
        texts = {name: template.source for name, template in rule.labels}
        for name, alert in alerts.items():
            who = labels({**texts, **dict(name)})
            since = (round(alert.active_at * 1000) + round(self._epoch * 1000)) // 1000
            yield "ALERTS", labels(dict(who), alertstate=alert.state), 1.0
            yield "ALERTS_FOR_STATE", who, float(since)

    def _fires_on(self, rule: CompiledRule, alert: PolledAlert, t: float) -> bool:
        if alert.state != "firing" or not rule.holding.keep:
            return False
        if alert.keep_firing_since is None:
            alert.keep_firing_since = t
        return t - alert.keep_firing_since < rule.holding.keep / 1000

    def _change(
        self, rule: CompiledRule, t: float, who: Labels, alert: PolledAlert, state: State
    ) -> AlertChange:
        return AlertChange(
            t,
            rule.group,
            rule.alert,
            who,
            state,
            alert.value,
            alert.annotations,
            alert.active_at,
            alert.fired_at,
        )


def _by_labels(alerts: dict[Labels, PolledAlert]) -> list[tuple[Labels, PolledAlert]]:
    return sorted(alerts.items(), key=lambda pair: pair[0])
