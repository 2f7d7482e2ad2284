"""The line where everything is typed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.widgets import Input


class CommandLine(Input):
    """Keeps a history, completes by Tab. Announces `Typed` and `Offered`."""

    DEFAULT_CSS = """
    CommandLine, CommandLine:focus { border: none; height: 1; padding: 0; background: $panel; width: 1fr; }
    CommandLine > .input--placeholder, CommandLine > .input--suggestion { color: $faint; }
    """

    BINDINGS = [
        Binding("tab", "complete(1)", "Complete", key_display="Tab"),
    ]

    @dataclass
    class Typed(Message):
        """A line was entered."""

        text: str

    @dataclass
    class Offered(Message):
        """What could be completed, and which of it is chosen; nothing when there is nothing to offer."""

        offers: tuple[str, ...]
        chosen: int

    def __init__(self, complete: Callable[[str], list[str]]) -> None:
        super().__init__(
            placeholder="type a command: /help lists them, Tab completes",
            select_on_focus=False,
            compact=True,
            id="command",
        )
        self._complete = complete
        self._history: list[str] = []
        self._place = 0
        self._draft = ""
        self._offers: tuple[str, ...] = ()
        self._chosen = -1
        self._completed = ""

    def remember(self, *texts: str) -> None:
        """Add to the history; what repeats the last line is left out."""
        for text in texts:
            if text and self._history[-1:] != [text]:
                self._history.append(text)
        self._place = len(self._history)

    def put(self, text: str) -> None:
        """Have this in the line, ready to be changed and entered."""
        self.value = text
        self.cursor_position = len(text)
        self.focus()

    async def on_key(self, event: events.Key) -> None:
        """Act at once: a binding would be asked only after what is typed next has been put into the line."""
        match event.key:
            case "enter":
                await self.action_submit()
            case "tab" | "shift+tab":
                self.action_complete(1 if event.key == "tab" else -1)
            case "up" | "down":
                self.action_recall(-1 if event.key == "up" else 1)
            case "escape":
                self.action_clear()
            case _:
                return
        event.stop()
        event.prevent_default()

    async def action_submit(self) -> None:
        """Announce the line and empty it."""
        text = self.value.strip()
        if text:
            self.remember(text)
            self.value = ""
            self.post_message(self.Typed(text))

    def action_recall(self, by: int) -> None:
        """Go through the history; below its end is what was being typed."""
        if self._place == len(self._history):
            self._draft = self.value
        self._place = min(max(self._place + by, 0), len(self._history))
        self.value = self._history[self._place] if self._place < len(self._history) else self._draft
        self.cursor_position = len(self.value)

    def action_clear(self) -> None:
        """Empty the line."""
        self.value = ""
        self._place = len(self._history)

    def action_complete(self, by: int) -> None:
        """Complete as far as it is certain; then go through what is possible."""
        if self._offers and self.value == self._completed:
            self._chosen = (self._chosen + by) % len(self._offers)
            self._take(self._offers[self._chosen])
            return
        self._offers = tuple(dict.fromkeys(self._complete(self.value)))
        self._chosen = -1
        if len(self._offers) == 1:
            only = self._offers[0]
            self._offers = ()
            self._take(only if only.endswith(" ") else only + " ")
        elif self._offers:
            common = _common(self._offers)
            self._take(common if len(common) > len(self.value) else self.value)

    def _take(self, text: str) -> None:
        self._completed = text
        self.value = text
        self.cursor_position = len(text)
        self.post_message(self.Offered(self._words(), self._chosen))

    def _words(self) -> tuple[str, ...]:
        """The offers without the part of the line that they share."""
        shared = _common(self._offers).rfind(" ") + 1 if len(self._offers) > 1 else 0
        return tuple(offer[shared:] for offer in self._offers)

    def watch_value(self, value: str) -> None:
        """Whatever else is typed takes the offers away."""
        if self._offers and value != self._completed:
            self._offers, self._chosen = (), -1
            self.post_message(self.Offered((), -1))


def _common(texts: tuple[str, ...]) -> str:
    first, last = min(texts), max(texts)
    for place, char in enumerate(first):
        if place >= len(last) or last[place] != char:
            return first[:place]
    return first


PROMPT = Content.assemble((" \u276f ", "bold $accent on $panel"))
"""What stands before the line."""
