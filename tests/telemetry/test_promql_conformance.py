"""The real engine as oracle: promtool 2.42 evaluates the same expressions over the same series."""

from __future__ import annotations

import json
import math
import re
import shutil
import subprocess
from pathlib import Path
from random import Random

import numpy as np
import pytest

from drillbook.model.labels import Labels, labels, render
from drillbook.telemetry.evaluation import EvaluationError
from drillbook.telemetry.query import compile_query
from drillbook.telemetry.source import is_missing, is_stale
from tests.telemetry.expressions import Grammar, random_metrics
from tests.telemetry.series import MemorySource

promtool = shutil.which("promtool")
needs_promtool = pytest.mark.skipif(
    promtool is None, reason="promtool is not installed (Debian: apt-get install prometheus)"
)
_SAMPLE = re.compile(r'([a-zA-Z_:][\w:]*)?(?:\{((?:[^}"]|"[^"]*")*)\})? (\S+?)(?:, |$)')


def _word(value: float) -> str:
    if is_missing(np.array([value]))[0]:
        return "_"
    return "stale" if is_stale(np.array([value]))[0] else repr(value)


def _series(metrics: dict[str, list[tuple[Labels, list[float]]]]) -> list[dict[str, str]]:
    return [
        {"series": name + render(of).replace(", ", ","), "values": " ".join(map(_word, samples))}
        for name, rows in metrics.items()
        for of, samples in rows
    ]


def _asked(
    group: int, cases: int
) -> tuple[dict[str, list[tuple[Labels, list[float]]]], list[tuple[str, float]]]:
    random = Random(f"conformance/{group}")
    metrics = random_metrics(random)
    grammar = Grammar(random)
    times = (15.0, 60.0, 100.0, 240.0, 307.5, 450.0, 600.0, 885.0, 1100.0)
    return metrics, [(grammar.vector(), random.choice(times)) for _ in range(cases)]


def _promtool(path: Path, groups: int, cases: int) -> dict[tuple[str, str], str]:
    tests = []
    for group in range(groups):
        metrics, asked = _asked(group, cases)
        checks = [
            {"expr": f"{text} # {group}.{number}", "eval_time": f"{round(t * 1000)}ms", "exp_samples": []}
            for number, (text, t) in enumerate(asked)
        ]
        tests.append({"interval": "15s", "input_series": _series(metrics), "promql_expr_test": checks})
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


def _read(got: str) -> dict[Labels, float]:
    found = {}
    for name, inner, value in _SAMPLE.findall(got):
        pairs = dict(re.findall(r'(\w+)="([^"]*)"', inner))
        found[labels(pairs, **({"__name__": name} if name else {}))] = float(value)
    return found


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


@needs_promtool
def test_random_expressions_give_what_prometheus_gives(tmp_path: Path) -> None:
    """Each element, its labels and its value to 1e-9; an error here exactly where there is one there."""
    groups, cases = 20, 40
    theirs = _promtool(tmp_path / "tests.json", groups, cases)
    wrong: list[tuple[object, ...]] = []
    for group in range(groups):
        metrics, asked = _asked(group, cases)
        source = MemorySource(metrics)
        for number, (text, t) in enumerate(asked):
            ours = _ours(source, text, t)
            got = theirs.get((str(group), str(number)), "")
            if isinstance(ours, str) or got.startswith("error"):
                if not (isinstance(ours, str) and got.startswith("error")):
                    wrong.append((text, t, ours, got))
            elif not _same(ours, _read(got)):
                wrong.append((text, t, ours, _read(got)))
    assert not wrong, f"{len(wrong)} of {groups * cases}: " + "\n".join(map(str, wrong[:20]))
