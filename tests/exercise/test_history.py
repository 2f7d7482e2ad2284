"""A drill's history as OpenMetrics, checked against the drill's own PromQL and the real promtool."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from drillbook.cli.drill import Drill, open_drill, with_person
from drillbook.engine.simulation import Simulation
from drillbook.events.facts import AlertChanged
from drillbook.exercise.history import openmetrics
from drillbook.model.labels import get

needs_promtool = pytest.mark.skipif(
    not shutil.which("promtool"), reason="promtool is not installed (Debian: apt-get install prometheus)"
)
LINE = re.compile(
    r"(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(?P<labels>.*)\})? (?P<value>\S+) (?P<time>\d+\.\d{3})"
)
UNTIL = 720.0
SOME = ("ALERTS", "shop:errors:rate2m", "up", "pgbouncer_", "pg_", "http_request_duration_seconds_count")
"""Metrics whose every sample is compared."""
RULES = """
groups:
  - name: own
    interval: 30s
    rules:
      - record: shop:errors:rate2m
        expr: sum(rate(http_requests_total{job="edge",code=~"5.."}[2m]))
      - alert: Waiting
        expr: pgbouncer_pools_client_waiting_connections > 20
        for: 1m
        labels: {severity: critical}
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Simulation:
    path = tmp_path_factory.mktemp("rules") / "own.yaml"
    path.write_text(RULES)
    drill: Drill = open_drill("db-pool-exhaustion", None, [path])
    simulation = drill.simulation(3, with_person)
    simulation.advance(UNTIL)
    simulation.submit(simulation.person, "kubectl rollout undo deployment/orders-api -n shop")
    simulation.submit(simulation.person, "yes")
    simulation.advance(UNTIL + 700)
    return simulation


@pytest.fixture(scope="module")
def lines(run: Simulation) -> list[str]:
    return list(openmetrics(run.history(), run.now))


def samples(lines: list[str]) -> Iterator[re.Match[str]]:
    for line in lines:
        if not line.startswith("#"):
            found = LINE.fullmatch(line.rstrip("\n"))
            assert found, line
            yield found


def test_it_is_the_same_each_time(run: Simulation, lines: list[str]) -> None:
    assert list(openmetrics(run.history(), run.now)) == lines


def test_families_come_once_and_one_after_the_other(lines: list[str]) -> None:
    families = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(families) == len(set(families))
    place = -1
    for line in lines:
        if line.startswith("# TYPE"):
            place += 1
        elif not line.startswith("#"):
            assert line.startswith(families[place]), line
    assert lines[-1] == "# EOF\n"
    assert lines.count("# EOF\n") == 1


def test_each_series_goes_forward_in_time_and_ends_at_the_present(run: Simulation, lines: list[str]) -> None:
    last: dict[str, float] = {}
    for found in samples(lines):
        series = f"{found['name']}{{{found['labels']}}}"
        assert float(found["time"]) > last.get(series, 0.0), series
        last[series] = float(found["time"])
    epoch = run.scenario.start.timestamp()
    assert max(last.values()) == epoch + run.now // 15 * 15


def test_a_histogram_keeps_a_targets_buckets_count_and_sum_of_a_time_together(lines: list[str]) -> None:
    own = [each for each in samples(lines) if each["name"].startswith("http_request_duration_seconds")]
    kinds = [each["name"].rsplit("_", 1)[1] for each in own]
    assert kinds[:14] == ["bucket"] * 12 + ["count", "sum"]
    assert kinds == kinds[:14] * (len(kinds) // 14)
    for start in range(0, len(own), 14):
        assert len({each["time"] for each in own[start : start + 14]}) == 1


def test_a_series_that_ended_has_a_gap_and_no_marker(run: Simulation, lines: list[str]) -> None:
    assert not [each for each in samples(lines) if each["value"] == "NaN"]
    alerts = [each for each in samples(lines) if each["name"] == "ALERTS"]
    firing = [float(each["time"]) for each in alerts if 'alertstate="firing"' in each["labels"]]
    assert firing
    epoch = run.scenario.start.timestamp()
    waiting = [(event.t, fact.state) for event, fact in run.log.of(AlertChanged)
               if get(fact.labels, "alertname") == "Waiting"]  # fmt: skip
    assert [state for _, state in waiting] == ["pending", "firing", "inactive"]
    turns = {state: t for t, state in waiting}
    assert min(firing) == epoch + turns["firing"]
    assert max(firing) == epoch + turns["inactive"] - 30
    since = {each["value"] for each in samples(lines) if each["name"] == "ALERTS_FOR_STATE"}
    assert since == {str(int(epoch + turns["pending"]))}


@needs_promtool
def test_promtool_makes_blocks_of_it_that_hold_what_the_drill_had(
    run: Simulation, lines: list[str], tmp_path: Path
) -> None:
    """Every sample of some metrics, and ALERTS, after the way through a real Prometheus database."""
    text, data = tmp_path / "history.om", tmp_path / "data"
    text.write_text("".join(lines))
    made = subprocess.run(
        ["promtool", "tsdb", "create-blocks-from", "openmetrics", str(text), str(data)],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    (data / "wal").mkdir()  # promtool dump wants one
    dumped = subprocess.run(
        ["promtool", "tsdb", "dump", str(data)], capture_output=True, text=True, check=True, timeout=120
    ).stdout.splitlines()
    assert len(dumped) == sum(1 for _ in samples(lines))
    theirs = _dumped([line for line in dumped if line.startswith(tuple(f'{{__name__="{n}' for n in SOME))])
    ours = {
        (each["name"], _sorted(each["labels"] or ""), round(float(each["time"]) * 1000)): float(each["value"])
        for each in samples([line for line in lines if line.startswith(SOME)])
    }
    assert theirs == ours
    assert {name for name, _, _ in theirs} >= {"ALERTS", "ALERTS_FOR_STATE", "shop:errors:rate2m", "up"}
    for name in ("pgbouncer_pools_client_waiting_connections", "shop:errors:rate2m"):
        drawn = run.query_range(name, 0.0, run.now, 30.0)
        assert drawn
        for series, times, values in drawn:
            own = _sorted(",".join(f'{key}="{value}"' for key, value in series if key != "__name__"))
            for t, value in zip(times, values, strict=True):
                stamp = round((run.scenario.start.timestamp() + t) * 1000)
                if (name, own, stamp) in theirs:
                    assert theirs[name, own, stamp] == value


def _sorted(text: str) -> tuple[str, ...]:
    return tuple(sorted(re.findall(r'\w+="[^"]*"', text)))


def _dumped(lines: list[str]) -> dict[tuple[str, tuple[str, ...], int], float]:
    """`{__name__="x", a="b"} 1 1700000000000` as promtool prints it."""
    found = {}
    for line in lines:
        series, value, time = line.rsplit(" ", 2)
        own = _sorted(series)
        name = next(each for each in own if each.startswith("__name__="))
        rest = tuple(each for each in own if each != name)
        found[name[len('__name__="') : -1], rest, int(time)] = float(value)
    return found
