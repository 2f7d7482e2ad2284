"""Rest and limits: how often people had too little of the one, or went beyond the others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time, timedelta

from drillbook.model.horizon import Limits
from drillbook.study.horizon.life import OFFICE_FROM, Life, days_between
from drillbook.study.horizon.spans import Span, length, longest_gap, merged, within

_DAY, _WEEK = 86400.0, 604800.0
SHIFT = time(9), time(21)
"""The two twelve-hour shifts of a day in which incidents are counted (assumption)."""


def work(life: Life, begin: float, end: float) -> list[Span]:
    """Everything that counts as work between two times: the office and incidents."""
    return merged([*life.office(begin, end), *within(life.work, begin, end)])


def short_rests(life: Life, begin: float, end: float, least: float) -> list[float]:
    """Mornings before which the longest rest within 24 hours was shorter than `least` seconds."""
    busy = work(life, begin - _DAY, end)
    found = []
    for day in days_between(begin, end, life.zone):
        morning = life.at(day, OFFICE_FROM) + life.time_off(day)
        if begin <= morning < end and longest_gap(busy, morning - _DAY, morning) < least:
            found.append(morning)
    return found


def breaches(life: Life, begin: float, end: float, limits: Limits) -> Iterator[tuple[float, str]]:
    """Every breach of the limits: when, and of which."""
    busy = work(life, begin, end)
    for low, high in busy:
        if high - low > limits.continuous_at_most:
            yield low, "continuous"
    for morning in short_rests(life, begin, end, limits.rest_at_least):
        yield morning, "rest"
    at = begin
    while at < end:
        if length(within(busy, at, at + _WEEK)) > limits.week_at_most:
            yield at, "week"
        at += _WEEK
    for day in days_between(begin - _DAY, end, life.zone):
        first, second = (life.at(day, clock) for clock in SHIFT)
        last = life.at(day + timedelta(days=1), SHIFT[0])
        for low, high in ((first, second), (second, last)):
            if sum(low <= taken < high for taken, _ in life.handled) > limits.incidents_per_shift:
                yield max(low, begin), "incidents"
