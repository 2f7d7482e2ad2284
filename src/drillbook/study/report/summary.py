"""What a study found, for a terminal of 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from drillbook.loading.shown import escaped, shortened
from drillbook.model.measures import Unit
from drillbook.study.analysis import findings as f
from drillbook.study.analysis.wording import amount, percent
from drillbook.study.manifest import Manifest

WIDTH = 80
_NAME = 24
"""Columns for an alternative's name; longer names are cut, and are whole in the list of alternatives."""


def summary(found: f.Findings, manifest: Manifest) -> str:
    """The recommendation, a table for each measure, and what was run; lines of at most 80 columns."""
    return "\n".join(
        [
            *_opening(found),
            *(line for each in found.measures for line in _measure(found, each)),
            *_constraints(found),
            *_choice(found),
            *_run(found, manifest),
        ]
    )


def bounds(figure: f.Figure, unit: Unit, *, off: bool = False) -> str:
    """An estimate with its interval in words."""
    if figure.value is None:
        return "never" if figure.never else "no data"
    value = amount(figure.value, unit, off=off)
    low = "?" if figure.low is None else amount(figure.low, unit, off=off)
    high = "?" if figure.high is None else amount(figure.high, unit, off=off)
    return f"{value} ({low} to {high})"


def _opening(found: f.Findings) -> Iterator[str]:
    yield from _wrapped(found.title)
    yield from _wrapped(found.question)
    yield ""
    yield from _wrapped(f"Recommendation: {found.recommendation.text}")
    for each in (*found.recommendation.reasons, *found.recommendation.caveats):
        yield from _wrapped(each, "- ")
    yield ""
    yield from _wrapped(f"Alternatives (* is done today; intervals of {percent(found.level)}):")
    for option in found.options:
        mark = "*" if option.baseline else " "
        yield from _wrapped(f"{option.id}: {option.title}; {option.runs} runs", f" {mark} ")


def _measure(found: f.Findings, measure: f.MeasureFound) -> Iterator[str]:
    yield ""
    yield from _wrapped(f"{measure.title} [{measure.key}]; {measure.better} is better")
    apart = {each.alternative: each for each in measure.differences}
    for each in measure.estimates:
        mark = "*" if each.alternative == found.baseline else " "
        name = shortened(each.alternative, _NAME)
        yield from _wrapped(bounds(each.figure, measure.unit), f" {mark} {name:<{_NAME}} ")
        if each.alternative in apart:
            yield from _difference(apart[each.alternative], measure.unit)


def _difference(each: f.Difference, unit: Unit) -> Iterator[str]:
    text = f"{bounds(each.difference, unit, off=True)} against today, {each.pairs} pairs"
    yield from _wrapped(text, "     ")
    yield from _wrapped(each.text, "     ")


def _constraints(found: f.Findings) -> Iterator[str]:
    for each in found.constraints:
        yield ""
        yield from _wrapped(f"Constraint: {each.text}")
        for kept in each.alternatives:
            yield from _wrapped(f"{kept.alternative}: {kept.status}", "   ")


def _choice(found: f.Findings) -> Iterator[str]:
    if found.selection is not None:
        yield ""
        yield from _wrapped(f"Selection: {found.selection.text}")
    if found.pareto is not None:
        yield ""
        yield "Among all objectives:"
        for each in found.pareto.alternatives:
            yield from _wrapped(f"{each.alternative}: {each.standing}", "   ")


def _run(found: f.Findings, manifest: Manifest) -> Iterator[str]:
    yield ""
    last = manifest.first_seed + max((each.runs for each in found.options), default=1) - 1
    yield from _wrapped(
        f"{found.runs} runs, seeds {manifest.first_seed} to {last}; "
        f"{manifest.run_seconds:.0f} s of computing; drillbook {manifest.version}, "
        f"Python {manifest.python}; rows {manifest.digest}"
    )
    for each in found.assumptions:
        yield from _wrapped(each, "- ")


def _wrapped(text: str, first: str = "") -> list[str]:
    """Untrusted text as lines that hold no control codes."""
    plain = escaped(" ".join(text.split()))
    return textwrap.wrap(plain, WIDTH, initial_indent=first, subsequent_indent=" " * min(len(first), 5)) or [
        first
    ]
