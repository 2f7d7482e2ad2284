"""How it went."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, Static

from drillbook.errors import DrillbookError
from drillbook.tui.notation import plain


class DebriefScreen(Screen[None]):
    """A long text to scroll; it is made once the page is there, as judging takes a moment."""

    DEFAULT_CSS = """
    DebriefScreen VerticalScroll {
        border: round $border; border-title-color: $accent; border-title-style: bold;
        border-subtitle-color: $muted; background: $surface; padding: 0 2; scrollbar-size-vertical: 1;
    }
    """
    BINDINGS = [
        Binding("escape,ctrl+d", "dismiss(None)", "Back to the cockpit", key_display="Esc"),
        Binding("j", "scroll(1)", show=False),
        Binding("k", "scroll(-1)", show=False),
    ]

    def __init__(self, text: Callable[[], str], saved_to: str) -> None:
        super().__init__()
        self._text = text
        self._saved_to = saved_to

    def compose(self) -> ComposeResult:
        with VerticalScroll() as box:
            box.border_title = "Debrief"
            yield Static(Content("One moment: judging …"), id="debrief")
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()
        self.call_after_refresh(self._judge)

    def _judge(self) -> None:
        try:
            text = self._text()
        except DrillbookError as error:
            text = f"There is no debrief: {error}"
        self.query_one("#debrief", Static).update(Content(plain(text)))
        if self._saved_to:
            self.query_one(VerticalScroll).border_subtitle = Content(f"also in {plain(self._saved_to)}")

    def action_scroll(self, by: int) -> None:
        """A line up or down."""
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)
