"""The fast evaluation of rules gives the same events as a reference that polls every scrape."""

from __future__ import annotations

import pytest

from drillbook.cli.drill import Drill, cast_for
from drillbook.engine.prepared import Prepared
from drillbook.engine.simulation import Simulation
from drillbook.events.codec import dump
from drillbook.world.world import World
from tests.drill.conftest import Play
from tests.telemetry.polling import PollingRuler


def poller(prepared: Prepared, world: World) -> PollingRuler:
    epoch = world.start.timestamp()
    return PollingRuler(prepared.rules, world, horizon=prepared.horizon, epoch=epoch)


@pytest.mark.parametrize(("responder", "seed"), [("expert", 1), ("novice", 2), ("absent", 3)])
def test_polling_every_scrape_gives_the_same_log(drill: Drill, play: Play, responder: str, seed: int) -> None:
    fast, _ = play(responder, seed)
    slow = Simulation(
        drill.scenario,
        drill.playbook,
        seed,
        cast=cast_for(responder),
        prepared=drill.prepared,
        evaluator=poller,
    )
    slow.advance(drill.scenario.duration + 1)
    assert dump(slow.log) == dump(fast.log)
