"""Runs with one seed share what they draw and what rules make of it; logs are those of runs by themselves."""

from __future__ import annotations

from typing import Any

import pytest

from drillbook.cli.drill import Drill, cast_for
from drillbook.engine.prepared import Prepared, prepare
from drillbook.engine.simulation import Simulation
from drillbook.events import facts as f
from drillbook.events.codec import dump
from drillbook.model.inject import When
from drillbook.model.scenario import ExternalTrouble, Scenario
from drillbook.telemetry import ruler, tracks
from drillbook.world.metrics.family import Record
from tests.drill.conftest import Play
from tests.drill.narration import SCENARIOS, drill_of


def run(
    drill: Drill, prepared: Prepared, level: str, seed: int, scenario: Scenario | None = None
) -> Simulation:
    scenario = scenario or drill.scenario
    simulation = Simulation(scenario, drill.playbook, seed, cast=cast_for(level), prepared=prepared)
    simulation.advance(scenario.duration + 1)
    return simulation


def test_whoever_had_the_same_incident_before_the_log_is_the_same(drill: Drill, play: Play) -> None:
    prepared = prepare(drill.scenario, drill.playbook)
    for seed, levels in ((1, ("absent", "expert", "expert")), (2, ("novice", "absent"))):
        prepared.keep(seed)
        for level in levels:
            assert dump(run(drill, prepared, level, seed).log) == dump(play(level, seed)[0].log)


@pytest.mark.parametrize("name", SCENARIOS)
def test_whoever_had_another_incident_before_the_log_is_the_same(name: str) -> None:
    """Steps follow from the law and the state alone: who takes them from others goes on alike."""
    drill, prepared = drill_of(name), prepare(drill_of(name).scenario, drill_of(name).playbook)
    alone = run(drill, prepare(drill.scenario, drill.playbook), "absent", 2)
    run(drill, prepared, "absent", 1)
    assert dump(run(drill, prepared, "absent", 2).log) == dump(alone.log)


def test_samples_kept_for_one_seed_are_not_taken_for_another(drill: Drill, play: Play) -> None:
    prepared = prepare(drill.scenario, drill.playbook)
    prepared.keep(1)
    run(drill, prepared, "absent", 1)
    assert dump(run(drill, prepared, "absent", 3).log) == dump(play("absent", 3)[0].log)


def test_an_inject_by_condition_parts_a_run_from_the_others(drill: Drill) -> None:
    """It changes the law when its condition is seen to hold, which depends on who responds."""
    when = When.model_validate({"state": "acknowledged", "after": "2m"})
    trouble = ExternalTrouble.model_validate(
        {"do": "external", "name": "paygate", "latency": "900ms", "when": when}
    )
    timeline = [*drill.scenario.timeline, trouble]
    scenario = drill.scenario.model_copy(update={"timeline": timeline})
    alone = [dump(run(drill, prepare(scenario, drill.playbook), level, 1, scenario).log) for level in PAIR]
    prepared = prepare(scenario, drill.playbook)
    prepared.keep(1)
    assert [dump(run(drill, prepared, level, 1, scenario).log) for level in PAIR] == alone


PAIR = ("absent", "expert")


def test_what_follows_an_intervention_is_nobody_elses(drill: Drill) -> None:
    """Two act at the same second and do different things: their rules are evaluated at the same times."""

    def log(prepared: Prepared, line: str) -> str:
        typed = Simulation(drill.scenario, drill.playbook, 1, prepared=prepared)
        typed.advance(300.0)
        typed.submit(typed.person, line)
        typed.submit(typed.person, "/yes")
        typed.advance(1200.0)
        return dump(typed.log)

    shared = prepare(drill.scenario, drill.playbook)
    shared.keep(1)
    for line in (
        "kubectl scale deployment/orders-api --replicas=2",
        "kubectl rollout undo deployment/orders-api",
    ):
        assert log(shared, line) == log(prepare(drill.scenario, drill.playbook), line)


def test_nothing_is_drawn_or_evaluated_twice(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    """After somebody who only watched: nothing for the next one, and for who acts only what comes after."""
    drawn: list[int] = []
    evaluated: list[str] = []
    draw, ask = Record._drawn, tracks.asked

    def counted(self: Record, scrapes: Any, labels: Any, first: int, last: int) -> Any:
        drawn.append(first)
        return draw(self, scrapes, labels, first, last)

    def asked(rule: Any, ev: Any) -> Any:
        evaluated.append(rule.text)
        return ask(rule, ev)

    monkeypatch.setattr(Record, "_drawn", counted)
    monkeypatch.setattr(ruler, "asked", asked)
    prepared = prepare(drill.scenario, drill.playbook)
    prepared.keep(1)
    run(drill, prepared, "absent", 1)
    assert drawn
    assert evaluated
    drawn.clear()
    evaluated.clear()
    run(drill, prepared, "absent", 1)
    assert (drawn, evaluated) == ([], [])
    expert = run(drill, prepared, "expert", 1)
    acts = min(event.t for event, _ in expert.log.of(f.ActionStarted) if event.actor == expert.person)
    read_by_rules = drawn[-len(evaluated) :]
    assert evaluated
    assert min(read_by_rules) > acts / 15 - 1
