"""Every alternative against the baseline, with verdicts that hold together."""

from __future__ import annotations

import math

from drillbook.batch.bounds import LEVEL
from drillbook.model.study import Precision, Selection, Study
from drillbook.study.analysis import wording
from drillbook.study.analysis.findings import CommonNumbers, Difference, MoreRuns, Verdict
from drillbook.study.analysis.measured import Measured
from drillbook.study.analysis.subject import Subject
from drillbook.study.statistics import holm
from drillbook.study.statistics.interval import Comparison, Interval
from drillbook.study.statistics.precision import detectable

_MOST_RUNS = 10**9


def differences(subject: Subject, measured: Measured) -> list[Difference]:
    """Of all alternatives but the baseline, in their order."""
    others = [number for number in subject.numbers if number != subject.baseline]
    compared = [measured.compare(number, subject.baseline) for number in others]
    known = [found for found in compared if found.interval.n > 1]
    adjusted = iter(holm.adjusted([found.p for found in known]))
    ps = [next(adjusted) if found.interval.n > 1 else 1.0 for found in compared]
    return [
        _difference(subject, measured, number, found, p)
        for number, found, p in zip(others, compared, ps, strict=True)
    ]


def _difference(
    subject: Subject, measured: Measured, number: int, found: Comparison, adjusted: float
) -> Difference:
    verdict = _verdict(measured, number, subject.baseline, found, adjusted)
    relative = measured.relative(number, subject.baseline)
    more = None
    if verdict == "no-difference-detectable":
        more = more_runs(found.interval, wanted(subject.study, measured))
    return Difference(
        alternative=subject.id(number),
        pairs=found.interval.n,
        difference=wording.figure(found.interval),
        relative=wording.figure(relative) if relative is not None else None,
        p=found.p if found.interval.n > 1 else None,
        adjusted_p=adjusted if found.interval.n > 1 else None,
        verdict=verdict,
        text=_text(measured, found.interval, verdict, more, relative),
        detectable=_detectable(measured, number, subject.baseline),
        more=more,
        common_numbers=_common(measured, number, subject.baseline),
    )


def _verdict(measured: Measured, number: int, baseline: int, found: Comparison, adjusted: float) -> Verdict:
    if found.interval.n < 2:
        return "no-data"
    if measured.identical(number, baseline):
        return "identical"
    if adjusted >= 1 - LEVEL or math.isnan(found.interval.value):
        return "no-difference-detectable"
    return "better" if measured.sign * found.interval.value < 0 else "worse"


def wanted(study: Study, measured: Measured) -> float | None:
    """The precision or the least difference that matters, where the study says it for this measure."""
    rule = study.replications
    if not isinstance(rule, Precision | Selection):
        return None
    first = study.objectives[0].measure if study.objectives else study.measures[0].key
    if (rule.measure or first) != measured.key:
        return None
    return rule.half_width if isinstance(rule, Precision) else rule.indifference


def more_runs(found: Interval, asked: float | None) -> MoreRuns | None:
    """The runs that would make an interval as narrow as asked, or half as wide as it is.

    Widths shrink with the root of the runs, of all kinds of intervals alike.
    """
    now = (found.high - found.low) / 2
    if not 0 < now < math.inf or found.n == 0:
        return None
    target = asked if asked is not None and asked < now else now / 2
    runs = math.ceil(found.n * (now / target) ** 2) - found.n
    return MoreRuns(runs=min(runs, _MOST_RUNS), half_width=target)


def _text(
    measured: Measured, found: Interval, verdict: Verdict, more: MoreRuns | None, relative: Interval | None
) -> str:
    unit = measured.unit
    if verdict == "no-data":
        return "too few runs to compare"
    if verdict == "identical":
        return f"the same in every one of {found.n} pairs of runs"
    if verdict == "no-difference-detectable":
        now = (found.high - found.low) / 2
        bounds = wording.between(found, unit, off=True)
        precise = f"± {wording.amount(now, unit, off=True)}" if math.isfinite(now) else bounds
        text = f"no difference detectable at this precision ({precise})"
        if more is None:
            return text
        return (
            f"{text}; {more.runs:,} more runs would show ± {wording.amount(more.half_width, unit, off=True)}"
        )
    if math.isinf(found.value):
        return f"{verdict}: {'a time instead of never' if found.value < 0 else 'never instead of a time'}"
    way, size = ("less", -found.value) if found.value < 0 else ("more", found.value)
    part = f"{wording.percent(abs(relative.value))} of today's; " if relative is not None else ""
    turned = wording.turned(found) if found.value < 0 else found
    bounds = wording.between(turned, unit, off=True)
    off = f"{wording.amount(size, unit, off=True)} {way}"
    return f"{verdict}: {off} ({part}{100 * LEVEL:.0f} % interval {bounds})"


def _detectable(measured: Measured, number: int, baseline: int) -> float | None:
    one, other = measured.pairs(number, baseline)
    if measured.statistic == "quantile" or one.size < 2:
        return None
    return detectable(float((one - other).std(ddof=1)), one.size)


def _common(measured: Measured, number: int, baseline: int) -> CommonNumbers | None:
    found = measured.pairing(number, baseline)
    if found is None:
        return None
    factor = found.factor if math.isfinite(found.factor) else None
    return CommonNumbers(correlation=found.correlation, factor=factor)
