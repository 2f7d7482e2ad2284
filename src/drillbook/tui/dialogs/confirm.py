"""Asks before something risky is done."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from drillbook.tui.notation import plain


class ConfirmDialog(ModalScreen[bool]):
    """True for yes. The safe answer has the focus; Escape is no."""

    DEFAULT_CSS = """
    ConfirmDialog { align: center middle; background: $background 70%; }
    ConfirmDialog > Vertical {
        width: 72; max-width: 95%; height: auto; max-height: 95%;
        border: heavy $warning; border-title-color: $warning; border-title-style: bold;
        background: $surface; padding: 1 2;
    }
    ConfirmDialog Static { margin-bottom: 1; }
    ConfirmDialog Horizontal { height: auto; align-horizontal: right; }
    ConfirmDialog Button { margin-left: 2; }
    """
    BINDINGS = [
        Binding("y", "answer(True)", "Yes"),
        Binding("n,escape", "answer(False)", "No"),
        Binding("left,up", "app.focus_previous", show=False),
        Binding("right,down", "app.focus_next", show=False),
    ]

    def __init__(self, command: str, consequence: str) -> None:
        super().__init__()
        self._command = command
        self._consequence = consequence

    def compose(self) -> ComposeResult:
        with Vertical() as box:
            box.border_title = "▲ This is risky"
            yield Static(Content.assemble(("$ ", "$accent"), (plain(self._command), "bold")))
            yield Static(Content(plain(self._consequence)), id="consequence")
            with Horizontal():
                yield Button("Do it (y)", id="yes", variant="warning", compact=True)
                yield Button("Leave it (n)", id="no", variant="primary", compact=True)

    def on_mount(self) -> None:
        self.query_one("#no", Button).focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.dismiss(event.button.id == "yes")

    def action_answer(self, yes: bool) -> None:
        """Close with an answer."""
        self.dismiss(yes)
