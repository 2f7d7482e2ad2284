"""The least value of a smooth function of few parameters, without derivatives: Nelder and Mead 1965."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from drillbook.study.table import Floats

_MOST = 400
_CLOSE = 1e-10


def minimum(of: Callable[[Floats], float], start: Floats, step: float = 0.4) -> tuple[Floats, float]:
    """Where the function is least near the start, and its value there."""
    corners = [start, *(start + step * axis for axis in np.eye(len(start)))]
    ranked = sorted((of(corner), tuple(corner)) for corner in corners)
    for _ in range(_MOST):
        if ranked[-1][0] - ranked[0][0] < _CLOSE * (1 + abs(ranked[0][0])):
            break
        ranked = sorted(_moved(of, ranked))
    value, place = ranked[0]
    return np.array(place), value


def _moved(
    of: Callable[[Floats], float], ranked: list[tuple[float, tuple[float, ...]]]
) -> list[tuple[float, tuple[float, ...]]]:
    """The simplex after one step: its worst corner reflected, expanded or contracted, or all shrunk."""
    *kept, (worst, place) = ranked
    corner = np.array(place)
    middle = np.mean([each for _, each in kept], axis=0)

    def tried(factor: float) -> tuple[float, tuple[float, ...]]:
        point = middle + factor * (middle - corner)
        return of(point), tuple(point)

    reflected = tried(1.0)
    if reflected[0] < kept[0][0]:
        return [*kept, min(reflected, tried(2.0))]
    if reflected[0] < kept[-1][0]:
        return [*kept, reflected]
    contracted = tried(0.5 if reflected[0] < worst else -0.5)
    if contracted[0] < min(worst, reflected[0]):
        return [*kept, contracted]
    best = np.array(kept[0][1])
    shrunk = [best + 0.5 * (np.array(each) - best) for _, each in ranked[1:]]
    return [kept[0], *((of(each), tuple(each)) for each in shrunk)]
