"""Settings in a ConfigMap: all pods work with them at once, and no roll-back takes them back."""

from __future__ import annotations

from drillbook.engine.randomness import Randomness
from drillbook.world.shell.answer import Proposal
from drillbook.world.shell.shell import Shell
from tests.world.builders import Play, service, system

SET = {"do": "configure", "at": "60s", "service": "gate", "setting": "RULES", "value": "new"}


def play() -> Play:
    rules = {
        "name": "RULES",
        "value": "old",
        "live": True,
        "behaviours": {"new": {"cpu_per_request": "90ms"}},
    }
    releases = [{"version": "v1", "notes": "first"}, {"version": "v2", "notes": "second"}]
    gate = service("gate", settings=[rules], releases=releases, release="v2", replicas=6,
                   rollout={"max_unavailable": 6, "ready_after": "5s"})  # fmt: skip
    return Play(system(gate, entry="gate", rate="400/s"), [SET])


def shell(p: Play, t: float, line: str) -> object:
    p.to(t)
    return Shell(p.world, None, Randomness(1), None).run(t, line)  # type: ignore[arg-type]


def test_every_pod_works_with_it_after_twenty_seconds_and_none_is_replaced() -> None:
    p = play()
    names = {pod.name for pod in p.service(50, "gate").pods}
    assert p.service(79, "gate").error_ratio < 0.01
    assert p.service(120, "gate").error_ratio > 0.3
    assert {pod.name for pod in p.service(120, "gate").pods} == names


def test_a_roll_back_does_not_take_it_back() -> None:
    p = play()
    p.at(100, "rollback", "gate")
    assert p.service(200, "gate").version == "v1"
    assert p.service(200, "gate").settings == {"RULES": "new"}
    assert p.service(200, "gate").error_ratio > 0.3


def test_a_patch_of_the_configmap_does() -> None:
    p = play()
    answer = shell(p, 100, 'kubectl patch configmap gate -p \'{"data":{"RULES":"old"}}\'')
    assert isinstance(answer, Proposal)
    assert "none restarts" in answer.consequence
    p.at(100, answer.action.kind, answer.action.target, answer.action.value)
    assert p.service(200, "gate").error_ratio < 0.01
    sheet = getattr(shell(p, 200, "kubectl describe configmap gate"), "text", "")
    assert [line.rpartition(" ")[2] for line in sheet.split("\n") if "changed:" in line] == [
        "RULES=new",
        "RULES=old",
    ]


def test_set_env_says_where_it_comes_from() -> None:
    answer = shell(play(), 30, "kubectl set env deploy/gate RULES=old")
    assert "kubectl patch configmap gate" in getattr(answer, "text", "")
