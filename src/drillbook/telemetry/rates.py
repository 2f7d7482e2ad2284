"""rate, increase, delta and their kin: what happened between the first and the last sample of a window.

Source: Prometheus, promql/functions.go (`extrapolatedRate`, `instantValue`).
"""

from __future__ import annotations

import numpy as np

from drillbook.telemetry.source import Bools, Floats, Ints
from drillbook.telemetry.windows import Windows, pick


def extrapolated(windows: Windows, *, counter: bool, per_second: bool, old: bool) -> tuple[Floats, Bools | None]:
    """The change over the window, extrapolated to its borders; at least two samples are needed.

    `old` selects the limit of the extrapolation to zero as it was before Prometheus 2.51.
    """
    if windows.width > 1 and windows.mask is None:
        last_column = windows.width - 1
        first = windows.values[:, windows.even(0)]
        change = windows.values[:, windows.even(last_column)] - first
        enough = None
        begin, finish = int(windows.lo[0]), int(windows.lo[0]) + last_column
        ends: Ints | int = int(windows.ends[0])
    else:
        enough = windows.enough(2)
        begin, finish, ends = windows.firsts, windows.lasts, windows.ends
        first = windows.at(begin)
        change = windows.at(finish) - first
    if counter:
        change = change + _resets(windows)
    factor = _factor(windows, begin, finish, ends, (first, change) if counter else None, old)
    if per_second:
        factor = factor / (windows.length / 1000.0)
    return change * factor, enough


def _factor(
    windows: Windows,
    begin: Ints | int,
    finish: Ints | int,
    ends: Ints | int,
    counted: tuple[Floats, Floats] | None,
    old: bool,
) -> Floats | float:
    """How much longer the window is than the time between its first and last samples, seen with care."""
    step = windows.step / 1000.0
    sampled = (finish - begin) * step
    count = windows.count
    average = sampled / (count - 1)
    start = (begin * windows.step + windows.phase - (ends - windows.length)) / 1000.0
    end = (ends - (finish * windows.step + windows.phase)) / 1000.0
    if old:
        start = _within(_to_zero(start, sampled, counted), average)
    else:
        start = _to_zero(_within(start, average), sampled, counted)
    result: Floats | float = (sampled + start + _within(end, average)) / sampled
    return result


def _within(duration: Floats | float, average: Floats | float) -> Floats | float:
    """The duration to a border, or half a sample interval where the border is too far away."""
    far = duration >= average * 1.1
    if isinstance(far, bool | np.bool_):
        return average / 2 if far else duration
    return np.where(far, average / 2, duration)


def _to_zero(
    start: Floats | float, sampled: Floats | float, counted: tuple[Floats, Floats] | None
) -> Floats | float:
    """Not further back than to where the counter would have been zero."""
    if counted is None:
        return start
    first, change = counted
    limit = np.where((change > 0) & (first >= 0), sampled * (first / change), np.inf)
    return np.minimum(limit, start)


def _resets(windows: Windows) -> Floats | float:
    """What counter resets within each window took away."""
    values, previous, follows = _neighbours(windows)
    dropped = values[:, 1:] < previous if follows is None else follows & (values[:, 1:] < previous)
    if not dropped.any():
        return 0.0
    lost = np.zeros(values.shape)
    lost[:, 1:] = np.where(dropped, previous, 0.0)
    if not np.isfinite(lost).all():
        return _summed(windows, lost)
    return _between(windows, np.cumsum(lost, axis=1))


def _neighbours(windows: Windows) -> tuple[Floats, Floats, Bools | None]:
    """Samples, the sample before each but the first column, and where both exist."""
    values = windows.values
    if windows.mask is None:
        return values, values[:, :-1], None
    before = windows.last_columns[:, :-1]
    return values, pick(values, np.maximum(before, 0)), windows.mask[:, 1:] & (before >= 0)


