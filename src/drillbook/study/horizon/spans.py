"""Spans of time: unions, differences, lengths. A span is (begin, end) in seconds, the end not within it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import TypeAlias

Span: TypeAlias = tuple[float, float]


def merged(spans: Iterable[Span]) -> list[Span]:
    """The union, in order; spans that touch are one."""
    found: list[Span] = []
    for begin, end in sorted(span for span in spans if span[0] < span[1]):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, end))
    return found


def without(spans: Iterable[Span], cut: Iterable[Span]) -> list[Span]:
    """What is left of the spans outside the others, in order."""
    holes, left = merged(cut), []
    for begin, end in merged(spans):
        at = begin
        for low, high in holes:
            if high <= at or low >= end:
                continue
            if low > at:
                left.append((at, low))
            at = max(at, high)
        if at < end:
            left.append((at, end))
    return left


def within(spans: Iterable[Span], begin: float, end: float) -> list[Span]:
    """The parts of the spans between two times."""
    return [(max(low, begin), min(high, end)) for low, high in merged(spans) if low < end and high > begin]


def length(spans: Iterable[Span]) -> float:
    """Seconds in any of them."""
    return sum(end - begin for begin, end in merged(spans))


def longest_gap(spans: Iterable[Span], begin: float, end: float) -> float:
    """The longest time between two times that no span touches."""
    inside = within(spans, begin, end)
    edges = [begin, *(edge for span in inside for edge in span), end]
    return max(second - first for first, second in list(pairwise(edges))[::2])
