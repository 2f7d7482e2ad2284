"""A team's incident export: what happened when, row by row. Whatever is wrong is said once for each row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from drillbook.errors import InvalidInput, Problem
from drillbook.loading.shown import listed, quoted, shortened
from drillbook.model.nearest import nearest
from drillbook.study.fit.columns import ESCALATIONS, MOMENTS, UNITS, Column, detected, key
from drillbook.study.fit.moments import Clock, Unclear, moment, span
from drillbook.study.fit.table import Cell, rows, separator


@dataclass(frozen=True, slots=True)
class Incident:
    """A row: when what happened, in seconds since 1970; what never happened is left out."""

    at: Mapping[str, float]
    escalated: bool | None = None
    """Whether nobody answered in time; None where the export does not say."""


@dataclass(frozen=True, slots=True)
class Export:
    """What was read."""

    columns: Mapping[str, Column]
    incidents: tuple[Incident, ...]
    problems: tuple[Problem, ...] = field(default=())
    """One for each row that cannot be used."""

    @property
    def until(self) -> float:
        """The last moment that is known: what had not happened by then is censored."""
        return max((max(each.at.values()) for each in self.incidents), default=0.0)

    @property
    def resolution(self) -> float:
        """Seconds to which the moments are given: 60 where none has seconds, else 1."""
        every = (t for each in self.incidents for t in each.at.values())
        return 1.0 if any(round(t) % 60 for t in every) else 60.0


def read_export(
    text: str, source: str, clock: Clock | None = None, given: Mapping[str, str] | None = None
) -> Export:
    """Read a table; `given` says which column holds what, `NAME` or `NAME:unit`.

    InvalidInput where the table has no header, lacks a needed column, or a given one is not there.
    """
    cells = rows(text.replace("\r\n", "\n").replace("\r", "\n"), separator(text))
    header = next(cells, None)
    if header is None:
        raise InvalidInput([Problem(source, 1, 1, "the file is empty", "the first row names the columns")])
    columns = _columns(header, source, given or {})
    incidents, problems = [], []
    for row in cells:
        try:
            incidents.append(_incident(row, columns, clock or Clock()))
        except _Bad as bad:
            problems.append(Problem(source, bad.cell.line, bad.cell.column, bad.message, bad.hint))
    return Export(columns, tuple(incidents), tuple(problems))


class _Bad(Exception):
    """A row that cannot be used, and the cell that is why."""

    def __init__(self, cell: Cell, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.cell, self.message, self.hint = cell, message, hint


def _columns(header: list[Cell], source: str, given: Mapping[str, str]) -> dict[str, Column]:
    names = [cell.text for cell in header]
    found = detected(names)
    problems = []
    for what, value in given.items():
        name, _, unit = value.rpartition(":") if value.rpartition(":")[2] in UNITS else (value, "", "")
        place = next((place for place, each in enumerate(names) if key(each) == key(name)), None)
        if place is None:
            hint = f"columns: {listed(names)}"
            text = f"there is no column {quoted(name)}{nearest(name[:80], names)}"
            problems.append(Problem(source, 1, 1, text, hint))
        elif unit and what not in MOMENTS[1:]:
            message = f"{what} cannot be in {unit}: times count from when an incident was created"
            problems.append(Problem(source, 1, 1, message, f"--columns {what}=NAME"))
        else:
            found[what] = Column(place, names[place], UNITS[unit] if unit else None)
    if not problems and "created" not in found:
        hint = f"say which by --columns created=NAME; columns: {listed(names)}"
        problems.append(Problem(source, 1, 1, "no column tells when incidents were created", hint))
    if not problems and len(set(found) & set(MOMENTS)) < 2:
        hint = f"say which by --columns acknowledged=NAME,resolved=NAME; columns: {listed(names)}"
        problems.append(Problem(source, 1, 1, "no column tells what happened to incidents later", hint))
    if problems:
        raise InvalidInput(problems)
    return found


def _incident(row: list[Cell], columns: Mapping[str, Column], clock: Clock) -> Incident:
    at: dict[str, float] = {}
    before = ""
    for what in MOMENTS:
        cell = _cell(row, columns.get(what))
        if cell is None:
            continue
        at[what] = _moment(cell, columns[what], clock, at.get("created", 0.0))
        if before and at[what] < at[before]:
            ago = at[before] - at[what]
            text = f"{what} {quoted(cell.text)} is {ago:.0f} s before {before}"
            raise _Bad(cell, text, f"order: {', '.join(MOMENTS)}")
        before = what
    if "created" not in at:
        place = columns["created"].place
        cell = row[min(place, len(row) - 1)]
        raise _Bad(
            cell,
            "the row does not say when the incident was created",
            f"column {shortened(columns['created'].name)}",
        )
    return Incident(at, _escalated(_cell(row, columns.get(ESCALATIONS))))


def _cell(row: list[Cell], column: Column | None) -> Cell | None:
    """What the row has there; None where it has nothing."""
    if column is None or column.place >= len(row):
        return None
    cell = row[column.place]
    empty = cell.text.lower() in ("", "-", "null", "none", "n/a", "nan")
    return None if empty else cell


def _moment(cell: Cell, column: Column, clock: Clock, created: float) -> float:
    try:
        if column.unit is None:
            return moment(cell.text, clock)
        return created + span(cell.text, column.unit)
    except Unclear as unclear:
        raise _Bad(cell, f"{shortened(column.name)}: {shortened(str(unclear), 120)}", unclear.hint) from None


def _escalated(cell: Cell | None) -> bool | None:
    if cell is None:
        return None
    try:
        return float(cell.text) > 0
    except ValueError:
        raise _Bad(cell, f"{quoted(cell.text)} is no number of escalations", "allowed: 0, 1, 2 …") from None
