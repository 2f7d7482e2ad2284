"""The fast evaluation of rules gives the same events as a reference that polls every scrape."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from drillbook.cli.drill import cast_for
from drillbook.engine.simulation import Simulation
from drillbook.events.codec import dump

sys.path.insert(0, str(Path(__file__).parents[1] / "telemetry"))


@pytest.mark.parametrize(("responder", "seed"), [("expert", 1), ("novice", 2), ("absent", 3)])
def test_polling_every_scrape_gives_the_same_log(drill, play, responder: str, seed: int):
    from polling import PollingRuler

    def poller(prepared, world):
        epoch = world.start.timestamp()
        return PollingRuler(prepared.rules, world, horizon=prepared.horizon, epoch=epoch)

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
