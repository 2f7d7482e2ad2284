"""Work spread over processes: the same results in the same order however many there are."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.synchronize import Event as EventType
from typing import ParamSpec, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")
P = ParamSpec("P")

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
    executor = Processes(workers)
    try:
        with sheltered():
            results = executor.map(work, tasks, chunksize=_CHUNK)
        yield from results
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


class Processes(ProcessPoolExecutor):
    """Processes that leave Ctrl-C to their parent; to be used within `sheltered` while they start.

    Who shuts them down and cancels waits for what is running only: tasks that are on their way to a process
    already can no longer be cancelled, and are skipped there.
    """

    def __init__(self, workers: int) -> None:
        # Spawned everywhere alike: a fork would inherit threads and whatever the parent has loaded.
        context = multiprocessing.get_context("spawn")
        self._over = context.Event()
        super().__init__(workers, mp_context=context, initializer=_begin, initargs=(self._over,))

    def submit(self, fn: Callable[P, Result], /, *args: P.args, **kwargs: P.kwargs) -> Future[Result]:
        return super().submit(_unless_over, fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002
        if cancel_futures:
            self._over.set()
        super().shutdown(wait, cancel_futures=cancel_futures)


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


_over: list[EventType] = []
"""In a process of `Processes`: set when what has not begun is not wanted any more."""


def _begin(over: EventType) -> None:
    """Ctrl-C reaches the whole group; the parent alone decides what follows."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _over.append(over)
    threading.Thread(target=_leave_with_parent, daemon=True).start()


def _leave_with_parent() -> None:
    """A parent that is killed tells nobody: without it this process would wait for tasks for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _unless_over(fn: Callable[P, Result], /, *args: P.args, **kwargs: P.kwargs) -> Result:
    if _over and _over[0].is_set():
        raise CancelledError
    return fn(*args, **kwargs)


def counted(results: Iterable[Result], tell: Callable[[int], None]) -> Iterator[Result]:
    """The results, telling how many have come so far."""
    for number, result in enumerate(results, 1):
        tell(number)
        yield result
