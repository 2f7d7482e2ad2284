"""rate, increase, delta and their kin: what happened between the first and the last sample of a window.

Source: Prometheus, promql/functions.go (`extrapolatedRate`, `instantValue`).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from drillbook.telemetry.source import Bools, Floats, Ints
from drillbook.telemetry.windows import Lives, Regular, Windows, pick

_CLEARLY = 1 + 1e-12
"""So much more is more whatever the rounding."""
_EVEN = 1e4
"""Up to this ratio of the largest to the smallest loss differences of running totals are exact enough."""


def extrapolated(
    windows: Windows, *, counter: bool, per_second: bool, old: bool
) -> tuple[Floats, Bools | None]:
    """The change over the window, extrapolated to its borders; at least two samples are needed.

    `old` selects the limit of the extrapolation to zero as it was before Prometheus 2.51.
    """
    lives = windows.lives
    whole = windows if lives is None else lives.continued
    alike = whole.alike if whole.mask is None else None
    if alike is not None and alike.width > 1:
        first = whole.values[:, whole.even(0)]
        change = whole.values[:, whole.even(alike.width - 1)] - first
        reach, enough = _reach_of_alike(whole, alike) if lives is None else _reach_of_lives(whole, lives)
    else:
        enough = windows.enough(2)
        firsts, lasts = windows.firsts, windows.lasts
        first = windows.at(firsts)
        change = windows.at(lasts) - first
        reach = _Reach(firsts, lasts, windows.count, windows.ends)
    if counter:
        change = _with_resets(whole, change)
    factor = _factor(windows, reach, (first, change) if counter else None, old=old)
    if per_second:
        factor = factor / (windows.length / 1000.0)
    return change * factor, enough


class _Reach(NamedTuple):
    """First and last columns with a sample in each window, how many samples, and the windows' ends.

    Per row and tick, per tick, or one for all; with `which` by kind of row, and that says which is which.
    """

    begin: Ints | int
    finish: Ints | int
    samples: Ints | int
    ends: Ints | int
    which: Ints | None = None

    def by_row(self, of: Any) -> Any:
        """What is known by kind of row, for the rows themselves."""
        return of if self.which is None else of[self.which]


def _reach_of_alike(windows: Windows, alike: Regular) -> tuple[_Reach, None]:
    """There is a sample in each column of each window, and the same columns for every row."""
    reach = _Reach(alike.start, alike.start + alike.width - 1, alike.width, int(windows.ends[0]))
    return reach, None


def _reach_of_lives(windows: Windows, lives: Lives) -> tuple[_Reach, Bools | None]:
    """The same cut to the time in which each row has samples."""
    lo, hi = windows.columns
    begin, finish = np.maximum(lo, lives.begins[:, None]), np.minimum(hi, lives.ends[:, None]) - 1
    count = finish - begin + 1
    enough = count >= 2
    reach = _Reach(begin, finish, count, windows.ends, lives.which)
    return reach, None if enough.all() else enough[lives.which]


def _factor(
    windows: Windows, reach: _Reach, counted: tuple[Floats, Floats] | None, *, old: bool
) -> Floats | float:
    """How much longer the window is than the time between its first and last samples, seen with care."""
    step = windows.step / 1000.0
    sampled: Any = (reach.finish - reach.begin) * step
    average: Any = sampled / (reach.samples - 1)
    start: Any = (reach.begin * windows.step + windows.phase - (reach.ends - windows.length)) / 1000.0
    end = _within((reach.ends - (reach.finish * windows.step + windows.phase)) / 1000.0, average)
    if not old:
        start = _within(start, average)
    limited = None
    if counted is not None:
        limited = _to_zero(reach.by_row(start), reach.by_row(sampled), counted)
    if limited is not None:
        start, sampled, average, end = limited, *map(reach.by_row, (sampled, average, end))
    if old:
        start = _within(start, average)
    result: Floats | float = (sampled + start + end) / sampled
    return reach.by_row(result) if limited is None else result


def _within(duration: Any, average: Any) -> Any:
    """The duration to a border, or half a sample interval where the border is too far away."""
    far = duration >= average * 1.1
    if isinstance(far, bool | np.bool_):
        return average / 2 if far else duration
    return np.where(far, average / 2, duration)


def _to_zero(start: Any, sampled: Any, counted: tuple[Floats, Floats]) -> Any:
    """Not further back than to where the counter would have been zero; None where that limits nothing."""
    first, change = counted
    if (first * sampled >= start * (change * _CLEARLY)).all():
        return None
    limit = np.where((change > 0) & (first >= 0), sampled * (first / change), np.inf)
    return np.minimum(limit, start)


def _with_resets(windows: Windows, change: Floats) -> Floats:
    """A change, with what counter resets within each window took away."""
    values, previous, follows = _neighbours(windows)
    dropped = values[:, 1:] < previous if follows is None else follows & (values[:, 1:] < previous)
    if not dropped.any():
        return change
    lost = np.zeros(values.shape)
    lost[:, 1:] = np.where(dropped, previous, 0.0)
    sizes = np.abs(lost[lost != 0.0])
    if sizes.size and sizes.max() > _EVEN * sizes.min():
        return _summed(windows, lost, change)
    return change + _between(windows, np.cumsum(lost, axis=1))


def _neighbours(windows: Windows) -> tuple[Floats, Floats, Bools | None]:
    """Samples, the sample before each but the first column, and where both exist."""
    values = windows.values
    if windows.mask is None:
        return values, values[:, :-1], None
    before = windows.last_columns[:, :-1]
    return values, pick(values, np.maximum(before, 0)), windows.mask[:, 1:] & (before >= 0)


def _between(windows: Windows, total: Floats) -> Floats:
    """The difference of running totals between the first and the last sample of each window."""
    if windows.regular is not None and windows.mask is None:
        difference: Floats = total[:, windows.even(windows.regular.width - 1)] - total[:, windows.even(0)]
        return difference
    return pick(total, windows.lasts) - pick(total, windows.firsts)


def _summed(windows: Windows, amounts: Floats, sums: Floats) -> Floats:
    """Sums, with the amounts after the first sample of each window; for where running totals lose digits."""
    sums = sums.copy()
    firsts = np.broadcast_to(windows.firsts, windows.shape)
    lasts = np.broadcast_to(windows.lasts, windows.shape)
    for row, column in zip(*np.nonzero(amounts), strict=True):
        within = (firsts[row] < column) & (column <= lasts[row])
        sums[row, within] += amounts[row, column]
    return sums


def changes(windows: Windows) -> tuple[Floats, Bools | None]:
    """How often the value changed; NaN after NaN is no change."""
    return _events(windows, _changed(windows)), windows.enough(1)


def _changed(windows: Windows) -> Bools:
    """Where a sample differs from the one before it; from the second column on."""
    values, previous, follows = _neighbours(windows)
    changed: Bools = values[:, 1:] != previous
    if follows is not None:
        changed &= follows & ~(np.isnan(values[:, 1:]) & np.isnan(previous))
    return changed


def resets(windows: Windows) -> tuple[Floats, Bools | None]:
    """How often the value fell."""
    values, previous, follows = _neighbours(windows)
    fell = values[:, 1:] < previous
    return _events(windows, fell if follows is None else fell & follows), windows.enough(1)


def _events(windows: Windows, events: Bools) -> Floats:
    """How many events there are after the first sample of each window."""
    total = np.zeros(windows.values.shape)
    np.cumsum(events, axis=1, out=total[:, 1:])
    return _between(windows, total)


def instant(windows: Windows, *, counter: bool) -> tuple[Floats, Bools | None]:
    """Of irate and idelta: from the last sample but one to the last, irate per second."""
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
    lines = [_line(piece) for piece in windows.pieces()]
    slope, level, middle = lines[0] if len(lines) == 1 else np.concatenate(lines, axis=2)
    constant = windows.at(windows.firsts)
    flat = _events(windows, _changed(windows)) == 0
    slope = np.where(flat, np.where(np.isfinite(constant), 0.0, np.nan), slope)
    if ahead is None:
        return slope, windows.enough(2)
    value = level + slope * (windows.ticks / 1000.0 - middle + ahead)
    return np.where(flat, np.where(np.isfinite(constant), constant, np.nan), value), windows.enough(2)


def _line(windows: Windows) -> Floats:
    """Slope per second, mean value and mean time of each window, shape (3, rows, ticks)."""
    if windows.mask is None and windows.regular is not None:
        return _even_line(windows, windows.regular)
    values, there = windows.laid_out()
    samples = np.ones(values.shape, np.bool_) if there is None else there
    lo, phase, step = windows.columns[0], windows.phase / 1000.0, windows.step / 1000.0
    count = np.broadcast_to(np.asarray(windows.count), windows.shape)
    times = (lo[:, None] + np.arange(values.shape[2])) * step + phase
    times = np.where(samples, times, 0.0)
    values = np.where(samples, values, 0.0)
    level, when = values.sum(axis=2) / count, times.sum(axis=2) / count
    x, y = np.where(samples, times - when[..., None], 0.0), np.where(samples, values - level[..., None], 0.0)
    return np.stack([(x * y).sum(axis=2) / (x * x).sum(axis=2), level, when])


def _even_line(windows: Windows, regular: Regular) -> Floats:
    """The same for windows that are all alike, from sums that neighbouring windows share."""
    step, width = windows.step / 1000.0, regular.width
    origin = windows.values[:, :1]
    values = windows.values - origin
    columns = np.arange(values.shape[1], dtype=np.float64)
    total = windows.folded(values, np.add)
    middle = windows.columns[0] + (width - 1) / 2
    moment = windows.folded(values * columns, np.add) - middle * total
    slope = moment / (width * (width * width - 1) / 12 * step)
    when = np.broadcast_to(middle * step + windows.phase / 1000.0, slope.shape)
    return np.stack([slope, total / width + origin, when])
