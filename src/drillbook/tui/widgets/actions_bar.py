"""Roll-outs and roll-backs under way, phase by phase."""

from __future__ import annotations

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from drillbook.events.view import ActionView
from drillbook.tui.live import Live
from drillbook.tui.notation import MUTED, ago, bar, fitted, one_line

LINGER = 45.0
"""Simulated seconds for which something that is over stays in sight."""

MOST = 3


class ActionsBar(Widget):
    """A line for each action, none when nothing happens."""

    DEFAULT_CSS = """
    ActionsBar { height: auto; width: 1fr; background: $surface; padding: 0 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Content] = []
        self._over: dict[str, float] = {}

    def show(self, live: Live) -> None:
        """Bring it up to date."""
        recent = [action for action in live.view.actions.values() if self._in_sight(action, live.now)]
        rows = [_row(action, live.now) for action in recent[-MOST:]]
        if rows != self._rows:
            taller = len(rows) != len(self._rows)
            self._rows = rows
            self.refresh(layout=taller)

    def _in_sight(self, action: ActionView, now: float) -> bool:
        return action.ok is None or now - self._over.setdefault(action.id, now) < LINGER

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """A row per action."""
        return len(self._rows)

    def render(self) -> Content:
        """The rows."""
        return Content("\n").join([fitted(row, self.size.width) for row in self._rows])


def _row(action: ActionView, now: float) -> Content:
    name = (f"{action.action} {one_line(action.target)}", "bold")
    if action.ok is not None:
        symbol, word, style = ("✓", "done", "$success") if action.ok else ("✖", "FAILED", "bold $error")
        return Content.assemble((f"{symbol} {word} ", style), name, (f"  {one_line(action.text)}", MUTED))
    part = action.done / action.of if action.of else 0.0
    count = f" {action.done}/{action.of}" if action.of else ""
    return Content.assemble(
        ("↻ ", "$accent"), name, "  ", (bar(part, 14), "$accent"), count,
        (f"  {ago(now - action.started_at)}  {one_line(action.text)}", MUTED),
    )  # fmt: skip
