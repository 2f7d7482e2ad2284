"""Every shipped drill can be solved, is lost without anybody, and tells levels of skill apart."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path
from statistics import fmean

import pytest
import re2

from drillbook.cli.drill import Drill, cast_for, open_drill
from drillbook.engine.simulation import Simulation
from drillbook.events import facts as f
from drillbook.scoring.score import score
from drillbook.scoring.scorecard import Scorecard

FOLDER = Path(__file__).parents[2] / "scenarios"
SCENARIOS = sorted(path.stem for path in FOLDER.glob("*.yaml"))
LEVELS = ("expert", "average", "novice", "absent")
SEEDS = {"expert": (3, 5), "average": (3, 5), "novice": (3, 5), "absent": (3,)}


@cache
def _drill(name: str) -> Drill:
    return open_drill(str(FOLDER / f"{name}.yaml"), None, ())


@cache
def _run(name: str, level: str, seed: int) -> tuple[Simulation, Scorecard]:
    drill = _drill(name)
    simulation = drill.simulation(seed, cast_for(level))
    simulation.advance(drill.scenario.duration + 1)
    return simulation, score(drill.scenario, drill.playbook, simulation.log)


def _suffering(simulation: Simulation) -> list[tuple[float, bool]]:
    return [(event.t, fact.suffering) for event, fact in simulation.log.of(f.ImpactChanged)]


@pytest.mark.parametrize("name", SCENARIOS)
def test_mean_totals_fall_strictly_with_skill(name: str) -> None:
    means = [fmean(_run(name, level, seed)[1].total for seed in SEEDS[level]) for level in LEVELS]
    assert all(better > worse for better, worse in pairwise(means)), means


@pytest.mark.parametrize("name", SCENARIOS)
def test_experts_restore_service(name: str) -> None:
    for seed in SEEDS["expert"]:
        simulation, card = _run(name, "expert", seed)
        assert card.measures.mitigate_s is not None, seed
        assert _suffering(simulation)[-1][1] is False, seed


@pytest.mark.parametrize("name", SCENARIOS)
def test_without_anybody_the_incident_stays_and_the_policy_is_exhausted(name: str) -> None:
    for seed in SEEDS["absent"]:
        simulation, card = _run(name, "absent", seed)
        assert card.measures.mitigate_s is None, seed
        changes = [fact.change for _, fact in simulation.log.of(f.PageChanged) if fact.page == "P1"]
        last = [change for change in changes if change != "updated"]  # a further alert may join its group
        assert last[-1] == "exhausted", seed


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_page_comes_after_users_began_to_suffer_and_within_minutes(name: str) -> None:
    for seed in SEEDS["absent"]:
        simulation, _ = _run(name, "absent", seed)
        onset = _suffering(simulation)[0][0]
        paged = [e.t for e, fact in simulation.log.of(f.PageChanged) if fact.change == "notified"]
        assert onset < paged[0] <= onset + 240, (onset, paged[0])


@pytest.mark.parametrize("name", SCENARIOS)
def test_nothing_that_is_read_before_or_during_the_drill_names_its_kind(name: str) -> None:
    """The family is shown afterwards; title, name and briefing must not give it away."""
    scenario = _drill(name).scenario
    if name == "db-pool-exhaustion":
        return  # named by the runbook that it teaches
    words = set(scenario.family.split("-")) - {"third", "party"}
    said = f"{name} {scenario.title} {scenario.briefing}".lower()
    assert not [word for word in words if re2.search(rf"\b{word}\b", said)]


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_has_what_an_exercise_needs(name: str) -> None:
    scenario = _drill(name).scenario
    verdicts = {remedy.verdict for remedy in scenario.needs.remedies}
    assert {"right", "partial", "useless", "harmful"} <= verdicts
    wrong = {clue.points_to for clue in scenario.needs.clues} - {scenario.needs.cause}
    assert len(wrong) >= 2
    assert max(c.weight for c in scenario.needs.clues if c.points_to == scenario.needs.cause) >= 0.4
    parts = {person.part for person in scenario.people}
    assert {"primary", "secondary", "specialist", "lead", "executive", "support"} <= parts
    assert any(each.at is not None for each in scenario.timeline)
    assert any(each.when is not None for each in scenario.timeline)
    assert scenario.forms
    assert len(scenario.hints) >= 3
    assert len(scenario.questions) >= 3
    assert scenario.sources
