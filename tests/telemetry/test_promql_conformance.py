"""The real engine as oracle: promtool 2.42 evaluates the same expressions over the same series."""

from __future__ import annotations

import json
import math
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import TypeAlias

import pytest

from drillbook.model.labels import Labels, labels
from drillbook.telemetry.evaluation import EvaluationError
from drillbook.telemetry.query import compile_query
from tests.telemetry.expressions import Grammar, random_metrics
from tests.telemetry.promtool import Metrics, read_samples, series
from tests.telemetry.series import MemorySource

promtool = shutil.which("promtool")
needs_promtool = pytest.mark.skipif(
    promtool is None, reason="promtool is not installed (Debian: apt-get install prometheus)"
)
_Asked: TypeAlias = tuple[Metrics, list[tuple[str, float]]]
"""Series, and what is asked about them and when."""


def _asked(group: int, cases: int) -> _Asked:
    random = Random(f"conformance/{group}")
    metrics = random_metrics(random)
    grammar = Grammar(random)
    times = (15.0, 60.0, 100.0, 240.0, 307.5, 450.0, 600.0, 885.0, 1100.0)
    return metrics, [(grammar.vector(), random.choice(times)) for _ in range(cases)]


def _promtool(path: Path, groups: Sequence[_Asked]) -> dict[tuple[str, str], str]:
    tests = []
    for group, (metrics, asked) in enumerate(groups):
        checks = [
            {"expr": f"{text} # {group}.{number}", "eval_time": f"{round(t * 1000)}ms", "exp_samples": []}
            for number, (text, t) in enumerate(asked)
        ]
        tests.append({"interval": "15s", "input_series": series(metrics), "promql_expr_test": checks})
    path.write_text(json.dumps({"evaluation_interval": "15s", "tests": tests}))
    ran = subprocess.run(
        [str(promtool), "test", "rules", str(path)], capture_output=True, text=True, check=False
    )
    output = ran.stdout + ran.stderr
    found = {}
    for block in re.split(r"\n\s*expr: ", output)[1:]:
        mark = re.search(r'# (\d+)\.(\d+)"', block)
        got = re.search(r"got: ?(.*)", block)
        assert mark
        found[mark[1], mark[2]] = got[1] if got else "error " + block.replace("\n", " ")
    return found


HUGE = {
    "v": [
        (labels(job="a"), [1e300, 5.0, 3.0, 1e300, 2.0, 9.0, 1.0, 4.0, 4.0, 4.0, 4.0, 4.0]),
        (labels(job="b"), [1e308] * 12),
        (labels(job="c"), [0.1] * 12),
        (labels(job="d"), [1e16, 1.0, -1e16, 1e16, 1.0, -1e16, 3.0, 1e8, 1.0, 7.0, 2.0, 3.0]),
        (labels(job="e"), [math.nan, math.inf, -math.inf, *[math.inf] * 9]),
    ]
}
"""Values whose sums are too large, lose digits, or hide small steps beside large ones.

The mean of job d over time loses digits in 2.42, but not in 3.x and here.
"""
_OF_ONE = ("sum", "avg", "min", "max", "stddev", "stdvar", "count", "group")
_OF_RANGES = (
    "rate", "increase", "delta", "irate", "idelta", "changes", "resets", "sum_over_time", "min_over_time",
    "max_over_time", "stddev_over_time", "stdvar_over_time", "last_over_time",
)  # fmt: skip
_EXTREME = [
    *(f"{name} by (job) (v)" for name in _OF_ONE),
    *(f'{name} (v{{job=~"{jobs}"}})' for name in _OF_ONE for jobs in ("a|c", "b|c", "c", "b", "e")),
    *(f"avg_over_time(v{{job!='d'}}[{length}])" for length in ("30s", "1m", "3m")),
    *(f"{name}(v[{length}])" for name in _OF_RANGES for length in ("30s", "1m", "90s", "3m")),
    *(f"{name}(v, {limit})" for name in ("clamp_min", "clamp_max") for limit in ("NaN", "Inf", "-Inf", "1")),
    *(f"topk({k}, v)" for k in ("NaN", "Inf", "-Inf", "1e19", "0", "2")),
    "avg(v / 2)", "v * v", "v ^ 0.5", "v % 7", "-v", "v == v", "v != v", "v > bool 4", "abs(v)", "ln(v)",
    "quantile(0.5, v)", "round(v)", "sgn(v)",
]  # fmt: skip


def _ours(source: MemorySource, text: str, t: float) -> dict[Labels, float] | str:
    try:
        vector = compile_query(text, compat="2.42").instant(source, t)
    except EvaluationError as error:
        return str(error)
    return dict(zip(vector.labels, vector.values[:, 0].tolist(), strict=True))


def _same(ours: dict[Labels, float], theirs: dict[Labels, float]) -> bool:
    if ours.keys() != theirs.keys():
        return False
    return all(
        (math.isnan(a) and math.isnan(b)) or math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)
        for a, b in ((ours[key], theirs[key]) for key in ours)
    )


def _differences(path: Path, groups: Sequence[_Asked]) -> list[tuple[object, ...]]:
    """Where the two differ: in elements, labels or values (to 1e-9), or in whether there is an answer."""
    theirs = _promtool(path, groups)
    wrong: list[tuple[object, ...]] = []
    for group, (metrics, asked) in enumerate(groups):
        source = MemorySource(metrics)
        for number, (text, t) in enumerate(asked):
            ours = _ours(source, text, t)
            got = theirs.get((str(group), str(number)), "")
            if isinstance(ours, str) or got.startswith("error"):
                if not (isinstance(ours, str) and got.startswith("error")):
                    wrong.append((text, t, ours, got))
            elif not _same(ours, read_samples(got)):
                wrong.append((text, t, ours, read_samples(got)))
    return wrong


@needs_promtool
def test_random_expressions_give_what_prometheus_gives(tmp_path: Path) -> None:
    """3,000: each element, its labels and its value; an error here exactly where there is one there."""
    groups = [_asked(group, 40) for group in range(75)]
    wrong = _differences(tmp_path / "tests.json", groups)
    assert not wrong, f"{len(wrong)}: " + "\n".join(map(str, wrong[:20]))


@needs_promtool
def test_extreme_values_give_what_prometheus_gives(tmp_path: Path) -> None:
    asked = [(text, t) for text in _EXTREME for t in (60.0, 105.0, 165.0)]
    wrong = _differences(tmp_path / "tests.json", [(HUGE, asked)])
    assert not wrong, f"{len(wrong)}: " + "\n".join(map(str, wrong[:20]))
