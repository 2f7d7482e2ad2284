"""Incidents per second and core of the first drill, and the ratio to the reference that polls every scrape.

    python benchmarks/incidents.py [--runs 60] [--polled 6]

Each incident is a whole two-hour drill with everything on: physics, metrics with scrape noise, PromQL rules,
routing, escalation, simulated people and their probes, and the scoring of times. Both figures come from the
same process, in turns, so that the ratio holds on a machine whose speed drifts.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))

from drillbook.cli.drill import LEVELS, cast_for, open_drill
from drillbook.engine.prepared import Prepared
from drillbook.engine.simulation import Simulation
from drillbook.events.codec import dump
from drillbook.scoring.measure import measures
from drillbook.world.world import World
from tests.telemetry.polling import PollingRuler


def main() -> None:
    """Run and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=60)
    options.add_argument("--polled", type=int, default=6)
    chosen = options.parse_args()
    drill = open_drill("db-pool-exhaustion", None, ())

    def poller(prepared: Prepared, world: World) -> PollingRuler:
        epoch = world.start.timestamp()
        return PollingRuler(prepared.rules, world, horizon=prepared.horizon, epoch=epoch)

    def incident(level: str, seed: int, *, polled: bool) -> tuple[float, str]:
        began = time.process_time()
        run = Simulation(
            drill.scenario,
            drill.playbook,
            seed,
            cast=cast_for(level),
            prepared=drill.prepared,
            evaluator=poller if polled else None,
        )
        run.advance(drill.scenario.duration + 1)
        measures(run.log)
        took = time.process_time() - began
        return took, dump(run.log)

    incident("expert", 0, polled=False)
    print("level     incidents/s  polled/s  ratio  same events")
    for level in LEVELS:
        fast, slow, same = [], [], True
        for seed in range(1, chosen.runs + 1):
            took, log = incident(level, seed, polled=False)
            fast.append(took)
            if seed <= chosen.polled:
                took, reference = incident(level, seed, polled=True)
                slow.append(took)
                same = same and log == reference
        ratio = median(slow) / median(fast[: len(slow)])
        rates = f"{1 / median(fast):11.1f} {1 / median(slow):9.1f}"
        print(f"{level:<9} {rates} {ratio:6.1f}  {'yes' if same else 'NO'}")


if __name__ == "__main__":
    main()
