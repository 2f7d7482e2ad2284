"""What can be typed and pressed."""

from __future__ import annotations

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from drillbook.engine.commands import VERBS
from drillbook.tui.notation import MUTED, one_line
from drillbook.tui.wrapping import hang

KEYS = (
    ("F1", "this help"),
    ("F2 … F8, alt+2 … alt+8", "go to a pane; F5 again: the next channel with news"),
    ("Esc", "back to the input line (typing goes there anyway)"),
    ("Tab", "complete; again for the next offer. ↑ ↓: what you typed before"),
    ("PgUp PgDn", "scroll the shell; arrows and the mouse wheel scroll any pane"),
    ("ctrl+a", "acknowledge all open pages"),
    ("ctrl+p or F9", "stop the clock, and go on"),
    ("ctrl+↑ ctrl+↓", "faster, slower (also F12 and F11)"),
    ("space or Enter, c", "in the runbook: tick a step; put its command into the input line"),
    ("← →", "in the channels: the next conversation"),
    ("z, x", "in the charts: another length of time; take your newest chart away"),
    ("ctrl+d", "the debrief, once the drill is over"),
    ("ctrl+q, ctrl+c", "leave; nothing is lost, `drillbook play --resume` goes on"),
)


class HelpDialog(ModalScreen[None]):
    """Any of Escape, F1, q and Enter closes it."""

    DEFAULT_CSS = """
    HelpDialog { align: center middle; background: $background 60%; }
    HelpDialog > VerticalScroll {
        width: 100; max-width: 100%; height: auto; max-height: 100%;
        border: round $border; border-title-style: bold; border-subtitle-color: $muted;
        background: $surface; padding: 0 2; scrollbar-size-vertical: 1;
    }
    """
    BINDINGS = [Binding("escape,f1,q,enter", "dismiss(None)", "Close")]

    def __init__(self, examples: tuple[tuple[str, str], ...]) -> None:
        super().__init__()
        self._examples = examples

    def compose(self) -> ComposeResult:
        with VerticalScroll() as box:
            box.border_title = "Help"
            box.border_subtitle = "Esc closes, ↑ ↓ scroll"
            yield Static(self._text())

    def _text(self) -> Content:
        width = min(self.app.size.width, 100) - 7
        verbs = [(verb.usage, verb.help) for verb in VERBS.values()]
        return Content("\n").join(
            [
                *_section("Keys", KEYS, 25, width),
                *_section("What you say and decide", verbs, 25, width),
                *_section("What you type into the shell: anything else, such as", self._examples, 0, width),
                *_section(
                    "Charts",
                    (("query PROMQL", "draws a chart of your own, as promtool query does"),),
                    25,
                    width,
                ),
            ]
        )


def _section(title: str, rows: Iterable[tuple[str, str]], column: int, width: int) -> list[Content]:
    """A title and rows of two columns; with no width for the first one they go below each other."""
    lines = [Content(""), Content.assemble((title, "bold $accent"))]
    for left, right in rows:
        first = Content.assemble((f"  {one_line(left):<{column}} ", "bold"))
        second = Content.assemble((one_line(right), MUTED))
        if column:
            lines += hang(Content.assemble(first, second), width, column + 3)
        else:
            lines += [*hang(first, width, 4), *hang(Content.assemble("      ", second), width, 6)]
    return lines
