"""One line above the input: what could be meant, what is awaited, what was answered last."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from drillbook.tui.notation import MUTED, fitted, one_line

SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"


class AnswerLine(Widget):
    """Completions come first, then commands that are still running, then the last answer."""

    DEFAULT_CSS = """
    AnswerLine { height: 1; width: 1fr; padding: 0 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._offers: tuple[str, ...] = ()
        self._chosen = -1
        self._awaited: tuple[str, float] | None = None
        self._frame = 0
        self._answer = Content("")

    def offer(self, offers: tuple[str, ...], chosen: int) -> None:
        """Show what could be completed; nothing when there are no offers."""
        self._offers, self._chosen = offers, chosen
        self.refresh()

    def wait_for(self, awaited: tuple[str, float] | None) -> None:
        """Show that a command runs, and for how many simulated seconds it has."""
        if awaited is not None:
            self._frame += 1
            self.refresh()
        elif self._awaited is not None:
            self.refresh()
        self._awaited = awaited

    def answer(self, content: Content) -> None:
        """Show the latest answer."""
        self._answer = content
        self.refresh()

    def render(self) -> Content:
        """The line."""
        width = self.size.width
        if self._offers:
            return fitted(self._completions(width), width)
        if self._awaited is not None:
            command, seconds = self._awaited
            spin = SPINNER[self._frame % len(SPINNER)]
            return fitted(
                Content.assemble(
                    (f"{spin} running ", "$accent"), (f"{seconds:.0f} s  ", MUTED), one_line(command)
                ),
                width,
            )
        return fitted(self._answer, width)

    def _completions(self, width: int) -> Content:
        parts: list[tuple[str, str]] = []
        first = max(0, min(self._chosen, len(self._offers) - 1))
        used = 0
        shown = self._offers[first:] if first and sum(map(len, self._offers)) > width else self._offers
        for offer in shown:
            used += len(offer) + 2
            if used > width:
                break
            chosen = 0 <= self._chosen < len(self._offers) and offer == self._offers[self._chosen]
            parts.append((offer, "reverse bold" if chosen else MUTED))
            parts.append(("  ", ""))
        return Content.assemble(*parts)
