"""Figures of findings in words, alike in the terminal and on the page."""

from __future__ import annotations

from drillbook.model.measures import Unit
from drillbook.study.analysis.findings import Difference, Figure, Findings, MeasureFound
from drillbook.study.analysis.wording import amount

MARKS = {
    "better": "+ better",
    "worse": "! worse",
    "no-difference-detectable": "= no difference detectable",
    "identical": "= identical",
    "no-data": "? no data",
}
"""Verdicts with a sign each, so that colour is never needed."""
STATUS = {"kept": "+ kept", "broken": "! broken", "undecided": "? undecided", "no-data": "? no data"}
STANDINGS = {
    "front": "on the front",
    "perhaps": "dominated as measured; chance may explain it",
    "dominated": "dominated",
}


def value(of: Figure, unit: Unit, *, off: bool = False) -> str:
    """The estimate."""
    if of.value is None:
        return "never" if of.never else "–"
    text = _plain(of.value, unit, off=off)
    return f"+{text}" if off and of.value > 0 else text


def bounds(of: Figure, unit: Unit, *, off: bool = False) -> str:
    """The interval."""
    low, high = (None if bound is None else _plain(bound, unit, off=off) for bound in (of.low, of.high))
    if low is None:
        return "" if high is None else f"up to {high}"
    return f"{low} and more" if high is None else f"{low} to {high}"


def _plain(of: float, unit: Unit, *, off: bool) -> str:
    return amount(of, "1" if unit == "min" else unit, off=off)


def name(of: MeasureFound) -> str:
    """A measure's title with its statistic, as a heading."""
    text = f"{of.title}, mean" if of.statistic == "mean" else of.title
    return sentence(text)


def sentence(text: str) -> str:
    """The text with a capital letter at its beginning."""
    return text[:1].upper() + text[1:]


def against(of: MeasureFound, alternative: str) -> Difference | None:
    """An alternative's difference to what is done today."""
    return next((each for each in of.differences if each.alternative == alternative), None)


def level(findings: Findings) -> str:
    """Of the intervals, in per cent."""
    return f"{100 * findings.level:g} %"
