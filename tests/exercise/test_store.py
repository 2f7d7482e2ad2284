"""The durable record of an exercise."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from drillbook.errors import NotFound, StoreError
from drillbook.events import facts as f
from drillbook.events.codec import load
from drillbook.events.event import Event
from drillbook.exercise.store import Store, StoredCommand


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "exercise.db"


def test_what_was_accepted_is_there_after_closing(path: Path) -> None:
    store = Store.create(path, {"scenario": "x", "version": "1"})
    assert store.add_command(StoredCommand(1.5, "primary", "/ack", "k1"))
    store.save(2.0, [Event(1, 0.0, "engine", None, "everyone", f.NoteTaken("a"))], ended="true")
    store.close()
    again = Store.open(path)
    assert again.commands() == [StoredCommand(1.5, "primary", "/ack", "k1")]
    assert again.clock() == 2.0
    assert [event.seq for event in load(again.event_lines())] == [1]
    assert again.about()["ended"] == "true"
    again.close()


def test_a_command_sent_twice_is_taken_once(path: Path) -> None:
    store = Store.create(path, {})
    assert store.add_command(StoredCommand(1, "primary", "/ack", "k"))
    assert not store.add_command(StoredCommand(2, "primary", "/ack", "k"))
    assert store.add_command(StoredCommand(3, "primary", "/ack", ""))
    assert store.add_command(StoredCommand(4, "primary", "/ack", ""))
    assert len(store.commands()) == 3
    store.close()


def test_an_exercise_is_open_once_only(path: Path) -> None:
    store = Store.create(path, {})
    with pytest.raises(StoreError, match="open in another window"):
        Store.open(path)
    store.close()
    Store.open(path).close()


def test_a_file_that_is_no_exercise_is_refused_with_its_name(path: Path) -> None:
    path.write_bytes(b"this is not a database, it only looks at you" * 50)
    with pytest.raises(StoreError, match=r"exercise\.db: cannot be read"):
        Store.open(path)
    with pytest.raises(NotFound):
        Store.open(path.with_name("other.db"))
    with pytest.raises(StoreError, match="already"):
        Store.create(path, {})


def test_what_was_committed_survives_a_loss_of_power_too(path: Path) -> None:
    """A kill cannot show it, as the operating system keeps what it has: the setting itself is held."""
    store = Store.create(path, {})
    full, wal = 2, "wal"
    assert store._db.execute("PRAGMA synchronous").fetchone()[0] == full
    assert store._db.execute("PRAGMA journal_mode").fetchone()[0] == wal
    store.close()


WRITER = """
import sys
from pathlib import Path
from drillbook.exercise.store import Store, StoredCommand
store = Store.create(Path(sys.argv[1]), {})
number = 0
while True:
    number += 1
    store.add_command(StoredCommand(float(number), "primary", f"command {number}", str(number)))
    print(number, flush=True)
"""


@pytest.mark.parametrize("count", [1, 7, 40])
def test_a_kill_loses_no_accepted_command(path: Path, count: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        for _ in range(count):
            acknowledged = int(writer.stdout.readline())
        os.kill(writer.pid, signal.SIGKILL)
    store = Store.open(path)
    texts = [command.text for command in store.commands()]
    assert texts[:acknowledged] == [f"command {number}" for number in range(1, acknowledged + 1)]
    store.close()
