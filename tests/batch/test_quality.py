"""Each way in which a sound scenario can be poor is told, at its place, and the shipped ones are not."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from drillbook.batch.quality.measured import expectation_findings, scenario_findings
from drillbook.batch.quality.quality import quality_problems
from drillbook.errors import Problem
from drillbook.loading.catalog import Catalog
from drillbook.loading.files import Drill, document, read_playbook, read_scenario
from drillbook.model.calibration import Calibration, fingerprint
from tests.loading.sample import PLAYBOOK, SCENARIO, edited, line_of

EDITS = (
    ("title: The shop stops answering", "title: The release of orders-api stops the shop"),
    ("shows: 'LEFT JOIN shipments'", "shows: 'RIGHT JOIN shipments'"),
    ("probe: kubectl get pods -n shop", "probe: kubectel get pods -n shop"),
    (
        "probe: kubectl logs deploy/orders-api -n shop --tail=20",
        "probe: kubectl scale deployment/orders-api --replicas=9 -n shop",
    ),
    (
        "command: kubectl set env deployment/orders-api ORDER_HISTORY_JOIN=off -n shop",
        "command: kubectl set env deployment/orders-api ORDER_HISTORY_JOIN=slow -n shop",
    ),
    ("command: systemctl restart postgresql", "command: sistemctl restart postgresql"),
    (
        "command: kubectl rollout restart deployment/storefront -n shop",
        "command: kubectl rollout restart deployment/edge -n ingress",
    ),
    (
        "command: kubectl scale deployment/orders-api --replicas=16",
        "command: kubectl scale deployment/orders-app --replicas=16",
    ),
    ("expr: pgbouncer_pools_client_waiting_connections", "expr: pgbouncer_pools_client_waiting_conections"),
    ("{after: 6m,", "{after: 30s,"),
)


@cache
def poor() -> dict[str, Problem]:
    """The problems of the edited scenario, by the line that they are on."""
    text = SCENARIO
    for old, new in EDITS:
        text = edited(text, old, new)
    scenario = read_scenario(document(text, "f.yaml"))
    found = quality_problems(scenario, read_playbook(document(PLAYBOOK, "p.yaml")), None)
    lines = text.splitlines()
    return {lines[problem.line - 1].strip(): problem for problem in found}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "title: The release of orders-api",
            "the title gives the cause away: it says `release` and `orders-api`",
        ),
        ("shows: 'RIGHT JOIN", "matches nothing that the probe of `long-queries` prints"),
        ("probe: kubectel", "the shell does not understand the probe of `pods-fine`"),
        ("probe: kubectl scale", "the probe of `app-logs` does not look, it begins `scale`"),
        ("command: kubectl set env", "the command's value is `ORDER_HISTORY_JOIN=slow`"),
        ("command: sistemctl", "the shell does not understand `sistemctl restart postgresql`"),
        ("command: kubectl rollout restart deployment/edge", "the command does restart to edge"),
        (
            "command: kubectl scale deployment/orders-app",
            "the command begins no `scale`: it prints Error from",
        ),
        ("expr: pgbouncer_pools", "nothing exports the metric `pgbouncer_pools_client_waiting_conections`"),
        ("- {after: 30s", "the hint may be had at 30s, before the first page at "),
        ("name: db-pool-exhaustion", "the scenario is not calibrated"),
    ],
)
def test_it_is_told_at_its_place(line: str, message: str) -> None:
    (problem,) = [problem for at, problem in poor().items() if at.startswith(line)]
    assert message in problem.message


def test_nothing_else_is_told() -> None:
    assert len(poor()) == 11


def test_a_metric_is_pointed_at_within_its_expression() -> None:
    problem = next(each for each in poor().values() if "nothing exports" in each.message)
    assert (
        problem.column
        == SCENARIO.splitlines()[line_of(SCENARIO, "expr: pgbouncer_pools_client_waiting") - 1].index(
            "pgbouncer"
        )
        + 1
    )


def test_a_cause_that_nothing_reveals_and_an_incident_that_is_none_are_told() -> None:
    text = edited(SCENARIO, "service: orders-api, version: v2.3.1", "service: orders-api, version: v2.3.0")
    scenario = read_scenario(document(text, "f.yaml"))
    found = quality_problems(scenario, read_playbook(document(PLAYBOOK, "p.yaml")), None)
    messages = [each.message for each in found]
    assert "users never suffer when nobody does anything" in messages
    assert any(
        message.startswith("`long-queries`") or "`long-queries` prints" in message for message in messages
    )


@pytest.fixture
def measured() -> tuple[Drill, Calibration]:
    catalog = Catalog.standard()
    from drillbook.loading.calibrated import calibration_of

    found = calibration_of(catalog.index.find("scenario", "orders-missing"))
    assert found is not None
    return catalog.drill("orders-missing"), found


def _told(drill: Drill, calibration: Calibration, **needs: Any) -> list[str]:
    changed = drill.scenario.needs.model_copy(update=needs)
    scenario = drill.scenario.model_copy(update={"needs": changed})
    same = calibration.model_copy(update={"fingerprint": fingerprint(scenario, drill.playbook)})
    return [each.message for each in scenario_findings(scenario, drill.playbook, same)]


def test_a_good_calibration_says_nothing(measured: tuple[Drill, Calibration]) -> None:
    assert _told(*measured) == []


def test_par_that_nobody_or_everybody_meets_is_told(measured: tuple[Drill, Calibration]) -> None:
    assert _told(*measured, par_mitigate=60.0) == ["no simulated responder in 300 meets `par_mitigate`"]
    assert _told(*measured, par_user_minutes=1e6) == ["all 300 simulated responders meet `par_user_minutes`"]


def test_another_scenario_than_the_calibrated_is_told(measured: tuple[Drill, Calibration]) -> None:
    drill, found = measured
    scenario = drill.scenario.model_copy(update={"title": "Another"})
    (only,) = scenario_findings(scenario, drill.playbook, found)
    assert "as they once were" in only.message


def test_proofs_that_fail_and_herrings_that_mislead_nobody_are_told(
    measured: tuple[Drill, Calibration],
) -> None:
    drill, found = measured
    none = found.herrings[0].pursued["expert"]
    assert none.value == 0
    herring = found.herrings[0].model_copy(update={"pursued": dict.fromkeys(found.herrings[0].pursued, none)})
    proof = found.proofs[0].model_copy(update={"result": "fails"})
    changed = found.model_copy(update={"herrings": [herring], "proofs": [proof]})
    assert _told(drill, changed) == [
        "that left alone, service comes back in at most 20% of the runs is not so",
        "`too-few-consumers` misled nobody in 100 runs of each level",
    ]


def test_expectations_that_nobody_meets_or_can_miss_are_told(measured: tuple[Drill, Calibration]) -> None:
    drill, found = measured
    first, second, third = (each.id for each in drill.playbook.expectations[:3])
    changed = found.model_copy(
        update={
            "expectations": {
                first: {level: {"missed": 90, "violated": 10} for level in found.levels},
                second: {level: {"met": 100} for level in found.levels},
                third: {level: {"not-applicable": 100} for level in found.levels},
            }
        }
    )
    told = list(expectation_findings(drill.playbook, drill.scenario, changed))
    assert [(each.path, each.message.partition(":")[0]) for each in told] == [
        (("expectations", 0), f"nobody meets `{first}`"),
        (("expectations", 1), f"nobody can miss `{second}`"),
    ]
