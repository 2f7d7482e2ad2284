"""Random rules and series for alerts: flapping, vanishing, renamed, several instances, rules on rules."""

from __future__ import annotations

import math
from random import Random
from typing import Any

from drillbook.model.labels import Labels, labels
from drillbook.telemetry.source import MISSING, STALE

TICKS = 40
_EXPRESSIONS = (
    "g > 3", "g < 0", "g >= 2 and on (job) h < 4", "g == bool 4 > 0", "rate(c[1m]) > 0.05", "g != g",
    "increase(c[2m]) > 2", 'absent(g{job="zz"}) unless on () (h > 6)', 'absent(h{job="a"})', "absent(k)",
    "max by (job) (g) > 4", "g > on (job) group_left () min by (job) (h)", "changes(g[1m]) > 1", "h",
    "count by (job) (g > 1) > 1", "h unless on (job, inst) g", "sum_over_time(g[90s]) > 12", "sum(g) > 8",
    "vector(time()) % 120 < 40", "max by (inst) (g) > 3", "g offset 1m > 3", "h * 2 > g", "g or k",
    "max_over_time((g > 1)[1m:15s]) > 4",
)  # fmt: skip
_ON_RULES = ("rec:sum > 3", "rec:gauge > 2", "rec:sum offset 30s > 3", "rec:old")
_ON_ALERTS = (
    "count(ALERTS) > 5",
    'sum by (job, inst) (ALERTS{alertstate="firing",severity="page"})',
    "max by (job) (time() - ALERTS_FOR_STATE) > 45", 'count by (job) (ALERTS{alertstate="pending"}) > 1',
)  # fmt: skip
_LABELS: tuple[dict[str, str], ...] = (
    {},
    {},
    {"severity": "page"},
    {"severity": "page", "team": "{{ $labels.job }}-{{ $externalLabels.region }}"},
    {"v": "{{ $value | humanize }}"},
    {"size": "{{ if gt $value 4.0 }}big{{ else }}small{{ end }}"},
    {"none": "{{ $labels.nothing }}", "alertname": "other"},
)
_ANNOTATIONS: tuple[dict[str, str], ...] = (
    {},
    {"summary": "{{ $labels.job }}/{{ $labels.inst }} is {{ $value }}"},
    {
        "summary": '{{ printf "%.2f" $value }} at {{ $labels.inst | toUpper }}',
        "dashboard": "d/{{ .Labels.job }}",
    },
    {"text": "{{ $value | humanizePercentage }} {{ $value | humanizeDuration }} {{ $value | humanize1024 }}"},
    {"all": '{{ range query "sum(g) by (job)" | sortByLabel "job" }}{{ .Labels.job }}={{ .Value }};{{end}}'},
    {"first": '{{ with query "max(rec:sum)" }}{{ . | first | value }}{{ else }}none{{ end }}'},
    {"where": "{{ $externalLabels.region }}{{ $externalLabels.none }}", "plain": '50% "off"'},
)
_HOLDS = ("0s", "0s", "15s", "30s", "1m", "100s", "2m30s")
_RECORDED: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("rec:sum", "sum by (job) (g)", {}),
    ("rec:sum", "sum by (job) (h)", {"of": "h"}),
    ("rec:gauge", "g", {"kind": "copy"}),
    ("rec:old", "rec:gauge offset 30s", {}),
)


def _alert(random: Random, number: int, *, tangled: bool) -> dict[str, Any]:
    expressions: tuple[str, ...] = _EXPRESSIONS
    if random.random() < 0.25:
        expressions = (*_ON_RULES, *_ON_ALERTS) if tangled else _ON_RULES
    found: dict[str, Any] = {
        "alert": f"A{number}",
        "expr": random.choice(expressions),
        "for": random.choice(_HOLDS),
        "labels": random.choice(_LABELS),
        "annotations": random.choice(_ANNOTATIONS),
    }
    if random.random() < 0.4:
        found["keep_firing_for"] = random.choice(("15s", "20s", "1m", "3m"))
    return found


def random_groups(random: Random, alerts: int, *, tangled: bool) -> list[dict[str, Any]]:
    """Two groups: recording rules and alerts, and alerts with a limit that is never reached.

    `tangled` rules read ALERTS and what is recorded later.
    """
    rules = [_alert(random, number, tangled=tangled) for number in range(alerts)]
    for place, (name, expr, own) in enumerate(_RECORDED):
        rule = {"record": name, "expr": expr, "labels": own}
        rules.insert(random.randrange(alerts // 2) if tangled else place, rule)
    half = len(rules) * 2 // 3
    return [{"name": "one", "rules": rules[:half]}, {"name": "two", "limit": 1000, "rules": rules[half:]}]


def _flapping(random: Random) -> list[float]:
    value, found = 0.0, []
    pace = random.choice((0.1, 0.3, 0.7))
    for _ in range(TICKS):
        if random.random() < pace:
            value = float(random.randint(-3, 8))
        kind = random.random()
        found.append(STALE if kind < 0.03 else MISSING if kind < 0.08 else math.nan if kind < 0.1 else value)
    return found


def _gone(random: Random, samples: list[float], marked: float) -> list[float]:
    """The series comes late, or ends early, with a marker (as a scrape target's does) or without."""
    begin, end = random.choice(((0, TICKS), (random.randrange(15), TICKS), (0, random.randrange(10, 30))))
    found = [MISSING] * begin + samples[begin:end] + [MISSING] * (TICKS - end)
    if end < TICKS and random.random() < marked:
        found[end] = STALE
    return found


def _counter(random: Random) -> list[float]:
    value, found = 0.0, []
    for _ in range(TICKS):
        value = 0.0 if random.random() < 0.04 else value + random.choice((0, 0, 1, 3))
        found.append(value)
    return found


def random_world(random: Random) -> dict[str, list[tuple[Labels, list[float]]]]:
    """Gauges `g` and `h`, a counter `c`, and `k`, which is rarely there."""
    who = [labels(job=job, inst=inst) for job in "abc" for inst in "123"]
    few = [each for each in who if random.random() < 0.6] or who[:1]
    return {
        "g": [(each, _gone(random, _flapping(random), 0.5)) for each in few],
        "h": [(each, _gone(random, _flapping(random), 0.5)) for each in who[:4]],
        "c": [(each, _gone(random, _counter(random), 0.5)) for each in who[::2]],
        "k": [(who[0], [v if random.random() < 0.2 else MISSING for v in _flapping(random)])],
    }
