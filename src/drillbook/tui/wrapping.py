"""Breaking lines at spaces, by cells of the terminal."""

from __future__ import annotations

from rich.cells import cell_len
from textual.content import Content


def broken(row: Content, first: int, room: int) -> list[Content]:
    """A row of text in lines of at most `room` cells, the first of at most `first`; long words are cut."""
    if row.cell_length <= first:
        return [row]
    text, lines, position, width = row.plain, [], 0, max(first, 1)
    while position < len(text):
        end = _end(text, position, width)
        lines.append(row[position:end].rstrip())
        position = end + (len(text[end:]) - len(text[end:].lstrip(" ")))
        width = max(room, 1)
    return lines


def hang(row: Content, width: int, indent: int) -> list[Content]:
    """A row of text in lines of at most `width` cells, all but the first indented."""
    first, *rest = broken(row, width, width - indent)
    return [first, *(Content.assemble(" " * indent, line) for line in rest)]


def hang_all(rows: list[Content], width: int, indent: int) -> list[Content]:
    """Several rows, each broken by itself."""
    return [line for row in rows for line in hang(row, width, indent)]


def _end(text: str, start: int, width: int) -> int:
    """Where a line of at most `width` cells that begins at `start` ends."""
    end = min(start + width, len(text))
    while end > start + 1 and cell_len(text[start:end]) > width:
        end -= 1
    if end == len(text):
        return end
    space = text.rfind(" ", start + 1, end + 1)
    return space if space > start else end
