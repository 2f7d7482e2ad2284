"""Work spread over processes."""

from __future__ import annotations

import time
from pathlib import Path

from drillbook.batch.pool import Processes, sheltered


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
