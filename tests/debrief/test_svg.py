from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillbook.debrief.build import Chart, Debrief
from drillbook.debrief.document import Entry
from drillbook.debrief.svg import charts_svg, describe


def drawn(debrief: Debrief, *charts: Chart, width: float = 1000) -> ET.Element:
    return ET.fromstring(charts_svg(replace(debrief, charts=charts), width))


def paths(svg: ET.Element) -> list[str]:
    return [each.attrib["d"] for each in svg.iter("path") if each.attrib["class"].startswith("series")]


def overlaps(svg: ET.Element) -> int:
    circles = [[float(each.attrib[name]) for name in ("cx", "cy", "r")] for each in svg.iter("circle")]
    return sum(
        (x - a) ** 2 + (y - b) ** 2 < (2 * r) ** 2
        for n, (x, y, r) in enumerate(circles)
        for a, b, _ in circles[:n]
    )


@pytest.mark.parametrize("width", [372.0, 1040.0])
def test_every_turning_point_has_a_mark_and_no_mark_covers_another(handled: Debrief, width: float) -> None:
    svg = ET.fromstring(charts_svg(handled, width))
    assert len(list(svg.iter("circle"))) == sum(entry.key for entry in handled.timeline)
    assert overlaps(svg) == 0


@given(
    st.lists(st.floats(0, 1820), min_size=1, max_size=120) | st.lists(st.floats(1800, 1820), max_size=60),
    st.sampled_from([372.0, 1040.0]),
)
def test_marks_stay_apart_and_on_the_page_however_many_there_are(
    handled: Debrief, times: list[float], width: float
) -> None:
    entries = tuple(
        Entry(n, n, t, "14:20:00", "look", "looks", key=True) for n, t in enumerate(sorted(times), start=1)
    )
    svg = ET.fromstring(charts_svg(replace(handled, timeline=entries), width))
    assert overlaps(svg) == 0
    assert all(0 <= float(each.attrib["cx"]) <= width for each in svg.iter("circle"))


def test_a_gap_in_the_values_is_a_gap_in_the_line(handled: Debrief) -> None:
    chart = Chart(
        "c", "", [("s", [0.0, 10.0, 20.0, 30.0, 40.0], [1.0, 2.0, float("nan"), 3.0, float("inf")])]
    )
    assert [path.count("M") for path in paths(drawn(handled, chart))] == [2]


def test_a_chart_without_values_is_an_empty_panel(handled: Debrief) -> None:
    nothing: list[float] = []
    for chart in (
        Chart("c", "", []),
        Chart("c", "", [("s", nothing, nothing)]),
        Chart("c", "", [("s", [0.0], [float("nan")])]),
    ):
        assert paths(drawn(handled, chart)) == []


def test_several_series_are_told_apart_by_name_and_by_dashes(handled: Debrief) -> None:
    chart = Chart("c", "s", [("first", [0.0, 9.0], [1.0, 2.0]), ("second", [0.0, 9.0], [3.0, 4.0])])
    svg = drawn(handled, chart)
    assert [each.attrib["class"] for each in svg.iter("line") if "series" in each.attrib["class"]] == [
        "series s0",
        "series s1",
    ]
    names = [each.text for each in svg.iter("text") if "name" in each.attrib.get("class", "")]
    assert names == ["first", "second"]


def test_ordinary_life_before_the_drill_is_on_the_same_axis(handled: Debrief) -> None:
    before = Chart("c", "", [("s", [-300.0, 0.0, handled.end], [1.0, 1.0, 1.0])])
    xs = [float(x) for x in re.findall(r"[ML]([\d.]+) ", paths(drawn(handled, before))[0])]
    assert xs[0] < xs[1] < xs[2]
    assert (xs[1] - xs[0]) / (xs[2] - xs[0]) == pytest.approx(300 / (handled.end + 300), abs=0.01)


def test_ticks_are_at_round_times_of_day(handled: Debrief) -> None:
    ticks = [
        t.text
        for t in ET.fromstring(charts_svg(handled, 1040)).iter("text")
        if re.fullmatch(r"\d\d:\d\d", t.text or "")
    ]
    assert len(ticks) >= 4
    assert {int((tick or "")[3:]) % 5 for tick in ticks} == {0}


def test_a_run_of_no_length_can_be_drawn(handled: Debrief) -> None:
    picture = drawn(replace(handled, end=0.0), Chart("c", "", [("s", [0.0], [1.0])]))
    numbers = ET.tostring(picture, encoding="unicode").lower()
    assert "nan" not in numbers
    assert "inf" not in numbers


@pytest.fixture(scope="session")
def draw(handled: Debrief) -> Callable[[Chart], ET.Element]:
    """Draws on the run that was handled; small to print in reports of generated examples."""

    def on_it(chart: Chart) -> ET.Element:
        return drawn(handled, chart)

    return on_it


@given(st.lists(st.tuples(st.floats(0, 1820), st.floats(0, 1e12)), min_size=1, max_size=30))
def test_lines_stay_within_their_panel(
    draw: Callable[[Chart], ET.Element], points: list[tuple[float, float]]
) -> None:
    times, values = zip(*sorted(points), strict=True)
    svg = draw(Chart("c", "", [("s", times, values)]))
    _, _, width, height = map(float, svg.attrib["viewBox"].split())
    for x, y in re.findall(r"[ML]([\d.]+) ([\d.]+)", paths(svg)[0]):
        assert 0 <= float(x) <= width
        assert 0 <= float(y) <= height


def test_the_charts_are_told_in_words_too(handled: Debrief) -> None:
    text = describe(handled)
    assert "Requests that truly failed: highest 24.1 % at 14:38:45 UTC." in text
    assert "Users suffered from 14:22:45 to 14:39:00 UTC." in text
    assert describe(replace(handled, suffering=(), charts=())) == "Users never suffered."


def test_of_what_is_left_the_lowest_is_told(handled: Debrief) -> None:
    room = Chart("Room on db", "bytes", [("room", [0.0, 900.0], [2.0**31, 2.0**30])])
    assert "Room on db: lowest 1 GiB at 14:33:00 UTC." in describe(replace(handled, charts=(room,)))
