"""Declaring, severity, impact, roles."""

from __future__ import annotations

import pytest

from drillbook.events import facts as f
from drillbook.events.event import HIDDEN
from drillbook.model.playbook import Playbook
from drillbook.model.scenario import Scenario
from tests.scoring.scripts import ONSET, Script


def test_a_declaration_in_time_is_met(drill: Script) -> None:
    assert drill.at("9m").declare().judged("declare").late_by_s == 0


def test_a_late_declaration_is_late(drill: Script) -> None:
    assert drill.at("12m").declare().judged("declare").late_by_s == 120.0


def test_a_declaration_before_the_page_is_early_not_late(drill: Script) -> None:
    early = Script(drill.scenario, drill.playbook)
    early.at(200.0).declare().at(300.0).paged()
    assert early.judged("declare").late_by_s == 0


@pytest.mark.parametrize(
    ("names", "outcome"),
    [
        (["SEV-1"], "met"),
        (["sev-1"], "met"),
        (["SEV-2"], "partly"),
        (["SEV-3"], "missed"),
        (["SEV-3", "SEV-1"], "partly"),
        (["SEV-2", "SEV-1"], "partly"),
        (["SEV-1", "SEV-3"], "partly"),
        ([], "missed"),
    ],
)
def test_severity(drill: Script, names: list[str], outcome: str) -> None:
    """Right from the first is met; acceptable, corrected or too soon changed is partly."""
    for minute, name in enumerate(names, 5):
        fact = f.SeverityChanged(name) if minute > 5 else f.IncidentDeclared(name, "it fails")
        drill.at(f"{minute}m").does(fact)
    assert drill.at("30m").ends().judged("severity").outcome == outcome


def test_a_downgrade_after_mitigation_is_ordinary(drill: Script) -> None:
    drill.at("5m").declare("SEV-1").at("20m").recovers().at("22m").does(f.SeverityChanged("SEV-3"))
    assert drill.judged("severity").outcome == "met"


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("40% of customers cannot open their cart", "met"),
        ("carts fail", "partly"),
        ("something is odd", "missed"),
        ("carts fail since 20 minutes", "partly"),
    ],
)
def test_impact_names_what_users_cannot_do_with_a_figure(drill: Script, text: str, outcome: str) -> None:
    assert drill.at("5m").post("#incidents", text).judged("impact").outcome == outcome


def test_a_colleagues_figure_counts_partly_and_is_theirs(drill: Script) -> None:
    """The trainee's own words come first, and the reason says whose they are."""
    text = "40% of requests fail, customers cannot open their cart"
    drill.at("2m").ack().post("#incidents", text, person="secondary")
    judged = drill.judged("impact")
    assert (judged.outcome, judged.reason.split()[0]) == ("partly", "secondary")
    judged = drill.at("5m").post("#incidents", text).judged("impact")
    assert (judged.outcome, judged.reason.split()[0]) == ("met", "You")


def test_a_late_figure_takes_nothing_away(drill: Script) -> None:
    drill.at("5m").post("#incidents", "customers cannot open their cart")
    early = drill.judged("impact").points
    drill.at("50m").post("#incidents", "40% of requests fail, customers cannot open their cart")
    assert drill.judged("impact").points >= early


def test_roles_need_a_leader_and_somebody_who_communicates(drill: Script) -> None:
    drill.at("5m").declare()
    assert drill.judged("roles").outcome == "missed"
    drill.does(f.RoleAssigned("commander", "primary"))
    assert drill.judged("roles").outcome == "partly"
    drill.at("8m").does(f.RoleAssigned("communications", "comms"))
    assert drill.judged("roles").outcome == "met"


def test_the_slower_of_the_two_roles_gives_the_time(drill: Script) -> None:
    drill.at("5m").declare().does(f.RoleAssigned("commander", "commander"))
    drill.at("25m").does(f.RoleAssigned("communications", "comms"))
    assert drill.judged("roles").late_by_s == 300.0


def test_roles_are_not_asked_for_at_an_acceptable_lower_severity(drill: Script) -> None:
    assert drill.at("5m").declare("SEV-2").judged("roles").outcome == "not-applicable"


def test_a_severity_that_is_too_low_relieves_nobody(drill: Script) -> None:
    assert drill.at("5m").declare("SEV-3").judged("roles").outcome == "missed"


def test_a_playbook_without_these_roles_asks_for_none(drill: Script) -> None:
    roles = [role for role in drill.playbook.roles if role.id == "scribe"]
    drill.playbook = drill.playbook.model_copy(update={"roles": roles})
    assert drill.at("5m").declare().judged("roles").outcome == "not-applicable"


def test_what_was_said_before_the_page_is_not_the_impact(scenario: Scenario, playbook: Playbook) -> None:
    drill = Script(scenario, playbook)
    people = tuple((each.id, each.id, each.title, each.part) for each in scenario.people)
    drill.add("engine", f.Started(scenario.name, playbook.name, 7, 0, "0", "2026-03-10T14:20:00Z", people))
    drill.now = ONSET - 60
    drill.post("#incidents", "40% of customers cannot open their cart", person="secondary")
    drill.now = ONSET
    drill.add("world", f.ImpactChanged(suffering=True, error_ratio=0.3), to=HIDDEN)
    assert drill.paged().at("1m").ack().judged("impact").outcome == "missed"
