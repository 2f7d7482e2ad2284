"""RabbitMQ: queues hold what queueing theory says, messages are conserved, and the tools say what is so."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drillbook.engine.randomness import Randomness
from drillbook.model.rabbitmq import Rabbitmq, WorkQueue
from drillbook.world.parts.rabbitmq.flow import RabbitmqFlow
from drillbook.world.parts.rabbitmq.group import GroupFlow
from drillbook.world.parts.rabbitmq.state import RabbitmqState
from drillbook.world.shell.answer import Answer, Output, Proposal
from drillbook.world.shell.shell import Shell
from tests.world.builders import WORK, Play, broker, published
from tests.world.shell.builders import FakeAlertmanager, FakeMetrics


def cluster(play: Play, t: float) -> RabbitmqState:
    play.to(t)
    state = play.world.state(t)["jobs"]
    assert isinstance(state, RabbitmqState)
    return state


def columns(play: Play, t: float) -> tuple[GroupFlow, tuple[float, ...]]:
    """The group and its columns."""
    play.to(t)
    flow = play.world._plant.network.parts["jobs"]
    assert isinstance(flow, RabbitmqFlow)
    group = flow.groups[0]
    return group, play.world._plant.trajectory.at(t)[group.column : group.column + group.columns]


def ask(play: Play, t: float, text: str) -> Answer:
    play.to(t)
    return Shell(play.world, FakeMetrics(), Randomness(1), FakeAlertmanager()).run(t, text)


def shown(play: Play, t: float, text: str) -> str:
    answer = ask(play, t, text)
    assert isinstance(answer, Output), answer
    return answer.text


def test_what_waits_is_erlang_c() -> None:
    state = cluster(Play(broker(2.0)), 600).queues[0]
    assert state.ready == pytest.approx(0.8889, abs=2e-3)
    assert state.wait / WORK == pytest.approx(0.4444, abs=1e-3)
    assert state.unacked == pytest.approx(2.0, abs=1e-3)


@pytest.mark.parametrize(("variation", "wait"), [(0.0, 2.0), (1.0, 4.0)])
def test_one_worker_waits_as_pollaczek_and_khinchine_say(variation: float, wait: float) -> None:
    state = cluster(Play(broker(0.8, 1, variation=variation)), 3000).queues[0]
    assert state.wait / WORK == pytest.approx(wait, rel=0.01)


def test_whoever_finds_no_room_is_refused_and_the_call_fails() -> None:
    play = Play(broker(10.0, 10, room=0))
    group, found = columns(play, 1200)
    assert found[group.REFUSED] / found[group.CAME] == pytest.approx(0.2146, abs=1e-3)
    assert play.service(1200, "edge").error_ratio == pytest.approx(0.2146, abs=5e-3)


def test_whoever_waits_too_long_withdraws() -> None:
    play = Play(broker(10.0, 10, patience=f"{WORK}s"))
    group, found = columns(play, 1200)
    assert found[group.WITHDRAWN] / found[group.CAME] == pytest.approx(0.1251, abs=1e-3)


def test_the_first_queue_waits_least() -> None:
    rates = (0.3, 0.5, 0.8)
    queues = [published(f"q{k}", per_request=rate / 1.6) for k, rate in enumerate(rates)]
    state = cluster(Play(broker(1.6, 2, queues)), 3000)
    waits = [each.wait / WORK for each in state.queues]
    assert waits == pytest.approx([0.418, 0.697, 2.963], rel=0.01)


def test_in_overload_a_queue_grows_by_what_is_not_worked_off() -> None:
    play = Play(broker(6.0, 3))
    first, last = cluster(play, 600).queues[0].ready, cluster(play, 1200).queues[0].ready
    assert (last - first) / 600 == pytest.approx((6.0 - 3) / WORK, rel=0.005)


def test_in_overload_the_last_queue_starves() -> None:
    queues = [published("urgent", per_request=0.4), published("rest", per_request=0.6)]
    state = cluster(Play(broker(6.0, 3, queues)), 1800)
    assert state.queues[0].wait < 60
    assert state.queues[1].wait > 600


def test_idle_workers_take_a_burst_at_once() -> None:
    """40 Erlangs come to 100 workers that had 10: nobody waits."""
    rush = [{"do": "traffic", "at": "60s", "factor": 4.0, "over": "1s"}]
    play = Play(broker(10.0, 100), rush)
    assert max(cluster(play, float(t)).queues[0].ready for t in range(58, 70)) < 0.01


def test_work_longer_than_the_time_limit_is_done_again() -> None:
    play = Play(broker(2.0, 8, consumer_timeout=f"{WORK}s"))
    group, found = columns(play, 1200)
    part = found[group.BACK] / (found[group.BUSY] / WORK)
    assert 0.2 < part < 0.5
    assert found[group.BUSY] == pytest.approx(2.0 / (1 - part), rel=0.01)


def test_a_time_limit_tips_workers_that_had_room() -> None:
    change = [{"do": "change", "at": "60s", "component": "jobs", "set": {"consumer_timeout": f"{WORK}s"}}]
    quiet, tipped = Play(broker(2.6, 3)), Play(broker(2.6, 3), change)
    assert cluster(tipped, 1200).queues[0].ready > 20 * cluster(quiet, 1200).queues[0].ready
    tipped.at(1200, "rabbitmq-timeout", "jobs", "undefined")
    assert cluster(tipped, 3300).queues[0].ready < cluster(tipped, 1200).queues[0].ready


@given(
    load=st.floats(0.1, 12.0),
    workers=st.integers(1, 8),
    bound=st.sampled_from([{}, {"patience": "3s"}, {"room": 5}, {"room": 500}, {"consumer_timeout": "3s"}]),
    factor=st.sampled_from([0.1, 3.0]),
)
@settings(max_examples=25)
def test_messages_are_conserved(load: float, workers: int, bound: dict[str, Any], factor: float) -> None:
    """What came was refused, withdrawn or done, or is there; to the error of integrating by trapezoids."""
    rush = [{"do": "traffic", "at": "100s", "factor": factor, "over": "30s", "lasts": "200s"}]
    play = Play(broker(load, workers, **bound), rush)
    group, last = columns(play, 900)
    path = play.world._plant.trajectory
    first = path.at(0)[group.column]

    def added(column: int) -> float:
        return path.integral(group.column + column, 0, 900)

    done = added(group.BUSY) / WORK - added(group.BACK)
    left = first + added(group.CAME) - added(group.REFUSED) - added(group.WITHDRAWN) - done
    assert last[0] == pytest.approx(left, abs=0.02 * added(group.CAME) + 1.0)
    assert all(value >= -1e-9 for value in last)
    assert sum(last[group.OWN :: group.EACH]) == pytest.approx(last[group.WAITING], abs=1e-6)


def test_calls_fail_once_results_come_too_late() -> None:
    rush = [{"do": "traffic", "at": "60s", "factor": 4.0, "over": "1s"}]
    play = Play(broker(2.0, 3, [published(fresh_within="2m")]), rush)
    assert play.service(50, "edge").error_ratio < 0.01
    assert play.service(1500, "edge").error_ratio > 0.9


def test_list_queues_shows_what_metrics_show() -> None:
    play = Play(broker(6.0, 3))
    state = cluster(play, 600).queues[0]
    text = shown(play, 600, "rabbitmqctl list_queues name messages_ready messages_unacknowledged consumers")
    assert text.splitlines()[-1].split() == ["builds", f"{state.ready:.0f}", "3", "1"]
    found = next(each for each in play.world.present(600) if each.name == "rabbitmq_queue_messages_ready")
    assert found.values == pytest.approx([state.ready], rel=0.05)


def test_the_part_served_in_time_is_erlangs() -> None:
    """14 workers, 10 Erlangs, 20 s of 180 s: a service level of 88.8 %."""
    limit = WORK * 20 / 180
    group, found = columns(Play(broker(10.0, 14, [published(fresh_within=f"{limit * 1000:.0f}ms")])), 1200)
    assert 1 - found[group.OWN + group.LATE] == pytest.approx(0.888, abs=1e-3)


def test_purging_asks_first_and_throws_away_what_waits() -> None:
    play = Play(broker(6.0, 3))
    answer = ask(play, 600, "rabbitmqctl purge_queue builds")
    assert isinstance(answer, Proposal)
    assert answer.risky
    assert "thrown away" in answer.consequence
    play.at(600, "rabbitmq-purge", "jobs", "builds")
    assert cluster(play, 602).queues[0].ready < 10


def test_the_time_limit_is_read_and_set_as_in_erlang() -> None:
    play = Play(broker(2.0, consumer_timeout="15m"))
    assert (
        shown(play, 10, "rabbitmqctl eval 'application:get_env(rabbit, consumer_timeout).'") == "{ok,900000}"
    )
    answer = ask(play, 10, "rabbitmqctl eval 'application:set_env(rabbit, consumer_timeout, 7200000).'")
    assert isinstance(answer, Proposal)
    play.at(10, answer.action.kind, answer.action.target, answer.action.value)
    assert "{consumer_timeout,7200000}" in shown(play, 20, "rabbitmqctl environment")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("rabbitmqctl list_queue", "Did you mean 'list_queues'?"),
        ("rabbitmqctl list_queues names", "did you mean name?"),
        ("rabbitmqctl purge_queue build", "did you mean builds?"),
        ("rabbitmqctl -n rabbit@other-0 status", "rabbit@jobs-0"),
        ("rabbitmqctl eval 'os:cmd(x).'", "only consumer_timeout"),
        ("rabbitmqctl", "Usage"),
    ],
)
def test_what_it_does_not_know_it_says(typed: str, said: str) -> None:
    assert said in shown(Play(broker(2.0)), 10, typed)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"service": "runers"}, "there is no service runers"),
        ({"queues": [published(), published()]}, "there are two queues called builds"),
        ({"queues": [published(by="egde")]}, "there is no service egde"),
        ({"room": 5, "patience": "5s"}, "`room` and `patience` together"),
    ],
)
def test_what_does_not_fit_is_told(change: dict[str, Any], message: str) -> None:
    spec = next(each for each in broker(2.0).components if isinstance(each, Rabbitmq))
    group = spec.workers[0].model_copy(
        update={key: value for key, value in change.items() if key != "queues"}
    )
    if "queues" in change:
        queues = [WorkQueue.model_validate(each) for each in change["queues"]]
        group = group.model_copy(update={"queues": queues})
    others = {each.name: each for each in broker(2.0).components if each is not spec}
    wrong = spec.model_copy(update={"workers": [group]})
    assert any(message in each.message for each in wrong.misfits(others))
