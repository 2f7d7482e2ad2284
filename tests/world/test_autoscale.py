"""Autoscalers decide as Kubernetes' do, pods take their time to start, and looking ahead decides nothing."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drillbook.engine.randomness import Randomness
from drillbook.loading.checks.system import system_findings
from drillbook.model.system import Autoscale, System
from drillbook.world.autoscale import IDLE_CPU, bounded, wanted
from drillbook.world.shell.answer import Answer, Output, Proposal
from drillbook.world.shell.shell import Shell
from drillbook.world.state import Action
from tests.world.builders import Play, database, orders, pool, service, system
from tests.world.shell.builders import FakeAlertmanager, FakeMetrics

RATE, CPU, START_UP = 200.0, 0.01, 40.0
SCALER = {"min": 2, "max": 20, "target_cpu": 0.5}


def shop(**over: Any) -> System:
    """200 requests/s of 10 ms CPU each: four replicas that ask for one core are used to 50 %."""
    base: dict[str, Any] = {
        "replicas": 4, "cpu_per_request": f"{CPU:g}s", "cpu_limit": 4.0, "cpu_request": 1.0,
        "autoscale": SCALER, "rollout": {"max_unavailable": 1, "ready_after": f"{START_UP:g}s"},
    }  # fmt: skip
    return system(service("api", **(base | over)), entry="api", rate=f"{RATE:g}/s")


def traffic(at: int, factor: float, lasts: int | None = None) -> dict[str, Any]:
    return {"do": "traffic", "at": f"{at}s", "factor": factor, "over": "1s"} | (
        {} if lasts is None else {"lasts": f"{lasts}s"}
    )


def sizes(play: Play) -> list[tuple[float, int]]:
    """When an autoscaler set how many replicas."""
    texts = [
        (t, each.text.split())
        for t, each in play.happened
        if re.fullmatch(r"autoscale api \d+ to \d+", each.text)
    ]
    return [(t, int(words[-1])) for t, words in texts]


@pytest.mark.parametrize(
    ("current", "ready", "starting", "percent", "target", "found"),
    [
        (3, 3, 0, 50, 30, 5),  # scale up
        (3, 2, 1, 60, 30, 4),  # as much as the ready ones ask for: the third, starting, counts as idle
        (3, 1, 2, 80, 30, 3),  # with two idle ones 26 % would be used: no longer up, so nothing
        (5, 5, 0, 50, 50, 5),
        (10, 10, 0, 55, 50, 10),  # within the tolerance
        (10, 10, 0, 56, 50, 12),
        (10, 10, 0, 45, 50, 10),
        (10, 10, 0, 44, 50, 9),
        (5, 5, 0, 30, 50, 3),  # scale down
        (5, 3, 2, 30, 50, 2),  # going down, starting ones are not counted
    ],
)
def test_wanted_replicas_are_those_of_kubernetes_calculator(
    current: int, ready: int, starting: int, percent: int, target: int, found: int
) -> None:
    assert wanted(current, ready, starting, percent, target) == found


@pytest.mark.parametrize(
    ("current", "count", "found", "reason"),
    [
        (4, 6, 6, "DesiredWithinRange"),
        (4, 30, 8, "ScaleUpLimit"),
        (1, 30, 5, "ScaleUpLimit"),
        (12, 30, 20, "TooManyReplicas"),
        (4, 1, 2, "TooFewReplicas"),
    ],
)
def test_bounds_and_pace_hold_it_back(current: int, count: int, found: int, reason: str) -> None:
    replicas, said = bounded(Autoscale.model_validate(SCALER), current, count)
    assert (replicas, said[1]) == (found, reason)
    assert said[0] is (reason != "DesiredWithinRange")


def reference(rate: Any, until: int, ready_at: list[float], low: int, high: int) -> list[tuple[float, int]]:
    """Kubernetes' control loop as it is written: a list of recommendations, and decisions by it."""
    recommendations: list[tuple[int, int]] = [(t, len(ready_at)) for t in range(-300, 15, 15)]
    out = []
    for t in range(15, until + 1, 15):
        current = len(ready_at)
        ready = sum(at < t for at in ready_at)
        use = math.floor(100 * (rate(t) * CPU / ready + IDLE_CPU) + 1e-9) / 50
        proposal = current
        if use > 1 and ready < current:
            diluted = use * ready / current
            if diluted > 1.1:
                proposal = math.ceil(diluted * current)
        elif not 0.9 <= use <= 1.1:
            proposal = math.ceil(use * ready)
        recommendations.append((t, proposal))
        highest = max(count for at, count in recommendations if at > t - 300)
        count = proposal if proposal >= current else min(current, highest)
        count = max(low, min(count, high, max(2 * current, current + 4)))
        if count != current:
            out.append((float(t), count))
        ready_at = ready_at[:count] + [t + START_UP] * (count - current)
    return out


