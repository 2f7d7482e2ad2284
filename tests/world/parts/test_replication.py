"""Replication: what is written is sent and replayed, and what a failover loses is what was not received."""

from __future__ import annotations

import math
from typing import Any

import pytest

from drillbook.world.replication import ReplicationState
from tests.world.builders import Play, database, pool, service, system
from tests.world.parts.test_on_the_way_tools import ask

Mi = 2.0**20
JOB = {
    "do": "session", "at": "60s", "postgres": "db", "lasts": "300s",
    "session": {"user": "job", "application": "job", "database": "orders", "state": "active",
                "query": "COPY archive", "age": "0s", "wal": "50Mi"},
}  # fmt: skip


def cluster(site: str = "a", **over: Any) -> Any:
    """Orders write through `pool` to db; reads come through `rpool` from db2, which follows db."""
    writes = [{"name": "put", "share": 0.5, "hold": "10ms", "sql": "INSERT INTO orders", "wal": "20Ki"},
              {"name": "get", "share": 0.5, "hold": "10ms", "sql": "SELECT state"}]  # fmt: skip
    reads = [{"name": "own", "share": 0.4, "hold": "10ms", "sql": "SELECT own", "fresh_within": "20s"},
             {"name": "all", "share": 0.6, "hold": "10ms", "sql": "SELECT every"}]  # fmt: skip
    replica = {"server": "db2", "site": site, "receives": "40Mi", "applies": "30Mi", "sync": True}
    replica |= over.pop("replica", {})
    parts = {"kind": "replication", "name": "main", "owner": "dba", "primary": "db", "site": "a",
             "rtt": "60ms", "background": "1Mi", "data": "60Gi", "copies": "100Mi",
             "replicas": [replica]}  # fmt: skip
    return system(
        service("orders", uses={"pool": "pool", "queries": writes},
                calls=[{"to": "reads", "optional": True}]),
        service("reads", uses={"pool": "rpool", "queries": reads}),
        pool(), pool(name="rpool", server="db2"), database(), database(name="db2"), parts | over,
    )  # fmt: skip


def state(play: Play, t: float) -> ReplicationState:
    found = play.world.state(t)["main"]
    assert isinstance(found, ReplicationState)
    return found


def law(play: Play, t: float) -> list[str]:
    return [each.text for at, each in play.happened if at <= t and each.kind == "law"]


def lag(play: Play, t: float) -> float:
    found = state(play, t)
    return found.behind(found.member("db2"))


def test_lag_conserves_bytes_what_was_written_is_replayed_or_behind() -> None:
    play = Play(cluster(), [JOB]).to(900)
    for t in (0.0, 60.0, 61.0, 200.0, 360.0, 420.0, 900.0):
        found = state(play, t)
        member = found.member("db2")
        assert member.replayed <= member.received <= found.written
        assert member.replayed + found.behind(member) == pytest.approx(found.written)


def test_lag_grows_by_what_is_written_less_what_is_replayed() -> None:
    play = Play(cluster(), [JOB]).to(300)
    rate = state(play, 200).rate
    assert rate == pytest.approx(51 * Mi + 100 * 20 * 1024, rel=0.01)
    assert lag(play, 260) - lag(play, 160) == pytest.approx(100 * (rate - 30 * Mi), rel=0.01)


def test_lag_drains_in_its_size_over_what_is_replayed_less_what_is_written() -> None:
    play = Play(cluster(), [JOB]).to(900)
    left, rate = lag(play, 360), state(play, 500).rate
    done = next(t for t in range(360, 900) if lag(play, t) < 1.0)
    assert done - 360 == pytest.approx(left / (30 * Mi - rate), abs=2)


def test_lag_in_seconds_is_the_age_of_what_is_replayed_now() -> None:
    play = Play(cluster(), [JOB]).to(400)
    member = state(play, 300).member("db2")
    then = next(t for t in range(300) if state(play, t + 1).written > member.replayed)
    assert member.lag == pytest.approx(300 - then, abs=1.5)


def test_answers_of_a_replica_that_is_further_behind_than_a_query_minds_fail() -> None:
    play = Play(cluster(), [JOB]).to(900)
    assert play.service(100, "reads").error_ratio < 0.01 < state(play, 100).member("db2").lag
    late = next(t for t in range(60, 360) if state(play, t).member("db2").lag > 20)
    assert play.service(late - 1, "reads").error_ratio < 0.01
    assert play.service(late + 2, "reads").error_ratio == pytest.approx(0.4, abs=0.01)
    assert play.service(899, "reads").error_ratio < 0.01


def test_what_a_failover_loses_is_exactly_the_lag_of_that_moment() -> None:
    play = Play(cluster(), [JOB])
    play.at(200, "promote", "main", "db2")
    play.to(900)
    at = state(play, 900).own.switches[0][1]
    moment = state(play, at)
    assert state(play, 900).own.lost == pytest.approx(moment.written - moment.member("db2").received)


def test_promotion_waits_until_all_that_was_received_is_replayed() -> None:
    play = Play(cluster(), [JOB])
    play.at(200, "promote", "main", "db2")
    member = state(play, 200).member("db2")
    play.to(900)
    wait = 12 + (member.received - member.replayed) / (30 * Mi)
    assert state(play, 900).own.switches[0][1] == math.ceil(200 + wait)


def test_a_switchover_in_good_order_loses_nothing_and_moves_the_pool() -> None:
    play = Play(cluster())
    name = play.at(100, "failover", "main", "db2 clean")
    play.to(300)
    assert play.ended(name).ok
    found = state(play, 300)
    assert (found.own.leader, found.own.timeline, found.own.lost) == ("db2", 2, 0.0)
    assert play.pool(300).server == "db2"
    assert found.member("db").follows
    assert play.service(105).error_ratio > 0.9
    assert play.service(200).error_ratio < 0.01


