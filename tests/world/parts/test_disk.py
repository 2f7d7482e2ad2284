"""Disks: they are full when the room is used up, and what a full one does to those who write."""

from __future__ import annotations

import math
from typing import Any

import pytest

from drillbook.engine.randomness import Randomness
from drillbook.world.parts.disk.state import DiskState
from drillbook.world.parts.disk.tree import du
from drillbook.world.shell.answer import Output
from drillbook.world.shell.shell import Shell
from tests.world.builders import Play, database, pool, service, system
from tests.world.parts.test_replication import JOB
from tests.world.parts.test_replication import state as replicas
from tests.world.shell.builders import FakeAlertmanager, FakeMetrics

Gi, Mi = 2.0**30, 2.0**20
LOG = "/var/log/app.log"


def disk(**over: Any) -> dict[str, Any]:
    base = {
        "kind": "disk", "name": "var", "owner": "dba", "host": "db", "mount": "/var", "size": "100Gi",
        "spare": "20Gi", "units": [{"name": "relay", "does": "Relay", "quiet": "relayctl quiet"}],
        "files": [
            {"path": "/var/lib/postgresql/15/main/base", "size": "60Gi", "holds": "data"},
            {"path": "/var/lib/postgresql/15/main/pg_wal", "size": "1Gi", "holds": "wal"},
            {"path": LOG, "size": "1Gi", "unit": "relay", "grows": {"per_outage": {"mail": "100Mi"}}},
        ],
    }  # fmt: skip
    return base | over


def writing(**over: Any) -> Any:
    """Orders write half of their queries to db; a log on its disk grows while the mail provider fails."""
    queries = [{"name": "put", "share": 0.5, "hold": "10ms", "sql": "INSERT", "wal": "8Ki"},
               {"name": "get", "share": 0.5, "hold": "10ms", "sql": "SELECT"}]  # fmt: skip
    mail = {"kind": "external", "name": "mail", "owner": "Mail", "latency": "100ms", "error_ratio": 0.0}
    orders = service("orders", uses={"pool": "pool", "queries": queries})
    return system(orders, pool(), database(restart="30s"), mail, disk(**over))


DOWN = {"do": "external", "at": "60s", "name": "mail", "error_ratio": 0.5}


def state(play: Play, t: float) -> DiskState:
    found = play.world.state(t)["var"]
    assert isinstance(found, DiskState)
    return found


def test_a_disk_is_full_when_its_room_is_used_up_at_the_rate_of_writing_to_the_second() -> None:
    play = Play(writing(), [DOWN]).to(1500)
    full = 60 + 38 * 1024 / 50
    assert not state(play, math.floor(full) - 1).full
    assert state(play, math.ceil(full) + 1).full


def test_nothing_is_written_beyond_the_size() -> None:
    play = Play(writing(), [DOWN]).to(3600)
    for t in (0.0, 400.0, 900.0, 2000.0, 3600.0):
        found = state(play, t)
        assert found.used == pytest.approx(sum(found.sizes) + sum(found.ghosts))
        assert found.used <= found.own.size


def test_du_finds_no_more_on_a_full_disk_than_df() -> None:
    play = Play(writing(), [DOWN]).to(1500)
    assert du(state(play, 1200), "/var") <= state(play, 1200).used


@pytest.mark.parametrize(
    ("command", "mounts"),
    [("df -h", ["/", "/var"]), ("df -h /var/log", ["/var"]), ("df /variety", ["/"]), ("df /", ["/"])],
)
def test_df_of_a_path_shows_the_file_system_on_which_it_lies(command: str, mounts: list[str]) -> None:
    shell = Shell(Play(writing()).world, FakeMetrics(), Randomness(1), FakeAlertmanager())
    answer = shell.run(10, f"ssh db {command}")
    assert isinstance(answer, Output)
    assert [line.split()[-1] for line in answer.text.splitlines()[1:]] == mounts


def test_writes_fail_on_a_full_disk_and_reads_go_on() -> None:
    play = Play(writing(), [DOWN]).to(1500)
    assert play.service(800).error_ratio < 0.01
    assert play.service(900).error_ratio == pytest.approx(0.5, abs=0.01)


def test_an_emptied_log_gives_its_room_back_and_fills_it_again() -> None:
    play = Play(writing(), [DOWN])
    play.at(1000, "file-truncate", "var", LOG)
    play.to(3600)
    size = state(play, 999).sizes[2]
    assert play.service(1010).error_ratio < 0.01
    again = 1000 + size / (50 * Mi)
    assert not state(play, again - 2).full
    assert state(play, again + 2).full


