"""A finished run as a row: figures that follow from its log, checked on a log made for it."""

import math
from typing import Any

import pytest

from drillbook.batch.cast import of_level
from drillbook.engine.simulation import Simulation
from drillbook.events import facts as f
from drillbook.events.event import EVERYONE, Event
from drillbook.loading.catalog import Catalog
from drillbook.model.automation import AUTOMATION
from drillbook.model.horizon import Objective, Pay
from drillbook.model.measures import NAMES
from drillbook.study.measures import Prices, row

USUAL = Prices(Pay(), Objective())


class Run:
    """A run with events of one's own."""

    def __init__(self, playbook: str = "novacron", *, start_hour: int = 14) -> None:
        drill = Catalog.standard().drill("db-pool-exhaustion", playbook)
        self.scenario = drill.scenario.model_copy(
            update={"start": drill.scenario.start.replace(hour=start_hour)}
        )
        self.playbook = drill.playbook
        self.log: list[Event] = []

    def at(self, t: float, actor: str, fact: Any) -> "Run":
        self.log.append(Event(len(self.log) + 1, t, actor, None, EVERYONE, fact))
        return self

    def measures(self, prices: Prices = USUAL) -> dict[str, float]:
        return dict(zip(NAMES, row(self, prices), strict=True))  # type: ignore[arg-type]


def suffering(run: Run, begin: float, end: float | None) -> Run:
    run.at(begin, "world", f.ImpactChanged(suffering=True, error_ratio=0.5))
    return run if end is None else run.at(end, "world", f.ImpactChanged(suffering=False, error_ratio=0.0))


def paged(run: Run, t: float, user: str = "primary", page: str = "p1") -> Run:
    run.at(t, "pager", f.PageChanged(page, "triggered"))
    return run.at(t, "pager", f.PageChanged(page, "notified", user=user))


def test_what_never_came_is_no_number_and_was_waited_for_to_the_end() -> None:
    run = suffering(Run(), 100, None).at(1000, "engine", f.Ended("time"))
    found = run.measures()
    assert math.isnan(found["mitigate_s"])
    assert math.isnan(found["acknowledge_s"])
    assert found["observed_s"] == 900
    assert found["acknowledge_breach"] == 1


def test_where_nobody_suffered_nothing_was_late() -> None:
    found = Run().at(1000, "engine", f.Ended("time")).measures()
    assert (found["observed_s"], found["acknowledge_breach"], found["mitigate_breach"]) == (0, 0, 0)


@pytest.mark.parametrize(("answered", "late"), [(120, 0), (121, 1)])
@pytest.mark.parametrize(("healed", "missed"), [(300, 0), (301, 1)])
def test_targets_are_those_of_the_incidents_severity(
    answered: float, late: int, healed: float, missed: int
) -> None:
    """Novacron's P0: acknowledged within a minute of the page, mitigated within five of the onset."""
    run = paged(suffering(Run(), 0, healed), 60)
    run.at(answered, "primary", f.PageChanged("p1", "acknowledged", user="primary"))
    found = run.at(4000, "engine", f.Ended("time")).measures()
    assert (found["acknowledge_breach"], found["mitigate_breach"]) == (late, missed)


def test_a_page_at_night_costs_time_off_in_lieu() -> None:
    """Seed 003: four hours for each page, whoever it woke; here at $50 an hour."""
    run = suffering(Run(start_hour=2), 0, 500)
    paged(run, 60)
    run.at(360, "pager", f.PageChanged("p1", "notified", user="primary"))
    run.at(360, "pager", f.PageChanged("p1", "notified", user="secondary"))
    found = run.at(4000, "engine", f.Ended("time")).measures()
    assert found["night_pages"] == 3
    assert found["cost"] == 2 * 4 * 50
    assert paged(Run(start_hour=14), 60).measures()["night_pages"] == 0


def test_hours_are_worked_from_the_first_command_to_the_resolution() -> None:
    run = suffering(Run(), 0, 1000)
    run.at(600, "primary", f.CommandGiven("/ack", ""))
    run.at(2400, "dba", f.CommandGiven("psql -c 'SELECT 1'", ""))
    run.at(3000, "vp-engineering", f.CommandGiven("/post #incidents well?", ""))
    run.at(4200, "primary", f.IncidentResolved("done"))
    found = run.at(7200, "engine", f.Ended("resolved")).measures()
    assert found["person_hours"] == pytest.approx((3600 + 1800) / 3600)
    assert found["cost"] == pytest.approx(200 + 1.5 * 50)


@pytest.mark.parametrize(("target", "false"), [("orders-api", 0), ("orders-db", 1)])
def test_a_remediation_of_the_automation_is_false_unless_the_scenario_calls_it_a_remedy(
    target: str, false: int
) -> None:
    run = Run().at(60, AUTOMATION, f.ActionStarted("a1", "rollback", target, "", ""))
    run.at(90, "primary", f.ActionStarted("a2", "restart", "edge", "", ""))
    found = run.measures()
    assert (found["automated"], found["false_remediations"]) == (1, false)


def test_the_error_budget_is_that_of_the_window() -> None:
    """Half the target's failures allowed, twice the budget burnt; half the window, twice as much again."""
    drill = Catalog.standard().drill("db-pool-exhaustion")
    run = Simulation(drill.scenario, drill.playbook, 1, cast=of_level("absent"))
    run.advance(600)
    run.submit(run.person, "/end")
    burnt = [
        dict(zip(NAMES, row(run, Prices(Pay(), objective)), strict=True))["budget_burnt"]
        for objective in (
            Objective(),
            Objective(target=0.9995),
            Objective.model_validate({"window": "15d"}),
        )
    ]
    assert burnt[0] > 0
    assert burnt[1] / burnt[0] == pytest.approx(2)
    assert burnt[2] / burnt[0] == pytest.approx(2)
    failed = dict(zip(NAMES, row(run, USUAL), strict=True))["failed_requests"]
    assert failed / burnt[0] / 0.001 / 30 / 86400 == pytest.approx(30, rel=0.4)  # requests a second by day
