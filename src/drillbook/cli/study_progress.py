"""How far a study is, on standard error: one line that changes on a terminal; elsewhere one now and then."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from drillbook.study.running import Status

_OFTEN_S = 0.5
_SELDOM_S = 10.0


class Progress:
    """Tells what there is to tell, not too often."""

    def __init__(self) -> None:
        self.done = 0
        self.target = 0
        self._terminal = sys.stderr.isatty()
        self._begun = time.monotonic()
        self._before: int | None = None
        """Runs that were there already."""
        self._told = self._begun

    def tell(self, status: Status) -> None:
        """Take note, and say it where it is time to."""
        if self._before is None:
            self._before = status.done
            if status.done:
                click.echo(f"{status.done} runs are there already", err=True)
        self.done, self.target = status.done, status.target
        now = time.monotonic()
        if now - self._told >= (_OFTEN_S if self._terminal else _SELDOM_S):
            self._told = now
            line = self._line(status, now - self._begun)
            click.echo(f"\r{line} \x1b[K" if self._terminal else line, nl=not self._terminal, err=True)

    def clear(self) -> None:
        """Make room for what is printed next."""
        if self._terminal:
            click.echo("\r\x1b[K", nl=False, err=True)

    def _line(self, status: Status, elapsed: float) -> str:
        rate = (status.done - (self._before or 0)) / elapsed
        text = f"{status.done} of {status.target} runs, {rate:.1f}/s"
        if rate > 0:
            text += f", {_time((status.target - status.done) / rate)} left"
            if status.at_most > status.target:
                text += f" ({_time((status.at_most - status.done) / rate)} at most)"
        widths = status.watch.half_widths()
        if widths is not None:
            low, high = (f"{width:.3g}" for width in widths)
            text += f"; {status.watch.measure.key} ±{high}" if low == high else ""
            text += f"; {status.watch.measure.key} ±{low} to ±{high}" if low != high else ""
        return text


def _time(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h{minutes:02}m" if hours else f"{minutes}m{rest:02}s"
