"""The runbook or checklist with its steps to tick; the list of them while none is open."""

from __future__ import annotations

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from drillbook.model.handbook.work import summary
from drillbook.model.runbook import Procedure, Runbook, Step
from drillbook.tui.live import Live
from drillbook.tui.notation import MUTED, one_line
from drillbook.tui.widgets.pane import Pane
from drillbook.tui.wrapping import hang_all


class RunbookPane(Pane):
    """Announces `Ticked`, `Opened` and `Copied`."""

    DEFAULT_CSS = """
    RunbookPane OptionList { border: none; padding: 0; height: 1fr; background: $surface; }
    RunbookPane OptionList:focus { border: none; background-tint: $surface 0%; }
    """
    TITLE = "Runbook"
    KEY = "F6"
    BINDINGS = [
        Binding("space", "choose", "Tick", key_display="space"),
        Binding("c", "copy", "Copy command"),
        Binding("b", "browse", "Others"),
    ]

    @dataclass
    class Ticked(Message):
        """A step is done."""

        step: str

    @dataclass
    class Opened(Message):
        """A runbook is wanted."""

        name: str

    @dataclass
    class Copied(Message):
        """A step's command is wanted in the input line."""

        command: str

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._browsing = False
        self._runbook: Procedure | None = None
        self._shown: object = None

    def compose(self) -> ComposeResult:
        yield OptionList(id="steps", markup=False)

    def enter(self) -> None:
        self.query_one(OptionList).focus()

    def show(self, live: Live) -> None:
        """Bring the steps, or the list of runbooks, up to date."""
        width = max(self.query_one(OptionList).scrollable_content_region.width, 20)
        opened = live.playbook.procedure(live.view.runbook)
        if opened is not self._runbook:
            self._runbook, self._browsing = opened, False
        done = {step for runbook, step in live.view.steps if opened and runbook == opened.name}
        pointed = _pointed(live)
        state = (width, self._runbook, self._browsing, done, pointed)
        if state != self._shown:
            self._shown = state
            self._fill(
                self._list(live, width, pointed)
                if opened is None or self._browsing
                else self._steps(opened, width, done)
            )

    def _list(self, live: Live, width: int, pointed: dict[str, str]) -> list[tuple[str, Content]]:
        self.border_title = f"{self.KEY} {self.TITLE}s"
        self.border_subtitle = ""
        books = sorted(live.playbook.procedures, key=lambda book: book.name not in pointed)
        return [(f"book:{book.name}", _book(book, width, pointed.get(book.name, ""))) for book in books]

    def _steps(self, opened: Procedure, width: int, done: set[str]) -> list[tuple[str, Content]]:
        self.border_title = f"{self.KEY} {self.TITLE}: {opened.name}"
        self.border_subtitle = f"{len(done)} of {len(opened.steps)} ticked"
        return [
            (f"step:{step.id}", _step(step, number, width, done=step.id in done))
            for number, step in enumerate(opened.steps, start=1)
        ]

    def _fill(self, rows: list[tuple[str, Content]]) -> None:
        options = self.query_one(OptionList)
        if [option.id for option in options.options] != [key for key, _ in rows]:
            options.set_options(Option(content, key) for key, content in rows)
            options.highlighted = 0 if rows else None
            return
        for index, (_, content) in enumerate(rows):
            if options.get_option_at_index(index).prompt != content:
                options.replace_option_prompt_at_index(index, content)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        kind, _, name = (event.option.id or "").partition(":")
        if kind == "step":
            self.post_message(self.Ticked(name))
            self.query_one(OptionList).action_cursor_down()
        else:
            self._browsing = False
            self.post_message(self.Opened(name))

    def action_choose(self) -> None:
        """The same as Enter."""
        self.query_one(OptionList).action_select()

    def action_copy(self) -> None:
        """Announce the chosen step's command."""
        chosen = self.query_one(OptionList).highlighted_option
        steps = self._runbook.steps if self._runbook and not self._browsing else []
        command = next((step.command for step in steps if chosen and chosen.id == f"step:{step.id}"), "")
        if command:
            self.post_message(self.Copied(command))

    def action_browse(self) -> None:
        """Show the list of runbooks, or go back to the open one."""
        self._browsing = not self._browsing
        self.post_message(self.Changed())


def _pointed(live: Live) -> dict[str, str]:
    """Why one should look at a runbook or checklist now, by its name."""
    firing = {alert.name for alert in live.view.firing}
    paged = live.view.paged_at
    why = {
        book.name: "a firing alert points here"
        for book in live.playbook.runbooks
        if firing & set(book.alerts)
    }
    if paged is not None:
        due = [each.name for each in live.playbook.checklists if each.is_due(live.now - paged)]
        why |= dict.fromkeys(due, "its time is now")
    return why


def _book(book: Procedure, width: int, why: str) -> Content:
    mark = "▸ " if isinstance(book, Runbook) else "☐ "
    lines = [Content.assemble((mark, "$accent"), (one_line(book.title), "bold"))]
    if why:
        lines.append(Content.assemble((f"  ▲ {why}", "$warning")))
    about = [*book.symptoms[:2]] if isinstance(book, Runbook) else []
    if summary(book):
        about.append(summary(book))
    lines += [Content.assemble((f"  {one_line(text)}", MUTED)) for text in about]
    return Content("\n").join(hang_all(lines, width, 2))


def _step(step: Step, number: int, width: int, *, done: bool) -> Content:
    box, style = ("[✓]", "$success") if done else ("[ ]", "$accent")
    lines = [Content.assemble((f"{box} ", style), (f"{number} {one_line(step.text)}", MUTED if done else ""))]
    if step.command:
        lines.append(
            Content.assemble((f"    $ {one_line(step.command)}", "$secondary" if not done else MUTED))
        )
    if step.expect and not done:
        lines.append(Content.assemble((f"    must show: {one_line(step.expect)}", MUTED)))
    if step.caution and not done:
        lines.append(Content.assemble((f"    ▲ {one_line(step.caution)}", "$warning")))
    return Content("\n").join(hang_all(lines, width, 6))
