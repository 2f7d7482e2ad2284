"""What was typed and what came back."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.content import Content

from drillbook.tui.narration import Kind, Line
from drillbook.tui.notation import FAINT, plain
from drillbook.tui.widgets.pane import Pane
from drillbook.tui.widgets.scrollback import Entry, Scrollback

_HEADS: dict[Kind, tuple[str, str, str]] = {
    "command": ("\u276f ", "bold $accent", "bold"),
    "answer": ("  ", "", "$foreground"),
    "refusal": ("? ", "bold $warning", "$warning"),
    "source": ("\u21b3 ", "$accent", "$muted"),
    "output": ("", "", "$foreground"),
    "notice": ("· ", "$muted", "$muted"),
    "alarm": ("▲ ", "bold $error", "$error"),
    "good": ("✓ ", "$success", "$success"),
}
"""Symbol, its style and the text's style by kind of line."""


class ShellPane(Pane):
    """The scrollback of the shell."""

    DEFAULT_CSS = """
    ShellPane { padding: 0; }
    ShellPane Scrollback { padding: 0 0 0 1; }
    """
    TITLE = "Shell"
    KEY = "F2"

    def compose(self) -> ComposeResult:
        yield Scrollback(id="shell")

    def on_mount(self) -> None:
        super().on_mount()
        self._above = ""

    def enter(self) -> None:
        self.query_one(Scrollback).focus()

    def tell(self, lines: list[tuple[str, Line]]) -> None:
        """Add lines, each with its time of day; output says of what where something else came in between."""
        entries: list[Entry] = []
        for at, line in lines:
            if line.about and line.about != self._above:
                entries.append(_entry(at, Line("source", line.about)))
            entries.append(_entry(at, line))
            self._above = line.text if line.kind == "command" else line.about
        # Who types wants to see the answer, wherever they read before.
        self.query_one(Scrollback).add(*entries, to_end=any(line.kind == "command" for _, line in lines))

    def scroll_pages(self, pages: int) -> None:
        """Look further up or down."""
        scrollback = self.query_one(Scrollback)
        scrollback.scroll_relative(y=pages * (scrollback.size.height - 1), animate=False)


def _entry(at: str, line: Line) -> Entry:
    symbol, head_style, style = _HEADS[line.kind]
    text = plain(line.text).rstrip("\n")
    if line.kind == "output":
        return Entry(Content(""), Content(text), wrap=False, indent=0)
    head = Content.assemble((f"{at} ", FAINT), (symbol, head_style))
    return Entry(head, Content.styled(text, style), indent=head.cell_length)
