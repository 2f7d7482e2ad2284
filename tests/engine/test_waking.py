"""Every part is woken when it wants to act, though it is asked for that only after what may have moved it."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from drillbook.cli.drill import cast_for, open_drill
from drillbook.engine.clock import Wheel
from drillbook.engine.simulation import Simulation


class Watched(Simulation):
    """Asks all parts after each settling, which the simulation itself does not."""

    def _settle(self, moved: Iterable[Wheel] = ()) -> None:
        super()._settle(moved)
        if not self.ended:
            wheels = {**self._wheels, **self._agent_wheels}
            late = [part for part, wheel in wheels.items() if wheel._next_time() != wheel._due]
            assert not late, f"at {self.now} s nobody asked {late}"


@pytest.mark.parametrize(("level", "seed"), [("expert", 1), ("average", 2), ("novice", 3), ("absent", 4)])
def test_no_part_moves_unasked(level: str, seed: int) -> None:
    drill = open_drill("db-pool-exhaustion", None, ())
    run = Watched(drill.scenario, drill.playbook, seed, cast=cast_for(level), prepared=drill.prepared)
    run.advance(drill.scenario.duration + 1)
    assert run.ended
