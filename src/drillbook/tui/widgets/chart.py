"""One chart: the latest value in words above, the course of the last minutes below."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from drillbook.errors import DrillbookError
from drillbook.model.labels import Labels, without
from drillbook.tui.charting import ceiling, minutes
from drillbook.tui.live import Live
from drillbook.tui.notation import MUTED, fitted, number, one_line, time_of_day

if TYPE_CHECKING:
    from textual_plotext import PlotextPlot

MARKERS = ("braille", "•", "+", "x", "o")
COLOURS = ((127, 166, 201), (216, 183, 111), (143, 191, 138), (236, 122, 128), (143, 179, 165))
"""Markers and colours of the series; both differ, so that colour is not needed to tell them apart."""

POINTS = 60
"""Points of a series on the chart, at most."""


class Chart(Vertical):
    """Draws one PromQL expression; the plotting library is loaded when it is first drawn."""

    DEFAULT_CSS = """
    Chart { height: 1fr; min-height: 8; width: 1fr; background: $surface; }
    Chart .chart-title { height: 1; }
    Chart PlotextPlot { height: 1fr; }
    Chart.-failed .chart-title { height: auto; }
    Chart.-failed PlotextPlot { display: none; }
    """

    def __init__(self, title: str, unit: str, expr: str) -> None:
        super().__init__()
        self.expr = expr
        self._title = title
        self._unit = unit
        self._plot: PlotextPlot | None = None
        self._drawn: tuple[float, float, int, int] = (0.0, 0.0, 0, 0)

    def compose(self) -> ComposeResult:
        yield Static(Content.assemble((one_line(self._title), "bold")), classes="chart-title")

    def draw(self, live: Live, span: float) -> None:
        """Draw the last `span` seconds, unless the chart shows them already."""
        end = math.floor(live.now / 5) * 5.0
        state = (end, span, self.size.width, self.size.height)
        if state == self._drawn or not self.size.area:
            return
        self._drawn = state
        step = max(5.0, math.ceil(span / POINTS / 5) * 5.0)
        start = end - span
        try:
            series = live.query_range(self.expr, start, end, step)
        except DrillbookError as error:
            self._fail(str(error))
            return
        if not series:
            self._fail("no data")
            return
        self.remove_class("-failed")
        self._say_latest(series)
        self._plot_series(live, series, start, end)

    def _caption(self, value: Content) -> None:
        name = fitted(Content.assemble((one_line(self._title), "bold")), self.size.width // 2)
        title = Content.assemble(name, "  ", value)
        self.query_one(".chart-title", Static).update(fitted(title, self.size.width), layout=False)

    def _fail(self, why: str) -> None:
        self.add_class("-failed")
        title = Content.assemble((one_line(self._title), "bold"), (f"\n? {one_line(why)}", "$warning"))
        self.query_one(".chart-title", Static).update(title)

    def _say_latest(self, series: list[tuple[Labels, list[float], list[float]]]) -> None:
        parts: list[tuple[str, str]] = []
        for index, (labels, _, values) in enumerate(series[: len(MARKERS)]):
            name = ",".join(value for _, value in without(labels, "__name__")) if len(series) > 1 else ""
            symbol = "⣿" if MARKERS[index] == "braille" else MARKERS[index]
            latest = number(values[-1], self._unit) if values else "–"
            parts.append((f"{symbol} {one_line(name)} {latest}  " if name else f"{latest}  ", _rgb(index)))
        if len(series) > len(MARKERS):
            parts.append((f"and {len(series) - len(MARKERS)} more", MUTED))
        self._caption(Content.assemble(*parts))

    def _plot_series(
        self, live: Live, series: list[tuple[Labels, list[float], list[float]]], start: float, end: float
    ) -> None:
        plot = self._plotter()
        plt = plot.plt
        plt.clear_data()
        highest = 0.0
        for index, (_, times, values) in enumerate(series[: len(MARKERS)]):
            points = [(t, value) for t, value in zip(times, values, strict=True) if math.isfinite(value)]
            if points:
                highest = max(highest, *(value for _, value in points))
                plt.plot(
                    [t for t, _ in points],
                    [v for _, v in points],
                    marker=MARKERS[index],
                    color=COLOURS[index],
                )
        top = ceiling(highest)
        plt.xlim(start, end)
        plt.ylim(0, top)
        moments = minutes(start, end, max(self.size.width // 9, 1))
        plt.xticks(moments, [time_of_day(live.scenario.start, t)[:5] for t in moments])
        ticks = [0.0, top / 2, top]
        plt.yticks(ticks, [_tick(tick, self._unit) for tick in ticks])
        plot.refresh()

    def _plotter(self) -> PlotextPlot:
        if self._plot is None:
            from textual_plotext import PlotextPlot  # noqa: PLC0415  the first frame does not wait for it

            self._plot = PlotextPlot()
            self._plot.plt.xaxes(True, False)
            self._plot.plt.yaxes(True, False)
            self.mount(self._plot)
        return self._plot


def _tick(value: float, unit: str) -> str:
    return (number(value, unit if unit in {"s", "%", "ratio"} else "") if value else "0").rjust(6)


def _rgb(index: int) -> str:
    red, green, blue = COLOURS[index]
    return f"#{red:02x}{green:02x}{blue:02x}"
