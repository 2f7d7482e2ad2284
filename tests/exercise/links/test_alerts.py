"""What is sent of the drill's alerts, and when: Prometheus's rules, on the wall clock."""

from __future__ import annotations

from typing import Any

from drillbook.events import facts as f
from drillbook.exercise.links.alerts import AlertFeed
from drillbook.exercise.links.clock import WallClock
from drillbook.model.labels import labels
from tests.exercise.links.stand import WHO, FakeDrill

WALL = 1_800_000_000.0  # 2027-01-15T08:00:00Z


class Stage:
    """A drill at speed 1 that began at `WALL`."""

    def __init__(self, drill: FakeDrill | None = None) -> None:
        self.drill = drill or FakeDrill()
        self.clock = WallClock(self.drill.now, WALL + self.drill.now, 1.0)
        self.feed = AlertFeed(self.drill, self.clock, labels(drill="x", job="ours"))

    def at(self, t: float) -> list[dict[str, Any]]:
        self.drill.now = t
        self.clock.note(t, WALL + t, 1.0)
        return self.feed.due(WALL + t)

    def paused(self, t: float, wall: float) -> list[dict[str, Any]]:
        self.clock.note(t, WALL + wall, 1.0)
        return self.feed.due(WALL + wall)


def test_an_alert_is_sent_when_it_fires_with_an_end_four_minutes_away() -> None:
    stage = Stage()
    assert stage.at(0.0) == []
    stage.drill.now = 30.0
    stage.drill.fire()
    assert stage.at(30.25) == [
        {
            "labels": {"alertname": "Slow", "severity": "critical", "job": "api", "drill": "x"},
            "annotations": {"summary": "9 s"},
            "startsAt": "2027-01-15T08:00:30Z",
            "endsAt": "2027-01-15T08:04:30.25Z",
            "generatorURL": "http://prometheus.shop.larkfield.example/graph"
            "?g0.expr=rate%28x%5B1m%5D%29+%3E+2+and+on+%28a%29+y%7Bb%3D%22%C3%BC+%26%22%7D&g0.tab=1",
        }
    ]


def test_it_is_sent_again_each_minute_with_its_present_texts_and_its_first_start() -> None:
    stage = Stage()
    stage.drill.fire()
    assert stage.at(0.0)
    assert not any(stage.at(t) for t in (0.25, 15.0, 59.75))
    stage.drill.rewrite("11 s")
    again = stage.at(60.0)
    assert again[0]["annotations"] == {"summary": "11 s"}
    assert again[0]["startsAt"] == "2027-01-15T08:00:00Z"
    assert again[0]["endsAt"] == "2027-01-15T08:05:00Z"


def test_a_pause_neither_ends_an_alert_nor_moves_its_start() -> None:
    stage = Stage()
    stage.drill.fire()
    stage.at(0.0)
    sent = [stage.paused(1.0, 1.0 + 15 * number) for number in range(1, 41)]
    posts = [each for each in sent if each]
    assert len(posts) == 10
    assert {each[0]["startsAt"] for each in posts} == {"2027-01-15T08:00:00Z"}


def test_a_wall_clock_that_is_set_back_does_not_silence_it() -> None:
    stage = Stage()
    stage.drill.fire()
    stage.at(0.0)
    assert stage.paused(1.0, -3600.0)
    assert not stage.paused(1.0, -3599.0)


def test_its_end_is_sent_at_once_and_for_fifteen_minutes() -> None:
    stage = Stage()
    stage.drill.fire()
    stage.at(0.0)
    stage.drill.now = 100.0
    stage.drill.end_alert()
    ended = stage.at(100.0)
    assert ended[0]["endsAt"] == "2027-01-15T08:01:40Z"
    assert ended[0]["annotations"] == {"summary": "9 s"}
    posts = [t for t in range(101, 1200) if stage.at(float(t))]
    assert posts == list(range(160, 1000, 60))


def test_an_alert_that_returns_starts_anew() -> None:
    stage = Stage()
    stage.drill.fire()
    stage.at(0.0)
    stage.drill.end_alert()
    stage.at(10.0)
    stage.drill.fire()
    again = stage.at(20.0)
    assert len(again) == 1
    assert again[0]["startsAt"] == "2027-01-15T08:00:10Z"
    assert again[0]["endsAt"] == "2027-01-15T08:04:20Z"


def test_an_alert_that_came_and_went_within_one_jump_is_sent_as_ended() -> None:
    stage = Stage()
    stage.at(0.0)
    stage.drill.fire()
    stage.drill.now = 50.0
    stage.drill.end_alert()
    sent = stage.at(300.0)
    assert len(sent) == 1
    assert sent[0]["annotations"] == {"summary": "9 s"}
    assert sent[0]["endsAt"] <= "2027-01-15T08:05:00Z"


def test_what_fired_before_a_drill_was_resumed_is_sent_with_its_old_start() -> None:
    drill = FakeDrill()
    drill.now = 40.0
    drill.fire()
    drill.now = 100.0
    assert Stage(drill).at(100.0)[0]["startsAt"] == "2027-01-15T08:00:40Z"


def test_what_only_was_pending_is_never_sent() -> None:
    stage = Stage()
    for state in ("pending", "inactive"):
        fact = f.AlertChanged(state, WHO, (), 1.0, 0.0, fired=False)
        stage.drill.log.append(0.0, "prometheus", fact)
    assert stage.at(0.0) == []


def test_in_the_end_everything_ends() -> None:
    stage = Stage()
    stage.drill.fire()
    stage.drill.fire(labels(alertname="Other"))
    stage.at(0.0)
    last = stage.feed.farewell(WALL + 7)
    assert [each["endsAt"] for each in last] == ["2027-01-15T08:00:07Z"] * 2
