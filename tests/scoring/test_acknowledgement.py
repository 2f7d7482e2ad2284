"""Taking the page and turning up."""

from __future__ import annotations

from drillbook.events import facts as f
from drillbook.model.playbook import Playbook
from drillbook.model.scenario import Scenario
from tests.scoring.scripts import PAGE, Script


def test_an_acknowledgement_in_time_is_met_with_its_time(drill: Script) -> None:
    judged = drill.at("1m40s").ack().judged("acknowledge")
    assert (judged.outcome, judged.late_by_s, judged.points) == ("met", 0.0, 10.0)
    assert judged.reason == "Acknowledged 1m40s after the page; the playbook gives 5m."


def test_an_acknowledgement_at_the_target_is_in_time(drill: Script) -> None:
    assert drill.at("5m").ack().judged("acknowledge").late_by_s == 0


def test_a_late_acknowledgement_is_met_but_costs(drill: Script) -> None:
    judged = drill.at("7m30s").ack().judged("acknowledge")
    assert (judged.outcome, judged.late_by_s) == ("met", 150.0)
    assert judged.points == 10 * (1 - 0.4 * 0.5)


def test_a_far_too_late_acknowledgement_counts_partly(drill: Script) -> None:
    judged = drill.at("16m").ack().judged("acknowledge")
    assert judged.outcome == "partly"
    assert judged.points == 3.0


def test_somebody_elses_acknowledgement_is_not_the_trainees(drill: Script) -> None:
    assert drill.at("2m").ack(person="secondary").judged("acknowledge").outcome == "missed"


def test_an_unacknowledged_second_page_leaves_it_partly(drill: Script) -> None:
    drill.at("1m").ack().at("10m").paged("P2").at("30m").add("world", f.WorldChanged("x"))
    assert drill.judged("acknowledge").outcome == "partly"


def test_a_page_that_went_away_by_itself_asks_for_nothing(drill: Script) -> None:
    drill.at("1m").ack().at("10m").paged("P2")
    drill.at("12m").add("pager", f.PageChanged("P2", "resolved", "production"))
    assert drill.at("40m").ends().judged("acknowledge").outcome == "met"


def test_without_a_page_there_is_nothing_to_acknowledge(drill: Script) -> None:
    quiet = Script(drill.scenario, drill.playbook)
    quiet.add("world", f.ImpactChanged(suffering=True, error_ratio=0.1))
    assert quiet.judged("acknowledge").outcome == "not-applicable"


def test_an_acknowledgement_alone_is_no_response(drill: Script) -> None:
    drill.at("1m").typed("/ack")
    assert drill.judged("join-in-time").outcome == "missed"
    drill.at("4m").typed("kubectl get pods")
    assert drill.judged("join-in-time").outcome == "met"


def test_the_severity_gives_the_time_to_respond(drill: Script) -> None:
    drill.at("20m").declare("SEV-1")
    assert drill.judged("join-in-time").late_by_s == 300.0


def test_a_note_is_a_response(drill: Script) -> None:
    drill.at("1m").typed("/no")
    assert drill.judged("join-in-time").outcome == "missed"
    drill.at("4m").typed("/note looking at the shop")
    assert drill.judged("join-in-time").outcome == "met"


def test_what_was_typed_before_the_page_does_not_answer_it(scenario: Scenario, playbook: Playbook) -> None:
    """The response begins with the trainee's own act after the page, which is also the evidence."""
    drill = Script(scenario, playbook).at(30)
    drill.post("#marketing", "The mail goes out now").at(PAGE).paged()
    assert drill.judged("join-in-time").outcome == "missed"
    act = drill.at("3m").typed("kubectl get pods")
    judged = drill.judged("join-in-time")
    assert (judged.outcome, judged.evidence) == ("met", (act,))
    assert "3m after the page" in judged.reason


def test_of_several_pages_the_slowest_is_named_as_such(drill: Script) -> None:
    reason = drill.at("1m").ack().at("10m").paged("P2").at("14m").ack("P2").judged("acknowledge").reason
    assert reason == "The slowest of 2 pages was acknowledged 4m after it came; the playbook gives 5m."
