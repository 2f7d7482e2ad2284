"""Finished blocks on disk while a study runs: each is there whole or not at all, whatever is killed when."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from drillbook.errors import StoreError
from drillbook.loading.shown import file_name
from drillbook.model.measures import NAMES
from drillbook.study.worker import Done

Values: TypeAlias = NDArray[np.float64]

NAME = "blocks.db"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS blocks (
    alternative INTEGER NOT NULL, first INTEGER NOT NULL, count INTEGER NOT NULL,
    rows BLOB NOT NULL, seconds REAL NOT NULL, PRIMARY KEY (alternative, first)
) WITHOUT ROWID
"""


class BlockStore:
    """The blocks of one study."""

    def __init__(self, folder: Path) -> None:
        """Open the folder's store, or make one. StoreError where that cannot be done."""
        self.path = folder / NAME
        try:
            self._connection = sqlite3.connect(self.path, isolation_level=None)
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=FULL")
            self._connection.execute(_SCHEMA)
        except sqlite3.Error as error:
            raise StoreError(f"{file_name(self.path)}: cannot be opened: {error}") from None

    def add(self, finished: Sequence[Done]) -> None:
        """Keep finished blocks; they are on disk afterwards, all of them or, if that fails, none."""
        values = [(done.alternative, done.first, done.count, done.rows, done.seconds) for done in finished]
        try:
            self._connection.execute("BEGIN")
            self._connection.executemany("INSERT OR IGNORE INTO blocks VALUES (?, ?, ?, ?, ?)", values)
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise StoreError(f"{file_name(self.path)}: cannot be written: {error}") from None

    def known(self) -> dict[tuple[int, int], int]:
        """How many runs each block has, by alternative and first replication."""
        found = self._connection.execute("SELECT alternative, first, count FROM blocks")
        return {(alternative, first): count for alternative, first, count in found}

    @property
    def seconds(self) -> float:
        """Time that all runs took together."""
        return float(self._connection.execute("SELECT coalesce(sum(seconds), 0) FROM blocks").fetchone()[0])

    def rows(self, counts: Mapping[int, int] | Sequence[int]) -> Iterator[tuple[int, int, Values]]:
        """The blocks of the first `counts` replications of each alternative, in order.

        Alternative, first replication, and values (runs, measures).
        """
        found = self._connection.execute(
            "SELECT alternative, first, rows FROM blocks ORDER BY alternative, first"
        )
        for alternative, first, content in found:
            if first < counts[alternative]:
                values = np.frombuffer(content, dtype="<f8").reshape(-1, len(NAMES))
                yield alternative, first, values[: counts[alternative] - first]

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def remove(self) -> None:
        """Close it and take the files away."""
        self.close()
        for suffix in ("", "-wal", "-shm"):
            self.path.with_name(NAME + suffix).unlink(missing_ok=True)
