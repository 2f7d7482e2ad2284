"""Plots as SVG: dots with intervals, distributions, and two objectives against each other.

Every text and every attribute goes through `_tag`, which escapes it; there is no other way into the markup.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

import numpy as np

from drillbook.model.measures import Unit
from drillbook.study.analysis.findings import Figure, Findings, MeasureFound, ParetoFound
from drillbook.study.analysis.wording import amount
from drillbook.study.report.shown import bounds, name, value
from drillbook.study.table import Floats

WIDTH = 640.0
_LEFT, _RIGHT, _ROW, _AXIS, _TOP = 150.0, 20.0, 26.0, 26.0, 6.0
_STYLES = 4
_LETTERS = 22
_POINTS = 101


class Markup(str):
    """Text that `_tag` made."""

    __slots__ = ()


class Scale(NamedTuple):
    """Values on a line from `low` to `high`, drawn from `begin` to `end`."""

    low: float
    high: float
    begin: float
    end: float

    def at(self, of: float) -> float:
        """The place of a value, within the drawing."""
        part = (of - self.low) / (self.high - self.low)
        return round(self.begin + min(1.0, max(0.0, part)) * (self.end - self.begin), 1)

    def ticks(self, unit: Unit) -> list[float]:
        """Round values, two to eight of them; times are round in what they are shown in."""
        size = max(abs(self.low), abs(self.high))
        whole = 1.0 if unit != "s" or size < 120 else 60.0 if size < 7200 else 3600.0
        reach = (self.high - self.low) / whole
        step = 10 ** math.floor(math.log10(reach))
        step = whole * next(step * k for k in (0.1, 0.2, 0.5, 1, 2, 5) if reach / (step * k) <= 7)
        first = math.ceil(self.low / step - 1e-9)
        return [k * step for k in range(first, math.floor(self.high / step + 1e-9) + 1)]


def dots(of: MeasureFound, baseline: str) -> str:
    """Each alternative's estimate with its interval; the baseline's value goes through as a line."""
    scale = _scale([each.figure for each in of.estimates])
    if scale is None:
        return ""
    height = _TOP + _ROW * len(of.estimates) + _AXIS
    parts = [*_axis(scale, height - _AXIS, of.unit)]
    for row, each in enumerate(of.estimates):
        y = _TOP + _ROW * (row + 0.5)
        if each.alternative == baseline and each.figure.value is not None:
            x = scale.at(each.figure.value)
            parts.append(_tag("line", x1=x, x2=x, y1=_TOP, y2=height - _AXIS, class_="today"))
        parts.append(_label(each.alternative, y))
        parts += _interval(
            each.figure, scale, y, f"{value(each.figure, of.unit)} ({bounds(each.figure, of.unit)})"
        )
    return _svg(height, f"{name(of)}: {_words(of)}", parts)


def distributions(of: MeasureFound, samples: Sequence[tuple[str, Floats]]) -> str:
    """The part of the runs in which a value is not exceeded; it stays below 1 where it never happened."""
    known = np.concatenate([sample[np.isfinite(sample)] for _, sample in samples])
    if len(known) < 2 or known.min() == known.max():
        return ""
    scale = Scale(float(known.min()), float(known.max()), _LEFT, WIDTH - _RIGHT)
    height, foot = 190.0, 190.0 - _AXIS
    parts = [*_axis(scale, foot, of.unit)]
    for part in (0.0, 0.5, 1.0):
        y = foot - part * (foot - _TOP)
        parts.append(_tag("line", x1=_LEFT, x2=WIDTH - _RIGHT, y1=y, y2=y, class_="grid"))
        parts.append(_beside(f"{100 * part:.0f} %", y))
    for number, (alternative, sample) in enumerate(samples):
        points = " ".join(f"{scale.at(x)},{round(foot - p * (foot - _TOP), 1)}" for x, p in _steps(sample))
        parts.append(
            _tag("polyline", _tag("title", alternative), points=points, class_=f"series s{number % _STYLES}")
        )
    return _svg(height, f"{name(of)}: distribution over the runs of {len(samples)} alternatives", parts)


def _steps(sample: Floats) -> list[tuple[float, float]]:
    """Up to a hundred points of the distribution."""
    known = np.sort(sample[np.isfinite(sample)])
    if not len(known):
        return []
    places = np.unique(np.linspace(0, len(known) - 1, min(_POINTS, len(known))).astype(int))
    return [(float(known[k]), (int(k) + 1) / len(sample)) for k in places]


def pareto(findings: Findings, of: ParetoFound) -> str:
    """The first two objectives against each other, where there are two that have values."""
    by_key = {measure.key: measure for measure in findings.measures}
    known = [by_key[key] for key in of.objectives if key in by_key]
    if len(known) < 2:
        return ""
    across, up = known[:2]
    x_scale, y_scale = _scale([e.figure for e in across.estimates]), _scale([e.figure for e in up.estimates])
    if x_scale is None or y_scale is None:
        return ""
    height, foot = 300.0, 300.0 - _AXIS - 18.0
    y_scale = y_scale._replace(begin=foot, end=_TOP + 10.0)
    parts = [*_axis(x_scale, foot, across.unit)]
    parts += [_beside(amount(tick, up.unit), y_scale.at(tick)) for tick in y_scale.ticks(up.unit)]
    parts.append(_tag("text", name(across), x=WIDTH - _RIGHT, y=height - 4, class_="tick", text_anchor="end"))
    parts.append(_tag("text", name(up), x=4, y=_TOP + 8, class_="tick"))
    standing = {each.alternative: each.standing for each in of.alternatives}
    for one, other in zip(across.estimates, up.estimates, strict=True):
        if one.figure.value is None or other.figure.value is None:
            continue
        x, y = x_scale.at(one.figure.value), y_scale.at(other.figure.value)
        parts += [*_cross(one.figure, other.figure, (x, y), (x_scale, y_scale)),
                  _tag("circle", cx=x, cy=y, r=4.5, class_=f"dot {standing.get(one.alternative, 'perhaps')}"),
                  _tag("text", _short(one.alternative), x=x + 8, y=y - 7, class_="label")]  # fmt: skip
    return _svg(height, f"{name(across)} against {name(up)}", parts)


def _cross(one: Figure, other: Figure, at: tuple[float, float], scales: tuple[Scale, Scale]) -> list[Markup]:
    x, y = at
    parts = []
    if one.low is not None and one.high is not None:
        parts.append(
            _tag("line", x1=scales[0].at(one.low), x2=scales[0].at(one.high), y1=y, y2=y, class_="whisker")
        )
    if other.low is not None and other.high is not None:
        parts.append(
            _tag(
                "line", x1=x, x2=x, y1=scales[1].at(other.low), y2=scales[1].at(other.high), class_="whisker"
            )
        )
    return parts


def _interval(of: Figure, scale: Scale, y: float, words: str) -> list[Markup]:
    if of.value is None:
        return [_tag("text", value(of, "1"), x=scale.end, y=y + 4, class_="tick", text_anchor="end")]
    low = scale.low if of.low is None else of.low
    high = scale.high if of.high is None else of.high
    return [
        _tag("line", x1=scale.at(low), x2=scale.at(high), y1=y, y2=y, class_="whisker"),
        _tag("circle", _tag("title", words), cx=scale.at(of.value), cy=y, r=4.5, class_="dot front"),
    ]


def _scale(figures: Sequence[Figure]) -> Scale | None:
    known = [bound for each in figures for bound in (each.value, each.low, each.high) if bound is not None]
    if not known:
        return None
    low, high = min(known), max(known)
    room = (high - low) * 0.06 or abs(high) * 0.1 or 1.0
    return Scale(low - room if low < 0 or low - room > 0 else 0.0, high + room, _LEFT, WIDTH - _RIGHT)


def _axis(scale: Scale, foot: float, unit: Unit) -> list[Markup]:
    parts = [_tag("line", x1=_LEFT, x2=WIDTH - _RIGHT, y1=foot, y2=foot, class_="axis")]
    for tick in scale.ticks(unit):
        x = scale.at(tick)
        text = amount(tick, unit)
        parts.append(_tag("line", x1=x, x2=x, y1=_TOP, y2=foot, class_="grid"))
        parts.append(_tag("text", text, x=x, y=foot + 16, class_="tick", text_anchor="middle"))
    return parts


def _beside(text: str, y: float) -> Markup:
    return _tag("text", text, x=_LEFT - 8, y=y + 4, class_="tick", text_anchor="end")


def _label(text: str, y: float) -> Markup:
    inner = Markup(_tag("title", text) + escape(_short(text)))
    return _tag("text", inner, x=_LEFT - 10, y=y + 4, class_="label", text_anchor="end")


def _short(text: str) -> str:
    return text if len(text) <= _LETTERS else f"{text[: _LETTERS - 1]}…"


def _words(of: MeasureFound) -> str:
    return "; ".join(
        f"{each.alternative} {value(each.figure, of.unit)} ({bounds(each.figure, of.unit)})"
        for each in of.estimates
    )


def _svg(height: float, words: str, parts: Sequence[str]) -> str:
    inner = "".join(parts)
    box = f"0 0 {WIDTH:g} {height:g}"
    return f'<svg viewBox="{box}" role="img" aria-label="{escape(words, quote=True)}">{inner}</svg>'


def _tag(name: str, content: str = "", **attributes: str | float) -> Markup:
    inner = content if isinstance(content, Markup) else escape(content)
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(item), quote=True)}"'
        for key, item in attributes.items()
    )
    return Markup(f"<{name}{given}>{inner}</{name}>")
