"""Kafka: messages are conserved, lag follows from who reads how fast, and the tools say what is so."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drillbook.engine.randomness import Randomness
from drillbook.model.system import System
from drillbook.world.parts.kafka.flow import KafkaFlow
from drillbook.world.parts.kafka.state import GroupState, KafkaState
from drillbook.world.shell.answer import Answer, Output, Proposal
from drillbook.world.shell.shell import Shell
from tests.world.builders import Play, service, system
from tests.world.shell.builders import FakeAlertmanager, FakeMetrics

RATE, PARTITIONS = 100.0, 12
GROUP = "kafka-consumer-groups --bootstrap-server events:9092 --group mailer"


def shop(rate: str = "100/s", worker: dict[str, Any] | None = None, **group: Any) -> System:
    """An entry that writes one message per request, and a mailer that reads them, 12 at a time."""
    releases = [{"version": "v1", "notes": "first"}, {"version": "v2", "notes": "second"}]
    mailer = {"replicas": 4, "concurrency": 3, "latency": "80ms", "spread": 0.0, "releases": releases}
    mailer |= {"rollout": {"max_unavailable": 4, "ready_after": "20s"}} | (worker or {})
    kafka = {
        "kind": "kafka", "name": "events", "owner": "platform",
        "topics": [
            {"name": "orders", "partitions": PARTITIONS, "producers": [{"service": "edge"}]},
            {"name": "orders-dead", "partitions": 1},
        ],
        "groups": [{"name": "mailer", "topic": "orders", "service": "mailer", "poison_safe": ["v2"]} | group],
    }  # fmt: skip
    edge = service("edge", calls=[{"to": "events", "share": 0.3, "timeout": "1s"}])
    return system(edge, service("mailer", **mailer), kafka, entry="edge", rate=rate)


def cluster(play: Play, t: float) -> KafkaState:
    play.to(t)
    state = play.world.state(t)["events"]
    assert isinstance(state, KafkaState)
    return state


def mailer(play: Play, t: float) -> GroupState:
    return cluster(play, t).groups[0]


def poisoned(at: str = "5m") -> dict[str, Any]:
    return {"do": "change", "at": at, "component": "events", "set": {"poison": "orders:3"}}


def ask(play: Play, t: float, text: str) -> Answer:
    play.to(t)
    return Shell(play.world, FakeMetrics(), Randomness(1), FakeAlertmanager()).run(t, text)


def test_a_group_that_keeps_up_has_no_lag() -> None:
    for t in (0.0, 100.0, 1000.0):
        assert mailer(Play(shop()), t).lag == pytest.approx(0, abs=1e-6)


def test_a_slow_consumer_falls_behind_by_what_it_does_not_read() -> None:
    play = Play(shop(worker={"latency": "240ms"}))
    rate = PARTITIONS / 0.24
    first, last = mailer(play, 600).lag, mailer(play, 1200).lag
    assert (last - first) / 600 == pytest.approx(RATE - rate, rel=0.01)


def test_more_pods_than_partitions_read_no_faster() -> None:
    slow = {"latency": "240ms"}
    few, many = (Play(shop(worker=slow | {"replicas": replicas})) for replicas in (4, 8))
    assert mailer(few, 1200).lag == pytest.approx(mailer(many, 1200).lag, rel=1e-6)


def test_a_poison_message_stops_its_partition_and_no_other() -> None:
    play = Play(shop(), [poisoned()])
    group = mailer(play, 1500)
    lags = [partition.lag for partition in group.partitions]
    assert lags[3] == pytest.approx(RATE / PARTITIONS * 1200, rel=0.01)
    assert max(lags[:3] + lags[4:]) < 1


def test_a_release_that_can_read_the_message_goes_on_where_it_stopped() -> None:
    play = Play(shop(), [poisoned()])
    play.at(900, "deploy", "mailer", "v2")
    assert mailer(play, 3600).lag < mailer(Play(shop(), [poisoned()]), 3600).lag / 2
    assert mailer(play, 3600).lost == 0


def test_a_skip_needs_a_group_without_members() -> None:
    play = Play(shop(), [poisoned()])
    answer = ask(play, 900, f"{GROUP} --topic orders:3 --reset-offsets --shift-by 1 --execute")
    assert isinstance(answer, Output)
    assert "Assignments can only be reset if the group 'mailer' is inactive" in answer.text


def test_one_message_skipped_is_one_message_lost_and_the_rest_is_read() -> None:
    play = Play(shop(), [poisoned()])
    play.at(900, "scale", "mailer", "0")
    answer = ask(play, 910, f"{GROUP} --topic orders:3 --reset-offsets --shift-by 1 --execute")
    assert isinstance(answer, Proposal)
    assert not answer.risky
    play.at(910, answer.action.kind, answer.action.target, answer.action.value)
    play.at(920, "scale", "mailer", "4")
    group = mailer(play, 5400)
    assert group.lost == pytest.approx(1)
    assert group.lag < 1


def test_skipping_to_the_end_asks_first_and_loses_what_was_not_read() -> None:
    play = Play(shop(), [poisoned()])
    play.at(900, "scale", "mailer", "0")
    answer = ask(play, 1000, f"{GROUP} --topic orders --reset-offsets --to-latest --execute")
    assert isinstance(answer, Proposal)
    assert answer.risky
    assert "will never work on about" in answer.consequence
    behind = mailer(play, 1000).lag
    play.at(1000, answer.action.kind, answer.action.target, answer.action.value)
    assert mailer(play, 1001).lost == pytest.approx(behind)


def test_nobody_reads_during_a_rebalance() -> None:
    play = Play(shop(rebalance="30s"))
    play.at(600, "restart", "mailer", play.service(600, "mailer").pods[0].name)
    before, during = mailer(play, 600), mailer(play, 629)
    assert during.rebalancing
    assert during.lag - before.lag == pytest.approx(RATE * 29, rel=0.02)


def test_consumers_that_take_too_long_over_what_they_polled_commit_nothing() -> None:
    play = Play(shop(worker={"latency": "90ms"}, max_poll_records=500, max_poll_interval="30s"))
    state = mailer(play, 600)
    assert state.lag >= RATE * 600
    assert state.rate > 50


def test_stale_results_fail_the_calls_that_read_them() -> None:
    play = Play(shop(fresh_within="2m"), [poisoned()])
    assert cluster(play, 1200).stale == pytest.approx(1 / PARTITIONS, rel=0.01)
    assert play.world.truth(1200).error_ratio == pytest.approx(0.3 / PARTITIONS, rel=0.05)


def test_failures_go_to_the_dead_letter_topic_where_the_group_says_so() -> None:
    wrong = {"error_ratio": 0.1}
    play = Play(shop(worker=wrong, on_error="dead-letter", dead_letter="orders-dead"))
    start, end = cluster(play, 0), cluster(play, 1000)
    assert end.written["orders-dead"][0] - start.written["orders-dead"][0] == pytest.approx(10_000, rel=0.02)
    assert end.groups[0].lag < 1


@settings(max_examples=25, deadline=None)
@given(
    latency=st.integers(20, 400),
    replicas=st.integers(1, 6),
    error=st.sampled_from([0.0, 0.02, 0.3]),
    poison=st.booleans(),
    moves=st.lists(st.tuples(st.integers(60, 3000), st.integers(0, 8)), max_size=3, unique_by=lambda m: m[0]),
)
def test_messages_are_conserved(
    latency: int, replicas: int, error: float, poison: bool, moves: list[tuple[int, int]]
) -> None:
    """What was written is committed, lost or behind; nothing is read before it is written."""
    worker = {"latency": f"{latency}ms", "replicas": replicas, "error_ratio": error}
    play = Play(shop(worker=worker), [poisoned()] if poison else [])
    start = cluster(play, 0)
    for at, count in sorted(moves):
        play.at(at, "scale", "mailer", str(count))
    state = cluster(play, 3600)
    group = state.groups[0]
    written = sum(state.written["orders"]) - sum(start.written["orders"])
    committed = sum(p.committed for p in group.partitions)
    before = sum(p.committed for p in start.groups[0].partitions)
    assert written == pytest.approx(RATE * 3600, rel=1e-3)
    assert written == pytest.approx(committed - before + group.lag - start.groups[0].lag, rel=1e-9)
    assert all(p.committed <= p.written + 1e-6 for p in group.partitions)


def test_exporter_and_tool_tell_the_same_lag() -> None:
    play = Play(shop(), [poisoned()])
    play.to(1500)
    labels, samples = play.world.matrix("kafka_consumergroup_lag", 100, 100)
    by_partition = {dict(row)["partition"]: value for row, value in zip(labels, samples[:, 0], strict=True)}
    answer = ask(play, 1500, f"{GROUP} --describe")
    shown = {
        line.split()[2]: int(line.split()[5])
        for line in answer.text.splitlines()
        if line.startswith("mailer")
    }
    assert shown.keys() == by_partition.keys()
    assert all(abs(shown[n] - by_partition[n]) <= RATE / PARTITIONS for n in shown)
    _, total = play.world.matrix("kafka_consumergroup_lag_sum", 100, 100)
    assert total[0, 0] == sum(by_partition.values())


def test_offsets_never_fall() -> None:
    play = Play(shop(), [poisoned()])
    play.at(900, "scale", "mailer", "0")
    play.to(1500)
    for name in ("kafka_topic_partition_current_offset", "kafka_topic_partition_oldest_offset"):
        _, samples = play.world.matrix(name, 0, 100)
        assert (np.diff(samples, axis=1) >= 0).all()


def test_the_table_has_kafkas_columns_and_a_group_without_members_says_so() -> None:
    play = Play(shop())
    text = ask(play, 60, f"{GROUP} --describe").text
    header = text.strip().splitlines()[0]
    names = "GROUP TOPIC PARTITION CURRENT-OFFSET LOG-END-OFFSET LAG CONSUMER-ID HOST CLIENT-ID"
    assert header.split() == names.split()
    assert header.index("TOPIC") == 16
    play.at(100, "scale", "mailer", "0")
    assert "Consumer group 'mailer' has no active members." in ask(play, 110, f"{GROUP} --describe").text


@pytest.mark.parametrize("text", [
    "kafka-consumer-groups --bootstrap-server nowhere:9092 --list",
    "kafka-consumer-groups --bootstrap-server events:9092 --describe --group mialer",
    "kafka-topics --bootstrap-server events:9092 --alter --topic orders --partitions many",
    "kafka-topics --bootstrap-server events:9092 --describe --topic ordres",
    "kafka-console-consumer --bootstrap-server events:9092 --topic orders --partition 99 --offset 1",
    f"{GROUP} --reset-offsets --topic orders --to-offset x --execute",
    f"{GROUP} --frobnicate",
])  # fmt: skip
def test_nonsense_gets_the_tools_own_words(text: str) -> None:
    answer = ask(Play(shop()), 60, text)
    assert isinstance(answer, Output)
    assert answer.text.strip()


def test_more_partitions_share_what_comes_but_not_what_is_there() -> None:
    play = Play(shop(worker={"latency": "200ms", "replicas": 8}))
    play.at(600, "kafka-partitions", "events", "orders 24")
    state = cluster(play, 700)
    assert len(state.written["orders"]) == 24
    assert mailer(play, 1800).lag < mailer(play, 700).lag
    assert isinstance(play.world._plant.network.parts["events"], KafkaFlow)


def test_small_lag_stays_small_while_traffic_grows_and_when_anything_changes() -> None:
    """Steps are long on a quiet day and short after a change; lag must not tell how long they were."""
    play = Play(shop(), [{"do": "traffic", "at": "1s", "factor": 1.4, "over": "30m", "lasts": "1h"}])
    play.at(900, "rate-limit", "edge", "5000")
    lags = [mailer(play, t).lag for t in (*range(0, 900, 100), *range(895, 920))]
    assert max(lags) < 1


def test_after_a_rebalance_a_group_reads_no_faster_than_its_work_allows() -> None:
    """The time that a message takes is known while nobody works, too."""
    play = Play(shop(worker={"latency": "100ms"}))
    play.at(100, "restart", "mailer")
    rates = [mailer(play, t).rate for t in range(100, 200)]
    assert max(rates) <= PARTITIONS / 0.1 + 1e-6


def test_tool_log_and_topic_agree_on_the_message_at_which_a_partition_stands_still() -> None:
    """The offset that is shown does not move, and is the one that consumers complain of, rightly."""
    play = Play(shop(), [poisoned()])
    shown = []
    for t in (900, 917, 934):
        (row,) = [line for line in ask(play, t, f"{GROUP} --describe").text.splitlines() if " 3  " in line]
        shown.append(int(row.split()[3]))
        assert int(row.split()[4]) - shown[-1] == int(row.split()[5])
    assert len(set(shown)) == 1
    logged = ask(play, 934, "kubectl logs deploy/mailer --tail=200").text
    assert f"cannot deserialize message orders-3 offset={shown[0]}:" in logged
    read = "kafka-console-consumer --bootstrap-server events:9092 --topic orders --partition 3 --offset"
    assert '"schema": 4' in ask(play, 934, f"{read} {shown[0]}").text
    assert '"schema": 3' in ask(play, 934, f"{read} {shown[0] + 1}").text


def test_what_a_skip_would_lose_is_told_of_the_moment_at_which_it_is_typed() -> None:
    """However long nothing has happened: the lag grows by itself."""
    play = Play(shop(), [poisoned()])
    play.at(900, "scale", "mailer", "0")
    found = {}
    for t in (930, 1530):
        answer = ask(play, t, f"{GROUP} --topic orders:3 --reset-offsets --to-latest --execute")
        assert isinstance(answer, Proposal)
        found[t] = float(answer.consequence.split()[-2].replace(",", ""))
    assert found[1530] - found[930] == pytest.approx(600 * RATE / PARTITIONS, rel=0.01)
