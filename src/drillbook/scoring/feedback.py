"""What went well and what to practise next: sentences with times, taken from the judged expectations."""

from __future__ import annotations

from collections.abc import Iterable

from drillbook.scoring.scorecard import Judged, Remark

STRENGTHS = 6
"""So many at most; what to practise is complete."""
_GOOD = 0.8


def strengths(expectations: Iterable[Judged]) -> tuple[Remark, ...]:
    """What was met in time and well, the most points first."""
    good = [
        each
        for each in expectations
        if each.outcome == "met" and not each.late_by_s and (each.quality is None or each.quality >= _GOOD)
    ]
    good.sort(key=lambda each: -each.points)
    return tuple(Remark(each.id, each.points, each.reason) for each in good[:STRENGTHS])


def practise(expectations: Iterable[Judged]) -> tuple[Remark, ...]:
    """What lost points, the most first, with the playbook's rule."""
    lost = [
        (round(each.max - each.points, 2), each) for each in expectations if each.outcome != "not-applicable"
    ]
    lost.sort(key=lambda pair: -pair[0])
    return tuple(
        Remark(each.id, points, f"{each.reason} The playbook: {each.rule}")
        for points, each in lost
        if points > 0
    )
