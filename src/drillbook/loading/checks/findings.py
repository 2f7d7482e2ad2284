"""How the checks say that a name leads nowhere, stands twice, or that a quantity is out of bounds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import re2

from drillbook.loading.document import Path
from drillbook.loading.shown import listed, quoted, shortened
from drillbook.loading.wording import guess
from drillbook.model.quantities import duration_text
from drillbook.oncall.check import Finding

Findings = Iterator[Finding]


def unknown(path: Path, kind: str, name: str, known: Iterable[str]) -> Finding:
    """A name that nothing has."""
    names = list(known)
    hint = f"known: {listed(names, 400)}" if names else f"there is no {kind} at all"
    return Finding(path, f"there is no {kind} {quoted(name)}{guess(name, names)}", hint)


def doubles(path: Path, names: Iterable[str], kind: str, key: str) -> Findings:
    """Names in a list, by a key of its entries, that an earlier entry has."""
    first: dict[str, int] = {}
    for place, name in enumerate(names):
        if name in first:
            earlier = f"entry {first[name] + 1} has it already"
            yield Finding((*path, place, key), f"there are two {kind} called {quoted(name)}", earlier)
        first.setdefault(name, place)


def at_least(path: Path, seconds: float | None, least: float) -> Findings:
    """A duration that is shorter than makes sense."""
    if seconds is not None and seconds < least:
        yield Finding(path, f"{quoted(str(path[-1]))} must be at least {duration_text(least)}")


def at_most(path: Path, seconds: float | None, most: float, why: str) -> Findings:
    """A duration that is longer than makes sense."""
    if seconds is not None and seconds > most:
        yield Finding(path, f"{quoted(str(path[-1]))} must be at most {duration_text(most)}, {why}")


def bad_regex(path: Path, pattern: str) -> Findings:
    """A regular expression that RE2 does not take."""
    options: Any = re2.Options()
    options.log_errors = False
    try:
        re2.compile(pattern, options)
    except re2.error as error:
        said = error.args[0]
        reason = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        message = f"{quoted(pattern)} is not a regular expression: {shortened(reason)}"
        yield Finding(path, message, "RE2 syntax: no look-around, no back-references")
