"""A drill that real tools look at is the same drill."""

from __future__ import annotations

from drillbook.cli.drill import Drill, cast_for
from drillbook.events.codec import dump
from tests.drill.conftest import Play


def test_scrapes_and_looks_at_alerts_change_nothing_in_the_log(drill: Drill, play: Play) -> None:
    undisturbed, _ = play("expert", 4)
    followed = drill.simulation(4, cast_for("expert"))
    t = 0.0
    while not followed.ended and t < drill.scenario.duration:
        t = round(t + 17.25, 3)
        followed.advance(t)
        followed.present()
        followed.active_alerts()
        if t % 69 == 0:
            followed.history()
    followed.advance(drill.scenario.duration + 1)
    assert dump(followed.log) == dump(undisturbed.log)


def test_alerts_that_fire_are_those_of_the_log(drill: Drill) -> None:
    run = drill.simulation(2, cast_for("average"))
    for minute in range(1, 30):
        run.advance(minute * 60.0 + 1)
        firing = {alert.labels: alert.fired_at for alert in run.active_alerts() if alert.state == "firing"}
        assert set(firing) == {alert.labels for alert in run.view.firing}
        assert all(fired is not None and fired <= run.now for fired in firing.values())
