"""Incidents that are given their times keep to them, whoever handles them; others are left as they were."""

from __future__ import annotations

import math
from statistics import median, pstdev

import pytest

from drillbook.batch.cast import of_skill
from drillbook.engine.prepared import prepare
from drillbook.engine.randomness import Randomness
from drillbook.engine.simulation import Simulation
from drillbook.events import facts as f
from drillbook.loading.catalog import Catalog
from drillbook.loading.files import read_document, read_people
from drillbook.model.scenario import ACTIONS
from drillbook.model.stages import MITIGATIONS, Hops, Law, Stages
from drillbook.people.course import KIND, Course, mitigation
from drillbook.people.skill import SKILLS
from drillbook.study.settings import skill_of

MINUTES = Law.model_construct(median=600.0, sigma=1.0)
MANY = 400


def published() -> Stages:
    found = read_people(read_document(Catalog.standard().index.find("people", "published"))).model.stages
    assert found is not None
    return found


def test_without_times_nothing_is_waited_for() -> None:
    course = Course(SKILLS["average"].stages, Randomness(1), "fix")
    assert (course.detect, course.identify, course.mitigate, course.verify) == (0, 0, 0, 0)


def test_times_have_the_law_of_the_file() -> None:
    times = [Course(Stages(verify=MINUTES), Randomness(seed), "fix").verify for seed in range(MANY)]
    assert median(times) == pytest.approx(600, rel=0.2)
    assert pstdev(map(math.log, times)) == pytest.approx(1, rel=0.15)


def test_the_time_to_mitigate_is_that_of_what_mitigates() -> None:
    laws = {"rollback": MINUTES, "fix": Law.model_construct(median=6000.0, sigma=1.0)}
    for seed in range(20):
        times = {kind: Course(Stages(mitigate=laws), Randomness(seed), kind).mitigate for kind in MITIGATIONS}
        assert times["fix"] == pytest.approx(10 * times["rollback"])
        assert times["scale"] == 0  # the file says nothing of it


def test_what_mitigates_a_drill_goes_with_its_cause() -> None:
    catalog = Catalog.standard()
    kinds = {"db-pool-exhaustion": "rollback", "cards-declined": "replace", "search-stuck": "scale"}
    assert {name: mitigation(catalog.drill(name)[0]) for name in kinds} == kinds


def test_hops_multiply_and_leave_all_other_chance_as_it_is() -> None:
    hops = Hops(chance=0.5, again=0.5, factors=[2, 3])
    ratios = [
        Course(Stages(identify=MINUTES, hops=hops), Randomness(seed), "fix").identify
        / Course(Stages(identify=MINUTES), Randomness(seed), "fix").identify
        for seed in range(MANY)
    ]
    parts = [sum(each == pytest.approx(factor) for each in ratios) / MANY for factor in (1, 2, 6)]
    assert parts == pytest.approx([0.5, 0.25, 0.25], abs=0.08)


def test_stages_of_one_incident_go_together_as_far_as_asked() -> None:
    def pairs(together: float) -> float:
        stages = Stages(identify=MINUTES, verify=MINUTES, together=together)
        courses = [Course(stages, Randomness(seed), "fix") for seed in range(MANY)]
        logs = [(math.log(each.identify / 600), math.log(each.verify / 600)) for each in courses]
        return sum(a * b for a, b in logs) / MANY

    assert pairs(0.6) == pytest.approx(0.6, abs=0.15)
    assert pairs(0) == pytest.approx(0, abs=0.15)


def test_every_kind_of_mitigation_is_known_and_done_by_something() -> None:
    assert set(KIND) <= set(ACTIONS)
    assert set(KIND.values()) == set(MITIGATIONS) - {"fix"}
    assert set(published().mitigate) == set(MITIGATIONS)


def test_published_responders_take_the_incidents_times_and_keep_to_the_playbook() -> None:
    """What was drawn is what the log shows, and the same run comes out the same again."""
    catalog = Catalog.standard()
    people = read_people(read_document(catalog.index.find("people", "published"))).model
    scenario, playbook = catalog.drill("cards-declined")
    scenario = scenario.model_copy(update={"duration": 3 * 86400.0})
    prepared = prepare(scenario, playbook)

    def run() -> Simulation:
        made = Simulation(scenario, playbook, 4, cast=of_skill(skill_of(people)), prepared=prepared)
        made.advance(scenario.duration + 1)
        return made

    first, again = run(), run()
    assert list(first.log) == list(again.log)
    at = {
        kind: next(event.t for event in first.log if isinstance(event.fact, kind))
        for kind in (f.IncidentDeclared, f.CauseStated, f.IncidentResolved)
    }
    acted = next(
        e.t for e in first.log if isinstance(e.fact, f.ActionStarted) and e.fact.action == "cert-renew"
    )
    course, night = Course(people.stages, Randomness(4), "replace"), 1.25
    assert at[f.CauseStated] - at[f.IncidentDeclared] == pytest.approx(night * course.identify, rel=0.1)
    assert acted - at[f.CauseStated] == pytest.approx(night * course.mitigate, rel=0.05)
    # Seeing that it helped and waiting for the alerts to end come on top.
    assert 0 < at[f.IncidentResolved] - acted - night * course.verify < 900
