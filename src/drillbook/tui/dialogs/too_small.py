"""What a terminal shows that is too small for the cockpit."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.widgets import Static

LEAST = Size(80, 24)
"""Columns and lines that the cockpit needs."""


class TooSmall(ModalScreen[None]):
    """Covers the cockpit until the terminal is large enough; the drill goes on behind it."""

    DEFAULT_CSS = """
    TooSmall { align: center middle; background: $background; }
    TooSmall > Static { width: 1fr; height: auto; padding: 0 1; text-align: center; }
    """

    def compose(self) -> ComposeResult:
        yield Static("", markup=False)

    def on_mount(self) -> None:
        self._tell(self.app.size)

    def on_resize(self) -> None:
        self._tell(self.app.size)

    def _tell(self, size: Size) -> None:
        have, need = (f"{each.width}×{each.height}" for each in (size, LEAST))
        text = (
            f"The terminal is {have}; the cockpit needs {need}. Enlarge it, or leave with ^q and use --plain."
        )
        self.query_one(Static).update(f"{text} The drill goes on.")
