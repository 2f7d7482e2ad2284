"""What a fit found, for people to read."""

from __future__ import annotations

import math
from collections.abc import Iterator

from drillbook.loading.shown import shortened
from drillbook.model.quantities import duration_text
from drillbook.study.fit.columns import ESCALATIONS, MOMENTS
from drillbook.study.fit.fit import FEWEST, Fit, StageFit


def summary(found: Fit, source: str) -> Iterator[str]:
    """Lines of text."""
    yield f"{source}: {len(found.export.incidents)} incidents"
    for what in (*MOMENTS, ESCALATIONS):
        column = found.export.columns.get(what)
        if column:
            kind = "" if column.unit is None or what == ESCALATIONS else " (time since created)"
            yield f"  {what:<13} column {shortened(column.name)}{kind}"
    yield ""
    yield f"{'time':<26}{'n':>6}{'open':>6}  {'median':<26}{'sigma':<20}{'p':>6}"
    for each in found.stages:
        yield _row(each)
    yield "(95 % intervals; open: not ended when last seen; p: of the lognormal, by Kolmogorov-Smirnov)"
    yield ""
    for each in found.stages:
        yield f"{each.sample.stage.title}: {_verdict(each)}"
        yield from (f"  {note}" for note in _notes(each))


def _row(of: StageFit) -> str:
    sample = of.sample
    head = f"{sample.stage.title:<26}{len(sample):>6}{len(sample) - sample.events:>6}  "
    if of.law is None:
        return f"{head}too few to say"
    low, high = (_time(math.exp(bound)) for bound in of.law.mu_interval)
    median = f"{_time(of.law.median)} ({low} to {high})"
    sigma = f"{of.law.sigma:.2f} ({of.law.sigma_interval[0]:.2f} to {of.law.sigma_interval[1]:.2f})"
    return f"{head}{median:<26}{sigma:<20}{of.p_value:>6.3f}"


def _verdict(of: StageFit) -> str:
    events = of.sample.events
    match of.verdict:
        case "too-few":
            return f"too few: {events} ended, {FEWEST} different ones are needed"
        case "few":
            return f"{events} incidents agree with a lognormal, but so few agree with many laws: take care"
        case "fits":
            return f"agrees with a lognormal; {_against(of)}"
        case "other":
            return f"does not follow a lognormal; {of.best} describes it better. {_care()}"
        case "does-not-fit":
            return f"follows neither a lognormal nor the others well (least bad: {of.best}). {_care()}"


def _care() -> str:
    return "Simulated times have its median and spread only: look for two kinds of incidents in one."


def _against(of: StageFit) -> str:
    criteria = of.criteria or {}
    others = [
        f"{name} {value - criteria['lognormal']:+.1f}"
        for name, value in criteria.items()
        if name != "lognormal"
    ]
    return f"Akaike's criterion against it: {', '.join(others)} (more is worse)"


def _notes(of: StageFit) -> Iterator[str]:
    sample = of.sample
    if sample.lifted:
        yield f"{sample.lifted} times of 0 are counted as half the resolution of the export"
    if sample.skipped:
        yield f"{sample.skipped} incidents were resolved without this moment, and are left out"


def _time(seconds: float) -> str:
    return duration_text(seconds) if seconds < 3600 else f"{seconds / 3600:.1f}h"
