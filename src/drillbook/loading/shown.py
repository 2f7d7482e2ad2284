"""How text that others wrote is shown in a message: short, on one line, and harmless to a terminal."""

from __future__ import annotations

from os import PathLike, fspath

LONGEST = 60
"""Characters of a value that a message shows."""


def escaped(text: str) -> str:
    """The text with everything that a terminal might act on, or that cannot be seen, written as escapes."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)


def shortened(text: str, longest: int = LONGEST) -> str:
    """The beginning of the text, escaped, and an ellipsis where something was left out."""
    head = escaped(text[: longest + 1])
    return head if len(head) <= longest else head[: longest - 1] + "…"


def quoted(text: str) -> str:
    """The text as messages name it: shortened, between backticks."""
    return f"`{shortened(text)}`"


def listed(names: list[str], longest: int = 240) -> str:
    """Names between commas, as many as fit."""
    text = ""
    for place, name in enumerate(names):
        part = shortened(name)
        if text and len(text) + len(part) > longest:
            return f"{text} and {len(names) - place} more"
        text += f", {part}" if text else part
    return text


def file_name(path: str | PathLike[str]) -> str:
    """A path as messages name it; bytes that are no text, and control characters, are escaped."""
    return escaped(fspath(path))
