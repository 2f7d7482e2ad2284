"""Times as ratios to something measured in the same run: a machine may be slow, or busy."""

import subprocess
import sys
import time
from collections.abc import Callable


def best(work: Callable[[], object], rounds: int = 5) -> float:
    """Seconds of the quickest of several calls."""
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return min(times)


def bare_start() -> float:
    """Seconds until Python itself has started and ended."""
    return best(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True), 7)


def thousand_steps() -> float:
    """Seconds of a thousand steps of a plain loop."""
    return best(lambda: _loop(20_000)) / 20


def _loop(steps: int) -> int:
    found = 0
    for number in range(steps):
        found = (found + number * number) % 1_000_003
    return found
