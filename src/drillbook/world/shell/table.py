"""Tables as psql and kubectl print them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

PAGE = 40
"""Rows that a pager shows before it waits."""

Row = Sequence[str]


@dataclass(frozen=True, slots=True)
class Table:
    """The result of a query: names, cells and which columns hold numbers (they go to the right)."""

    names: Sequence[str]
    rows: Sequence[Row]
    numeric: Sequence[bool]
    total: int = -1
    """Number of rows where `rows` is only the first page of them."""

    @property
    def count(self) -> int:
        """Number of rows."""
        return max(self.total, len(self.rows))


Render = Callable[[Table], str]
"""A format of psql's."""


def aligned(table: Table, limit: int | None = PAGE) -> str:
    """The format that psql uses by itself: names centred, the number of rows beneath.

    With more rows than `limit` it ends as the pager would, with `-- More --`.
    """
    head, body = _aligned(table, limit)
    return "\n".join([*head, *body, *_more(table, limit), _count(table)])


def tuples(table: Table, limit: int | None = PAGE) -> str:
    """The format of `psql -t`: the aligned rows alone."""
    return "\n".join([*_aligned(table, limit)[1], *_more(table, limit)])


def unaligned(table: Table, limit: int | None = PAGE, *, tuples_only: bool = False) -> str:
    """The format of `psql -A`: fields separated by `|`."""
    lines = ["|".join(row) for row in table.rows[:limit]] + _more(table, limit)
    return "\n".join(lines if tuples_only else ["|".join(table.names), *lines, _count(table)])


def expanded(table: Table, limit: int | None = PAGE) -> str:
    """The format of `psql -x`: one record beneath the other."""
    if not table.rows:
        return "(0 rows)"
    shown = table.rows[:limit]
    left = max(map(len, table.names))
    right = max(len(cell) for row in shown for cell in row)
    lines = []
    for number, row in enumerate(shown, 1):
        lines.append(f"-[ RECORD {number} ]".ljust(left + 1, "-") + "+" + "-" * (right + 1))
        lines += [
            f"{name.ljust(left)} | {cell}".rstrip() for name, cell in zip(table.names, row, strict=True)
        ]
    return "\n".join([*lines, *_more(table, limit)])


def _aligned(table: Table, limit: int | None) -> tuple[list[str], list[str]]:
    shown = table.rows[:limit]
    widths = [len(name) for name in table.names]
    if shown:
        cells = (max(map(len, column)) for column in zip(*shown, strict=True))
        widths = [max(pair) for pair in zip(widths, cells, strict=True)]
    names = " | ".join(_centre(name, width) for name, width in zip(table.names, widths, strict=True))
    form = " " + " | ".join(f"%{'' if n else '-'}{w}s" for n, w in zip(table.numeric, widths, strict=True))
    head = [" " + names.rstrip(), "+".join("-" * (width + 2) for width in widths)]
    return head, [(form % tuple(row)).rstrip() for row in shown]


def _centre(text: str, width: int) -> str:
    gap = width - len(text)
    return " " * (gap // 2) + text + " " * (gap - gap // 2)


def _more(table: Table, limit: int | None) -> list[str]:
    return ["-- More --"] if limit is not None and table.count > limit else []


def _count(table: Table) -> str:
    return f"({table.count} row{'' if table.count == 1 else 's'})"


def columns(header: Row, rows: Sequence[Row], gap: int = 3) -> str:
    """The format of kubectl: columns padded to their widest cell and a gap of spaces."""
    table = [header, *rows]
    widths = [max(map(len, column)) + gap for column in zip(*table, strict=True)]
    form = "".join(f"%-{width}s" for width in widths)
    return "\n".join((form % tuple(row)).rstrip() for row in table)
