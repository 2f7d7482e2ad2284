"""Charts as SVG: panels above one another on one time axis, with the timeline's numbers over them.

Every text and every attribute goes through `_tag`, which escapes it; there is no other way into the markup.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from html import escape

from drillbook.debrief.document import Chart, Debrief, Entry, Span
from drillbook.debrief.wording import Clock, amount, counts_down

_LANE = 22.0
_MARKER = 9.0
_TITLE = 24.0
_PLOT = 78.0
_GAP = 14.0
_AXIS = 24.0
_LEFT, _RIGHT = 46.0, 14.0
_LANES, _FULL = 3, 0.8
"""Lanes of marks, as long as they are not fuller than this part of their width."""
_STYLES = 4
"""Ways in which lines are drawn; further series begin again."""
_NAME, _LETTER, _SAMPLE = 24, 6.0, 36.0
"""Letters of a series' name that are shown, their width, and the width of the line and the gaps beside it."""
_STEPS = (60, 120, 300, 600, 900, 1800, 3600, 7200, 14400)
"""Distances of ticks on the time axis, in seconds."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Where things are, in user units; `begin` and `end` are the simulated seconds at the sides."""

    width: float
    top: float
    begin: float
    end: float

    def x(self, t: float) -> float:
        """The place of a moment."""
        length = self.end - self.begin
        share = min(1.0, max(0.0, (t - self.begin) / length)) if length > 0 else 0.0
        return _LEFT + share * (self.width - _LEFT - _RIGHT)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a mark is: its middle, and its lane, counted from the panels upwards."""

    entry: Entry
    x: float
    lane: int


def charts_svg(debrief: Debrief, width: float) -> str:
    """The charts of a debrief as one SVG element, `width` user units wide; marks link to `#t<number>`.

    The text alternative says what each series does; what the numbers mean is in the timeline they link to.
    """
    charts, suffering, clock = debrief.charts, debrief.suffering, _clock(debrief)
    begin = min((t for chart in charts for _, times, _ in chart.series for t in times[:1]), default=0.0)
    frame = Frame(width, 0.0, min(0.0, begin), debrief.end)
    places, lanes = _placed([entry for entry in debrief.timeline if entry.key], frame)
    frame = replace(frame, top=lanes * _LANE + 8)
    tops = [frame.top + n * (_TITLE + _PLOT + _GAP) for n in range(len(charts))]
    bottom = frame.top + len(charts) * (_TITLE + _PLOT + _GAP) - _GAP
    height = bottom + _AXIS
    parts = [_tag("title", {}, _text(describe(debrief)))]
    parts += [_panel(chart, frame, top, suffering) for chart, top in zip(charts, tops, strict=True)]
    parts.append(_time_axis(frame, clock, bottom))
    parts += [_hair(place, frame, bottom) for place in places]
    parts += [_mark(place, frame) for place in places]
    box = f"0 0 {_n(width)} {_n(height)}"
    return _tag("svg", {"viewBox": box, "role": "group", "class": "charts"}, *parts)


def describe(debrief: Debrief) -> str:
    """What the charts show, in words."""
    told, clock, suffering = [], _clock(debrief), debrief.suffering
    for chart in debrief.charts:
        for name, times, values in chart.series:
            known = [(value, t) for t, value in zip(times, values, strict=True) if math.isfinite(value)]
            if known:
                down = counts_down(chart.unit)
                edge, at = (min if down else max)(known, key=lambda each: each[0])
                which = f" ({name})" if len(chart.series) > 1 else ""
                shown = amount(edge, chart.unit) if down else f"{_label(edge)} {chart.unit}"
                word = "lowest" if down else "highest"
                told.append(f"{chart.title}{which}: {word} {shown} at {clock.time(at)} UTC.")
    spans = [f"{clock.time(each.begin)} to {clock.time(each.end)} UTC" for each in suffering]
    told.append(f"Users suffered from {' and from '.join(spans)}." if spans else "Users never suffered.")
    return " ".join(told)


def _clock(debrief: Debrief) -> Clock:
    return Clock(datetime.fromisoformat(debrief.start))


def _placed(marks: Sequence[Entry], frame: Frame) -> tuple[list[Place], int]:
    """Places in lanes so that no mark covers another, each as near to its moment as its lane allows."""
    room = 2 * _MARKER + 2
    width = frame.width - _LEFT - _RIGHT
    most = max(_LANES, math.ceil(len(marks) * room / (_FULL * width)))
    lanes: list[list[Place]] = []
    for entry in marks:
        x = frame.x(entry.t)
        free = [lane[-1].x + room for lane in lanes]
        n = next((n for n, until in enumerate(free) if until <= x), len(lanes))
        if n == most:
            n = min(range(most), key=lambda each: free[each])
        if n == len(lanes):
            lanes.append([])
        lanes[n].append(Place(entry, max(x, free[n]) if n < len(free) else x, n))
    pushed = [place for lane in lanes for place in _within(lane, frame.width - _MARKER, room)]
    return sorted(pushed, key=lambda place: place.entry.number), len(lanes)


def _within(lane: Sequence[Place], limit: float, room: float) -> list[Place]:
    """The places of a lane pushed back from the right edge."""
    pushed = []
    for place in reversed(lane):
        pushed.append(replace(place, x=min(place.x, limit)))
        limit = pushed[-1].x - room
    return pushed


def _centre(place: Place, frame: Frame) -> float:
    return frame.top - 8 - place.lane * _LANE - _MARKER


def _hair(place: Place, frame: Frame, bottom: float) -> str:
    """The line from a mark to its moment, and down through the panels."""
    x = _n(frame.x(place.entry.t))
    path = f"M{_n(place.x)} {_n(_centre(place, frame))}L{x} {_n(frame.top)}L{x} {_n(bottom)}"
    return _tag("path", {"d": path, "class": f"hair {place.entry.kind}"})


def _mark(place: Place, frame: Frame) -> str:
    entry, x, y = place.entry, _n(place.x), _centre(place, frame)
    label = f"{entry.number}: {entry.at} UTC, {entry.text}"
    number = {
        "x": x,
        "y": _n(y + 3.4),
        "text-anchor": "middle",
        "class": "long" if entry.number > 99 else "short",
    }
    return _tag(
        "a",
        {"href": f"#t{entry.number}", "aria-label": label, "class": f"mark {entry.kind}"},
        _tag("title", {}, _text(label)),
        _tag("circle", {"cx": x, "cy": _n(y), "r": _n(_MARKER)}),
        _tag("text", number, _text(str(entry.number))),
    )


def _panel(chart: Chart, frame: Frame, top: float, suffering: Sequence[Span]) -> str:
    plot = top + _TITLE
    known = [value for _, _, values in chart.series for value in values if math.isfinite(value)]
    ceiling, ticks = _scale(max(known, default=0.0))

    def y(value: float) -> float:
        return plot + _PLOT * (1 - min(1.0, max(0.0, value / ceiling)))

    title = _tag(
        "text",
        {"x": _n(_LEFT), "y": _n(top + 15), "class": "chart-title"},
        _text(chart.title),
        _tag("tspan", {"class": "unit", "dx": "6"}, _text(chart.unit)),
    )
    bands = [_band(frame, each, plot) for each in suffering]
    grid = [_grid(frame, y(tick), _label(tick)) for tick in ticks]
    lines = [_series(frame, y, times, values, n) for n, (_, times, values) in enumerate(chart.series)]
    if not any(lines):
        middle = {"x": _n(frame.x((frame.begin + frame.end) / 2)), "y": _n(plot + _PLOT / 2), "class": "tick"}
        lines = [_tag("text", {**middle, "text-anchor": "middle"}, _text("no data"))]
    names = _legend(chart, frame, top + 15) if len(chart.series) > 1 else []
    return _tag("g", {"class": "panel"}, title, *names, *bands, *grid, *lines)


def _legend(chart: Chart, frame: Frame, y: float) -> list[str]:
    """Names of the series with a piece of their line, in their order, up to the right edge."""
    shown = [(n, name[:_NAME]) for n, (name, _, _) in enumerate(chart.series[:_STYLES])]
    x = frame.width - _RIGHT - sum(_SAMPLE + _LETTER * len(name) for _, name in shown)
    parts = []
    for n, name in shown:
        line = {"x1": _n(x), "x2": _n(x + 18), "y1": _n(y - 3.5), "y2": _n(y - 3.5), "class": f"series s{n}"}
        parts.append(
            _tag("line", line) + _tag("text", {"x": _n(x + 23), "y": _n(y), "class": "name"}, _text(name))
        )
        x += _SAMPLE + _LETTER * len(name)
    return parts


def _band(frame: Frame, span: Span, top: float) -> str:
    x, end = frame.x(span.begin), frame.x(span.end)
    box = {
        "x": _n(x),
        "y": _n(top),
        "width": _n(max(1.0, end - x)),
        "height": _n(_PLOT),
        "class": "suffering",
    }
    return _tag("rect", box)


def _grid(frame: Frame, y: float, label: str) -> str:
    line = {"x1": _n(_LEFT), "x2": _n(frame.width - _RIGHT), "y1": _n(y), "y2": _n(y), "class": "grid"}
    text = {"x": _n(_LEFT - 7), "y": _n(y + 3.5), "text-anchor": "end", "class": "tick"}
    return _tag("line", line) + _tag("text", text, _text(label))


def _series(
    frame: Frame, y: Callable[[float], float], times: Sequence[float], values: Sequence[float], number: int
) -> str:
    """A line with gaps where there are no values."""
    path, pen_down = [], False
    for t, value in zip(times, values, strict=True):
        if math.isfinite(value) and frame.begin <= t <= frame.end:
            path.append(f"{'L' if pen_down else 'M'}{_n(frame.x(t))} {_n(y(value))}")
            pen_down = True
        else:
            pen_down = False
    return _tag("path", {"d": "".join(path), "class": f"series s{number % _STYLES}"}) if path else ""


def _time_axis(frame: Frame, clock: Clock, bottom: float) -> str:
    room = max(2, int((frame.width - _LEFT - _RIGHT) / 70))
    step = next((step for step in _STEPS if (frame.end - frame.begin) / step <= room), _STEPS[-1])
    start = clock.instant(0)
    midnight = start.hour * 3600 + start.minute * 60 + start.second
    parts = []
    t = math.ceil((frame.begin + midnight) / step) * step - midnight
    while t <= frame.end:
        x = frame.x(t)
        label = f"{start + timedelta(seconds=t):%H:%M}"
        parts.append(
            _tag("line", {"x1": _n(x), "x2": _n(x), "y1": _n(bottom), "y2": _n(bottom + 4), "class": "axis"})
        )
        parts.append(
            _tag(
                "text",
                {"x": _n(x), "y": _n(bottom + 17), "text-anchor": "middle", "class": "tick"},
                _text(label),
            )
        )
        t += step
    line = {
        "x1": _n(_LEFT),
        "x2": _n(frame.width - _RIGHT),
        "y1": _n(bottom),
        "y2": _n(bottom),
        "class": "axis",
    }
    parts.append(_tag("line", line))
    unit = {"x": "0", "y": _n(bottom + 17), "class": "tick"}
    return _tag("g", {"class": "time"}, *parts, _tag("text", unit, _text("UTC")))


def _scale(highest: float) -> tuple[float, list[float]]:
    """A round ceiling, and two or three ticks up to it."""
    if highest < sys.float_info.min:  # nothing, or too little to be divided by
        return 1.0, [0.0, 1.0]
    magnitude = 10.0 ** math.floor(math.log10(highest))
    for factor, parts in ((1, 2), (2, 2), (3, 3), (4, 2), (5, 1), (6, 3), (8, 2), (10, 2)):
        ceiling = factor * magnitude
        if ceiling >= highest * (1 - 1e-9):
            return ceiling, [ceiling * n / parts for n in range(parts + 1)]
    return 10 * magnitude, [0.0, 10 * magnitude]


def _label(value: float) -> str:
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= size:
            return f"{value / (1e3 if unit == 'k' else size):.3g}{unit}"
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"


def _n(value: float) -> str:
    """A coordinate, to a tenth."""
    return f"{value:.1f}".removesuffix(".0")


def _text(text: str) -> str:
    return escape(text, quote=True)


def _tag(name: str, attributes: dict[str, str], *children: str) -> str:
    """An element; children are elements or escaped text."""
    opened = "".join(f' {key}="{escape(value, quote=True)}"' for key, value in attributes.items())
    return f"<{name}{opened}>{''.join(children)}</{name}>"