def test_a_scripted_load_gives_kubernetes_own_sequence() -> None:
    """The load trebles for ten minutes: up at once, down five minutes after the last higher wish."""

    def rate(t: float) -> float:
        up, back = min(1.0, max(0.0, t - 305.0)), min(1.0, max(0.0, t - 905.0))
        return RATE * (1 + 2 * (up - back))

    play = Play(shop(), [traffic(305, 3.0, 600)]).to(2400)
    expected = reference(rate, 2400, [-100.0] * 4, 2, 20)
    assert sizes(play) == expected
    assert expected[0] == (315.0, 8)
    assert expected[-1][0] >= 905 + 300
    assert expected[-1][1] == 4


@settings(max_examples=15, deadline=None)
@given(
    factors=st.lists(st.tuples(st.integers(10, 1500), st.floats(0.2, 1.9), st.integers(20, 600)), max_size=3),
    low=st.integers(1, 4),
    high=st.integers(4, 12),
)
def test_any_load_below_saturation_gives_kubernetes_own_sequence(
    factors: list[tuple[int, float, int]], low: int, high: int
) -> None:
    of = shop(autoscale=SCALER | {"min": low, "max": high})
    play = Play(of, [traffic(*each) for each in factors], duration=2400.0).to(2400)
    rate = play.world._plant.workload.rate
    assert sizes(play) == reference(rate, 2400, [-100.0] * 4, low, high)


def test_nothing_changes_within_ten_per_cent_of_the_target() -> None:
    assert sizes(Play(shop(), [traffic(300, 1.08)]).to(3600)) == []


def test_pods_are_of_use_once_they_have_started() -> None:
    play = Play(shop(), [traffic(305, 3.0)]).to(3600)
    assert len(play.service(320, "api").pods) == 8
    assert sum(pod.ready for pod in play.service(315 + START_UP, "api").pods) == 4
    assert sum(pod.ready for pod in play.service(315 + START_UP + 2, "api").pods) == 8


def test_one_that_scales_by_hand_is_overruled_and_one_of_nothing_left_alone() -> None:
    play = Play(shop())
    play.at(100, "scale", "api", "8")
    assert sizes(play.to(390)) == []
    assert sizes(play.to(900))[-1][1] == 4
    play.at(1000, "scale", "api", "0")
    assert play.to(2000).service(2000, "api").desired == 0


def test_bounds_can_be_moved_and_the_autoscaler_deleted_and_made() -> None:
    play = Play(shop(autoscale=SCALER | {"max": 5}), [traffic(305, 3.0)])
    assert sizes(play.to(600)) == [(315.0, 5)]
    play.at(605, "autoscale", "api", "2 10 50")
    assert sizes(play.to(700))[1:][0] == (615.0, 10)
    play.at(705, "autoscale", "api", "off")
    before = len(sizes(play))
    play.at(710, "scale", "api", "4")
    assert len(sizes(play.to(1500))) == before
    name = play.at(1505, "autoscale", "api", "2 10 50")
    assert play.ended(name).ok
    assert len(sizes(play.to(1600))) > before
    assert not play.ended(play.at(1610, "autoscale", "api", "5 2 50")).ok


def test_what_it_would_have_done_is_undone_once_somebody_acts() -> None:
    """Looking ahead does not decide, and neither does asking what an action would mean."""
    curious, plain = Play(shop(), [traffic(305, 3.0)]), Play(shop(), [traffic(305, 3.0)])
    curious.world.matrix("kube_horizontalpodautoscaler_status_desired_replicas", 0, 240)
    for t in (100, 310, 317, 325):
        curious.to(t)
        curious.world.leads_to(Action("rollback", "api"))
        curious.world.matrix("kube_deployment_spec_replicas", 0, 200)
    rows = []
    for play in (curious, plain):
        play.at(326, "autoscale", "api", "2 9 50")
        play.to(3600)
        rows.append(play.world.matrix("kube_horizontalpodautoscaler_status_desired_replicas", 0, 240)[1])
    assert sizes(curious) == sizes(plain)
    assert rows[0].tobytes() == rows[1].tobytes()
    assert rows[0][0, [21, 22, 23, -1]].tolist() == [4, 8, 9, 9]


def test_without_load_that_moves_the_law_does_not_change() -> None:
    play = Play(shop()).to(3600)
    assert len(play.world._plant.history.times) == 1
    assert play.world.next_time() is None


def test_scaling_out_in_front_of_a_pool_that_is_full_makes_it_worse_by_itself() -> None:
    """A queue would bear the spike; the replicas' own client connections leave no room for one."""
    failed = {}
    for most in (4, 30):
        line = pool(pool_size=10, max_client_conn=1500, client_connections_per_replica=120,
                    query_wait_timeout="60s")  # fmt: skip
        one: dict[str, Any] = {"replicas": 4, "max_replicas": 40, "cpu_per_request": "10ms", "cpu_limit": 1.0,
                               "concurrency": 2000}  # fmt: skip
        one["autoscale"] = {"min": 4, "max": most, "target_cpu": 0.06}
        play = Play(system(orders(**one), line, database(), rate="90/s"), [traffic(600, 1.5, 60)]).to(1200)
        failed[most] = play.world.truth(1200).failed_requests
    assert failed[4] < 1
    assert failed[30] > 500


