"""Whole runs of the engine: whatever happens in them, the debrief can be built, and nothing in it dangles."""

from __future__ import annotations

import pytest

from drillbook.debrief.build import Debrief, build
from drillbook.debrief.page import to_html
from drillbook.debrief.text import to_text
from drillbook.engine.simulation import Simulation
from drillbook.loading.files import Drill
from drillbook.people.cast import colleagues, responder
from drillbook.scoring.score import score


def run(drill: Drill, level: str) -> Debrief:
    simulation = Simulation(
        drill.scenario,
        drill.playbook,
        3,
        cast=lambda scenario, playbook, draws: [
            *colleagues(scenario, playbook, draws, seats={"primary"}, absent=level == "absent"),
            responder(level, scenario, playbook, draws),
        ],
    )
    simulation.advance(drill.scenario.duration + 1)
    card = score(drill.scenario, drill.playbook, simulation.log)
    return build(drill.scenario, drill.playbook, simulation.log, card)


@pytest.fixture(scope="module", params=["expert", "novice", "absent"])
def real(request: pytest.FixtureRequest, drill: Drill) -> Debrief:
    return run(drill, request.param)


def test_the_debrief_of_a_real_run_says_what_users_suffered(real: Debrief) -> None:
    assert real.verdict[0].startswith("About ")
    assert real.suffering
    assert real.charts[0].title == "Requests that truly failed"


def test_every_visible_piece_of_evidence_is_on_the_timeline(real: Debrief) -> None:
    lines = [line for area in real.areas for line in area.lines]
    assert all(each.number is not None for line in lines for each in line.evidence)


def test_the_deployment_behind_the_trouble_is_on_the_timeline(real: Debrief) -> None:
    changes = [each.text for each in real.timeline if each.kind == "change" and each.key]
    assert any("orders-api v2.3.1" in text for text in changes)


def test_a_real_run_can_be_read_in_every_form(real: Debrief) -> None:
    assert "</html>" in to_html(real)
    assert real.title in to_text(real)
