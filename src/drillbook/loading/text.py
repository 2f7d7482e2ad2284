"""Bytes of a file into text that is safe to read: of bounded size, UTF-8, without hidden characters."""

from __future__ import annotations

import codecs
import re
import stat
from collections.abc import Iterator
from os import PathLike
from pathlib import Path

from drillbook.errors import DrillbookError, NotFound, Problem
from drillbook.loading.limits import FILE_BYTES, PROBLEMS
from drillbook.loading.nodes import Place
from drillbook.loading.shown import file_name

HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]|\r(?!\n)"
)
"""Control characters, line separators that editors do not count, marks that turn the direction of text."""

_UTF_16_OR_32 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Unreadable(DrillbookError):
    """A file that is there cannot be read."""


def read_bytes(path: str | PathLike[str], most: int = FILE_BYTES) -> bytes:
    """The file's bytes, one more than allowed at most.

    NotFound where there is no file, Unreadable where it is none or cannot be read.
    """
    name = file_name(path)
    try:
        if not stat.S_ISREG(Path(path).stat().st_mode):
            raise Unreadable(f"{name}: not a file that can be read")
        with Path(path).open("rb") as file:
            return file.read(most + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise NotFound(f"there is no file {name}") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise Unreadable(f"{name}: cannot be read: {reason}") from None


def decode(content: bytes, source: str, most: int = FILE_BYTES) -> tuple[str, list[Problem]]:
    """The text without a byte order mark, and what is wrong with it; only sound text is to be parsed."""
    if len(content) > most:
        message = f"the file is larger than {most // 2**20} MiB"
        return "", [Problem(source, 1, 1, message, "split it, or look whether it is the right file")]
    if content.startswith(_UTF_16_OR_32):
        return "", [Problem(source, 1, 1, "the file is not in UTF-8 but in UTF-16", "save it as UTF-8")]
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        place = place_of(content[: error.start].decode("utf-8"), error.start)
        message = f"byte 0x{content[error.start]:02X} is not UTF-8"
        return "", [Problem(source, *place, message, "save the file as UTF-8")]
    text = text.removeprefix("\ufeff")
    return text, list(_hidden(text, source))


def place_of(text: str, offset: int) -> Place:
    """Line and column of a character of the text."""
    line_start = text.rfind("\n", 0, offset) + 1
    return Place(text.count("\n", 0, offset) + 1, min(offset, len(text)) - line_start + 1)


def hidden_character(character: str) -> str:
    """How a message names a character that must not be there."""
    kind = "an invisible character" if ord(character) > 0x9F else "a control character"
    return f"{kind}, U+{ord(character):04X}"


def _hidden(text: str, source: str) -> Iterator[Problem]:
    for number, found in enumerate(HIDDEN.finditer(text)):
        if number == PROBLEMS:
            return
        message = f"found {hidden_character(found[0])}"
        yield Problem(source, *place_of(text, found.start()), message, "take it out")
