"""A table as tools export it, comma-separated: each cell with its place in the file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

SEPARATORS = ",;\t"


class Cell(NamedTuple):
    """What stands between two separators; line and column count from 1."""

    text: str
    line: int
    column: int


def separator(text: str) -> str:
    """The separator that the first line has most of; a comma where it has none."""
    first = text.split("\n", 1)[0]
    return max(SEPARATORS, key=first.count)


def rows(text: str, between: str) -> Iterator[list[Cell]]:
    """The rows that are not empty, by RFC 4180: quoted cells may hold separators, quotes and line ends."""
    row: list[Cell] = []
    at, line, line_start = 0, 1, 0
    while at < len(text):
        place = (line, at - line_start + 1)
        content, end = _quoted(text, at) if text[at] == '"' else ("", at)
        line += text.count("\n", at, end)
        line_start = max(line_start, text.rfind("\n", at, end) + 1)
        stop = _stop(text, end, between)
        row.append(Cell((content + text[end:stop]).strip(), *place))
        if stop == len(text) or text[stop] == "\n":
            if any(cell.text for cell in row):
                yield row
            row, line, line_start = [], line + 1, stop + 1
        at = stop + 1
    if row:
        yield row


def _quoted(text: str, at: int) -> tuple[str, int]:
    """The content of a quoted cell, and where it ends; at the end of the text if nothing closes it."""
    end = at + 1
    while (end := text.find('"', end)) >= 0 and text[end + 1 : end + 2] == '"':
        end += 2
    end = len(text) if end < 0 else end
    return text[at + 1 : end].replace('""', '"'), min(end + 1, len(text))


def _stop(text: str, at: int, between: str) -> int:
    """Where the cell ends: at the next separator or line end."""
    line_end = text.find("\n", at)
    line_end = len(text) if line_end < 0 else line_end
    found = text.find(between, at, line_end)
    return line_end if found < 0 else found
