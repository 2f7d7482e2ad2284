"""Work spread over processes: the same results in the same order however many there are."""

from __future__ import annotations

import multiprocessing
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")

_CHUNK = 4
"""Tasks that a process takes at a time."""


def spread(work: Callable[[Task], Result], tasks: Sequence[Task], workers: int) -> Iterator[Result]:
    """The result of each task, in the order of the tasks.

    `work` must be a function of a module, and tasks and results must pickle. When the consumer stops early
    or is interrupted, what is under way is finished and nothing further begun.
    """
    if workers <= 1:
        yield from map(work, tasks)
        return
    executor = processes(workers)
    try:
        with sheltered():
            results = executor.map(work, tasks, chunksize=_CHUNK)
        yield from results
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def processes(workers: int) -> ProcessPoolExecutor:
    """Processes that leave Ctrl-C to their parent; to be used within `sheltered` while they start."""
    # Spawned everywhere alike: a fork would inherit threads and whatever the parent has loaded.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_quiet)


@contextmanager
def sheltered() -> Iterator[None]:
    """Keep Ctrl-C waiting: processes that are started meanwhile do not get it before they can ignore it."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _quiet() -> None:
    """Ctrl-C reaches the whole group; the parent alone decides what follows."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def counted(results: Iterable[Result], tell: Callable[[int], None]) -> Iterator[Result]:
    """The results, telling how many have come so far."""
    for number, result in enumerate(results, 1):
        tell(number)
        yield result
