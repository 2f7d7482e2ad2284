"""Plain values as YAML that drillbook reads back: block style, comments, quotes only where needed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from drillbook.loading.foreign.parts import COMMENT
from drillbook.loading.scalars import YES_AND_NO, resolve
from drillbook.loading.shown import shortened

_PLAIN = re.compile(r"[A-Za-z_/][A-Za-z0-9_./+-]*(?: [A-Za-z0-9_./+-]+)*|[0-9]+(?:ms|s|m|h|d|w)")
_COMMENT_WIDTH = 100
_LINE = 80


def to_yaml(values: Any, indent: int = 0) -> str:
    """A group of keys or a list as YAML, `indent` spaces in; ends with a line feed."""
    return "".join(f"{line}\n" for line in _block(values, " " * indent))


def comment(text: str) -> str:
    """A text as a comment of one line, harmless whatever it holds."""
    return f"# {shortened(text, _COMMENT_WIDTH)}"


def _block(values: Any, lead: str) -> Iterator[str]:
    if isinstance(values, dict):
        for key, value in values.items():
            if key == COMMENT:
                yield f"{lead}{comment(value)}"
            else:
                yield from _entry(f"{lead}{scalar(key)}:", value, lead + "  ")
    else:
        for item in values:
            yield from _item(item, lead)


def _entry(head: str, value: Any, lead: str) -> Iterator[str]:
    if isinstance(value, list) and len(line := f"{head} {_in_brackets(value)}") <= _LINE and _is_flat(value):
        yield line
    elif isinstance(value, dict | list) and value:
        yield head
        yield from _block(value, lead)
    elif isinstance(value, str) and "\n" in value and _fits_literal(value):
        yield f"{head} |{'' if value.endswith(chr(10)) else '-'}"
        yield from (f"{lead}{line}".rstrip() for line in value.removesuffix("\n").split("\n"))
    else:
        yield f"{head} {scalar(value)}"


def _is_flat(values: list[Any]) -> bool:
    return not any(isinstance(each, dict | list) for each in values)


def _in_brackets(values: list[Any]) -> str:
    return f"[{', '.join(map(scalar, values))}]"


def _item(item: Any, lead: str) -> Iterator[str]:
    if isinstance(item, dict) and item:
        said = item.get(COMMENT)
        if said:
            yield f"{lead}{comment(said)}"
        rest = {key: value for key, value in item.items() if key != COMMENT}
        lines = list(_block(rest, lead + "  "))
        yield f"{lead}- {lines[0].lstrip()}"
        yield from lines[1:]
    else:
        yield from _entry(f"{lead}-", item, lead + "  ")


def _fits_literal(text: str) -> bool:
    lines = text.removesuffix("\n").split("\n")
    return (
        bool(lines[0].strip())
        and not lines[0].startswith(" ")
        and not text.endswith("\n\n")
        and all(line == line.rstrip() and "\t" not in line for line in lines)
    )


def scalar(value: Any) -> str:
    """A single value, in double quotes where it would be read as something else without."""
    if isinstance(value, dict | list):
        return "{}" if isinstance(value, dict) else "[]"
    if not isinstance(value, str):
        return json.dumps(value)
    if _PLAIN.fullmatch(value) and value.lower() not in YES_AND_NO and isinstance(resolve(value), str):
        return value
    if '"' in value and "'" not in value and value.isprintable():
        return f"'{value}'"
    return json.dumps(value, ensure_ascii=False)