def test_patroni_refuses_a_candidate_that_is_too_far_behind() -> None:
    play = Play(cluster(), [JOB])
    for how in ("db2", "db2 clean"):
        name = play.at(200, "failover", "main", how)
        assert "412" in play.ended(name).text
    assert state(play, 300).own.leader == "db"


CUT = {"do": "change", "at": "100s", "component": "main", "set": {"isolate": "db", "lasts": "43s"}}


def test_a_partition_of_43_seconds_makes_two_histories() -> None:
    play = Play(cluster(site="b"), [CUT]).to(600)
    found = state(play, 600)
    assert (found.own.leader, found.own.timeline) == ("db2", 2)
    assert found.own.switches == ((2, 142.0, "db2"),)
    assert found.own.lost == pytest.approx(20 * state(play, 100).rate, rel=0.1)
    assert found.member("db").member.state == "diverged"
    assert play.service(115).error_ratio < 0.01
    assert play.service(130).error_ratio > 0.9


def test_a_partition_that_ends_before_the_leader_steps_down_changes_nothing() -> None:
    play = Play(cluster(site="b"), [CUT | {"set": {"isolate": "db", "lasts": "15s"}}]).to(600)
    found = state(play, 600)
    assert (found.own.leader, found.own.timeline, found.own.lost) == ("db", 1, 0.0)
    assert found.member("db2").follows


def test_a_leader_at_another_site_costs_round_trips() -> None:
    near, far = Play(cluster(site="b")), Play(cluster(site="b"))
    far.at(100, "failover", "main", "db2 clean")
    far.to(300)
    assert far.service(300).p50 - near.service(300).p50 == pytest.approx(3 * 0.06, rel=0.05)


def test_a_member_that_is_copied_anew_follows_after_data_over_pace() -> None:
    play = Play(cluster(site="b"), [CUT]).to(300)
    play.at(300, "reinit", "main", "db")
    took = 60 * 1024 / 100
    play.to(300 + took + 5)
    assert state(play, 300 + took - 2).member("db").member.state == "copying"
    assert state(play, 300 + took + 3).member("db").follows


def test_a_replica_that_is_restarted_replays_again() -> None:
    play = Play(cluster(), [JOB])
    play.at(300, "replica-restart", "main", "db2")
    play.to(900)
    back = next(t for t in range(301, 900) if state(play, t).member("db2").up)
    again = state(play, 300).member("db2").replayed - state(play, 0).member("db2").replayed
    assert back - 300 == pytest.approx(60 + again / (30 * Mi), abs=3)


def test_a_commit_that_waits_for_nobody_hangs() -> None:
    play = Play(cluster(synchronous=True))
    assert play.service(50).p50 < 0.2
    play.at(100, "db-restart", "db2")
    assert play.service(130).error_ratio + play.pool(130).client_waiting > 10
    play.at(150, "synchronous", "main", "off")
    play.to(400)
    assert play.pool(400).client_waiting < 1


def test_slots_keep_what_is_not_received() -> None:
    play = Play(cluster(slots=[{"name": "old", "behind": "4Gi"}])).to(100)
    found = state(play, 100)
    assert found.kept == pytest.approx(4 * 2**30 + found.written)
    play.at(100, "slot-drop", "main", "old")
    assert state(play, 110).kept < Mi


def test_without_slots_a_replica_that_is_too_far_behind_has_to_be_copied() -> None:
    play = Play(cluster(keep="1Gi"), [JOB]).to(900)
    found = state(play, 900).member("db2")
    assert found.member.state == "removed"
    wait = 2**30 / (state(play, 100).rate - 40 * Mi)
    assert found.member.since - 60 == pytest.approx(wait, abs=2)


def test_a_member_that_diverged_brings_its_own_history_back_and_loses_the_other() -> None:
    play = Play(cluster(site="b"), [CUT]).to(400)
    away = state(play, 400)
    assert away.own.leader == "db2"
    play.at(400, "db-restart", "db")
    play.to(500)
    assert not state(play, 500).member("db").up
    assert not play.ended(play.at(500, "promote", "main", "db")).ok
    play.to(600)
    assert state(play, 600).own.leader == "db2"


def test_the_way_to_a_member_takes_as_long_as_its_site_is_far_and_ends_where_it_is_cut_off() -> None:
    cut = {"do": "change", "at": "100s", "component": "main", "set": {"isolate": "db2", "lasts": "43s"}}
    play = Play(cluster(site="b"), [cut]).to(300)
    assert " time=60." in ask(play, 50, "ping db2").text
    assert " time=0." in ask(play, 50, "ping db").text
    assert "100% packet loss" in ask(play, 120, "ping db2").text
    assert " 0% packet loss" in ask(play, 200, "ping db2").text


def test_tools_agree_on_where_a_member_is() -> None:
    play = Play(cluster(site="b")).to(300)
    at = ask(play, 50, "dig +short db2").text
    senders = 'psql -h db -c "SELECT client_addr FROM pg_stat_replication"'
    for question in ("patronictl list main", "ping db2", senders):
        assert at in ask(play, 50, question).text


def test_the_map_shows_where_a_pool_leads_after_a_switchover() -> None:
    play = Play(cluster())
    play.at(100, "failover", "main", "db2 clean")
    play.to(300)
    for t, server in ((50, "db"), (300, "db2")):
        assert {node.name: node.calls for node in play.world.map(t)}["pool"] == (server,)
