"""A horizon of real incidents: nobody is on two calls at once, and the ledger adds up."""

from __future__ import annotations

import math
from collections import Counter
from datetime import timedelta
from functools import cache
from itertools import pairwise
from typing import Any

import pytest

from drillbook.engine.prepared import prepare
from drillbook.loading.catalog import Catalog
from drillbook.model.horizon import Horizon, Objective, Pay
from drillbook.model.measures import COLUMNS, NAMES
from drillbook.people.skill import SKILLS
from drillbook.study.bundle import Bundle, Cell
from drillbook.study.horizon.figures import figures
from drillbook.study.horizon.ledger import ledger
from drillbook.study.horizon.quarter import passed, quarter
from drillbook.study.horizon.watch import Watch
from drillbook.study.measures import Prices

BUSY: dict[str, Any] = {
    "days": 1,
    "start": "2026-03-09T00:00:00Z",
    "arrivals": {"per_month": 360},
    "rota": {"sites": [{"id": "home", "time_zone": "Europe/Berlin", "engineers": 3}]},
}

FEW = {**BUSY, "arrivals": {"per_month": 90}}


def bundle(settings: dict[str, Any], level: str | None = "average") -> tuple[Bundle, list[Any]]:
    catalog = Catalog.standard()
    found = [catalog.drill(name) for name in ("db-pool-exhaustion", "quotes-fail")]
    # An hour is enough for each of them.
    drills = [each._replace(scenario=each.scenario.model_copy(update={"duration": 3600.0})) for each in found]
    skill = SKILLS["average"] if level else None
    cells = tuple(Cell(each.scenario, each.playbook, 0, "average", skill, 1.0) for each in drills)
    prices = Prices(Pay(), Objective())
    ready = [prepare(each.scenario, each.playbook) for each in drills]
    return Bundle(cells, Horizon.model_validate(settings), prices), ready


@cache
def busy() -> Watch:
    return passed(*bundle(BUSY), 3)


def test_nobody_is_on_two_calls_at_once() -> None:
    watch = busy()
    assert sum(each.concurrent > 0 for each in watch.met) >= 2
    for life in watch.lives.values():
        assert all(first[1] <= second[0] for first, second in pairwise(sorted(life.work)))


def test_the_pager_calls_who_is_on_duty_first_and_others_by_escalation_only() -> None:
    watch = busy()
    for each in watch.met:
        at = watch.start + timedelta(seconds=each.begun - watch.start.timestamp())
        seats = {seat: watch.crew.holder(seat, at) for seat in ("primary", "secondary")}
        for notice in each.traces.notices:
            human = each.humans.get(notice.person, "")
            holder = (
                seats["primary"] if notice.level == 1 else seats["secondary"] if notice.level == 2 else None
            )
            if notice.level <= 2:
                assert holder is not None
                assert human == holder.id
            else:
                assert human not in watch.crew.engineers


def test_an_incident_during_another_is_taken_by_somebody_else_or_later() -> None:
    watch = busy()
    engaged: dict[str, list[tuple[float, float]]] = {}
    for each in watch.met:
        owner = each.humans.get(each.traces.owner, "")
        if owner:
            begin = each.begun + each.traces.taken
            assert all(not low < begin < high for low, high in engaged.get(owner, []))
            engaged.setdefault(owner, []).append((begin, each.over))


def test_the_ledger_adds_up_to_the_figures() -> None:
    watch = busy()
    weeks = ledger(watch)
    found = figures(watch, weeks, 30 * 86400.0)
    assert found["cost"] == pytest.approx(sum(row.cost for row in weeks))
    assert found["person_hours"] == pytest.approx(sum(row.worked_hours for row in weeks))
    calls = Counter(each.traces.owner != "" for each in watch.met)
    assert sum(row.incidents for row in weeks) == calls[True]
    assert sum(row.pages for row in weeks) == found["notifications"]
    assert sum(row.on_call_hours for row in weeks) == pytest.approx(2 * 24)  # primary and secondary
    assert sum(row.stipend for row in weeks) == pytest.approx(2 * 500 / 7)
    assert set(found) == set(NAMES)


def test_the_same_seed_gives_the_same_horizon() -> None:
    made, ready = bundle(FEW)
    first, second = quarter(made, ready, 3), quarter(made, ready, 3)
    assert [str(value) for value in first] == [str(value) for value in second]
    assert len(first) == len(COLUMNS)


def test_another_rota_leaves_incidents_as_they_were() -> None:
    usual, without = passed(*bundle(FEW), 3), passed(*bundle({**FEW, "rota": {"secondary": False}}), 3)
    assert [(each.number, each.cell, each.begun) for each in without.met] == [
        (each.number, each.cell, each.begun) for each in usual.met
    ]
    assert all("secondary" not in each.humans for each in without.met)


def test_fatigue_makes_the_same_night_worse_and_can_be_turned_off() -> None:
    night = {
        **BUSY,
        "arrivals": {"per_month": 200, "day": [{"at": "23:00", "weight": 1}, {"at": "05:00", "weight": 0}]},
    }
    tired, rested = passed(*bundle(night), 1), passed(*bundle({**night, "fatigue": {"on": False}}), 1)
    first, second = (next(each for each in watch.met if each.traces.owner) for watch in (tired, rested))
    assert first.number == second.number
    assert first.traces.taken > second.traces.taken
    found = figures(tired, ledger(tired), 1.0)
    assert found["degraded_share"] > 0
    assert found["lost_sleep_hours"] > 0
    assert found["night_pages"] > 0


def test_nobody_there_costs_no_work_and_mitigates_nothing_faster() -> None:
    made, ready = bundle(FEW, None)
    found = dict(zip(NAMES, quarter(made, ready, 3), strict=True))
    assert found["person_hours"] == 0
    assert math.isnan(found["degraded_share"])
    assert math.isnan(found["acknowledge_s"])
