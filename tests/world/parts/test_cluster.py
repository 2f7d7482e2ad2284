"""Nodes: scheduling, eviction, grace periods, drains, the autoscaler, and views that agree."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drillbook.engine.randomness import Randomness
from drillbook.model.cluster import Cluster, ClusterChange
from drillbook.world.nodes.eviction import Candidate, order, quality
from drillbook.world.nodes.flow import fill
from drillbook.world.nodes.law import NodeLaw
from drillbook.world.nodes.scheduler import Ask, Room, Space, place, refusal
from drillbook.world.nodes.state import ClusterState, NodeState
from drillbook.world.shell.answer import Proposal
from drillbook.world.shell.shell import Shell
from tests.world.builders import Play, service, system

GIB = 2.0**30
AGENT = {
    "name": "agent", "namespace": "obs", "owner": "obs", "runs": "daemonset", "priority": 2000001000,
    "memory_request": "256Mi", "cpu_request": 0.1, "release": "v2",
    "releases": [
        {"version": "v1", "notes": "first", "memory": "200Mi", "grows": "0Mi"},
        {"version": "v2", "notes": "second", "memory": "200Mi", "most": "14Gi"},
    ],
}  # fmt: skip
REPORT = {
    "name": "report", "namespace": "batch", "owner": "data", "runs": "job", "replicas": 0, "release": "v1",
    "releases": [{"version": "v1", "notes": "first", "memory": "1Gi", "cpu": 30.0}],
}  # fmt: skip


def cluster(nodes: int = 6, workloads: Any = (AGENT, REPORT), **over: Any) -> dict[str, Any]:
    base = {"name": "general", "nodes": nodes, "cpu": 8, "memory": "16Gi", "starts_in": "120s"}
    base |= over.pop("pool", {})
    return {"kind": "cluster", "name": "prod", "owner": "platform", "node_pools": [base],
            "workloads": list(workloads)} | over  # fmt: skip


def web(**over: Any) -> dict[str, Any]:
    base = {"replicas": 12, "cpu_limit": 2.0, "cpu_request": 1.0, "memory": "1400Mi", "memory_request": "1Gi",
            "memory_limit": "3Gi", "max_replicas": 200}  # fmt: skip
    return service("web", **(base | over))


def play(*timeline: dict[str, Any], rate: str = "400/s", until: float = 900, **over: Any) -> Play:
    components = (web(**over.pop("web", {})), cluster(**over))
    return Play(system(*components, entry="web", rate=rate), timeline, duration=until)


def change(at: str, **what: Any) -> dict[str, Any]:
    return {"do": "change", "at": at, "component": "prod", "set": what}


def nodes(p: Play, t: float) -> dict[str, NodeState]:
    state = p.world.state(t)["prod"]
    assert isinstance(state, ClusterState)
    return {node.law.name: node for node in state.nodes}


def shell(p: Play, t: float, line: str) -> str:
    p.to(t)
    answer = Shell(p.world, None, Randomness(1), None).run(t, line)  # type: ignore[arg-type]
    return f"{answer.text}\n{answer.consequence}" if isinstance(answer, Proposal) else answer.text


def sample(p: Play, name: str, t: float, **labels: str) -> dict[str, float]:
    """Samples at the scrape at `t` by node."""
    rows, values = p.world.matrix(name, round(t / 15), round(t / 15))
    return {
        dict(row)["node"]: value
        for row, value in zip(rows, values[:, 0].tolist(), strict=True)
        if not math.isnan(value) and labels.items() <= dict(row).items()
    }


# --- scheduling -------------------------------------------------------------------------------------------


@given(
    st.lists(st.tuples(st.floats(0, 4), st.floats(0, 8)), max_size=60),
    st.lists(st.tuples(st.floats(1, 8), st.floats(1, 16), st.integers(1, 12)), min_size=1, max_size=6),
)
@settings(max_examples=60, deadline=None)
def test_requests_never_exceed_what_is_allocatable(
    asks: list[tuple[float, float]], rooms: list[tuple[float, float, int]]
) -> None:
    spaces = [
        Space(NodeLaw(f"n{k}", "p", "abc"[k % 3], k, -1, -1), Room(*room)) for k, room in enumerate(rooms)
    ]
    for k, ask in enumerate(asks):
        wish = Ask(f"owner{k % 3}", *ask)
        if place(wish, spaces, 0) is None:
            assert all(space.against(wish, 0) for space in spaces)
            assert refusal(wish, spaces, 0).startswith(f"0/{len(spaces)} nodes are available: ")
    for space in spaces:
        assert space.cpu <= space.room.cpu + 1e-6
        assert space.memory <= space.room.memory + 1e-6
        assert space.owners.total() <= space.room.pods


def test_pods_are_spread_over_zones_and_nodes() -> None:
    here = [len([pod for pod in node.pods if pod.tenant.pod.service == "web"])
            for node in nodes(play(), 60).values()]  # fmt: skip
    assert here == [2] * 6


def test_a_pod_that_fits_nowhere_waits_and_says_why() -> None:
    p = play(web={"replicas": 42}, nodes=6)
    p.at(60, "cordon", "prod", "general-a-1")
    p.at(61, "scale", "web", "60")
    name = next(pod.name for pod in p.service(120, "web").pods if not pod.node)
    text = shell(p, 120, f"kubectl describe pod {name}")
    assert "FailedScheduling" in text
    assert "0/6 nodes are available: 1 node(s) were unschedulable, 5 Insufficient cpu." in text
    assert "Pending" in shell(p, 120, f"kubectl get pod {name}")
    _, values = p.world.matrix("kube_pod_status_unschedulable", 8, 8)
    assert np.nansum(values) == sum(not pod.node for pod in p.service(120, "web").pods)


def test_the_autoscaler_brings_nodes_for_pods_that_wait_and_they_take_minutes() -> None:
    p = play(web={"replicas": 42}, pool={"max": 8})
    p.at(61, "scale", "web", "50")
    assert len(nodes(p, 185)) == 6
    assert {pod.node for pod in p.service(185, "web").pods if not pod.ready} == {""}
    assert len(nodes(p, 200)) == 8  # asked for at 70 s or 80 s, there 120 s later
    assert all(pod.ready for pod in p.service(240, "web").pods)
    assert "TriggeredScaleUp" in shell(p, 240, "kubectl get events -A")


# --- eviction ---------------------------------------------------------------------------------------------


def test_eviction_ranks_by_excess_then_priority_then_how_much() -> None:
    ranked = [
        Candidate("best-effort", 300.0, 0.0, 0),
        Candidate("burstable-far-beyond", 500.0, 300.0, 0),
        Candidate("burstable-beyond", 320.0, 300.0, 0),
        Candidate("important-beyond", 900.0, 100.0, 1000),
        Candidate("guaranteed", 900.0, 1000.0, 0),
        Candidate("important-within", 10.0, 1000.0, 1000),
    ]
    assert sorted([*ranked[3:], *ranked[:3]], key=order) == ranked


def test_quality_of_service_follows_requests_and_limits() -> None:
    assert quality((0, 0), (0, 0)) == "BestEffort"
    assert quality((1, 1), (5, 5)) == "Guaranteed"
    assert quality((1, 2), (5, 5)) == quality((0, 0), (5, 5)) == "Burstable"


def test_a_growing_agent_drives_services_out_and_is_never_evicted_itself() -> None:
    p = play(change("60s", grows={"agent": "2Gi"}), until=700)
    p.to(700)
    pods = p.service(700, "web").pods
    evicted = [pod for pod in pods if pod.phase == "Failed"]
    assert evicted
    assert all(
        "The node was low on resource: memory. Threshold quantity: 100Mi" in pod.evicted for pod in evicted
    )
    assert "agent" not in shell(p, 700, "kubectl get pods -A | grep Evicted")
    pressed = [name for name, node in nodes(p, 700).items() if node.pressed]
    assert pressed
    assert "MemoryPressure  True" in shell(p, 700, f"kubectl describe node {pressed[0]}")
    assert (
        sample(p, "kube_node_status_condition", 690, condition="MemoryPressure", status="true")[pressed[0]]
        == 1
    )


def test_kubelets_evict_at_most_one_pod_each_ten_seconds() -> None:
    p = play(change("60s", grows={"agent": "2Gi"}), until=720).to(720)
    times: dict[str, list[float]] = {}
    for t, each in p.happened:
        if each.text.startswith("evict"):
            times.setdefault(each.text.rpartition(" ")[2], []).append(t)
    assert times
    assert all(b - a >= 10 for of in times.values() for a, b in pairwise(of))


def test_pressure_is_reported_for_five_minutes_after_the_last_shortage() -> None:
    p = play(change("60s", grows={"agent": "2Gi"}), until=1200)
    p.at(700, "workload-rollback", "prod", "agent")
    low = max(node.law.low for node in nodes(p, 900).values())
    held = [node.law.name for node in nodes(p, 900).values() if node.law.low == low]
    assert all(nodes(p, low + 299)[name].pressed for name in held)
    assert not any(node.pressed for node in nodes(p, low + 311).values())


def test_what_was_run_ahead_is_undone_by_a_remedy() -> None:
    p = play(change("60s", grows={"agent": "2Gi"}))
    p.to(200)
    p.world.matrix("kube_pod_status_phase", 0, 60)  # reads, and so evicts, ahead
    p.at(200, "workload-rollback", "prod", "agent")
    assert all(pod.phase == "Running" for pod in p.service(900, "web").pods)
    _, values = p.world.matrix("kube_pod_status_reason", 0, 60)
    assert not np.nansum(values)


@pytest.mark.parametrize("name", ["container_memory_working_set_bytes", "kube_pod_info",
                                  "node_memory_MemAvailable_bytes"])  # fmt: skip
def test_samples_do_not_depend_on_how_far_was_read_before(name: str) -> None:
    def read(*ends: int) -> dict[tuple[tuple[str, str], ...], list[int]]:
        p = play(change("60s", grows={"agent": "2Gi"}), until=760)
        for end in ends:
            p.world.matrix(name, 0, end)
        p.at(650, "cordon", "prod", "general-a-1")
        rows, values = p.world.matrix(name, 0, 50)
        return {
            row: values[place].view(np.int64).tolist()
            for place, row in enumerate(rows)
            if np.isfinite(values[place]).any()
        }

    assert read() == read(30, 42, 44, 50)


# --- nodes that fall silent -------------------------------------------------------------------------------


@pytest.mark.parametrize("grace", [40, 50])
def test_a_silent_node_is_found_after_the_grace_period_and_emptied_after_the_toleration(grace: int) -> None:
    p = play(change("100s", silent=["general-b-1"]), monitor_grace=f"{grace}s")
    ready = [sum(pod.ready for pod in p.service(100 + grace + late, "web").pods) for late in (0, 1)]
    assert ready == [12, 10]
    assert [nodes(p, 100 + grace + late)["general-b-1"].status for late in (0, 1)] == ["Ready", "NotReady"]
    gone = 100 + grace + 300
    assert len(p.service(gone, "web").pods) == 12
    after = p.service(gone + 1, "web").pods
    assert sorted(pod.phase for pod in after).count("Terminating") == 2
    assert len([pod for pod in after if pod.phase != "Terminating"]) == 12
    assert (
        sample(p, "kube_node_status_condition", 150 + 15, condition="Ready", status="unknown")["general-b-1"]
        == 1
    )


def test_requests_to_a_lost_machine_fail_until_it_is_noticed() -> None:
    p = play(change("100s", down=["general-b-1"]))
    assert p.service(99, "web").error_ratio == 0
    assert p.service(130, "web").error_ratio == pytest.approx(2 / 12, rel=0.01)
    assert all(pod.ready for pod in p.service(130, "web").pods)  # nobody knows yet
    assert p.service(150, "web").error_ratio == 0
    assert "No route to host" in shell(p, 200, "ssh general-b-1 systemctl restart kubelet")


def test_a_restarted_kubelet_brings_its_pods_back() -> None:
    p = play(change("100s", silent=["general-b-1"]))
    p.at(200, "kubelet-restart", "prod", "general-b-1")
    assert nodes(p, 214)["general-b-1"].status == "NotReady"
    assert nodes(p, 216)["general-b-1"].status == "Ready"
    assert all(pod.ready for pod in p.service(221, "web").pods)


# --- remedies ---------------------------------------------------------------------------------------------


def test_a_drain_moves_pods_and_leaves_daemons() -> None:
    p = play()
    assert "--ignore-daemonsets" in shell(p, 60, "kubectl drain general-a-1")
    assert "Evicts 2 pods at once: web 2 of 12." in shell(
        p, 60, "kubectl drain general-a-1 --ignore-daemonsets"
    )
    name = p.at(60, "drain", "prod", "general-a-1")
    assert [pod.tenant.pod.service for pod in nodes(p, 61)["general-a-1"].pods] == ["agent"]
    p.to(91)
    assert p.ended(name).text.endswith("node/general-a-1 drained")
    assert "SchedulingDisabled" in shell(p, 92, "kubectl get nodes")
    p.at(100, "uncordon", "prod", "general-a-1")
    assert "SchedulingDisabled" not in shell(p, 101, "kubectl get nodes")


def test_a_drain_says_which_pods_fit_nowhere() -> None:
    p = play(web={"replicas": 42})
    assert "7 of them fit nowhere else" in shell(p, 60, "kubectl drain general-a-1 --ignore-daemonsets")


def test_a_pool_grows_by_the_clouds_words_and_not_beyond_its_quota() -> None:
    p = play(pool={"quota": 8})
    line = "aws eks update-nodegroup-config --cluster-name prod --nodegroup-name general "
    line += "--scaling-config desiredSize="
    assert "InProgress" in shell(p, 60, line + "8")
    p.at(60, "node-pool", "prod", "general 8")
    assert (len(nodes(p, 180)), len(nodes(p, 182))) == (6, 8)
    assert not p.ended(p.at(200, "node-pool", "prod", "general 9")).ok


def test_requests_are_changed_by_a_rollout() -> None:
    p = play()
    assert "Replaces 12 of 12" in shell(
        p, 60, "kubectl set resources deploy/web --requests=cpu=500m,memory=2Gi"
    )
    p.at(60, "requests", "web", "cpu=0.5 memory=2147483648")
    p.to(900)
    assert p.service(900, "web").cpu_request == 0.5
    pods = [pod.tenant for node in nodes(p, 900).values() for pod in node.pods]
    assert {pod.memory[0] for pod in pods if pod.workload is None} == {2 * GIB}


def test_a_limit_lets_the_kernel_kill_the_agent_instead() -> None:
    p = play(change("60s", grows={"agent": "2Gi"}))
    p.at(90, "workload-limit", "prod", f"agent {2**30}")
    p.to(900)
    assert not any(pod.phase == "Failed" for pod in p.service(900, "web").pods)
    assert "OOMKilling" in shell(p, 900, "kubectl get events -n default")


# --- CPU --------------------------------------------------------------------------------------------------


@given(
    st.floats(0.5, 32),
    st.lists(st.tuples(st.floats(0.01, 8), st.floats(0, 8), st.integers(1, 5)), min_size=1),
)
def test_cores_are_shared_by_weight_and_none_is_wasted(
    cores: float, claims: list[tuple[float, float, int]]
) -> None:
    shares = fill(cores, claims)
    total = sum(share * count for share, (_, _, count) in zip(shares, claims, strict=True))
    wished = sum(wish * count for _, wish, count in claims)
    assert total == pytest.approx(min(cores, wished))
    hungry = {round(s / w, 6) for s, (w, wish, _) in zip(shares, claims, strict=True) if s < wish - 1e-9}
    assert all(share <= wish + 1e-9 for share, (_, wish, _) in zip(shares, claims, strict=True))
    assert len(hungry) <= 1 or max(hungry) == pytest.approx(min(hungry), rel=1e-3)


def test_a_neighbour_without_a_request_takes_only_what_is_left() -> None:
    busy = {"cpu_per_request": "40ms", "replicas": 12, "cpu_limit": 4.0, "cpu_request": 3.5}
    quiet = play(rate="850/s", web=busy).service(300, "web")
    noisy = play(change("60s", replicas={"report": 6}), rate="850/s", web=busy).service(300, "web")
    assert quiet.error_ratio == noisy.error_ratio == 0
    assert noisy.p50 > quiet.p50


# --- views ------------------------------------------------------------------------------------------------


def test_metrics_and_kubectl_say_the_same_of_a_node() -> None:
    p = play(change("60s", grows={"agent": "2Gi"}))
    t = 300
    free, total = sample(p, "node_memory_MemAvailable_bytes", t), sample(p, "node_memory_MemTotal_bytes", t)
    shown = {line.split()[0]: line.split() for line in shell(p, t, "kubectl top nodes").split("\n")[1:]}
    for name, node in nodes(p, t).items():
        used = total[name] - free[name]
        assert float(shown[name][3].removesuffix("Mi")) * 2**20 == pytest.approx(used, rel=0.02)
        asked = sum(pod.tenant.memory[0] for pod in node.pods)
        assert f"memory    {int(asked / 2**20)}Mi" in shell(p, t, f"kubectl describe node {name}")
        room = sample(p, "kube_node_status_allocatable", t, resource="memory")[name]
        assert room == node.space.room.memory == 16 * GIB - GIB - 100 * 2**20


def test_no_pod_shows_more_cpu_than_its_limit() -> None:
    p = play(rate="4000/s", web={"cpu_per_request": "20ms", "replicas": 4})
    used = [pod.cpu for t in range(200, 800, 20) for pod in p.service(t, "web").pods]
    assert max(used) == 2.0


def test_a_cluster_without_declared_nodes_shows_what_it_always_did() -> None:
    p = Play(system(web(), entry="web"))
    assert "worker-1" in shell(p, 60, "kubectl get nodes")
    assert "not available here" in shell(p, 60, "kubectl cordon worker-1")


def test_misfits_are_found() -> None:
    bad = cluster(pool={"max": 2, "quota": 1, "cpu_reserved": 9}, workloads=[AGENT | {"release": "v9"}])
    spec = Cluster.model_validate(bad)
    messages = [each.message for each in spec.misfits({"prod": spec})]
    assert len(messages) == 4


def test_changes_that_lead_nowhere_are_found() -> None:
    spec = Cluster.model_validate(cluster())
    wrong = ClusterChange.model_validate(
        {"deploy": {"agent": "v9"}, "replicas": {"reports": 1}, "silent": ["general-d-1"]}
    )
    found = [each.message for each in spec.change_misfits(wrong)]
    assert found == ["there is no workload reports", "there is no release v9", "there is no node general-d-1"]


def test_an_agent_logs_what_it_says_while_it_grows() -> None:
    agent = AGENT | {"says": "cannot send"}
    p = play(change("60s", grows={"agent": "100Mi"}), workloads=[agent])
    line = "kubectl logs ds/agent -n obs --tail=3"
    assert "0 errors" in shell(p, 50, line)
    assert shell(p, 120, line).count("WARN  cannot send") == 3
