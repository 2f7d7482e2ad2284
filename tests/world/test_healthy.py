"""On an ordinary day nothing that is scraped would make anybody's alert rule fire."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from drillbook.model.labels import get
from drillbook.world.world import World
from tests.world.builders import Play, database, orders, pool, service, system

Floats = NDArray[np.float64]
SCRAPES = (-30, 240)


@cache
def world() -> World:
    store = service("store", calls=[{"to": "orders", "timeout": "5s"}], error_ratio=0.0005)
    return Play(system(store, orders(), pool(), database(), entry="store", rate="60/s")).to(3600).world


def read(name: str, **of: str) -> Floats:
    """Samples of the series with these labels."""
    rows, values = world().matrix(name, *SCRAPES)
    picked = [k for k, row in enumerate(rows) if all(get(row, label) == value for label, value in of.items())]
    return values[picked]


def increase(name: str, scrapes: int, **of: str) -> Floats:
    """Growth over so many scrapes."""
    values = read(name, **of)
    return np.asarray(values[:, scrapes:] - values[:, :-scrapes])


def test_every_replica_is_there_and_every_target_is_up() -> None:
    assert (read("kube_deployment_spec_replicas") == read("kube_deployment_status_replicas_available")).all()
    assert (read("kube_replicaset_spec_replicas") == read("kube_replicaset_status_ready_replicas")).all()
    generation = read("kube_deployment_metadata_generation")
    assert (generation == read("kube_deployment_status_observed_generation")).all()
    assert (read("kube_pod_status_phase", phase="Pending") == 0).all()
    assert (read("kube_pod_container_status_restarts_total") == 0).all()
    assert (read("up") == 1).all()


def test_hardly_any_request_fails() -> None:
    failed = sum(increase("http_requests_total", 20, code=code).sum() for code in ("500", "503", "504"))
    assert failed / increase("http_requests_total", 20).sum() < 0.002


def test_the_pool_has_room() -> None:
    assert (read("pgbouncer_pools_client_waiting_connections") == 0).all()
    assert (read("pgbouncer_pools_client_maxwait_seconds") == 0).all()
    assert read("pgbouncer_pools_server_active_connections").max() < 200
    assert increase("pgbouncer_errors_count", 4).max() == 0


def test_the_database_is_neither_idle_nor_full() -> None:
    connections = read("pg_stat_activity_count").sum(axis=0)
    assert connections.min() >= 5
    assert connections.max() < 0.8 * 300
    commits, rollbacks = (
        increase("pg_stat_database_xact_commit", 12),
        increase("pg_stat_database_xact_rollback", 12),
    )
    assert commits.min() > 5
    assert (rollbacks / (commits + rollbacks)).max() < 0.02
    assert increase("pg_stat_database_deadlocks", 4).max() <= 5
    assert increase("pg_txid_current", 4).min() / 60 > 5


@pytest.mark.parametrize("name", [name for name in world().names() if name.startswith("pg_settings_")])
def test_settings_stay_as_they_are(name: str) -> None:
    values = read(name)
    assert (values == values[:, :1]).all()


def test_containers_are_neither_starved_nor_jumpy() -> None:
    used, limit = read("container_memory_working_set_bytes"), read("container_spec_memory_limit_bytes")
    assert (used / limit).max() < 0.8
    cores = increase("container_cpu_usage_seconds_total", 4) / 60
    assert (cores / 2.0).max() < 0.8
    assert np.abs(cores[:, 4:] - cores[:, :-4]).max() < 0.25


def test_every_series_of_a_metric_has_its_own_labels_in_order() -> None:
    for name in world().names():
        rows, values = world().matrix(name, 0, 4)
        assert len(set(rows)) == len(rows)
        assert values.shape == (len(rows), 5)
        assert all(list(row) == sorted(row) for row in rows), name
