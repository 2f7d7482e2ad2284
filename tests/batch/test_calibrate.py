"""A calibration is the same wherever it is made, says what it knows, and does not say what it does not."""

from __future__ import annotations

import pytest

from drillbook.batch.calibrate import calibrate
from drillbook.batch.intervals import share
from drillbook.batch.runs import Task, packed, play
from drillbook.cli.drill import cast_for, open_drill
from drillbook.loading.calibrated import calibration_of, calibration_text, read_calibration
from drillbook.loading.catalog import Catalog
from drillbook.loading.files import Drill
from drillbook.model.calibration import LEVELS, RESPONDING, Calibration, fingerprint
from drillbook.scoring.par import is_current, runs_of
from drillbook.scoring.score import score
from tests.batch.conftest import SEEDS

SHIPPED = ("db-pool-exhaustion", "orders-missing")


def test_two_processes_measure_what_one_does(drill: Drill, small: Calibration) -> None:
    told: list[int] = []
    spread = calibrate(drill.scenario, drill.playbook, SEEDS, 2, told.append)
    assert calibration_text(spread) == calibration_text(small)
    assert told == list(range(1, len(SEEDS) * len(LEVELS) + 1))


def test_it_measures_what_drillbook_run_plays(drill: Drill, small: Calibration) -> None:
    opened = open_drill("orders-missing", None, ())
    simulation = opened.simulation(2, cast_for("average"))
    simulation.advance(drill.scenario.duration + 1)
    assert small.levels["average"].sample["total"][1] == score(*drill, simulation.log).total


def test_few_runs_leave_undecided_what_they_cannot_show(small: Calibration) -> None:
    """Six of six experts are no proof of 80 %, six of six failures none of 20 %."""
    results = {proof.id: proof.result for proof in small.proofs}
    assert share(6, 6).low < 0.8  # type: ignore[operator]
    assert results["absent-fails"] == results["expert-restores"] == "undecided"
    assert results["novice-absent"] == "holds"


def test_red_herrings_are_the_wrong_causes_that_clues_point_to(drill: Drill, small: Calibration) -> None:
    needs = drill.scenario.needs
    assert [each.cause for each in small.herrings] == [
        cause.id
        for cause in needs.causes
        if cause.id != needs.cause and any(clue.points_to == cause.id for clue in needs.clues)
    ]
    accounts = next(each for each in small.herrings if each.cause == "accounts-release")
    assert accounts.clues == ["account-errors", "accounts-history"]
    assert accounts.pursued["novice"].value > accounts.pursued["expert"].value  # type: ignore[operator]


def test_each_expectation_counts_every_run(small: Calibration) -> None:
    for outcomes in small.expectations.values():
        assert {level: sum(outcomes[level].values()) for level in LEVELS} == dict.fromkeys(LEVELS, len(SEEDS))


def test_its_file_reads_back_the_same(small: Calibration) -> None:
    assert read_calibration(calibration_text(small), "x.calibration.json") == small


def test_runs_become_par(small: Calibration) -> None:
    par = runs_of(small)
    assert len(par) == len(SEEDS) * len(RESPONDING)
    assert par[0].measures.mitigate_s == small.levels["expert"].sample["mitigate_s"][0]


def test_a_calibration_is_current_for_the_same_drill_only(drill: Drill, small: Calibration) -> None:
    assert is_current(small, *drill)
    assert not is_current(small, drill.scenario, Catalog.standard().playbook("novacron"))
    edited = drill.scenario.model_copy(update={"title": "Another"})
    assert not is_current(small, edited, drill.playbook)
    older = small.model_copy(update={"scoring_version": "0"})
    assert not is_current(older, *drill)


def test_a_scorecard_says_where_one_stands_among_each_level(drill: Drill, small: Calibration) -> None:
    simulation = open_drill("orders-missing", None, ()).simulation(40, cast_for("average"))
    simulation.advance(drill.scenario.duration + 1)
    card = score(*drill, simulation.log, par=runs_of(small))
    assert card.par is not None
    assert list(card.par.levels) == list(RESPONDING)
    assert any(
        text.startswith("Mitigated sooner than ") and "% of simulated experts" in text
        for text in card.par.texts
    )


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_calibrations_are_of_the_shipped_scenarios_and_prove_them(name: str) -> None:
    """`drillbook calibrate` renews them after a change of the scenario or its playbook."""
    catalog = Catalog.standard()
    found = calibration_of(catalog.index.find("scenario", name))
    assert found is not None
    assert found.fingerprint == fingerprint(*catalog.drill(name))
    assert [proof.result for proof in found.proofs] == ["holds"] * 5


@pytest.mark.parametrize("name", SHIPPED)
def test_a_sample_of_runs_is_within_what_the_shipped_calibration_saw(name: str) -> None:
    """Else the engine or the people have changed since, and `drillbook calibrate` has to be run again."""
    catalog = Catalog.standard()
    drill = catalog.drill(name)
    found = calibration_of(catalog.index.find("scenario", name))
    assert found is not None
    blob = packed(*drill)
    for level in RESPONDING:
        totals = [value or 0.0 for value in found.levels[level].sample["total"]]
        for seed in (1001, 1002):
            run = play(Task(blob, level, seed))
            assert min(totals) - 10 <= run.total <= max(totals) + 10
