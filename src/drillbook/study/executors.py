"""Where blocks are run: in this process, in processes of this computer, or on a Dask cluster."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeAlias, TypeVar

from drillbook.batch.pool import Processes, sheltered
from drillbook.errors import DrillbookError

P = ParamSpec("P")
R = TypeVar("R")

_AHEAD = 2
_CONNECT_S = 10
_WORKERS_S = 30


@dataclass(frozen=True, slots=True)
class Crew:
    """An executor and how many blocks it runs at the same time."""

    executor: Executor
    parallel: int
    ahead: int
    """Further blocks that wait for each one that runs: nobody idles, and memory stays flat."""
    beginning: Callable[[], AbstractContextManager[None]] = nullcontext
    """To be within while something is submitted."""


Place: TypeAlias = Callable[[], AbstractContextManager[Crew]]
"""Makes a crew, and lets it go; asked again when processes were killed."""


class Here(Executor):
    """Runs what is submitted at once, in this process."""

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        future: Future[R] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001  an executor hands on whatever went wrong
            future.set_exception(error)
        return future


def local(workers: int | None, *, apart: bool = False) -> Place:
    """Processes of this computer, as many as processors where the number is left out.

    A single one is this process, unless it is to be `apart`.
    """
    count = workers or os.cpu_count() or 1

    @contextmanager
    def place() -> Iterator[Crew]:
        if count == 1 and not apart:
            yield Crew(Here(), 1, 0)
            return
        executor = Processes(count)
        try:
            yield Crew(executor, count, _AHEAD, sheltered)
        finally:
            executor.shutdown(wait=True, cancel_futures=True)

    return place


def cluster(address: str) -> Place:
    """The workers of a Dask scheduler, such as 10.0.0.5:8786. DrillbookError where there is none."""

    @contextmanager
    def place() -> Iterator[Crew]:
        client = _client(address)
        try:
            threads = max(1, sum(client.nthreads().values()))
            yield Crew(client.get_executor(pure=False), threads, _AHEAD)
        except DrillbookError:
            raise
        except Exception as error:
            # What a cluster does to tasks: workers that die of them, or that lack the program.
            if isinstance(error, ImportError | RuntimeError) or _is_theirs(error):
                message = f"the cluster at {address} gave up: {_first_line(error)}"
                hint = "; is the same drillbook installed on its workers, and is there enough memory?"
                raise DrillbookError(message + hint) from None
            raise
        finally:
            client.close()

    return place


def _client(address: str) -> Any:
    try:
        import distributed  # noqa: PLC0415  optional
    except ImportError:
        message = "--cluster needs Dask: install drillbook[cluster] here and on the workers"
        raise DrillbookError(message) from None
    make: Any = distributed.Client
    try:
        client = make(address, timeout=_CONNECT_S, set_as_default=False)
    except (OSError, ValueError) as error:
        raise DrillbookError(f"there is no Dask scheduler at {address}: {_first_line(error)}") from None
    try:
        client.wait_for_workers(1, timeout=_WORKERS_S)
    except TimeoutError:
        client.close()
        raise DrillbookError(
            f"the scheduler at {address} has no workers: start `dask worker {address}`"
        ) from None
    return client


def _is_theirs(error: BaseException) -> bool:
    return type(error).__module__.partition(".")[0] == "distributed"


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:200]
