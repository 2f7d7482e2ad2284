"""Memory: it grows with what is handled, limits kill, and containers come back as Kubernetes starts them."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from drillbook.engine.randomness import Randomness
from drillbook.model.system import System
from drillbook.world.fleet import PodRecord, Template
from drillbook.world.memory import at_rest, killed
from drillbook.world.shell.answer import Output, Proposal
from drillbook.world.shell.shell import Shell
from tests.world.builders import Play, deploy, service, system
from tests.world.shell.builders import FakeAlertmanager, FakeMetrics

MIB = 2.0**20
RATE, PODS = 200.0, 4


def leaking(leak: str = "4Ki", **over: Any) -> System:
    """A service whose release v2 leaves 4 KiB of each request behind."""
    releases = [{"version": "v1", "notes": "first"}, {"version": "v2", "notes": "second", "leak": leak}]
    rollout = {"max_unavailable": PODS, "ready_after": "20s"}
    sizes = {"memory": "400Mi", "memory_limit": "600Mi", "memory_per_request": "0Mi"}
    one = service("api", replicas=PODS, releases=releases, rollout=rollout, **sizes)
    return system(one | over, entry="api", rate=f"{RATE:g}/s")


def kills(play: Play) -> list[float]:
    return [t for t, each in play.happened if each.text.startswith("oom ")]


def test_nothing_grows_without_a_leak() -> None:
    play = Play(leaking()).to(3600)
    assert kills(play) == []
    assert len({round(pod.memory) for pod in play.service(3600, "api").pods}) == 1


def test_memory_reaches_its_limit_at_the_computed_second() -> None:
    """Bytes left behind per second and pod: rate / pods times the leak."""
    play = Play(leaking(), [deploy("0s", "v2", "api")])
    play.to(100)
    pods = [pod for pod in play.world._plant.pods if pod.template.version == "v2"]
    spec = play.service(100, "api").spec
    heaviest = max(pods, key=lambda pod: at_rest(spec, pod))
    room = 600 * MIB - at_rest(spec, heaviest)
    ready_at = heaviest.past[0].ready_at if heaviest.past else heaviest.ready_at
    due = ready_at + room / (RATE / PODS * 4096)
    play.to(3000)
    assert kills(play)[0] == pytest.approx(due, abs=2)


def test_survivors_carry_the_load_and_leak_the_faster() -> None:
    play = Play(leaking(), [deploy("0s", "v2", "api")])
    play.to(3600)
    times = kills(play)
    assert len(times) > PODS
    busy, calm = play.service(times[0] + 2, "api"), play.service(times[0] - 2, "api")
    assert sum(pod.ready for pod in busy.pods) == PODS - 1
    assert sum(pod.ready for pod in calm.pods) == PODS


@pytest.mark.parametrize(
    ("lives", "pauses"),
    [
        ([60] * 7, [10, 20, 40, 80, 160, 300, 300]),
        ([60, 60, 700, 60], [10, 20, 10, 10]),
        ([600, 600], [10, 10]),
    ],
)
def test_the_back_off_doubles_up_to_five_minutes_and_is_forgiven_after_ten(
    lives: list[float], pauses: list[float]
) -> None:
    spec = play_spec()
    pod = PodRecord("api", "api-1", "api", Template("v2", ()), 0.0, 20.0, "ip", "node", 7, started=0.0)
    found = []
    for lived in lives:
        died = pod.started + lived
        pod = killed(spec, pod, died)
        found.append(pod.started - died)
        assert pod.ready_at == pod.started + 20
    assert found == pauses


def play_spec() -> Any:
    return leaking().component("api")


def test_a_roll_back_stops_the_leak() -> None:
    play = Play(leaking(), [deploy("0s", "v2", "api")])
    play.at(300, "rollback", "api")
    assert kills(play.to(3600)) == []


def test_a_higher_limit_buys_time_by_arithmetic() -> None:
    first, later = (
        kills(Play(leaking(memory_limit=size), [deploy("0s", "v2", "api")]).to(3600))[0]
        for size in ("600Mi", "700Mi")
    )
    assert later - first == pytest.approx(100 * MIB / (RATE / PODS * 4096), abs=3)


def test_what_would_have_been_killed_is_not_once_somebody_acts() -> None:
    """Looking ahead does not decide: a kill that was foreseen is undone by a remedy before it."""
    play = Play(leaking(), [deploy("0s", "v2", "api")])
    play.world.matrix("container_memory_working_set_bytes", 0, 200)
    assert play.world.next_time() is not None
    play.at(600, "rollback", "api")
    play.to(3600)
    assert kills(play) == []
    _, restarts = play.world.matrix("kube_pod_container_status_restarts_total", 0, 230)
    assert np.nanmax(restarts) == 0


def test_a_limit_below_what_load_needs_kills_without_any_leak() -> None:
    """The under-sized limit: requests in flight need memory, too."""
    small = leaking(memory_limit="450Mi", memory_per_request="2Mi", latency="2s", concurrency=100)
    assert kills(Play(small).to(1200))


def test_scaling_counts_the_pods_that_serve_not_those_that_were_killed() -> None:
    play = Play(leaking(), [deploy("0s", "v2", "api")]).to(3600)
    t = kills(play)[0] + 2
    again = Play(leaking(), [deploy("0s", "v2", "api")])
    name = again.at(t, "scale", "api", f"{PODS + 2}")
    text = next(each.text for _, each in again.happened if each.id == name and each.kind == "advanced")
    assert f"{PODS - 1} of {PODS + 2} updated replicas are available" in text


def test_every_view_tells_of_the_kill() -> None:
    play = Play(leaking(), [deploy("0s", "v2", "api")]).to(3000)
    t = kills(play)[0]
    pod = next(pod for pod in play.service(t + 3, "api").pods if pod.restarts)
    shell = Shell(play.world, FakeMetrics(), Randomness(1), FakeAlertmanager())
    listed = shell.run(t + 3, "kubectl get pods").text
    assert any(pod.name in line and "OOMKilled" in line for line in listed.splitlines())
    told = shell.run(t + 3, f"kubectl describe pod {pod.name}").text
    assert "OOMKilled" in told
    assert "137" in told
    scrape = int(t // 15) + 1
    labels, reasons = play.world.matrix("kube_pod_container_status_last_terminated_reason", scrape, scrape)
    row = next(k for k, of in enumerate(labels) if dict(of)["pod"] == pod.name)
    assert reasons[row, 0] == 1
    labels, counts = play.world.matrix("kube_pod_container_status_restarts_total", scrape - 2, scrape)
    row = next(k for k, of in enumerate(labels) if dict(of)["pod"] == pod.name)
    assert counts[row].tolist() in ([0, 0, 1], [0, 1, 1])


def test_chart_and_kubectl_show_the_same_growth() -> None:
    play = Play(leaking(), [deploy("0s", "v2", "api")]).to(600)
    states = {pod.name: pod.memory for pod in play.service(600, "api").pods}
    labels, sizes = play.world.matrix("container_memory_working_set_bytes", 40, 40)
    for of, size in zip(labels, sizes[:, 0], strict=True):
        if dict(of)["pod"] in states:
            assert size == pytest.approx(states[dict(of)["pod"]], rel=0.12)


def test_the_limit_is_set_with_kubectl() -> None:
    play = Play(leaking(), [deploy("0s", "v2", "api")]).to(200)
    shell = Shell(play.world, FakeMetrics(), Randomness(1), FakeAlertmanager())
    answer = shell.run(200, "kubectl set resources deployment/api --limits=memory=2Gi")
    assert isinstance(answer, Proposal)
    play.at(200, answer.action.kind, answer.action.target, answer.action.value)
    assert kills(play.to(3000)) == []
    assert isinstance(shell.run(300, "kubectl set resources deployment/api --limits=cpu=2"), Output)
    assert "2048Mi" in shell.run(300, f"kubectl describe pod {play.service(300, 'api').pods[-1].name}").text


def test_every_view_tells_the_limit_that_was_set() -> None:
    """Alerts that compare use with the limit, and kubectl on the deployment and on its pods."""
    play = Play(leaking())
    play.at(200, "memory-limit", "api", str(2**31))
    play.to(600)
    labels, sizes = play.world.matrix("container_spec_memory_limit_bytes", 40, 40)
    here = {pod.name for pod in play.service(600, "api").pods}
    assert {size for of, size in zip(labels, sizes[:, 0], strict=True) if dict(of)["pod"] in here} == {2**31}
    shell = Shell(play.world, FakeMetrics(), Randomness(1), FakeAlertmanager())
    for what in ("deployment/api", f"pod/{min(here)}"):
        answer = shell.run(600, f"kubectl describe {what}")
        assert isinstance(answer, Output)
        assert re.search(r"memory: +2048Mi", answer.text)


def test_logs_tell_of_each_container_and_not_of_what_is_still_to_come() -> None:
    """Reading far ahead settles later kills; what was logged before them stays the same."""
    play, asked = Play(leaking(), [deploy("0s", "v2", "api")]), 1500.0
    near = play.to(asked).world.logs("api", asked, 400)
    far = play.to(7000).world.logs("api", asked, 400)
    assert near == far
    assert any("completed" in line.text for line in near)
    starts = [line.t for line in play.world.logs("api", 3000, 20_000) if line.text.endswith("v2 starting")]
    assert len(starts) == len([t for t in kills(play) if 1200 < t < 2900]) > 0


def test_pods_that_are_made_in_the_second_of_a_kill_have_samples() -> None:
    """The kill is foreseen and read first; then the roll-out's law takes the place of the kill's."""
    name, first = "http_requests_total", [deploy("0s", "v2", "api")]
    due = kills(Play(leaking(), first).to(3000))[0]
    play = Play(leaking(), [*first, deploy(f"{due:g}s", "v1", "api")]).to(due - 1)
    assert play.world.next_time() == due
    scrape = int(due // 15)
    before, _ = play.world.matrix(name, scrape - 1, scrape)
    play.world.take(due)
    rows, values = play.world.matrix(name, scrape, scrape + 1)
    assert len(rows) == len(values) > len(before)
