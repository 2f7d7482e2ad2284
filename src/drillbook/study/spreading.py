"""Blocks handed out to a crew and taken back as they are done; what a killed process had is done again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from contextlib import ExitStack
from itertools import chain
from types import TracebackType
from typing import Self

from drillbook.errors import DrillbookError
from drillbook.study.executors import Crew, Place
from drillbook.study.worker import Block, Done, work

_RESTARTS = 3
"""Times that processes may be killed before it is no accident."""


class Spreader:
    """A crew for as long as a study runs, replaced where its processes are killed."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._stack = ExitStack()
        self._crew: Crew | None = None
        self._restarts = 0
        self._running: dict[Future[list[Done]], Sequence[Block]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return self._stack.__exit__(kind, error, trace)

    def results(self, batches: Iterable[Sequence[Block]]) -> Iterator[list[Done]]:
        """What was run together, as it is done, in no order. DrillbookError where workers keep dying."""
        todo = iter(batches)
        while True:
            broken = not self._fill(todo)
            if not self._running and not broken:
                return
            lost = list(self._running.values()) if broken else []
            done, _ = wait(self._running, return_when=FIRST_COMPLETED) if not broken else ((), ())
            for future in done:
                batch = self._running.pop(future)
                try:
                    yield future.result()
                except (BrokenExecutor, CancelledError):
                    lost = [batch, *lost]
            if lost or broken:
                lost += [batch for batch in self._running.values() if batch not in lost]
                todo = chain(lost, todo)
                self._restart()

    def leftovers(self) -> Iterator[list[Done]]:
        """What was still finished after somebody stopped waiting; to be asked when the crew is gone."""
        for future in self._running:
            if future.done() and not future.cancelled() and future.exception() is None:
                yield future.result()

    def _fill(self, todo: Iterator[Sequence[Block]]) -> bool:
        """Hand out as much as may be on their way; whether the crew took them."""
        for batch in todo:
            crew = self._hired()
            try:
                with crew.beginning():
                    future = crew.executor.submit(work, batch)
            except BrokenExecutor:
                self._running[Future()] = batch
                return False
            self._running[future] = batch
            if len(self._running) >= crew.parallel * (1 + crew.ahead):
                break
        return True

    def _hired(self) -> Crew:
        if self._crew is None:
            self._crew = self._stack.enter_context(self._place())
        return self._crew

    def _restart(self) -> None:
        self._running.clear()
        self._restarts += 1
        if self._restarts > _RESTARTS:
            raise DrillbookError("worker processes were killed again and again; is there enough memory?")
        self._stack.close()
        self._crew = None
