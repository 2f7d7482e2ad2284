"""On a Dask cluster the rows are those of this computer, also when a worker is killed meanwhile."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from drillbook.errors import DrillbookError
from drillbook.study import executors
from drillbook.study.executors import cluster, local
from drillbook.study.running import Status, begin, run
from drillbook.study.stopping import FixedRuns
from tests.study.small import HERE, setup

pytest.importorskip("distributed", reason="the extra `cluster` (Dask) is not installed")


class Cluster:
    """A scheduler and two workers on this computer, started as their users start them."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"127.0.0.1:{port}"
        options = ["--host", "127.0.0.1", "--no-dashboard"]
        self.processes = [self._start(folder, "scheduler", *options, "--port", str(port))]
        one = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1"]
        self.processes += [self._start(folder, "worker", self.address, *one) for _ in range(2)]

    def _start(self, folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "dask", *arguments]
        return subprocess.Popen(
            command, cwd=folder, env=HERE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.kill()
            process.wait()


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[Cluster]:
    made = Cluster(tmp_path)
    yield made
    made.stop()


@pytest.mark.filterwarnings("ignore")  # Dask's own, of what a killed worker leaves behind
def test_two_workers_of_which_one_is_killed_make_the_same_rows(
    workers: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("drillbook.study.setup.BLOCK", 1)
    made = setup(tmp_path)
    killed: list[float] = []

    def strike(status: Status) -> None:
        if status.done >= 2 and not killed:
            workers.processes[1].kill()
            killed.append(time.monotonic())

    begin(made, tmp_path / "there", resume=False)
    there = run(made, tmp_path / "there", FixedRuns(4), cluster(workers.address), strike)
    assert killed
    begin(made, tmp_path / "here", resume=False)
    here = run(made, tmp_path / "here", FixedRuns(4), local(1), lambda status: None)
    assert there.digest == here.digest


@pytest.mark.filterwarnings("ignore")
def test_a_scheduler_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "_CONNECT_S", 0.3)
    with (
        pytest.raises(DrillbookError, match=r"there is no Dask scheduler at 127\.0\.0\.1:9"),
        cluster("127.0.0.1:9")(),
    ):
        pass
