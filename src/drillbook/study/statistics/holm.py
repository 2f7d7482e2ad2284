"""Many comparisons at once: Holm's step-down procedure (1979)."""

from __future__ import annotations

from collections.abc import Sequence


def adjusted(ps: Sequence[float]) -> list[float]:
    """p-values that may each be compared with the level: the chance of any false alarm stays below it.

    The smallest is multiplied by their number, the next by one less, and none is below one before it. It
    holds however the comparisons depend on each other, as they do with a shared baseline.
    """
    order = sorted(range(len(ps)), key=ps.__getitem__)
    found, least = [0.0] * len(ps), 0.0
    for place, which in enumerate(order):
        least = max(least, min(1.0, (len(ps) - place) * ps[which]))
        found[which] = least
    return found
