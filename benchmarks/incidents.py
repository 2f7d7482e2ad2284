"""Incidents per second and core of a drill, and the ratio to the reference that polls every scrape.

    python benchmarks/incidents.py [--scenario NAME|all] [--runs 60] [--polled 6]

Each incident is a whole drill with everything on: physics, metrics with scrape noise, PromQL rules, routing,
escalation, simulated people and their probes, and the scoring of times. Both figures come from the same
process, in turns, so that the ratio holds on a machine whose speed drifts. One scenario is shown level by
level, `all` with one line each.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from drillbook.cli.drill import LEVELS, Drill, cast_for, open_drill
from drillbook.cli.packs import open_catalog
from drillbook.engine.prepared import Prepared
from drillbook.engine.simulation import Simulation
from drillbook.events.codec import dump
from drillbook.scoring.measure import measures
from drillbook.world.world import World
from tests.telemetry.polling import PollingRuler


class Speed(NamedTuple):
    """Incidents per second of a level; those of the reference and the ratio where that was run too."""

    level: str
    rate: float
    polled: float
    ratio: float
    same: bool
    """Whether both gave the same events."""


def _poller(prepared: Prepared, world: World) -> PollingRuler:
    epoch = world.start.timestamp()
    return PollingRuler(prepared.rules, world, horizon=prepared.horizon, epoch=epoch)


def _incident(drill: Drill, level: str, seed: int, *, polled: bool) -> tuple[float, str]:
    """Seconds of processor time of one run, and its log."""
    began = time.process_time()
    run = Simulation(
        drill.scenario,
        drill.playbook,
        seed,
        cast=cast_for(level),
        prepared=drill.prepared,
        evaluator=_poller if polled else None,
    )
    run.advance(drill.scenario.duration + 1)
    measures(run.log)
    drill.prepared.foreseen.trim()  # as between the runs of a batch
    took = time.process_time() - began
    return took, dump(run.log)


def _speeds(scenario: str, runs: int, polled: int) -> Iterator[Speed]:
    """Each level of a scenario, after one run that fills what all runs share."""
    drill = open_drill(scenario, None, ())
    _incident(drill, "expert", 0, polled=False)
    for level in LEVELS:
        fast, slow, same = [], [], True
        for seed in range(1, runs + 1):
            took, log = _incident(drill, level, seed, polled=False)
            fast.append(took)
            if seed <= polled:
                took, reference = _incident(drill, level, seed, polled=True)
                slow.append(took)
                same = same and log == reference
        rate = 1 / median(slow) if slow else 0.0
        ratio = median(slow) / median(fast[: len(slow)]) if slow else 0.0
        yield Speed(level, 1 / median(fast), rate, ratio, same)


def _one(scenario: str, runs: int, polled: int) -> None:
    print("level     incidents/s  polled/s  ratio  same events")
    for each in _speeds(scenario, runs, polled):
        same = "yes" if each.same else "NO"
        print(f"{each.level:<9} {each.rate:11.1f} {each.polled:9.1f} {each.ratio:6.1f}  {same}")


def _all(scenarios: list[str], runs: int, polled: int) -> None:
    levels = " ".join(f"{level:>8}" for level in LEVELS)
    print(f"incidents/s        {levels}  ratio (least)  same events")
    for scenario in scenarios:
        found = list(_speeds(scenario, runs, polled))
        rates = " ".join(f"{each.rate:8.1f}" for each in found)
        same = "yes" if all(each.same for each in found) else "NO"
        print(f"{scenario:<18} {rates}  {min(each.ratio for each in found):13.1f}  {same}")


def main() -> None:
    """Run and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--scenario", default="db-pool-exhaustion")
    options.add_argument("--runs", type=int, default=60)
    options.add_argument("--polled", type=int, default=6)
    chosen = options.parse_args()
    if chosen.scenario == "all":
        entries = open_catalog().index.entries()
        names = [entry.name for entry in entries if entry.kind == "scenario"]
        _all(names, chosen.runs, chosen.polled)
    else:
        _one(chosen.scenario, chosen.runs, chosen.polled)


if __name__ == "__main__":
    main()