def test_a_deleted_log_frees_nothing_as_long_as_it_is_open() -> None:
    play = Play(writing(), [DOWN])
    play.at(1000, "file-remove", "var", LOG)
    play.to(1100)
    assert state(play, 1100).full
    assert state(play, 1100).ghosts[2] == pytest.approx(state(play, 999).sizes[2])
    play.at(1100, "unit-restart", "var", "relay")
    play.to(1110)
    assert state(play, 1110).ghosts[2] == 0.0
    assert play.service(1110).error_ratio < 0.01


def test_a_quiet_program_writes_no_more_and_its_log_is_empty() -> None:
    play = Play(writing(), [DOWN])
    play.at(1000, "unit-quiet", "var", "relay")
    play.to(3600)
    assert state(play, 3600).used == pytest.approx(61 * Gi)


def test_a_grown_volume_buys_its_size_over_the_rate() -> None:
    play = Play(writing(), [DOWN])
    play.at(400, "disk-grow", "var", str(20 * 2**30))
    play.to(3600)
    full = 60 + 58 * 1024 / 50
    assert not state(play, math.floor(full) - 1).full
    assert state(play, math.ceil(full) + 1).full
    assert not play.ended(play.at(2000, "disk-grow", "var", str(2**30))).ok


def test_a_server_on_a_full_disk_does_not_start_until_there_is_room() -> None:
    play = Play(writing(), [DOWN])
    name = play.at(1000, "db-restart", "db")
    play.to(1100)
    assert not play.ended(name).ok
    assert "No space left" in play.postgres(1100).fault
    assert play.service(1100).error_ratio > 0.99
    play.at(1100, "unit-quiet", "var", "relay")
    play.at(1110, "db-restart", "db")
    play.to(1200)
    assert play.postgres(1200).up
    assert play.service(1200).error_ratio < 0.01


def test_without_its_write_ahead_log_a_server_never_starts() -> None:
    play = Play(writing())
    play.at(100, "file-remove", "var", "/var/lib/postgresql/15/main/pg_wal")
    name = play.at(120, "db-restart", "db")
    play.to(300)
    assert "checkpoint" in play.ended(name).text
    assert not play.postgres(300).up
    play.at(310, "wal-reset", "var")
    play.at(320, "db-restart", "db")
    play.to(500)
    assert play.postgres(500).up
    assert play.service(500).error_ratio == pytest.approx(0.08, abs=0.01)


def test_a_store_of_its_own_refuses_from_its_flood_stage_until_below_its_mark() -> None:
    files = [{"path": "/data/index", "size": "80Gi", "holds": "data", "grows": {"rate": "100Mi"}}]
    store = disk(name="search", host="es", mount="/data", files=files, units=[], read_only_at=0.95,
                 writes_again_below=0.9)  # fmt: skip
    early = system(service("orders", calls=[{"to": "search"}]), store, history="1m")
    play = Play(early).to(300)
    at = -60 + 15 * 1024 / 100
    assert play.service(math.floor(at) - 2).error_ratio < 0.01
    assert play.service(math.ceil(at) + 3).error_ratio > 0.99


def test_kept_write_ahead_log_fills_the_leaders_disk_until_it_panics() -> None:
    components = [*_dumped(), disk(size="70Gi", files=disk()["files"][:2], units=[])]
    play = Play(system(*components), [JOB | {"lasts": "3000s"}]).to(2000)
    down = next(t for t in range(60, 2000) if not play.postgres(t).up)
    assert "PANIC" in play.postgres(down + 1).fault
    room = 70 * Gi - 61 * Gi - 2 * Gi - replicas(play, 60).written
    assert down - 60 == pytest.approx(room / replicas(play, 90).rate, abs=3)


def _dumped() -> list[dict[str, Any]]:
    writes = [{"name": "put", "share": 0.5, "hold": "10ms", "sql": "INSERT", "wal": "8Ki"}]
    parts = {"kind": "replication", "name": "main", "owner": "dba", "primary": "db", "automatic": False,
             "replicas": [{"server": "db2"}], "slots": [{"name": "old", "behind": "2Gi"}]}  # fmt: skip
    orders = service("orders", uses={"pool": "pool", "queries": writes})
    return [orders, pool(), database(), database(name="db2"), parts]


def test_a_leader_that_loses_its_data_is_replaced_by_a_replica_that_has_everything() -> None:
    components = _dumped()
    components[-1] = components[-1] | {"automatic": True}
    play = Play(system(*components, disk(files=disk()["files"][:2], units=[])))
    play.at(100, "file-remove", "var", "/var/lib/postgresql/15/main")
    play.to(300)
    found = replicas(play, 300)
    assert (found.own.leader, found.own.lost) == ("db2", 0.0)
    assert found.own.switches[0][1] == 100 + 1 + 30 + 12
    assert play.service(300).error_ratio < 0.01
