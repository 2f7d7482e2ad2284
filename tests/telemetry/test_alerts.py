"""The alert state machine, told as tables: when an expression holds, and what the alert becomes."""

from __future__ import annotations

import numpy as np
import pytest

from drillbook.model.labels import labels
from drillbook.telemetry.alerts import Active, Element, Holding, Span, run, spans

A, B = labels(alertname="A"), labels(alertname="A", job="b")


def element(marks: str, who: tuple[tuple[str, str], ...] = A) -> Element:
    present = np.array([mark == "#" for mark in marks])
    return Element(who, who, present, np.arange(float(len(marks))))


def walked(marks: str, *, hold: int = 0, keep: int = 0) -> list[tuple[int, str]]:
    times = np.arange(len(marks)) * 15
    course = run({}, [element(marks)], times, Holding(hold, keep), 0)
    return [(turn.column, turn.state) for turn in course.turns]


@pytest.mark.parametrize(
    ("marks", "hold", "keep", "turns"),
    [
        ("....", 0, 0, []),
        (".##.", 0, 0, [(1, "firing"), (3, "inactive")]),
        ("####", 30, 0, [(0, "pending"), (2, "firing")]),
        ("##.#", 30, 0, [(0, "pending"), (2, "inactive"), (3, "pending")]),
        ("###.", 29, 0, [(0, "pending"), (2, "firing"), (3, "inactive")]),
        ("#....", 0, 30, [(0, "firing"), (3, "inactive")]),
        ("#..#...", 0, 45, [(0, "firing")]),
        ("#..#....", 0, 45, [(0, "firing"), (7, "inactive")]),
        ("#.#.", 15, 60, [(0, "pending"), (1, "inactive"), (2, "pending"), (3, "inactive")]),
    ],
)
def test_states(marks: str, hold: int, keep: int, turns: list[tuple[int, str]]) -> None:
    """`for` counts from the first evaluation; only what fired keeps firing."""
    assert walked(marks, hold=hold, keep=keep) == turns


def test_a_resolved_alert_starts_anew() -> None:
    course = run({}, [element("#.#")], np.array([0, 15, 30]), Holding(0, 0), 0)
    assert [turn.alert.active_at for turn in course.turns] == [0, 0, 30]


def test_value_and_series_are_those_of_the_last_time_it_held() -> None:
    course = run({}, [element("##..")], np.arange(4) * 15, Holding(0, 0), 0)
    assert [(turn.state, turn.alert.seen.value) for turn in course.turns] == [
        ("firing", 0.0),
        ("inactive", 1.0),
    ]


def test_cutting_a_window_anywhere_changes_nothing() -> None:
    """State carried from window to window gives the turns of one window."""
    marks, holding, times = "#.###..##.####.....#", Holding(30, 20), np.arange(20) * 15
    whole = [turn[:3] for turn in run({}, [element(marks)], times, holding, 0).turns]
    for cut in range(1, 20):
        first = run({}, [element(marks[:cut])], times[:cut], holding, 0)
        second = run(first.active, [element(marks[cut:])], times[cut:], holding, 0)
        later = [(turn.column + cut, turn.identity, turn.state) for turn in second.turns]
        assert [turn[:3] for turn in first.turns] + later == whole


def test_beyond_the_limit_all_alerts_of_a_rule_are_dropped() -> None:
    """At that evaluation they end; at the next they begin anew."""
    both = [element("####"), element(".##.", B)]
    course = run({}, both, np.arange(4) * 15, Holding(0, 0), 1)
    assert course.exceeded == [1, 2]
    told = [(turn.column, turn.identity, turn.state) for turn in course.turns]
    assert told == [(0, A, "firing"), (1, A, "inactive"), (3, A, "firing")]


def test_spans_cover_pending_and_firing() -> None:
    course = run({}, [element(".###.")], np.arange(5) * 15, Holding(15, 0), 0)
    assert spans({}, course, 5) == [Span(A, "pending", 15, 1, 2), Span(A, "firing", 15, 2, 4)]


def test_a_span_goes_on_from_the_window_before() -> None:
    times = np.arange(2) * 15
    before = run({}, [element("##")], times, Holding(0, 0), 0).active
    assert isinstance(before[A], Active)
    course = run(before, [element("#.")], times + 30, Holding(0, 0), 0)
    assert spans(before, course, 2) == [Span(A, "firing", 0, 0, 1)]
