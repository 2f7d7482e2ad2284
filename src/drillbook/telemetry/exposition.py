"""Metrics as text: the Prometheus text format 0.0.4, and OpenMetrics 1.0.

Sources: Prometheus documentation, "Exposition formats"; the OpenMetrics 1.0 specification.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple, TypeAlias

from drillbook.model.labels import Labels

Format: TypeAlias = Literal["text", "openmetrics"]
CONTENT_TYPES: dict[Format, str] = {
    "text": "text/plain; version=0.0.4; charset=utf-8",
    "openmetrics": "application/openmetrics-text; version=1.0.0; charset=utf-8",
}
END = "# EOF\n"
"""The last line of OpenMetrics."""

_OPENMETRICS = "application/openmetrics-text"
_TOTAL = "_total"


class Head(NamedTuple):
    """What is said of a family of series: a type such as `counter`, and help, which may be empty."""

    name: str
    kind: str
    help: str


class Sample(NamedTuple):
    """One value now."""

    name: str
    labels: Labels
    value: float


def negotiate(accept: str) -> Format:
    """The format that a scraper likes best, by its Accept header; the text format where it says nothing."""
    best: tuple[float, Format] = (0.0, "text")
    for part in accept.split(","):
        kind, *parameters = (each.strip().lower() for each in part.split(";"))
        wanted: Format = "openmetrics" if kind == _OPENMETRICS else "text"
        if kind not in {_OPENMETRICS, "text/plain", "text/*", "*/*"} or not _version_is_known(parameters):
            continue
        weight = _weight(parameters)
        if weight > best[0]:
            best = (weight, wanted)
    return best[1]


def _version_is_known(parameters: Sequence[str]) -> bool:
    versions = [each.removeprefix("version=") for each in parameters if each.startswith("version=")]
    return not versions or versions[0] in {"1.0.0", "0.0.1", "0.0.4"}


def _weight(parameters: Sequence[str]) -> float:
    for each in parameters:
        if each.startswith("q="):
            try:
                return float(each[2:])
            except ValueError:
                return 0.0
    return 1.0


def render(families: Iterable[tuple[Head, Iterable[Sample]]], form: Format) -> str:
    """The page that a scraper gets: no times, as the present is meant."""
    lines: list[str] = []
    for head, samples in families:
        lines += heading(head, form)
        lines += [f"{each.name}{label_text(each.labels)} {number(each.value)}\n" for each in samples]
    return "".join(lines) + (END if form == "openmetrics" else "")


def heading(head: Head, form: Format) -> Iterator[str]:
    """The lines above a family's samples."""
    name, kind = head.name, head.kind
    if form == "openmetrics" and kind == "counter":
        # A counter's samples must end in _total there; an exporter that calls them otherwise has no type.
        name, kind = (name.removesuffix(_TOTAL), kind) if name.endswith(_TOTAL) else (name, "unknown")
    elif form == "text" and kind == "unknown":
        kind = "untyped"
    if head.help:
        yield f"# HELP {name} {_escaped(head.help, quotes=form == 'openmetrics')}\n"
    yield f"# TYPE {name} {kind}\n"


def label_text(of: Labels) -> str:
    """A label set in braces; nothing for the empty one."""
    if not of:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(value, quotes=True)}"' for name, value in of) + "}"


def _escaped(text: str, *, quotes: bool) -> str:
    text = text.replace("\\", r"\\").replace("\n", r"\n")
    return text.replace('"', r"\"") if quotes else text


def number(value: float) -> str:
    """The shortest text that reads back the same; whole numbers without a fraction."""
    if math.isfinite(value):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return "NaN" if math.isnan(value) else "+Inf" if value > 0 else "-Inf"
