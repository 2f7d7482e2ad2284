"""Cost of the world in one run of the first drill: the solver, and the samples that its rules read.

    python benchmarks/world.py [--rounds 15]

Figures are CPU milliseconds, medians over the rounds; the run has two interventions and every roll-out of the
scenario's timeline. "Again" reads all rules' metrics once more after each intervention, as a ruler does.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from statistics import median

import yaml

from drillbook.engine.randomness import Randomness
from drillbook.model.scenario import Scenario
from drillbook.world.state import Action
from drillbook.world.world import World

SCENARIO = Path(__file__).parent.parent / "scenarios" / "db-pool-exhaustion.yaml"
ACTS = ((1000.5, Action("kill-active", "orders-db")), (1200.0, Action("rollback", "orders-api")))
READ = (
    "http_requests_total", "http_request_duration_seconds_bucket", "kube_deployment_spec_replicas",
    "kube_deployment_status_replicas_available", "pgbouncer_pools_client_waiting_connections",
    "pgbouncer_pools_client_maxwait_seconds", "pgbouncer_errors_count", "pg_stat_activity_count",
    "pg_settings_max_connections", "pg_settings_superuser_reserved_connections", "probe_duration_seconds",
)  # fmt: skip


def world(scenario: Scenario) -> World:
    """A fresh world of the drill."""
    return World(
        scenario.system, scenario.timeline, Randomness(1), duration=scenario.duration, start=scenario.start
    )


def play(scenario: Scenario, *, read: bool) -> World:
    """Play the drill with its interventions; `read` looks ahead over everything each time."""
    here, acts = world(scenario), list(ACTS)
    last = int(scenario.duration // here.interval)
    while (due := here.next_time()) is not None or acts:
        if acts and (due is None or acts[0][0] <= due):
            t, action = acts.pop(0)
            here.act(t, action, f"A{len(acts)}")
            if read:
                samples(here, int(t // here.interval), last)
        elif due is not None:
            here.take(due)
    here.truth(scenario.duration)
    return here


def samples(here: World, first: int, last: int) -> None:
    """Read what the rules read."""
    for name in READ:
        here.matrix(name, first, last)


def timed(rounds: int, scenario: Scenario) -> dict[str, list[float]]:
    """CPU seconds of each part, per round."""
    out: dict[str, list[float]] = {"set up": [], "solve": [], "samples": [], "solve and samples again": []}
    for _ in range(rounds):
        marks = [time.process_time()]
        world(scenario)
        marks.append(time.process_time())
        here = play(scenario, read=False)
        marks.append(time.process_time())
        samples(here, here.first, int(scenario.duration // here.interval))
        marks.append(time.process_time())
        play(scenario, read=True)
        marks.append(time.process_time())
        for name, start, end in zip(out, marks, marks[1:], strict=False):
            out[name].append(end - start)
    return out


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    scenario = Scenario.model_validate(yaml.safe_load(SCENARIO.read_text(encoding="utf-8")))
    here = play(scenario, read=True)
    rows = sum(len(here.matrix(name, 0, 0)[0]) for name in READ)
    print(f"{len(READ)} metrics with {rows} series")
    for name, seconds in timed(rounds, scenario).items():
        print(f"{name:<24} {1000 * median(seconds):7.2f} ms")


if __name__ == "__main__":
    main()
