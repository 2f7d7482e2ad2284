"""What an exporter shows between the drill's own scrapes."""

from __future__ import annotations

import numpy as np

from drillbook.model.labels import get
from drillbook.world.metrics.meaning import meaning
from drillbook.world.metrics.present import Reading
from tests.world.builders import Play, database, deploy, orders, pool, service, system

SYSTEM = system(
    service("store", calls=[{"to": "orders", "timeout": "5s", "retries": 1}]),
    orders(concurrency=60, rollout={"max_unavailable": 2, "ready_after": "25s"}),
    pool(),
    database(),
    {"kind": "external", "name": "paygate", "owner": "payments", "latency": "80ms"},
    entry="store", rate="60/s",
)  # fmt: skip


def play() -> Play:
    return Play(SYSTEM, [deploy("30s")], duration=1200)


def seen(readings: tuple[Reading, ...]) -> dict[tuple[str, object], float]:
    return {
        (each.name, labels): value
        for each in readings
        for labels, value in zip(each.labels, each.values.tolist(), strict=True)
    }


def test_the_same_series_exist_as_in_the_drills_own_scrapes() -> None:
    world = play().world
    found = {(each.name, labels) for each in world.present(300.0) for labels in each.labels}
    scraped = set()
    for name in world.names():
        rows, values = world.matrix(name, 20, 20)
        scraped |= {
            (name, labels) for labels, value in zip(rows, values[:, 0], strict=True) if not np.isnan(value)
        }
    assert found == scraped


def test_counters_differ_from_the_drills_own_by_chance_only() -> None:
    """Each series after a quarter of an hour with an outage; the noise is at most a few deviations."""
    world = play().world
    readings = {each.name: dict(zip(each.labels, each.values.tolist(), strict=True))
                for each in world.present(900.0)}  # fmt: skip
    for name, found in readings.items():
        if meaning(name).kind not in {"counter", "histogram"}:
            continue
        rows, values = world.matrix(name, world.first, 60)
        came = np.nan_to_num(values[:, -1]) - np.nan_to_num(values[:, 0])
        for row, labels in enumerate(rows):
            if labels in found:
                off = abs(found[labels] - float(values[row, -1]))
                assert off <= 8 * np.sqrt(max(came[row], 0.0)) + 0.06 * max(came[row], 0.0) + 100, (name, off)


def test_a_counter_never_falls_while_its_series_lives() -> None:
    world = play().world
    last: dict[tuple[str, object], float] = {}
    for second in range(100, 140):
        now = seen(world.present(float(second)))
        for key, value in now.items():
            if meaning(key[0]).kind in {"counter", "histogram"} and key in last:
                assert value >= last[key], key
        last = now


def test_it_moves_from_second_to_second_and_holds_still_within_one() -> None:
    world = play().world
    first = world.present(50.2)
    assert world.present(50.9) is first
    assert seen(world.present(51.0)) != seen(first)


def test_the_way_there_makes_no_difference() -> None:
    """So that a resumed drill, which reads its past at once, does not look like a reset of its counters."""

    deeds = ((60, "scale", "orders", "12"), (90, "pool-size", "pool", "300"), (120, "rollback", "orders", ""))
    step_by_step, at_once = play(), play()
    for second in range(1, 201):
        step_by_step.world.present(float(second))
        for t, *deed in deeds:
            if t == second:
                step_by_step.at(float(t), *deed)
                at_once.at(float(t), *deed)
    assert seen(at_once.world.present(200.0)) == seen(step_by_step.world.present(200.0))


def test_to_look_changes_nothing_in_the_drill() -> None:
    looked, left_alone = play(), play()
    for second in range(0, 200, 7):
        looked.world.present(float(second))
    for name in looked.world.names():
        rows, values = looked.world.matrix(name, 0, 20)
        others, expected = left_alone.world.matrix(name, 0, 20)
        assert rows == others
        assert values.tobytes() == expected.tobytes(), name


def test_an_intervention_shows_at_once_and_leaves_the_past() -> None:
    lively = play()
    before = seen(lively.world.present(400.0))
    lively.at(400.0, "scale", "orders", "12")
    after = seen(lively.world.present(460.0))
    replicas = [v for (name, _), v in after.items() if name == "kube_deployment_spec_replicas"]
    assert 12.0 in replicas
    counted = [key for key in before if key[0] == "http_requests_total" and key in after]
    assert counted
    assert all(after[key] >= before[key] for key in counted)


def test_every_metric_has_a_type_and_help() -> None:
    for name in play().world.names():
        what = meaning(name)
        assert what.help, f"{name} needs a line in world/metrics/meaning.py"
        assert what.kind != "unknown"


def test_a_histogram_is_one_family() -> None:
    parts = {meaning(f"http_request_duration_seconds_{part}") for part in ("bucket", "count", "sum")}
    assert len(parts) == 1
    assert meaning("pg_locks_count").kind == "gauge"
    assert meaning("some:recorded_count") == ("some:recorded_count", "unknown", "")


def test_servers_with_unequal_numbers_of_rows_are_read_side_by_side() -> None:
    """Of three servers one has a pool and a user who came later, one a user, and one nobody."""
    session = {"user": "purge", "application": "purge", "database": "orders", "state": "active",
               "query": "delete", "age": "0s"}  # fmt: skip
    starts = [{"do": "session", "at": "60s", "postgres": name, "session": session} for name in ("db", "two")]
    three = system(orders(), pool(), database(), database(name="two"), database(name="none"))
    world = Play(three, starts, duration=600).world
    rows = [
        row for each in world.present(300.0) if each.name == "pg_stat_activity_count" for row in each.labels
    ]
    assert {get(row, "server") for row in rows if get(row, "usename") == "purge"} == {"db:5432", "two:5432"}
