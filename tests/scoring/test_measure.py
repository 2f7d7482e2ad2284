"""The figures of a run."""

from __future__ import annotations

from drillbook.events import facts as f
from drillbook.scoring.measure import Measures, measures
from tests.scoring.scripts import Script


def test_times_and_losses_of_a_good_run(drill: Script) -> None:
    found = measures(drill.well_handled().log)
    assert found.detect_s == 120.0
    assert found.acknowledge_s == 100.0
    assert found.declare_s == 180.0
    assert found.mitigate_s == 780.0
    assert found.resolve_s == 1080.0
    assert (found.user_minutes, found.lost_revenue) == (9000.0, 1234.5)
    assert (found.pages, found.notifications, found.escalations, found.actions) == (1, 1, 0, 1)


def test_what_never_happened_is_null(drill: Script) -> None:
    found = measures(drill.log)
    assert found.acknowledge_s is None
    assert found.mitigate_s is None
    assert found.resolve_s is None
    assert found.user_minutes is None


def test_an_empty_log_measures_nothing() -> None:
    assert measures([]) == Measures()


def test_a_false_resolution_is_none(drill: Script) -> None:
    drill.at("5m").resolve()
    assert measures(drill.log).resolve_s is None


def test_a_reopened_resolution_is_none(drill: Script) -> None:
    drill.at("5m").recovers().at("6m").resolve().at("8m").add("engine", f.IncidentReopened("x"))
    found = measures(drill.log)
    assert (found.resolve_s, found.reopened) == (None, 1)


def test_each_person_paged_is_counted_once(drill: Script) -> None:
    for person in ("dba", "dba", "secondary"):
        drill.does(f.PersonPaged(person, ""))
    assert measures(drill.log).people_paged == 2


def test_deployments_of_the_world_are_no_actions_of_people(drill: Script) -> None:
    drill.add("world", f.ActionStarted("W1", "deploy", "orders-api", "v2.3.1", ""))
    assert measures(drill.log).actions == 0
