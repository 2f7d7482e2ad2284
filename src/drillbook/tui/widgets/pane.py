"""The frame that every pane of the cockpit has."""

from __future__ import annotations

from textual.containers import Vertical
from textual.message import Message

from drillbook.tui.live import Live


class Pane(Vertical):
    """A titled frame; `show` brings it up to date, and costs next to nothing when nothing has changed."""

    DEFAULT_CSS = """
    Pane {
        border: round $border-blurred;
        border-title-color: $muted;
        border-subtitle-color: $muted;
        background: $surface;
        padding: 0 1;
    }
    Pane:focus-within {
        border: round $border;
        border-title-color: $foreground;
        border-title-style: bold;
    }
    """

    class Changed(Message):
        """The pane wants to be shown in another way, now."""

    TITLE = ""
    KEY = ""

    def on_mount(self) -> None:
        self.border_title = f"{self.KEY} {self.TITLE}"

    def show(self, live: Live) -> None:
        """Bring what is shown up to date."""

    def enter(self) -> None:
        """Put the focus where keys are useful."""

    @property
    def badge(self) -> str:
        """A short note for the pane's tab, such as a number of things that wait."""
        return ""
