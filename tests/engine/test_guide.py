"""What the playbook says is at hand in a drill: /guide shows its pages, /runbook opens checklists too."""

from __future__ import annotations

from pathlib import Path

import pytest

from drillbook.cli.drill import open_drill
from drillbook.engine.simulation import Simulation
from drillbook.events import facts as f
from drillbook.model.handbook import pages

PLAYBOOKS = sorted(path.stem for path in (Path(__file__).parents[2] / "playbooks").glob("*.yaml"))


def run(playbook: str, until: float = 320) -> Simulation:
    """A drill after some seconds, nobody simulated."""
    drill = open_drill("db-pool-exhaustion", playbook, ())
    simulation = Simulation(drill.scenario, drill.playbook, 1, prepared=drill.prepared)
    simulation.advance(until)
    return simulation


def answer(simulation: Simulation, text: str) -> f.Replied:
    """What the program answers last to a line that the trainee types."""
    events = simulation.submit(simulation.person, text)
    return [event.fact for event in events if isinstance(event.fact, f.Replied)][-1]


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_every_page_of_every_playbook_is_listed_and_shown(playbook: str) -> None:
    drilled = run(playbook, 5)
    listed = answer(drilled, "/guide").text
    for page in pages(open_drill("db-pool-exhaustion", playbook, ()).playbook):
        assert f"  {page.name} " in listed
        shown = answer(drilled, f"/guide {page.name}")
        assert shown.ok
        assert page.title in shown.text


def test_a_page_that_is_not_there_gets_a_suggestion() -> None:
    said = answer(run("novacron", 5), "/guide automaton")
    assert not said.ok
    assert said.text == "no page 'automaton', did you mean automation?; /guide lists them"


def test_a_template_comes_filled_in_with_what_the_seat_knows_and_no_more() -> None:
    drilled = run("novacron")
    for line in ("/ack", "/declare P0 checkout fails", "/assign commander commander", "/cause a slow query"):
        drilled.submit(drilled.person, line)
    told = answer(drilled, "/guide update").text
    for line in (
        "INCIDENT UPDATE - 14:23 UTC",
        "Severity: P0 - Complete outage",
        "Status: investigating",
        "Root cause: a slow query",
        "Next update: 14:38 UTC",
        "  [next] [to fill in: actions next]",
    ):
        assert line in told.splitlines(), told
    first = answer(drilled, "/guide initial").text
    assert "Impact: [to fill in: impact]" in first
    assert "Channel: #incidents\n\nUpdates will be provided every 15m." in first
    assert "{" not in first


def test_reading_the_guide_is_no_response() -> None:
    from drillbook.scoring.case import Case

    drill = open_drill("db-pool-exhaustion", "novacron", ())
    drilled = run("novacron")
    drilled.submit(drilled.person, "/guide automation")
    assert Case(drill.scenario, drill.playbook, drilled.log, drilled.person).first_response is None


def test_a_checklist_is_opened_and_ticked_as_a_runbook_is() -> None:
    drilled = run("novacron", 5)
    assert "Checklists:\ninitial-response  Initial response" in answer(drilled, "/runbook").text
    opened = answer(drilled, "/runbook initial-response").text
    assert opened.splitlines()[:3] == [
        "Initial response",
        "(from 0s to 5m)",
        "1. [acknowledge] Acknowledge the incident.",
    ]
    drilled.submit(drilled.person, "/check 2")
    drilled.submit(drilled.person, "/check assess")
    assert drilled.view.steps == {("initial-response", "join"), ("initial-response", "assess")}


def test_the_checklist_of_the_present_minutes_is_marked() -> None:
    assert "(now)" not in answer(run("novacron", 5), "/runbook").text
    assert "initial-response  Initial response  (now)" in answer(run("novacron"), "/runbook").text
    later = answer(run("novacron", 320 + 600), "/runbook").text
    assert [line for line in later.splitlines() if line.endswith("(now)")] == [
        "investigation  Investigation  (now)"
    ]


def test_a_runbook_shows_its_decisions_limits_and_ways_back() -> None:
    tree = answer(run("first-runbook", 5), "/runbook api-latency-and-errors").text
    assert "Decide:\n  - Nodes are NotReady: go to node-health" in tree
    assert "Quick checks:\n1. [nodes]" in tree
    assert tree.index("Bring in others:") < tree.index("Afterwards:") < tree.index("Tick a step")
    steps = answer(run("novacron", 5), "/runbook service-down").text
    assert "(infrastructure, takes about 1m)" in steps
    assert "(must show: more than 100 requests a second)" in steps


def test_a_form_for_the_handoff_is_pointed_to_where_the_playbook_has_one() -> None:
    told = answer(run("insurance-on-call"), "/resolve rolled back")
    assert "/guide handoff shows the playbook's form" in told.text
    assert "/guide" not in answer(run("incident-response"), "/resolve rolled back").text


@pytest.mark.parametrize("typed", ["help ack", "help /ack", "/help ack", "/help /ACK", "HELP ack"])
def test_help_on_a_verb_is_the_programs_with_or_without_a_slash(typed: str) -> None:
    assert answer(run("novacron", 5), typed).text.startswith("/ack [PAGE|ALERT]: ")


@pytest.mark.parametrize("typed", ["help psql", "/help psql", "/help orders-api", "help orders-api"])
def test_help_on_anything_else_is_the_shells_with_or_without_a_slash(typed: str) -> None:
    drilled = run("novacron", 5)
    drilled.submit(drilled.person, typed)
    drilled.advance(10)
    shown = [fact.output for _, fact in drilled.log.of(f.ProbeAnswered)]
    assert "Such as:" in shown[-1]


def test_a_runbook_shows_the_commands_of_its_steps() -> None:
    opened = answer(run("incident-response", 5), "/runbook db-pool-exhaustion").text
    assert '   $ psql -p 6432 pgbouncer -c "SHOW POOLS"' in opened
