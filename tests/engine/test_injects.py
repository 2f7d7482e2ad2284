"""Injects by condition: they happen once, at the first look at which the condition holds."""

from __future__ import annotations

from typing import Any

import pytest

from drillbook.engine import foresight
from drillbook.engine.prepared import prepare
from drillbook.engine.simulation import Simulation
from drillbook.events import facts as f
from drillbook.events.codec import dump
from drillbook.loading.catalog import Catalog
from drillbook.loading.files import Drill
from drillbook.model.inject import When
from drillbook.model.scenario import Deploy, ExternalTrouble, Say
from drillbook.telemetry.query import Query
from drillbook.telemetry.source import Floats
from drillbook.telemetry.storage import Storage
from drillbook.telemetry.vectors import Vector
from drillbook.world.foreseen import Knot
from drillbook.world.trajectory import Trajectory


@pytest.fixture(scope="module")
def drill() -> Drill:
    return Catalog.standard().drill("db-pool-exhaustion")


def say(text: str, **when: Any) -> Say:
    return Say(do="say", person="comms", channel="#marketing", text=text, when=When.model_validate(when))


def run(
    drill: Drill, *injects: Any, typed: dict[float, str] | None = None, until: float = 1200.0
) -> Simulation:
    planned = [each for each in drill.scenario.timeline if isinstance(each, Deploy)]
    scenario = drill.scenario.model_copy(update={"timeline": [*planned, *injects]})
    simulation = Simulation(scenario, drill.playbook, 1)
    for t, text in (typed or {}).items():
        simulation.advance(t)
        simulation.submit(simulation.person, text)
    simulation.advance(until)
    return simulation


def said(simulation: Simulation) -> list[tuple[float, str]]:
    return [
        (event.t, fact.text) for event, fact in simulation.log.of(f.MessagePosted) if event.actor == "comms"
    ]


def test_a_state_is_seen_at_the_next_look_and_the_inject_happens_once(drill: Drill) -> None:
    simulation = run(
        drill, say("x", state="declared"), typed={301.0: "/declare SEV-1 down", 400.0: "/severity SEV-2"}
    )
    assert said(simulation) == [(315.0, "x")]


def test_what_must_hold_for_a_while_is_counted_from_when_it_was_seen(drill: Drill) -> None:
    simulation = run(drill, say("x", state="declared", after="2m"), typed={301.0: "/declare SEV-1 down"})
    assert said(simulation) == [(435.0, "x")]


def test_what_has_not_happened_by_a_time(drill: Drill) -> None:
    late = say("x", lacking="declared", time="10m")
    assert said(run(drill, late)) == [(600.0, "x")]
    assert said(run(drill, late, typed={301.0: "/declare SEV-1 down"})) == []


def test_everything_in_a_condition_must_hold_and_any_of_its_any(drill: Drill) -> None:
    either = {"any": [{"state": "cause-stated"}, {"state": "declared"}], "time": "6m40s"}
    assert said(run(drill, say("x", **either), typed={301.0: "/declare SEV-1 down"})) == [(405.0, "x")]
    both = {"all": [{"state": "cause-stated"}, {"state": "declared"}]}
    assert said(run(drill, say("x", **both), typed={301.0: "/declare SEV-1 down"})) == []


def test_a_remedy_begun_and_to_what(drill: Drill) -> None:
    typed = {301.0: "kubectl rollout undo deployment/orders-api -n shop", 302.0: "/yes"}
    assert said(run(drill, say("x", remedy="rollback", target="orders-api"), typed=typed)) == [(315.0, "x")]
    assert said(run(drill, say("x", remedy="rollback", target="storefront"), typed=typed)) == []


def test_a_deployment_of_the_scenario_is_nobodys_remedy(drill: Drill) -> None:
    assert said(run(drill, say("x", remedy="deploy"))) == []


def test_failing_requests_and_a_query(drill: Drill) -> None:
    """Both hold when the pool is exhausted, the query by the same figure a little later."""
    query = 'sum(rate(http_requests_total{job="edge",code=~"5.."}[1m])) > 5'
    simulation = run(drill, say("ratio", error_ratio_above=0.1), say("query", query=query))
    assert [text for _, text in said(simulation)] == ["ratio", "query"]
    assert said(run(drill, say("x", error_ratio_below=0.01))) == [(0.0, "x")]


