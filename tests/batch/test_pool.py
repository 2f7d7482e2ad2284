"""Work spread over processes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from drillbook.batch.pool import Processes, sheltered
from tests.study.small import HERE


def mark(path: str) -> None:
    """Leave a file, and take a while."""
    Path(path).touch()
    time.sleep(0.3)


def test_who_stops_waits_for_what_runs_and_for_nothing_that_is_queued(tmp_path: Path) -> None:
    """The executor hands one more task than it has processes to the queue, where nobody can cancel it."""
    executor = Processes(1)
    with sheltered():
        futures = [executor.submit(mark, str(tmp_path / str(number))) for number in range(6)]
    while not (tmp_path / "0").exists():
        time.sleep(0.01)
    executor.shutdown(wait=True, cancel_futures=True)
    assert futures[0].done()
    assert futures[0].exception() is None
    assert [each.name for each in tmp_path.iterdir()] == ["0"]


PARENT = """
import time
from drillbook.batch.pool import Processes
import os
if __name__ == "__main__":
    executor = Processes(1)
    print(executor.submit(os.getpid).result(), flush=True)
    time.sleep(60)
"""


def gone(process: int, seconds: float) -> bool:
    """Whether a process ends within a time."""
    for _ in range(int(seconds / 0.02)):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


@pytest.mark.skipif(sys.platform == "win32", reason="asks for a process by signal 0")
def test_processes_leave_when_their_parent_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT, encoding="utf-8")
    parent = subprocess.Popen([sys.executable, str(script)], env=HERE, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    worker = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert gone(worker, 20)
