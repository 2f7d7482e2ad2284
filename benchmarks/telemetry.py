"""What rule evaluation costs in a two-hour drill: looking ahead against polling every rule at every tick.

Then the same for the rules of the first drill, in the drill itself: evaluations per second.

Run with `python -m benchmarks.telemetry` from the checkout. Ratios hold across machines, seconds do not.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import process_time
from typing import Any

import numpy as np

from drillbook.cli.drill import cast_for, open_drill
from drillbook.engine.prepared import Prepared
from drillbook.engine.simulation import Simulation
from drillbook.model.labels import Labels, labels
from drillbook.model.rules import RuleGroup
from drillbook.telemetry.ruler import Ruler
from drillbook.telemetry.rules import CompiledRules, compile_rules
from drillbook.telemetry.source import Floats
from drillbook.world.world import World
from tests.telemetry.polling import PollingRuler

HORIZON = 7200.0
CHANGES = tuple(300.0 + 271.0 * number for number in range(25))

FAILED = "sum by (job) (rate(http_requests_total{code=~'5..'}[5m]))"
ALL = "sum by (job) (rate(http_requests_total[5m]))"
BUCKETS = "sum by (job, le) (rate(http_request_duration_seconds_bucket[5m]))"
RULES: list[tuple[str, str]] = [
    (f"{FAILED} / {ALL} > 0.6", "2m"),
    (f"{FAILED} / {ALL} > 0.7", "1m"),
    (f"histogram_quantile(0.99, {BUCKETS}) > 1", "5m"),
    (f"histogram_quantile(0.5, {BUCKETS}) > 0.5", "5m"),
    ("up == 0", "1m"),
    ("sum by (job) (up) < 2", "1m"),
    ("pgbouncer_pools_client_waiting_connections > 20", "5m"),
    ("pgbouncer_pools_client_maxwait_seconds > 15", "5m"),
    ("sum(pg_stat_activity_count) by (server) > sum(pg_settings_max_connections) by (server) * 0.8", "10m"),
    ("sum by (consumergroup) (kafka_consumergroup_lag) > 10000", "1m"),
    ("sum by (topic, consumergroup) (delta(kafka_consumergroup_lag[5m])) > 50", "15m"),
    ("container_memory_working_set_bytes / on (pod) container_spec_memory_limit_bytes > 0.8", "2m"),
    ("increase(kube_pod_container_status_restarts_total[10m]) > 3", "0s"),
    ("max_over_time(queue_depth[5m]) > 500", "5m"),
    ("avg_over_time(cpu_usage_ratio[5m]) > 0.9", "5m"),
    ("predict_linear(disk_free_bytes[1h], 14400) < 0", "10m"),
    ("absent(up{job='job0'})", "1m"),
    ("cpu_usage_ratio > 0.95 and on (pod) queue_depth > 100", "5m"),
]


_LEVELS = {
    "pgbouncer_pools_client_waiting_connections": 8.0,
    "pgbouncer_pools_client_maxwait_seconds": 5.0,
    "pg_stat_activity_count": 20.0,
    "pg_settings_max_connections": 200.0,
    "kafka_consumergroup_lag": 700.0,
    "container_memory_working_set_bytes": 3e8,
    "container_spec_memory_limit_bytes": 1e9,
    "queue_depth": 130.0,
    "cpu_usage_ratio": 0.3,
    "disk_free_bytes": 5e10,
    "kube_pod_container_status_restarts_total": 0.0,
}


def _series() -> dict[str, list[Labels]]:
    jobs = [f"job{number}" for number in range(3)]
    pods = [f"pod{number}" for number in range(6)]
    bounds = ("0.1", "0.25", "0.5", "1", "2.5", "5", "+Inf")
    return {
        "http_requests_total": [
            labels(job=job, pod=pod, code=code) for job in jobs for pod in pods[:3] for code in ("200", "500")
        ],
        "http_request_duration_seconds_bucket": [
            labels(job=job, pod=pod, le=le) for job in jobs for pod in pods[:2] for le in bounds
        ],
        "up": [labels(job=job, pod=pod) for job in jobs for pod in pods[:3]],
        "pgbouncer_pools_client_waiting_connections": [labels(database="orders")],
        "pgbouncer_pools_client_maxwait_seconds": [labels(database="orders")],
        "pg_stat_activity_count": [
            labels(server="db", state=state) for state in ("active", "idle", "waiting")
        ],
        "pg_settings_max_connections": [labels(server="db")],
        "kafka_consumergroup_lag": [
            labels(consumergroup=group, topic="t", partition=str(p)) for group in "ab" for p in range(6)
        ],
        "container_memory_working_set_bytes": [labels(pod=pod) for pod in pods],
        "container_spec_memory_limit_bytes": [labels(pod=pod) for pod in pods],
        "kube_pod_container_status_restarts_total": [labels(pod=pod) for pod in pods],
        "queue_depth": [labels(pod=pod) for pod in pods],
        "cpu_usage_ratio": [labels(pod=pod) for pod in pods],
        "disk_free_bytes": [labels(pod=pod) for pod in pods],
    }


class Plant:
    """Counters with steady slopes and gauges with a little noise; each change of law moves a few metrics.

    Between the fifth and the fifteenth change two series of what moves get worse, afterwards they recover.
    """

    interval, first = 15.0, -240

    def __init__(self) -> None:
        self.rows = {name: tuple(rows) for name, rows in _series().items()}
        self._names = list(self.rows)
        self.samples = {name: np.zeros((len(rows), 800)) for name, rows in self.rows.items()}
        self.versions = dict.fromkeys(self._names, 0)
        for name in self._names:
            self._bend(name, 0, 1.0)

    def _bend(self, name: str, column: int, factor: float) -> None:
        samples = self.samples[name]
        count = samples.shape[1] - column
        factors = np.where(np.arange(len(samples)) < 2, factor, 1.0)
        level = (_LEVELS.get(name, 1.0) * factors * (1.0 + np.arange(len(samples)) / 50))[:, None]
        if name.endswith(("_total", "_bucket")):
            base = samples[:, column - 1 : column] if column else 1000.0
            samples[:, column:] = base + level * np.arange(1.0, count + 1)
        else:
            samples[:, column:] = level * (1.0 + 0.01 * np.sin(np.arange(count)))
        self.versions[name] += 1

    def change(self, number: int, t: float) -> None:
        """Move three of the metrics from t on."""
        column = int(-(-t // self.interval)) - self.first
        bad = 5 <= number < 15
        for offset in range(3):
            name = self._names[(number * 3 + offset) % len(self._names)]
            self._bend(name, column, 4.0 if bad and name != "up" else 1.0)

    def names(self) -> list[str]:
        return self._names

    def matrix(self, name: str, first: int, last: int) -> tuple[tuple[Labels, ...], Floats]:
        return self.rows[name], self.samples[name][:, first - self.first : last + 1 - self.first]

    def version(self, name: str) -> int:
        return self.versions[name]


def _groups(extra: int) -> list[RuleGroup]:
    def rule(number: int, expr: str, hold: str) -> dict[str, Any]:
        return {"alert": f"Alert{number}", "expr": expr, "for": hold, "labels": {"severity": "page"}}

    own = [rule(number, expr, hold) for number, (expr, hold) in enumerate(RULES)]
    foreign = [rule(1000 + n, f"rate(foreign_metric_{n}_total[5m]) > {n}", "5m") for n in range(extra)]
    return [RuleGroup.model_validate({"name": "drill", "rules": [*own, *foreign]})]


def drive(ruler: Ruler | PollingRuler, plant: Plant) -> tuple[int, float]:
    """Run to the horizon; how many alert changes there were, and the seconds that the rules took."""
    count, spent = 0, 0.0
    for number, t in enumerate((*CHANGES, HORIZON + 1)):
        begun = process_time()
        while (due := ruler.next_time()) is not None and due < t:
            count += len(ruler.take(due))
        spent += process_time() - begun
        if t <= HORIZON:
            plant.change(number, t)
            begun = process_time()
            ruler.changed(t)
            spent += process_time() - begun
    return count, spent


def _measure(rules: CompiledRules, kind: type[Ruler | PollingRuler], runs: int) -> tuple[int, float]:
    counts, seconds = [], []
    for _ in range(runs):
        plant = Plant()
        begun = process_time()
        ruler = kind(rules, plant, horizon=HORIZON)
        made = process_time() - begun
        count, spent = drive(ruler, plant)
        counts.append(count)
        seconds.append(made + spent)
    return counts[0], min(seconds)


class Watched(Ruler):
    """Counts evaluations and the time that they take, with and without the samples drawn for them."""

    def __init__(self, rules: CompiledRules, source: Any, **options: Any) -> None:
        self.evaluations, self.seconds, self.drawing, self._inside = 0, 0.0, 0.0, 0
        for name in ("matrix", "matrix_of"):
            if hasattr(source, name):
                setattr(source, name, self._drawn(getattr(source, name)))
        super().__init__(rules, source, **options)

    def _drawn(self, draw: Callable[..., Any]) -> Callable[..., Any]:
        def drawn(*arguments: Any) -> Any:
            begun = process_time()
            try:
                return draw(*arguments)
            finally:
                self.drawing += process_time() - begun if self._inside else 0.0

        return drawn

    def _evaluate(self, track: Any, count: Any, *rest: Any) -> None:
        self.evaluations += int(count)
        super()._evaluate(track, count, *rest)

    def _catch_up(self) -> None:
        begun = process_time()
        self._inside += 1
        super()._catch_up()
        self._inside -= 1
        self.seconds += process_time() - begun


def shipped(runs: int) -> None:
    """Print evaluations per second of the first drill's rules, somebody average being on call."""
    drill = open_drill("db-pool-exhaustion", None, ())
    rules = drill.prepared.rules
    watched: list[Watched] = []

    def evaluator(prepared: Prepared, world: World) -> Watched:
        epoch = world.start.timestamp()
        watched.append(Watched(prepared.rules, world, horizon=prepared.horizon, epoch=epoch))
        return watched[-1]

    for seed in range(runs + 1):
        run = Simulation(
            drill.scenario, drill.playbook, seed, cast=cast_for("average"), prepared=drill.prepared,
            evaluator=evaluator,
        )  # fmt: skip
        run.advance(drill.scenario.duration + 1)
    timed = watched[1:]
    asked = sum(int(drill.prepared.horizon * 1000) // rule.interval + 1 for rule in rules.rules)
    done = median(each.evaluations for each in timed)
    whole = median(each.evaluations / each.seconds for each in timed)
    alone = median(each.evaluations / (each.seconds - each.drawing) for each in timed)
    spent = median(each.seconds for each in timed)
    print(f"{len(rules.rules)} shipped rules: {asked} evaluations per run, {done / asked:.2f} times computed")
    print(
        f"{whole:,.0f} evaluations/s with the samples drawn for them, {alone:,.0f} without: "
        f"{spent * 1000:.0f} ms per run"
    )


def main() -> None:
    """Print milliseconds per run, and ratios."""
    rules, many = compile_rules(_groups(0)), compile_rules(_groups(400))
    changes, ahead = _measure(rules, Ruler, 60)
    same, polled = _measure(rules, PollingRuler, 1)
    _, padded = _measure(many, Ruler, 60)
    series = sum(len(rows) for rows in _series().values())
    print(f"{len(RULES)} rules, {series} series, {len(CHANGES)} changes of law, {changes} alert changes")
    print(f"looking ahead {ahead * 1000:.2f} ms, polling {polled * 1000:.0f} ms: {polled / ahead:.0f} times")
    print(f"with 400 more rules over metrics that do not exist {padded / ahead:.2f} times as long")
    if changes != same:
        raise SystemExit(f"the two disagree: {changes} and {same} alert changes")
    shipped(12)


if __name__ == "__main__":
    main()
