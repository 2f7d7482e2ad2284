"""The first page: where you are and what is asked of you."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from drillbook.tui.live import Live
from drillbook.tui.notation import MUTED, one_line, plain


class BriefingScreen(Screen[None]):
    """Announces `Begun`. The clock stands still meanwhile."""

    DEFAULT_CSS = """
    BriefingScreen { align: center middle; background: $background; }
    BriefingScreen > Vertical { width: 84; max-width: 100%; height: auto; max-height: 100%; }
    BriefingScreen VerticalScroll {
        height: auto; max-height: 100%; border: round $border-blurred; border-title-color: $accent;
        border-title-style: bold; border-subtitle-color: $accent; border-subtitle-style: bold;
        padding: 1 3; background: $surface; scrollbar-size-vertical: 1;
    }
    """
    BINDINGS = [Binding("enter,space", "begin", show=False)]

    class Begun(Message):
        """The drill may begin."""

    def __init__(self, live: Live) -> None:
        super().__init__()
        self._live = live

    def compose(self) -> ComposeResult:
        with Vertical(), VerticalScroll() as box:
            box.border_title = "Briefing"
            box.border_subtitle = "Enter begins, ctrl+q leaves"
            yield Static(self._text())

    def _text(self) -> Content:
        scenario, playbook = self._live.scenario, self._live.playbook
        paragraphs = plain(scenario.briefing).strip().split("\n\n")
        lines = [Content.assemble((one_line(scenario.title), "bold $accent"))]
        lines.append(Content.assemble((f"{one_line(scenario.company.name)} · {scenario.difficulty}", MUTED)))
        for paragraph in paragraphs:
            lines += [Content(""), Content(one_line(paragraph))]
        # No objectives: what is to be learnt says where to look. The debrief asks whether they were reached.
        lines += [Content(""), Content.assemble(("Your duties: ", "bold"), (one_line(playbook.title), MUTED))]
        lines += [Content.assemble(("• ", "$accent"), one_line(text)) for text in playbook.duties.texts]
        lines += [Content(""), Content.assemble(("Everything is typed. F1 shows what and how.", MUTED))]
        return Content("\n").join(lines)

    def on_click(self) -> None:
        self.action_begin()

    def action_begin(self) -> None:
        """Start the clock."""
        self.post_message(self.Begun())
