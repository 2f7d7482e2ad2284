"""Processor time as a ratio to something measured in the same moments: a machine may be slow, or busy."""

import resource
import subprocess
import sys
from collections.abc import Callable


def spent() -> float:
    """Seconds of processor that this process and its ended children have used."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


def ratio(work: Callable[[], object], yardstick: Callable[[], object], rounds: int = 7) -> float:
    """How many times the yardstick's processor time the work takes: the least of several turns."""
    ratios = []
    for _ in range(rounds):
        begin = spent()
        yardstick()
        middle = spent()
        work()
        ratios.append((spent() - middle) / (middle - begin))
    return min(ratios)


def bare_start() -> None:
    """Python starts and ends, about 10 ms."""
    subprocess.run([sys.executable, "-c", "pass"], check=True)


def hundred_thousand_steps() -> None:
    """A plain loop, about 6 ms."""
    found = 0
    for number in range(100_000):
        found = (found + number * number) % 1_000_003
