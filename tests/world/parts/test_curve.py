"""Components drawn by hand: numbers follow the curves, callers suffer what they say, fixes lead on."""

from __future__ import annotations

from typing import Any

import pytest

from drillbook.engine.randomness import Randomness
from drillbook.model.system import System
from drillbook.world.parts.curve import CurveState
from drillbook.world.shell.answer import Output, Proposal
from drillbook.world.shell.shell import Shell
from tests.world.builders import Play, service, system
from tests.world.shell.builders import FakeAlertmanager, FakeMetrics


def shop(**over: Any) -> System:
    """An entry that asks a search cluster for every other request."""
    search = {
        "kind": "curve", "name": "search", "owner": "search-team",
        "metrics": [
            {"name": "search_heap_ratio", "noise": 0.0, "warn_above": 0.9},
            {"name": "search_queries_total", "counter": True},
        ],
        "stages": [
            {"name": "well", "metrics": {"search_heap_ratio": [{"value": 0.5}],
                                         "search_queries_total": [{"value": 100}]}},
            {"name": "full",
             "metrics": {"search_heap_ratio": [{"value": 0.5}, {"after": "10m", "value": 1.0}]},
             "error_ratio": [{"value": 0}, {"after": "5m", "value": 0}, {"after": "10m", "value": 0.8}],
             "says": "GC overhead limit exceeded"},
        ],
        "fixes": [{"command": "systemctl restart search", "stage": "well", "takes": "30s",
                   "risk": "Searches fail."}],
    }  # fmt: skip
    edge = service("edge", calls=[{"to": "search", "share": 0.5, "timeout": "1s"}])
    return system(edge, search | over, entry="edge")


FULL = {"do": "change", "at": "5m", "component": "search", "set": {"stage": "full"}}


def search(play: Play, t: float) -> CurveState:
    state = play.to(t).world.state(t)["search"]
    assert isinstance(state, CurveState)
    return state


@pytest.mark.parametrize(("t", "heap"), [(0, 0.5), (300, 0.5), (600, 0.75), (900, 1.0), (3000, 1.0)])
def test_a_metric_follows_its_curve_from_the_stages_beginning(t: float, heap: float) -> None:
    play = Play(shop(), [FULL])
    assert search(play, t).values[0] == pytest.approx(heap)
    _, samples = play.world.matrix("search_heap_ratio", int(t // 15), int(t // 15))
    assert samples[0, 0] == pytest.approx(heap)


def test_a_counter_adds_up_its_curve() -> None:
    _, samples = Play(shop()).world.matrix("search_queries_total", 0, 100)
    assert samples[0, -1] - samples[0, 0] == pytest.approx(100 * 1500, rel=0.01)


def test_what_it_does_not_draw_again_stays_as_it_was() -> None:
    assert search(Play(shop(), [FULL]), 900).values[1] == 100


def test_callers_fail_as_it_fails() -> None:
    play = Play(shop(), [FULL])
    assert play.service(500, "edge").error_ratio == pytest.approx(0, abs=1e-6)
    assert play.to(1000).service(1000, "edge").error_ratio == pytest.approx(0.4, rel=0.01)


def test_a_fix_warns_takes_its_time_and_leads_to_its_stage() -> None:
    play = Play(shop(), [FULL])
    play.to(1200)
    answer = Shell(play.world, FakeMetrics(), Randomness(1), FakeAlertmanager()).run(
        1200, "systemctl restart search"
    )
    assert isinstance(answer, Proposal)
    assert answer.risky
    assert answer.consequence == "Searches fail."
    name = play.at(1200, answer.action.kind, answer.action.target, answer.action.value)
    assert search(play, 1229).stage.name == "full"
    assert search(play, 1231).stage.name == "well"
    assert play.ended(name).ok
    assert play.service(1240, "edge").error_ratio == pytest.approx(0, abs=1e-6)


def test_its_status_says_how_it_is() -> None:
    play = Play(shop(), [FULL])
    play.to(1200)
    answer = Shell(play.world, FakeMetrics(), Randomness(1), FakeAlertmanager()).run(
        1200, "systemctl status search"
    )
    assert isinstance(answer, Output)
    assert "failed" in answer.text
    assert "GC overhead limit exceeded" in answer.text


def test_the_map_shows_it_with_its_health() -> None:
    node = next(node for node in Play(shop(), [FULL]).to(800).world.map(800) if node.name == "search")
    assert (node.kind, node.owner, node.health) == ("curve", "search-team", "down")


def test_a_fix_without_a_stage_leaves_the_curves_where_they_are() -> None:
    useless = {"command": "searchctl warm", "takes": "30s"}
    play, left = Play(shop(fixes=[useless]), [FULL]), Play(shop(fixes=[useless]), [FULL])
    name = play.at(600, "fix", "search", "0")
    assert search(play, 1000).values == search(left, 1000).values
    assert play.ended(name).ok


def test_a_tool_that_only_a_fix_brings_is_listed_and_led_on() -> None:
    play = Play(shop(fixes=[{"command": "searchctl warm"}]))
    own = Shell(play.to(10).world, FakeMetrics(), Randomness(1), FakeAlertmanager())
    for typed in ("searchctl", "searchctl cold", "help searchctl", "searchctl --help"):
        assert "searchctl warm" in own.run(10, typed).text
    assert "  searchctl" in own.run(10, "help").text
    assert own.run(10, "serchctl warm").text.splitlines()[1] == "Did you mean: searchctl warm"


def test_curl_gets_what_is_drawn_for_callers_and_its_health_check_is_another_thing() -> None:
    slow = {"name": "full", "latency": [{"value": 30}]}
    play = Play(shop(stages=[{"name": "well"}, slow]), [FULL])
    own = Shell(play.to(1000).world, FakeMetrics(), Randomness(1), FakeAlertmanager())
    assert "Operation timed out" in own.run(1000, "curl -i https://search/find").text
    assert own.run(1000, "curl -i https://search/health").text.startswith("HTTP/2 200")
    assert own.run(100, "curl -i https://search/find").text.startswith("HTTP/2 200")
