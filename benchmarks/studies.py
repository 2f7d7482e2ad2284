"""Studies: runs per second with one worker process and with two, and memory against the number of runs.

    python benchmarks/studies.py [--runs 120]

Both worker counts are taken in turns in one go, so that the ratio holds on a machine whose speed drifts. The
time is that of the runs, from the first finished block on: starting processes is told by itself. Where others use
the processors too, the ratio of wall times says little; the parent's own time for each run, which nobody else can
do, then bounds what more workers gain. Memory is the largest resident size of the parent and of any worker.
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

_ROUNDS = 3


def main() -> None:
    """Run and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=120, help="runs of each of the three alternatives")
    options.add_argument("--memory", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.memory:
        print(*memory(chosen.runs))
        return
    rates: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(_ROUNDS):
        for workers, found in rates.items():
            rate, start = measured(chosen.runs, workers)
            found.append(rate)
            print(f"{workers} worker(s): {rate:6.1f} runs/s, first block after {start:.1f} s")
    ratio = median(rates[2]) / median(rates[1])
    print(f"two workers against one: {ratio:.2f}x")
    for runs in (chosen.runs, 4 * chosen.runs):
        command = [sys.executable, __file__, "--memory", "yes", "--runs", str(runs)]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()  # noqa: S603  itself
        print(f"{3 * runs:>6} runs: parent {said[0]} MB, worker {said[1]} MB")


def measured(runs: int, workers: int) -> tuple[float, float]:
    """Runs per second, and seconds to the first finished block. One worker is a process of its own, too."""
    setup = study()
    marks: list[tuple[float, int]] = []
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        begin(setup, Path(folder), resume=True)
        run(setup, Path(folder), FixedRuns(runs), local(workers, apart=True), lambda s: marks.append(mark(s)))
    first, last = marks[1], marks[-1]
    return (last[1] - first[1]) / (last[0] - first[0]), first[0] - began


def mark(status: Status) -> tuple[float, int]:
    """When how many runs were done."""
    return time.perf_counter(), status.done


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