def test_a_change_of_the_world_begins_then(drill: Drill) -> None:
    trouble = ExternalTrouble.model_validate(
        {"do": "external", "name": "paygate", "latency": "3s", "when": {"time": "500s"}}
    )
    changes = [
        (event.t, fact.what)
        for event, fact in run(drill, trouble).log.of(f.WorldChanged)
        if "paygate" in fact.what
    ]
    assert changes == [(510.0, "external paygate 3s 0.002")]


def test_a_release_that_goes_out_on_a_condition_is_the_worlds_own_and_finishes(drill: Drill) -> None:
    release = Deploy(do="deploy", service="orders-api", version="v2.3.0", when=When(error_ratio_above=0.2))
    simulation = run(drill, release, until=3000.0)
    begun = [
        (event.actor, fact)
        for event, fact in simulation.log.of(f.ActionStarted)
        if fact.target == "orders-api"
    ]
    assert [(actor, fact.value) for actor, fact in begun] == [("world", "v2.3.1"), ("world", "v2.3.0")]
    assert any(fact.id == begun[1][1].id and fact.ok for _, fact in simulation.log.of(f.ActionFinished))
    assert [fact.suffering for _, fact in simulation.log.of(f.ImpactChanged)] == [True, False]


def test_advancing_in_steps_gives_the_same_log(drill: Drill) -> None:
    release = Deploy(do="deploy", service="orders-api", version="v2.3.0", when=When(error_ratio_above=0.2))
    whole, stepped = run(drill, release), run(drill, release, until=0.0)
    for t in range(0, 1201, 7):
        stepped.advance(float(min(t, 1200)))
    stepped.advance(1200.0)
    assert dump(stepped.log) == dump(whole.log)


RECOVERED = """
  sum(rate(http_requests_total{job="edge",code=~"5.."}[1m]))
    / sum(rate(http_requests_total{job="edge"}[1m])) < 0.02
"""
ROLLED_BACK = {560.0: "kubectl rollout undo deployment/orders-api -n shop", 562.0: "/yes"}


@pytest.mark.parametrize(
    ("query", "happens"),
    [
        (RECOVERED, True),
        ('count(ALERTS{alertstate="firing"}) > 1', True),
        ('max_over_time(pgbouncer_pools_client_waiting_connections{database="orders"}[2m]) > 100', True),
        ('http_requests_total{job="edge"} offset -6m', False),
        ("kube_deployment_spec_replicas * on (namespace) kube_deployment_spec_replicas", False),
    ],
)
def test_queries_answered_ahead_are_answered_as_at_each_look(
    drill: Drill, query: str, happens: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An intervention voids what was answered; what rules write or lies ahead is not answered before."""
    when = {"query": query, "time": "9m"}
    found = said(run(drill, say("x", **when), typed=ROLLED_BACK))
    monkeypatch.setattr(foresight, "FIRST", 1)
    monkeypatch.setattr(foresight, "MOST", 1)
    assert found == said(run(drill, say("x", **when), typed=ROLLED_BACK))
    assert bool(found) is happens


def test_a_query_is_not_evaluated_at_every_look(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    evaluate = Query.range

    def counted(query: Query, source: Storage, times: Floats) -> Vector:
        asked.append(query.text)
        return evaluate(query, source, times)

    monkeypatch.setattr(Query, "range", counted)
    run(drill, say("x", query="vector(1) > 2"), until=1200.0)
    assert 1 <= len(asked) <= 5


def test_what_is_said_leaves_the_solution_to_be_shared(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody intervenes a second run solves nothing, whatever colleagues say by condition."""
    prepared = prepare(drill.scenario, drill.playbook)
    solved: list[float] = []
    step = Trajectory._step

    def counted(trajectory: Trajectory) -> Knot:
        solved.append(trajectory.times[-1])
        return step(trajectory)

    monkeypatch.setattr(Trajectory, "_step", counted)
    for steps_left in (True, False):
        solved.clear()
        simulation = Simulation(drill.scenario, drill.playbook, 1 + steps_left, prepared=prepared)
        simulation.advance(3600.0)
        assert said(simulation)
        assert bool(solved) is steps_left
