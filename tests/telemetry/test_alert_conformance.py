"""The real state machine as oracle: promtool 2.42 walks the same alerts through the same series."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, TypeAlias

import pytest

from drillbook.model.labels import Labels, labels
from drillbook.model.rules import RuleGroup
from drillbook.telemetry.query import compile_query
from drillbook.telemetry.ruler import Ruler
from drillbook.telemetry.rules import compile_rules
from tests.telemetry.promtool import read_labels, read_samples, series
from tests.telemetry.series import MemorySource
from tests.telemetry.timelines import TICKS, random_groups, random_world

promtool = shutil.which("promtool")
needs_promtool = pytest.mark.skipif(
    promtool is None, reason="promtool is not installed (Debian: apt-get install prometheus)"
)
REGION = labels(region="eu")
ALERTS, WORLDS = 28, 75
_INTERVALS = (15, 15, 30, 20, 60)
_QUERIES = ("ALERTS", "ALERTS_FOR_STATE", '{__name__=~"rec:.*"}')
_Firing: TypeAlias = dict[tuple[str, int], list[tuple[Labels, Labels]]]
"""Of each alert's name and time the labels and annotations that fire."""


def _groups(world: int) -> list[dict[str, Any]]:
    return random_groups(Random(f"rules/{world}"), ALERTS, tangled=world % 25 == 0)


def _times(world: int) -> list[int]:
    """Seconds at which the alerts are looked at, some between two evaluations."""
    random = Random(f"times/{world}")
    return sorted(
        {random.choice((15 * random.randrange(TICKS), random.randrange(TICKS * 15))) for _ in range(14)}
    )


def _test(world: int) -> dict[str, Any]:
    times = _times(world)
    queries = [
        {"expr": f"{text} # {world}.{number}.{t}", "eval_time": f"{t}s", "exp_samples": []}
        for number, text in enumerate(_QUERIES)
        for t in times
    ]
    alerts = [
        {"alertname": f"A{number}", "eval_time": f"{t}s", "exp_alerts": []}
        for number in range(ALERTS)
        for t in times
    ]
    return {
        "name": f"world {world}",
        "interval": "15s",
        "input_series": series(random_world(Random(f"world/{world}"))),
        "external_labels": dict(REGION),
        "alert_rule_test": alerts,
        "promql_expr_test": queries,
    }


def _run(folder: Path, world: int) -> tuple[_Firing, dict[str, dict[Labels, float]]]:
    """What promtool says of a world: firing alerts, and the answers to the queries."""
    groups = _groups(world)
    rules, path = folder / f"rules{world}.json", folder / f"test{world}.json"
    rules.write_text(json.dumps({"groups": groups}))
    interval = f"{_INTERVALS[world % len(_INTERVALS)]}s"
    order = [group["name"] for group in groups]
    path.write_text(
        json.dumps(
            {
                "rule_files": [rules.name],
                "evaluation_interval": interval,
                "group_eval_order": order,
                "tests": [_test(world)],
            }
        )
    )
    ran = subprocess.run(
        [str(promtool), "test", "rules", str(path)], capture_output=True, text=True, check=False
    )
    return _read(ran.stdout + ran.stderr)


def _read(output: str) -> tuple[_Firing, dict[str, dict[Labels, float]]]:
    assert "err:" not in output, output[:2000]
    firing: _Firing = {}
    for block in re.split(r"\n\s*alertname: ", output)[1:]:
        head = re.match(r"(\w+), time: (\S+),", block)
        assert head, block
        found = re.findall(
            r"Labels:\{(.*)\}\n\s*Annotations:\{(.*)\}", block.split("got:", 1)[1].split("expr:")[0]
        )
        firing[head[1], _seconds(head[2])] = sorted(
            (read_labels(own), read_labels(texts)) for own, texts in found
        )
    answers = {}
    for block in re.split(r"\n\s*expr: ", output)[1:]:
        mark, got = re.search(r"# ([\d.]+)\"", block), re.search(r"got: ?(.*)", block)
        assert mark
        assert got, block
        answers[mark[1]] = read_samples(got[1])
    return firing, answers


def _seconds(text: str) -> int:
    units = {"h": 3600, "m": 60, "s": 1}
    return sum(int(number) * units[unit] for number, unit in re.findall(r"(\d+)([hms])", text))


def _ours(world: int) -> tuple[_Firing, dict[str, dict[Labels, float]]]:
    interval = f"{_INTERVALS[world % len(_INTERVALS)]}s"
    groups = _groups(world)
    read = [RuleGroup.model_validate({**group, "interval": interval}) for group in groups]
    source = MemorySource(random_world(Random(f"world/{world}")))
    ruler = Ruler(compile_rules(read, compat="2.42"), source, horizon=TICKS * 15.0, external_labels=REGION)
    firing: _Firing = {}
    answers = {}
    for t in _times(world):
        ruler.take(t)
        for alert in ruler.active(t):
            if alert.state == "firing":
                firing.setdefault((alert.alertname, t), []).append((alert.labels, alert.annotations))
        for number, text in enumerate(_QUERIES):
            vector = compile_query(text, compat="2.42").instant(ruler.source(t), t)
            found = dict(zip(vector.labels, vector.values[:, 0].tolist(), strict=True))
            if found:
                answers[f"{world}.{number}.{t}"] = found
    return {key: sorted(found) for key, found in firing.items()}, answers


@needs_promtool
def test_random_alerts_do_what_prometheus_lets_them_do(tmp_path: Path) -> None:
    """2,100 alerts: who fires when, with which labels and texts; ALERTS, its start, and recorded series."""
    wrong: list[object] = []
    fired = 0
    with ThreadPoolExecutor(2) as pool:
        said = pool.map(partial(_run, tmp_path), range(WORLDS))
        for world, (theirs, answers) in enumerate(said):
            ours, our_answers = _ours(world)
            fired += len(theirs)
            wrong += [(world, *pair) for pair in _unlike(ours, theirs)]
            wrong += [pair for pair in _unlike(our_answers, answers) if pair[1] != _close(pair[2])]
    assert fired > 3000
    assert not wrong, f"{len(wrong)}: " + "\n".join(map(str, wrong[:10]))


def _unlike(ours: Mapping[Any, Any], theirs: Mapping[Any, Any]) -> list[tuple[Any, Any, Any]]:
    keys = sorted({*ours, *theirs})
    return [(key, ours.get(key), theirs.get(key)) for key in keys if ours.get(key) != theirs.get(key)]


def _close(answer: dict[Labels, float] | None) -> object:
    return pytest.approx(answer, rel=1e-9, nan_ok=True)