# --- what is seen -----------------------------------------------------------------------------------------


def ask(play: Play, t: float, text: str) -> Answer:
    play.to(t)
    return Shell(play.world, FakeMetrics(), Randomness(1), FakeAlertmanager()).run(t, text)


def test_get_hpa_has_kubectls_columns() -> None:
    play = Play(shop(), [traffic(305, 3.0)])
    head, row = ask(play, 320, "kubectl get hpa").text.splitlines()
    assert head.split() == ["NAME", "REFERENCE", "TARGETS", "MINPODS", "MAXPODS", "REPLICAS", "AGE"]
    assert row.split()[:6] == ["api", "Deployment/api", "150%/50%", "2", "20", "8"]


def test_describe_hpa_tells_conditions_and_events() -> None:
    play = Play(shop(autoscale=SCALER | {"max": 6}), [traffic(305, 3.0)])
    text = ask(play, 330, "kubectl describe hpa api").text
    assert "Metrics:                                               ( current / target )" in text
    assert "  resource cpu on pods  (as a percentage of request):  150% (1504m) / 50%" in text
    assert "ScalingLimited  True    TooManyReplicas" in text
    assert "New size: 6; reason: cpu resource utilization (percentage of request) above target" in text
    assert (
        "ScaleDownStabilized" in ask(Play(shop(), [traffic(305, 3.0, 300)]), 700, "kubectl describe hpa").text
    )


@pytest.mark.parametrize(("text", "value"), [
    ("kubectl patch hpa api -p '{\"spec\":{\"maxReplicas\":30}}'", "2 30 50"),
    ("kubectl patch hpa/api --patch '{\"spec\":{\"minReplicas\":6,\"maxReplicas\":9}}'", "6 9 50"),
    ("kubectl delete hpa api", "off"),
])  # fmt: skip
def test_remedies_are_typed_in_kubectls_words(text: str, value: str) -> None:
    answer = ask(Play(shop()), 60, text)
    assert isinstance(answer, Proposal)
    assert (answer.action.kind, answer.action.target, answer.action.value) == ("autoscale", "api", value)


def test_an_autoscaler_can_be_made_where_there_is_none() -> None:
    play = Play(shop(autoscale=None))
    assert "No resources found" in ask(play, 60, "kubectl get hpa").text
    answer = ask(play, 60, "kubectl autoscale deployment/api --min=3 --max=9 --cpu-percent=70")
    assert isinstance(answer, Proposal)
    assert answer.text == "horizontalpodautoscaler.autoscaling/api autoscaled"
    play.at(60, "autoscale", "api", answer.action.value)
    assert "3         9" in ask(play, 80, "kubectl get hpa").text
    rows, samples = play.world.matrix("kube_horizontalpodautoscaler_spec_max_replicas", 0, 10)
    assert len(rows) == 1
    assert np.nanmax(samples) == 9


@pytest.mark.parametrize(("text", "says"), [
    ("kubectl autoscale deployment/api --max=9", "AlreadyExists"),
    ("kubectl autoscale deployment/api", 'required flag(s) "max" not set'),
    ("kubectl patch hpa api -p nonsense", "unable to parse"),
    ("kubectl patch hpa api -p '{\"spec\":{\"maxReplicas\":1}}'", "must be greater than or equal to"),
    ("kubectl patch hpa api -p '{\"spec\":{\"metrics\":[]}}'", "spec.metrics"),
    ("kubectl patch hpa apy -p '{\"spec\":{\"maxReplicas\":9}}'", "not found"),
    ("kubectl patch deployment api -p '{}'", "one hpa"),
    ("kubectl delete hpa nothing", "not found"),
])  # fmt: skip
def test_nonsense_gets_kubectls_own_words(text: str, says: str) -> None:
    answer = ask(Play(shop()), 60, text)
    assert isinstance(answer, Output)
    assert says in answer.text


def test_kube_state_metrics_tell_bounds_state_and_conditions() -> None:
    play = Play(shop(autoscale=SCALER | {"max": 6}), [traffic(305, 3.0)]).to(600)
    last = {}
    for what in ("spec_min", "spec_max", "status_current", "status_desired"):
        rows, samples = play.world.matrix(f"kube_horizontalpodautoscaler_{what}_replicas", 0, 40)
        assert dict(rows[0])["horizontalpodautoscaler"] == "api"
        last[what] = samples[0, 40]
    assert list(last.values()) == [2, 6, 6, 6]
    rows, samples = play.world.matrix("kube_horizontalpodautoscaler_status_condition", 40, 40)
    true = {dict(row)["condition"] for row, value in zip(rows, samples[:, 0], strict=True)
            if value == 1 and dict(row)["status"] == "true"}  # fmt: skip
    assert true == {"AbleToScale", "ScalingActive", "ScalingLimited"}


def test_bounds_that_do_not_fit_are_told() -> None:
    found = [finding.message for finding in system_findings(shop(autoscale={"min": 5, "max": 3}))]
    assert any("bounds 5 to 3" in message for message in found)
