"""The results of a study on disk: Parquet with one row for each run, and their way into a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TypeAlias

import duckdb
import numpy as np

from drillbook.errors import DrillbookError, NotFound
from drillbook.loading.shown import file_name
from drillbook.model.measures import NAMES
from drillbook.study.manifest import Manifest, read
from drillbook.study.store import Values
from drillbook.study.table import Ints, Table

NAME = "rows.parquet"
_KEYS = ("row", "alternative", "replication", "seed", "cell")
Blocks: TypeAlias = Iterable[tuple[int, int, Values]]
"""Alternative, first replication and values, sorted."""


@dataclass(frozen=True)
class Results:
    """A study that was run."""

    folder: Path
    manifest: Manifest
    table: Table


def load(folder: Path) -> Results:
    """The results in a folder. NotFound, InvalidInput, DrillbookError."""
    manifest = read(folder)
    path = folder / NAME
    if not path.is_file():
        hint = "the study was not finished; `drillbook study run FILE --resume` goes on with it"
        raise NotFound(f"{file_name(folder)} has no {NAME}: {hint}")
    wanted = ", ".join(f'"{name}"' for name in (*_KEYS[1:], *manifest.measures))
    try:
        with duckdb.connect() as connection:
            found = connection.execute(f"SELECT {wanted} FROM read_parquet(?) ORDER BY row", [str(path)])  # noqa: S608
            columns = found.fetchnumpy()
    except duckdb.Error as error:
        raise DrillbookError(f"{file_name(path)}: cannot be read: {str(error).splitlines()[0]}") from None
    keys = {name: np.asarray(columns[name], dtype=np.int64) for name in _KEYS[1:]}
    values = {name: _floats(columns[name]) for name in manifest.measures}
    return Results(
        folder,
        manifest,
        Table(
            tuple(each.id for each in manifest.alternatives),
            manifest.baseline,
            keys["alternative"],
            keys["replication"],
            keys["seed"],
            keys["cell"],
            tuple((each.scenario, each.form, each.responder) for each in manifest.cells),
            values,
        ),
    )


def write_rows(folder: Path, manifest: Manifest, cells: Sequence[int], blocks: Blocks) -> tuple[int, str]:
    """Write the Parquet file, whole or not at all; the number of rows and the digest of their content."""
    target, partial = folder / NAME, folder / f".{NAME}.part"
    digest = blake2b(digest_size=16)
    count = 0
    with duckdb.connect() as connection:
        names = ", ".join([*(f"{key} BIGINT" for key in _KEYS), *(f'"{name}" DOUBLE' for name in NAMES)])
        connection.execute(f"CREATE TABLE runs ({names})")
        for alternative, first, values in blocks:
            keys = _keys(manifest, cells, alternative, first, len(values), count)
            digest.update(keys[1:].tobytes() + values.tobytes())
            columns = dict(zip(_KEYS, keys, strict=True)) | dict(zip(NAMES, values.T.copy(), strict=True))
            connection.register("block", columns)
            connection.execute("INSERT INTO runs SELECT * FROM block")
            connection.unregister("block")
            count += len(values)
        _told(connection, manifest)
        connection.execute(_COPY.format(path=str(partial).replace("'", "''")))
    partial.replace(target)
    return count, digest.hexdigest()


_COPY = """
COPY (
    SELECT runs.*, alternatives.name AS alternative_id, cells.scenario, cells.form, cells.responder
    FROM runs JOIN alternatives ON runs.alternative = alternatives.number
    LEFT JOIN cells ON runs.cell = cells.number ORDER BY row
) TO '{path}' (FORMAT parquet, COMPRESSION zstd)
"""


def _keys(
    manifest: Manifest, cells: Sequence[int], alternative: int, first: int, runs: int, before: int
) -> Ints:
    """The columns before the measures: row from 1, alternative, replication, seed, cell."""
    replications = np.arange(first, first + runs, dtype=np.int64)
    return np.stack(
        [
            np.arange(before + 1, before + runs + 1, dtype=np.int64),
            np.full(runs, alternative, dtype=np.int64),
            replications,
            manifest.first_seed + replications,
            np.asarray(cells[first : first + runs], dtype=np.int64),
        ]
    )


def _told(connection: duckdb.DuckDBPyConnection, manifest: Manifest) -> None:
    """Names of alternatives and cells, for those who read the file by itself."""
    connection.execute("CREATE TABLE alternatives (number BIGINT, name VARCHAR)")
    connection.execute("CREATE TABLE cells (number BIGINT, scenario VARCHAR, form BIGINT, responder VARCHAR)")
    for number, each in enumerate(manifest.alternatives):
        connection.execute("INSERT INTO alternatives VALUES (?, ?)", [number, each.id])
    for number, cell in enumerate(manifest.cells):
        connection.execute(
            "INSERT INTO cells VALUES (?, ?, ?, ?)", [number, cell.scenario, cell.form, cell.responder]
        )


def _floats(column: object) -> Values:
    """Values with NaN where the file has none."""
    if isinstance(column, np.ma.MaskedArray):
        return np.asarray(column.filled(np.nan), dtype=np.float64)
    return np.asarray(column, dtype=np.float64)
