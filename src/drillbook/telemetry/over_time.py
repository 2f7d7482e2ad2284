"""The *_over_time functions: one number from all samples of a window."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from drillbook.telemetry.source import Bools, Floats
from drillbook.telemetry.summation import cancels, compensated
from drillbook.telemetry.windows import Windows


def _reduced(
    windows: Windows, reduce: Callable[[Floats, Bools | None], Floats]
) -> tuple[Floats, Bools | None]:
    results = [reduce(*piece.laid_out()) for piece in windows.pieces()]
    return results[0] if len(results) == 1 else np.concatenate(results, axis=1), windows.enough(1)


def _filled(values: Floats, samples: Bools | None, neutral: float) -> Floats:
    return values if samples is None else np.where(samples, values, neutral)


def _number(samples: Bools | None, values: Floats) -> Floats | float:
    return float(values.shape[2]) if samples is None else samples.sum(axis=2).astype(np.float64)


def _sum(values: Floats, samples: Bools | None) -> Floats:
    filled = _filled(values, samples, 0.0)
    total: Floats = compensated(filled) if cancels(filled) else filled.sum(axis=2)
    return total


def _mean(values: Floats, samples: Bools | None) -> Floats:
    number = _number(samples, values)
    mean: Floats = _sum(values, samples) / number
    if np.isinf(mean).any():  # perhaps only the sum is too large
        parts = values / (number if isinstance(number, float) else number[..., None])
        mean = np.where(np.isinf(mean), _sum(parts, samples), mean)
    return mean


def _least(values: Floats, samples: Bools | None) -> Floats:
    found: Floats = np.fmin.reduce(_filled(values, samples, np.nan), axis=2)
    return found


def _most(values: Floats, samples: Bools | None) -> Floats:
    found: Floats = np.fmax.reduce(_filled(values, samples, np.nan), axis=2)
    return found


def _variance(values: Floats, samples: Bools | None) -> Floats:
    # Samples are seen from the first one, so that equal ones have exactly no variance.
    start = values[..., :1]
    if samples is not None:
        start = np.take_along_axis(values, samples.argmax(axis=2)[..., None], axis=2)
    values = values - start
    apart = _filled(values - _mean(values, samples)[..., None], samples, 0.0)
    variance: Floats = (apart * apart).sum(axis=2) / _number(samples, values)
    return variance


def _folded(
    windows: Windows, operation: np.ufunc, otherwise: Callable[[Floats, Bools | None], Floats]
) -> tuple[Floats, Bools | None]:
    """Quicker where all windows are alike and whole."""
    if windows.regular is not None and windows.mask is None and windows.regular.width > 0:
        return windows.folded(windows.values, operation), None
    return _reduced(windows, otherwise)


def total(windows: Windows) -> tuple[Floats, Bools | None]:
    """sum_over_time."""
    if cancels(windows.values):
        return _reduced(windows, _sum)
    return _folded(windows, np.add, _sum)


def mean(windows: Windows) -> tuple[Floats, Bools | None]:
    """avg_over_time."""
    sums, mask = total(windows)
    means = sums / windows.count
    return _reduced(windows, _mean) if np.isinf(means).any() else (means, mask)


def least(windows: Windows) -> tuple[Floats, Bools | None]:
    """min_over_time; NaN only where all samples are."""
    return _folded(windows, np.fmin, _least)


def most(windows: Windows) -> tuple[Floats, Bools | None]:
    """max_over_time; NaN only where all samples are."""
    return _folded(windows, np.fmax, _most)


def variance(windows: Windows, *, old: bool) -> tuple[Floats, Bools | None]:
    """stdvar_over_time: the population's variance; one that is too large was NaN in old versions."""
    values, mask = _reduced(windows, _variance)
    return np.where(np.isinf(values), np.nan, values) if old else values, mask


def deviation(windows: Windows, *, old: bool) -> tuple[Floats, Bools | None]:
    """stddev_over_time, likewise."""
    values, mask = variance(windows, old=old)
    return np.sqrt(values), mask


def count(windows: Windows) -> tuple[Floats, Bools | None]:
    """count_over_time."""
    return np.broadcast_to(np.asarray(windows.count, np.float64), windows.shape), windows.enough(1)


def present(windows: Windows) -> tuple[Floats, Bools | None]:
    """present_over_time: 1 where there is any sample."""
    return np.ones(windows.shape), windows.enough(1)


def last(windows: Windows) -> tuple[Floats, Bools | None]:
    """last_over_time."""
    return windows.at(windows.lasts), windows.enough(1)


def quantile(windows: Windows, q: Floats | float) -> tuple[Floats, Bools | None]:
    """quantile_over_time, interpolated between the two nearest samples."""
    found, at = [], 0
    for piece in windows.pieces():
        ticks = len(piece.ticks)
        values, samples = piece.laid_out()
        part = q if isinstance(q, float) else q[at : at + ticks]
        found.append(quantiles(values, samples, np.broadcast_to(np.asarray(part), (len(values), ticks))))
        at += ticks
    return np.concatenate(found, axis=1), windows.enough(1)


def quantiles(values: Floats, samples: Bools | None, q: Floats) -> Floats:
    """The q-quantile along the last axis of what is present; NaN sorts first, as in Prometheus.

    A q below 0 gives -Inf, above 1 +Inf, NaN and no samples NaN.
    """
    there = np.ones(values.shape, np.bool_) if samples is None else samples
    count = there.sum(axis=-1)
    nans = (there & np.isnan(values)).sum(axis=-1)
    ordered = np.sort(np.where(there & ~np.isnan(values), values, np.inf), axis=-1)
    rank = np.clip(np.nan_to_num(q), 0.0, 1.0) * (count - 1)
    lower = np.maximum(np.floor(rank), 0.0).astype(np.int64)
    upper = np.minimum(lower + 1, np.maximum(count - 1, 0))
    weight = rank - np.floor(rank)
    result = _ordinal(ordered, lower, nans) * (1 - weight) + _ordinal(ordered, upper, nans) * weight
    result = np.where(np.isnan(q) | (count == 0), np.nan, result)
    return np.where(q < 0, -np.inf, np.where(q > 1, np.inf, result))


def _ordinal(ordered: Floats, place: Floats, nans: Floats) -> Floats:
    values = np.take_along_axis(ordered, np.maximum(place - nans, 0)[..., None], axis=-1)[..., 0]
    return np.where(place < nans, np.nan, values)