def _between(windows: Windows, total: Floats) -> Floats:
    """The difference of running totals between the first and the last sample of each window."""
    if windows.width and windows.mask is None:
        difference: Floats = total[:, windows.even(windows.width - 1)] - total[:, windows.even(0)]
        return difference
    return pick(total, windows.lasts) - pick(total, windows.firsts)


def _summed(windows: Windows, amounts: Floats) -> Floats:
    """The sum of amounts after the first sample of each window, where running totals would be infinite."""
    sums = np.zeros(windows.shape)
    firsts = np.broadcast_to(windows.firsts, windows.shape)
    lasts = np.broadcast_to(windows.lasts, windows.shape)
    for row, tick in np.ndindex(*windows.shape):
        sums[row, tick] = amounts[row, firsts[row, tick] + 1 : lasts[row, tick] + 1].sum()
    return sums


def changes(windows: Windows) -> tuple[Floats, Bools | None]:
    """How often the value changed; NaN after NaN is no change."""
    values, previous, follows = _neighbours(windows)
    changed = values[:, 1:] != previous
    if follows is not None:
        changed &= follows & ~(np.isnan(values[:, 1:]) & np.isnan(previous))
    return _counted(windows, changed)


def resets(windows: Windows) -> tuple[Floats, Bools | None]:
    """How often the value fell."""
    values, previous, follows = _neighbours(windows)
    fell = values[:, 1:] < previous
    return _counted(windows, fell if follows is None else fell & follows)


def _counted(windows: Windows, events: Bools) -> tuple[Floats, Bools | None]:
    total = np.zeros(windows.values.shape)
    np.cumsum(events, axis=1, out=total[:, 1:])
    return _between(windows, total), windows.enough(1)


def instant(windows: Windows, *, counter: bool) -> tuple[Floats, Bools | None]:
    """irate and idelta: from the last sample but one to the last, irate per second."""
    last = windows.lasts
    if windows.mask is None:
        before: Ints = np.maximum(last - 1, 0)
    else:
        before = np.maximum(np.take_along_axis(windows.last_columns, np.maximum(last - 1, 0), axis=1), 0)
    now, earlier = windows.at(last), windows.at(before)
    change = now - earlier
    if counter:
        seconds = (last - before) * (windows.step / 1000.0)
        change = np.where(now < earlier, now, change) / seconds
    return change, windows.enough(2)


def regression(windows: Windows, *, ahead: Floats | float | None) -> tuple[Floats, Bools | None]:
    """deriv, and predict_linear with `ahead` in seconds: a least-squares line through each window."""
    slopes, intercepts = [], []
    for piece in windows.pieces():
        origin = piece.ticks if ahead is not None else piece.firsts * piece.step + piece.phase
        slope, intercept = _line(piece, origin)
        slopes.append(slope)
        intercepts.append(intercept)
    slope, intercept = np.concatenate(slopes, axis=1), np.concatenate(intercepts, axis=1)
    return (slope if ahead is None else slope * ahead + intercept), windows.enough(2)


def _line(windows: Windows, origin: Ints) -> tuple[Floats, Floats]:
    values, samples = windows.laid_out()
    columns = windows.lo[:, None] + np.arange(values.shape[2])
    x = (columns * windows.step + windows.phase - origin[..., None]) / 1000.0
    x = np.broadcast_to(x, values.shape)
    y = values
    first = windows.at(windows.firsts)[..., None]
    constant = values == first
    if samples is not None:
        x, y, constant = np.where(samples, x, 0.0), np.where(samples, values, 0.0), constant | ~samples
    n = windows.count
    sum_x, sum_y = x.sum(axis=2), y.sum(axis=2)
    slope = ((x * y).sum(axis=2) - sum_x * sum_y / n) / ((x * x).sum(axis=2) - sum_x * sum_x / n)
    intercept = sum_y / n - slope * sum_x / n
    flat, level = constant.all(axis=2), first[..., 0]
    level = np.where(np.isinf(level), np.nan, level)
    return np.where(flat, np.where(np.isnan(level), np.nan, 0.0), slope), np.where(flat, level, intercept)
