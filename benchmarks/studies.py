"""Studies: runs per second with one worker process and with two, and memory against the number of runs.

    python benchmarks/studies.py [--runs 120]

Both worker counts are taken in turns in one go, so that the ratio holds on a machine whose speed drifts. The
time is that of the runs, from the first finished block on: starting processes is told by itself. Where others
use the processors too, the ratio of wall times says little; the parent's own time for each run, which nobody
else can do, then bounds what more workers gain. Memory is the largest resident size of the parent and of any
worker.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from drillbook.loading.catalog import Catalog
from drillbook.study.check import sound
from drillbook.study.executors import local
from drillbook.study.material import finder
from drillbook.study.running import Status, begin, run
from drillbook.study.setup import Setup
from drillbook.study.stopping import FixedRuns


def main() -> None:
    """Run and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=120, help="runs of each of the three alternatives")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--memory", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.memory:
        print(*memory(chosen.runs))
        return
    rates: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(chosen.rounds):
        for workers, found in rates.items():
            rate, start, own = measured(chosen.runs, workers)
            found.append(rate)
            print(
                f"{workers} worker(s): {rate:6.1f} runs/s, first block after {start:.1f} s, "
                f"parent {1000 * own:.2f} ms of its processor a run",
                flush=True,
            )
    print(f"two workers against one: {median(rates[2]) / median(rates[1]):.2f}x", flush=True)
    for runs in (chosen.runs, 4 * chosen.runs):
        command = [sys.executable, __file__, "--memory", "yes", "--runs", str(runs)]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()  # noqa: S603  itself
        print(f"{3 * runs:>6} runs: parent {said[0]} MB, worker {said[1]} MB")


def measured(runs: int, workers: int) -> tuple[float, float, float]:
    """Runs per second, seconds to the first finished block, and the parent's processor seconds for each run.

    One worker is a process of its own, too.
    """
    setup = study()
    marks: list[tuple[float, float, int]] = []
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        begin(setup, Path(folder), resume=True)
        run(setup, Path(folder), FixedRuns(runs), local(workers, apart=True), lambda s: marks.append(mark(s)))
    first, last = marks[1], marks[-1]
    done = last[2] - first[2]
    return done / (last[0] - first[0]), first[0] - began, (last[1] - first[1]) / done


def mark(status: Status) -> tuple[float, float, int]:
    """When, on the clock and in the parent's processor time, how many runs were done."""
    return time.perf_counter(), time.process_time(), status.done


def memory(runs: int) -> tuple[int, int]:
    """Largest resident size in MB of the parent and of its largest worker."""
    measured(runs, 2)
    sizes = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    parent, worker = (size // 1024 for size in sizes)
    return parent, worker


def study() -> Setup:
    """The shipped study of escalation delays."""
    catalog = Catalog.standard()
    path = Path(catalog.index.find("study", "escalation-delays"))
    return Setup.of(sound(path, finder(path, catalog)))


if __name__ == "__main__":
    main()
