"""The durable record of one exercise: an SQLite file that survives a kill at any moment.

WAL with synchronous=FULL: what `commit` returned from is on disk. The file is held exclusively, so that an
exercise is open once only; the operating system frees it when the process dies.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from drillbook.errors import NotFound, StoreError
from drillbook.events.codec import encode
from drillbook.events.event import Event

_FORMAT = "1"
_TABLES = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE command (
    number INTEGER PRIMARY KEY, t REAL NOT NULL, person TEXT NOT NULL, text TEXT NOT NULL, key TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX command_key ON command (key) WHERE key <> '';
CREATE TABLE clock (one INTEGER PRIMARY KEY CHECK (one = 1), t REAL NOT NULL) STRICT;
CREATE TABLE event (seq INTEGER PRIMARY KEY, line TEXT NOT NULL) STRICT;
"""


@dataclass(frozen=True, slots=True)
class StoredCommand:
    """A command that was accepted, and when."""

    t: float
    person: str
    text: str
    key: str


class Store:
    """One exercise's file. Everything that fails is a StoreError with the file's name."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._db = connection

    @classmethod
    def create(cls, path: Path, about: dict[str, str]) -> Store:
        """A new file with what the exercise is about; StoreError where there is one already."""
        if path.exists():
            raise StoreError(f"{path.name}: there is an exercise of that name already")
        path.parent.mkdir(parents=True, exist_ok=True)
        store = cls(path, _connect(path))
        with store._db:
            store._db.executescript("BEGIN;" + _TABLES)
            rows = [("format", _FORMAT), *about.items()]
            store._db.executemany("INSERT INTO about VALUES (?, ?)", rows)
            store._db.execute("INSERT INTO clock VALUES (1, 0.0)")
        return store

    @classmethod
    def open(cls, path: Path) -> Store:
        """An existing file; NotFound or StoreError where it cannot be used."""
        if not path.exists():
            raise NotFound(f"{path.name}: there is no such exercise")
        store = cls(path, _connect(path))
        try:
            found = store.about().get("format")
        except sqlite3.DatabaseError as error:
            raise _broken(path, error) from error
        if found != _FORMAT:
            store.close()
            raise StoreError(f"{path.name}: written in format {found}, this version reads format {_FORMAT}")
        return store

    def about(self) -> dict[str, str]:
        """What the exercise is about, by name."""
        return dict(self._db.execute("SELECT name, value FROM about ORDER BY name"))

    def add_command(self, command: StoredCommand) -> bool:
        """Put a command on disk; False when one with the same key is there already."""
        try:
            with self._db:
                self._db.execute(
                    "INSERT INTO command (t, person, text, key) VALUES (?, ?, ?, ?)",
                    (command.t, command.person, command.text, command.key),
                )
        except sqlite3.IntegrityError:
            return False
        except sqlite3.Error as error:
            raise _broken(self.path, error) from error
        return True

    def commands(self) -> list[StoredCommand]:
        """The accepted commands in their order."""
        rows = self._db.execute("SELECT t, person, text, key FROM command ORDER BY number")
        return [StoredCommand(*row) for row in rows]

    def save(self, t: float, events: Iterable[Event], **about: str) -> None:
        """Put the clock, new events and changed facts about the exercise on disk."""
        try:
            with self._db:
                self._db.execute("UPDATE clock SET t = ? WHERE one = 1", (t,))
                lines = ((event.seq, encode(event)) for event in events)
                self._db.executemany("INSERT OR REPLACE INTO event VALUES (?, ?)", lines)
                self._db.executemany("INSERT OR REPLACE INTO about VALUES (?, ?)", about.items())
        except sqlite3.Error as error:
            raise _broken(self.path, error) from error

    def clock(self) -> float:
        """Simulated seconds that the exercise had reached."""
        t: float = self._db.execute("SELECT t FROM clock").fetchone()[0]
        return t

    def event_lines(self) -> Sequence[str]:
        """The stored events as JSON lines."""
        return [line for (line,) in self._db.execute("SELECT line FROM event ORDER BY seq")]

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()


def _connect(path: Path) -> sqlite3.Connection:
    try:
        db = sqlite3.connect(path, timeout=0.2)
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("BEGIN IMMEDIATE")
        db.execute("COMMIT")
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise StoreError(f"{path.name}: this exercise is open in another window") from error
        raise _broken(path, error) from error
    except sqlite3.DatabaseError as error:
        raise _broken(path, error) from error
    return db


def _broken(path: Path, error: sqlite3.Error) -> StoreError:
    return StoreError(f"{path.name}: cannot be read or written as an exercise: {error}")
