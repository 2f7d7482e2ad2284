"""An escalation as a picture: a row for each person on each level, bars for who has the page, and marks.

Every text goes through `_tag` or `_text`, which escape it; there is no other way into the markup.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from drillbook.model.quantities import duration_text
from drillbook.oncall.dry_run import DryRun, Hold
from drillbook.oncall.page import ChangeKind

_WIDTH, _LEFT, _RIGHT = 960.0, 210.0, 24.0
_TOP, _ROW, _BAR = 64.0, 34.0, 16.0
_TICKS = (10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600)
_MOST_TICKS = 9
_MOST_ROWS = 60
_NAME = 26
_STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1b1b1b; }
.title { font-weight: 600; font-size: 15px; }
.small { font-size: 11px; fill: #5c5c5c; }
.grid { stroke: #d9d9d9; }
.bar { fill: #9ec5e8; stroke: #2f6ea3; }
.mark { font-weight: 700; text-anchor: middle; }
rect.page { fill: #ffffff; }
@media (prefers-color-scheme: dark) {
  rect.page { fill: #16191d; } text { fill: #e8e8e8; } .small { fill: #a8a8a8; }
  .grid { stroke: #3a3f45; } .bar { fill: #24506f; stroke: #7fb2dc; }
}
"""
_LEGEND = "! notified · bar: has the page · A acknowledges · x gives up"


def escalation_svg(run: DryRun, title: str) -> str:
    """A whole SVG file of a dry run; times are those since the alert. Ends with a line feed."""
    rows: dict[tuple[int, str], list[Hold]] = {}
    for hold in run.holds():
        rows.setdefault((hold.level, hold.user), []).append(hold)
    shown = sorted(rows.items())[:_MOST_ROWS]
    scale = _Scale(run)
    bottom = _TOP + len(shown) * _ROW
    parts = [
        _tag("title", _text(title)),
        _tag("desc", _text(" ".join(_described(shown)) or "Nobody is notified.")),
        _tag("style", _STYLE),
        _tag("rect", width=_n(_WIDTH), height=_n(bottom + 60), **{"class": "page"}),
        _tag("text", _text(title), x="16", y="26", **{"class": "title"}),
        *scale.grid(bottom),
    ]
    for number, ((level, user), holds) in enumerate(shown):
        parts += _row(run, scale, f"{level}  {_cut(user)}", holds, _TOP + number * _ROW)
    more = f" · and {len(rows) - len(shown)} rows more" if len(rows) > len(shown) else ""
    parts.append(_tag("text", _text(_LEGEND + more), x="16", y=_n(bottom + 44), **{"class": "small"}))
    box = f"0 0 {_n(_WIDTH)} {_n(bottom + 60)}"
    return _tag("svg", *parts, xmlns="http://www.w3.org/2000/svg", viewBox=box, role="img") + "\n"


class _Scale:
    """The time axis: from the alert to a little after the last thing that people notice."""

    def __init__(self, run: DryRun) -> None:
        seen = [each.t for each in run.changes if each.kind is not ChangeKind.RESOLVED]
        self.end = max(60.0, 1.04 * max(seen, default=0.0))

    def x(self, t: float) -> float:
        return _LEFT + min(t, self.end) / self.end * (_WIDTH - _LEFT - _RIGHT)

    def grid(self, bottom: float) -> Iterator[str]:
        step = next((each for each in _TICKS if self.end / each <= _MOST_TICKS), _TICKS[-1])
        for number in range(int(self.end // step) + 1):
            x = _n(self.x(number * step))
            yield _tag("line", x1=x, x2=x, y1=_n(_TOP - 8), y2=_n(bottom), **{"class": "grid"})
            label = _text(duration_text(number * step))
            yield _tag("text", label, x=x, y=_n(_TOP - 14), **{"class": "small"})


def _row(run: DryRun, scale: _Scale, name: str, holds: list[Hold], top: float) -> list[str]:
    middle = top + _ROW / 2
    parts = [_tag("text", _text(name), x="16", y=_n(middle + 4))]
    for hold in holds:
        if hold.start <= scale.end:
            begin, end = scale.x(hold.start), scale.x(hold.end)
            width = max(2.0, end - begin)
            at = {"x": _n(begin), "y": _n(middle - _BAR / 2), "width": _n(width), "height": _n(_BAR)}
            parts.append(_tag("rect", **at, **{"class": "bar"}))
            parts.append(_mark("!", begin + 5, middle))
    for change in run.changes:
        has = [hold for hold in holds if hold.start <= change.t <= hold.end]
        if change.kind is ChangeKind.ACKNOWLEDGED and any(hold.user == change.user for hold in has):
            parts.append(_mark("A", scale.x(change.t), middle))
        elif change.kind is ChangeKind.EXHAUSTED and has:
            parts.append(_mark("x", scale.x(change.t), middle))
    return parts


def _mark(sign: str, x: float, middle: float) -> str:
    return _tag("text", _text(sign), x=_n(x), y=_n(middle + 5), **{"class": "mark"})


def _described(rows: list[tuple[tuple[int, str], list[Hold]]]) -> Iterator[str]:
    for (level, user), holds in rows:
        times = ", ".join(duration_text(hold.start) for hold in holds[:6])
        yield f"Level {level}, {user}: notified after {times}."


def _cut(text: str) -> str:
    return text if len(text) <= _NAME else text[: _NAME - 1] + "…"


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


def _text(text: str) -> str:
    return escape("".join(each if each.isprintable() else " " for each in text))


def _tag(name: str, *children: str, **attributes: str) -> str:
    shown = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())
    return f"<{name}{shown}>{''.join(children)}</{name}>"
