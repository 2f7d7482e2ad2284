"""Looking ahead must give exactly what polling every rule at every tick gives."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import zip_longest
from random import Random
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from drillbook.model.labels import labels
from drillbook.model.rules import RuleGroup
from drillbook.telemetry.alerts import AlertChange
from drillbook.telemetry.query import compile_query
from drillbook.telemetry.ruler import Ruler
from drillbook.telemetry.rules import compile_rules
from drillbook.telemetry.source import MISSING, STALE
from tests.telemetry.polling import PollingRuler
from tests.telemetry.series import MemorySource

_HORIZON = 900.0
_EXPRESSIONS = (
    "g > 3",
    "g >= 0",
    "g < 0 or g > 5",
    "c > 20",
    "rate(c[1m]) > 0.1",
    "increase(c[2m]) == 0",
    "absent(g{job='a'})",
    "sum by (job) (g) > 2",
    "g * on (job, inst) h > 4",
    "g / ignoring (zone) h > 1",
    "topk(1, g) > 0",
    "avg_over_time(g[45s]) > 2",
    "max_over_time((g > 2)[1m:15s]) > 3",
    "g unless h > 3",
    "vector(1)",
    "vector(time()) > 1000300",
    "count(g > 2) > 1",
    "label_replace(g, 'inst', '1', 'inst', '.*') > 4",
    "g offset 30s > 3",
    "nothing > 1",
    "delta(g[1m]) != 0",
    "deriv(g[1m]) > 0.05",
    "changes(g[1m]) > 2",
    "g > on (job) group_left () sum by (job) (h)",
)
_RECORDED = (
    "sum by (job) (g)",
    "g > 1",
    "rate(c[1m])",
    "rec * 2",
    "label_replace(g, 'inst', '', '', '')",
    "count(h)",
)
_DERIVED = (
    "rec > 2",
    "ALERTS{alertname='A0', alertstate='firing'}",
    "count(ALERTS) > 1",
    "sum(rec) > 3",
    "absent(rec)",
    "max_over_time(rec[1m]) > 4",
    "ALERTS_FOR_STATE > 100",
)


def _samples(random: Random, count: int) -> list[float]:
    value, found = float(random.randint(-2, 6)), []
    for _ in range(count):
        if random.random() < 0.3:
            value = float(random.randint(-3, 8))
        kind = random.random()
        found.append(STALE if kind < 0.03 else MISSING if kind < 0.08 else math.nan if kind < 0.1 else value)
    return found


def _counter(random: Random, count: int) -> list[float]:
    value, found = 0.0, []
    for _ in range(count):
        value = 0.0 if random.random() < 0.04 else value + random.choice((0, 0, 1, 3))
        found.append(value)
    return found


def _world(random: Random) -> MemorySource:
    count = 100
    pairs = [("a", "1"), ("a", "2"), ("b", "1")]
    clean = random.random() < 0.4

    def gauge() -> list[float]:
        return [float(random.randint(-2, 8)) for _ in range(count)] if clean else _samples(random, count)

    return MemorySource(
        {
            "g": [(labels(job=job, inst=inst), gauge()) for job, inst in pairs],
            "h": [(labels(job=job, inst=inst), gauge()) for job, inst in pairs[:2]],
            "c": [(labels(job=job, inst=inst), _counter(random, count)) for job, inst in pairs],
        },
        first=-10,
    )


def _rule(random: Random, number: int, *, derived: bool, delayed: bool) -> dict[str, Any]:
    # Rules that write the same series at different delays are a race in Prometheus too: names differ then.
    if random.random() < 0.25:
        return {"record": "rec", "expr": random.choice(_RECORDED), "labels": {"team": f"x{number}"}}
    rule: dict[str, Any] = {
        "alert": f"A{number}" if delayed or random.random() < 0.9 else "A0",
        "expr": random.choice(_DERIVED if derived and random.random() < 0.4 else _EXPRESSIONS),
        "for": random.choice(("0s", "0s", "15s", "30s", "1m", "100s")),
        "keep_firing_for": random.choice(("0s", "0s", "20s", "1m")),
        "labels": random.choice(
            ({}, {"severity": "page"}, {"job": "{{ $labels.inst }}"}, {"v": "{{ $value | humanize }}"})
        ),
        "annotations": random.choice(({}, {"summary": "{{ $labels.job }} is {{ $value }}"})),
    }
    return rule


def _groups(random: Random, *, derived: bool) -> list[RuleGroup]:
    number, found, delayed = 0, [], random.random() < 0.3
    for group in range(random.randint(1, 3)):
        rules = []
        for _ in range(random.randint(1, 4)):
            rules.append(_rule(random, number, derived=derived, delayed=delayed))
            number += 1
        written = {
            "name": f"group{group}",
            "rules": rules,
            "limit": random.choice((0, 0, 0, 1, 2)),
            "interval": random.choice((None, None, "30s", "20s")),
            "query_offset": random.choice((None, "10s")) if delayed else None,
            "labels": random.choice(({}, {"tier": "1"})),
        }
        found.append(RuleGroup.model_validate(written))
    return found


def _moments(random: Random) -> list[float]:
    """When the world changes: on ticks, between them, twice in one interval."""
    return sorted(
        random.choice((15.0 * random.randint(1, 55), round(random.uniform(0, 850), 3))) for _ in range(8)
    )


def _change(random: Random, source: MemorySource, t: float) -> None:
    name = random.choice(("g", "h", "c"))
    make = _counter if name == "c" else _samples
    if random.random() < 0.15:
        source.append(name, labels(job="z", inst=f"{t}"), t, make(random, 90))
    else:
        source.replace(name, random.randrange(len(source.metrics[name])), t, make(random, 90))


def _drive(ruler: Ruler | PollingRuler, source: MemorySource, seed: int) -> list[AlertChange]:
    """Run to the horizon as an engine would: changes of the world first, then the rules that are due."""
    random = Random(f"changes/{seed}")
    found: list[AlertChange] = []
    for t in [*_moments(random), math.inf]:
        while (due := ruler.next_time()) is not None and due < t:
            found += ruler.take(due)
        if t < math.inf:
            _change(random, source, t)
            ruler.changed(t)
    return found


def same(ours: AlertChange, theirs: AlertChange) -> bool:
    """Equal but for the last digits of values: one tick and many are not added up in the same order."""
    if repr(ours.value) == repr(theirs.value):
        return repr(ours) == repr(theirs)
    close = math.isclose(ours.value, theirs.value, rel_tol=1e-9)
    return close and replace(ours, value=0.0, annotations=()) == replace(theirs, value=0.0, annotations=())


@settings(max_examples=15)
@given(seed=st.integers(0, 10**9), derived=st.booleans())
def test_looking_ahead_gives_the_changes_that_polling_gives(seed: int, derived: bool) -> None:
    """Same changes, at the same times, in the same order, with the same values and texts."""
    random = Random(f"rules/{seed}")
    rules = compile_rules(_groups(random, derived=derived))
    ahead, polled = _world(Random(seed)), _world(Random(seed))
    ruler = Ruler(rules, ahead, horizon=_HORIZON, epoch=1_000_000.0)
    polling = PollingRuler(rules, polled, horizon=_HORIZON, epoch=1_000_000.0)
    ours, theirs = _drive(ruler, ahead, seed), _drive(polling, polled, seed)
    assert [pair for pair in zip_longest(ours, theirs) if None in pair or not same(*pair)] == []
    for text in ("ALERTS", "ALERTS_FOR_STATE", "rec", "rec offset 40s", "sum_over_time(ALERTS[5m])"):
        for t in (_HORIZON, 700.0):
            mine, other = (
                compile_query(text).instant(ruler.source(t), t),
                compile_query(text).instant(polling.source(t), t),
            )
            assert mine.labels == other.labels
            np.testing.assert_allclose(mine.values, other.values, rtol=1e-9)
    assert len(ruler.failures(_HORIZON)) == len(polling.failed)
