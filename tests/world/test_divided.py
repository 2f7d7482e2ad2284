"""One job's series are the same, whether the others are read with them or not."""

from __future__ import annotations

import numpy as np
import pytest

from drillbook.errors import NotFound
from drillbook.model.system import System
from tests.world.builders import Play, database, deploy, orders, pool, service, system

NAMES = ("http_requests_total", "http_request_duration_seconds_bucket", "http_request_duration_seconds_sum",
         "http_requests_in_flight")  # fmt: skip


def shop() -> System:
    edge = service("edge", calls=[{"to": "orders", "timeout": "2s"}])
    return system(edge, orders(), pool(), database(), rate="100/s", entry="edge")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("job", ["edge", "orders"])
def test_a_part_is_the_same_as_in_the_whole(name: str, job: str) -> None:
    play = Play(shop(), [deploy("30s")]).to(300)
    for last in (20, 35):
        rows, values = play.world.matrix(name, -12, last)
        chosen = [k for k, row in enumerate(rows) if dict(row)["job"] == job]
        assert chosen
        own, part = play.world.matrix_of(name, job, -12, last)
        assert own == tuple(rows[k] for k in chosen)
        assert np.array_equal(part.view(np.uint64), values[chosen].view(np.uint64))
        play.at(310.0 + last, "rollback", "orders")


def test_a_job_that_is_no_service_has_no_rows() -> None:
    rows, values = Play(shop()).world.matrix_of("http_requests_total", "nobody", 0, 4)
    assert (rows, values.shape) == ((), (0, 5))


def test_what_is_not_per_pod_is_read_as_a_whole() -> None:
    world = Play(shop()).world
    assert world.divided("http_requests_total")
    assert not world.divided("pgbouncer_up")
    with pytest.raises(NotFound):
        world.matrix_of("pgbouncer_up", "pgbouncer", 0, 1)
