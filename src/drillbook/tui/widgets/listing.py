"""Panes of rows that scroll."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from drillbook.tui.notation import fitted
from drillbook.tui.widgets.pane import Pane


class Listing(Pane):
    """Rows cut to the width; drawn again only where they have changed."""

    DEFAULT_CSS = """
    Listing VerticalScroll { scrollbar-size-vertical: 1; }
    """

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Static()

    def on_mount(self) -> None:
        super().on_mount()
        self._shown = Content("")

    def enter(self) -> None:
        self.query_one(VerticalScroll).focus()

    def draw(self, rows: Sequence[Content]) -> None:
        """Show these rows."""
        width = max(self.query_one(VerticalScroll).scrollable_content_region.width, 20)
        content = Content("\n").join([fitted(row, width) for row in rows])
        if content != self._shown:
            taller = content.plain.count("\n") != self._shown.plain.count("\n")
            self._shown = content
            self.query_one(Static).update(content, layout=taller)
