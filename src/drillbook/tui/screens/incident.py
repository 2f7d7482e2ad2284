"""The cockpit's main page: turns messages of widgets into commands, and events into what is shown."""

from __future__ import annotations

import time
from collections.abc import Callable

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, Static

from drillbook.events import facts as f
from drillbook.events.event import Event
from drillbook.exercise.pace import SPEEDS
from drillbook.tui.awaited import Awaited
from drillbook.tui.charting import expression
from drillbook.tui.conversations import said
from drillbook.tui.dialogs.confirm import ConfirmDialog
from drillbook.tui.dialogs.help import HelpDialog
from drillbook.tui.live import Live
from drillbook.tui.narration import Line, narrate
from drillbook.tui.notation import one_line, time_of_day
from drillbook.tui.widgets.actions_bar import ActionsBar
from drillbook.tui.widgets.alerts_pane import AlertsPane
from drillbook.tui.widgets.answer_line import AnswerLine
from drillbook.tui.widgets.channels_pane import ChannelsPane
from drillbook.tui.widgets.charts_pane import ChartsPane
from drillbook.tui.widgets.command_line import PROMPT, CommandLine
from drillbook.tui.widgets.label_bar import Label, LabelBar
from drillbook.tui.widgets.map_pane import MapPane
from drillbook.tui.widgets.pane import Pane
from drillbook.tui.widgets.runbook_pane import RunbookPane
from drillbook.tui.widgets.shell_pane import ShellPane
from drillbook.tui.widgets.state_pane import StatePane
from drillbook.tui.widgets.status_header import StatusHeader

TICK = 0.25
"""Real seconds between two looks at the clock."""

SLOW = 0.5
"""Real seconds between two looks at charts and map, at least."""

SLOWEST = 1.0
"""Real seconds after which everything is looked at even though simulated time stands still."""

PANES: tuple[tuple[str, type[Pane], str], ...] = (
    ("f2", ShellPane, "Shell"),
    ("f3", AlertsPane, "Alerts"),
    ("f4", ChartsPane, "Charts"),
    ("f5", ChannelsPane, "Chat"),
    ("f6", RunbookPane, "Runbook"),
    ("f7", MapPane, "Map"),
    ("f8", StatePane, "State"),
)
"""Key, widget and short name of the panes."""

_COLUMNS = {
    "left": (AlertsPane, StatePane, MapPane),
    "middle": (ChartsPane, ShellPane),
    "right": (ChannelsPane, RunbookPane),
}


class IncidentScreen(Screen[None]):
    """Keeps the clock going, shows what happens and passes on what is typed."""

    CSS_PATH = "incident.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (32, "-high")]
    AUTO_FOCUS = "#command"
    BINDINGS = [
        Binding("f1", "help", "Help", key_display="F1", priority=True),
        *(
            Binding(f"{key},alt+{key[1:]}", f"pane('{key}')", name, show=False, priority=True)
            for key, _, name in PANES
        ),
        Binding("ctrl+a", "acknowledge", "Ack", key_display="^a", priority=True),
        Binding("ctrl+p,f9", "pause", "Pause", key_display="^p", priority=True),
        Binding("ctrl+up,f12", "speed(1)", "Speed", key_display="^↑↓", priority=True),
        Binding("ctrl+down,f11", "speed(-1)", show=False, priority=True),
        Binding("ctrl+d", "debrief", "Debrief", key_display="^d", priority=True),
        Binding("pageup", "scroll_shell(-1)", show=False),
        Binding("pagedown", "scroll_shell(1)", show=False),
        Binding("escape", "type", show=False),
    ]

    def __init__(self, live: Live, open_debrief: Callable[[], None]) -> None:
        super().__init__()
        self._live = live
        self._open_debrief = open_debrief
        self._current = "f2"
        self._seen = 0
        self._awaited = Awaited()
        self._looked = time.monotonic()
        self._looked_closely = 0.0
        self._shown_at = -1.0
        self._asking = False

    # --- what is there ------------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        yield StatusHeader()
        yield LabelBar(id="tabs")
        with Horizontal(id="panes"):
            for name, panes in _COLUMNS.items():
                with Vertical(id=name):
                    for pane in panes:
                        yield pane()
        yield ActionsBar()
        yield AnswerLine()
        with Horizontal(id="entry"):
            yield Static(PROMPT, id="prompt")
            yield CommandLine(self._live.complete)
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        me, facts = self._live.person, ((event.actor, event.fact) for event in self._live.log)
        typed = [fact.text for actor, fact in facts if actor == me and isinstance(fact, f.CommandGiven)]
        self.query_one(CommandLine).remember(*typed)
        self._go_to("f2")
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self.query_one(ChartsPane).start(self._live.golden_signals())
        self._catch_up(old=True)
        self._looked = time.monotonic()
        self._show()
        self.set_interval(TICK, self._tick)
        self._ask_if_asked()

    # --- time ---------------------------------------------------------------------------------------------

    def _tick(self) -> None:
        now = time.monotonic()
        passed, self._looked = now - self._looked, now
        if not self._live.ended:
            self._live.tick(passed)
        news = self._catch_up()
        self.query_one(AnswerLine).wait_for(self._awaited.longest(self._live.now))
        if news or int(self._live.now) != int(self._shown_at) or now - self._looked_closely >= SLOWEST:
            self._show()

    def on_screen_resume(self) -> None:
        self.query_one(CommandLine).focus()

    def _show(self) -> None:
        """Bring up to date what can be seen; charts and map less often."""
        live = self._live
        self._shown_at = live.now
        self.query_one(StatusHeader).show(live)
        self.query_one(ActionsBar).show(live)
        now = time.monotonic()
        closely = now - self._looked_closely >= SLOW
        if closely:
            self._looked_closely = now
        for _, kind, _ in PANES:
            pane = self.query_one(kind)
            if pane.region.area and (closely or kind not in {ChartsPane, MapPane}):
                pane.show(live)
        self._show_tabs()

    def _show_tabs(self) -> None:
        view = self._live.view
        badges = {
            "f3": str(len(view.firing) or ""),
            "f5": self.query_one(ChannelsPane).badge,
            "f6": self.query_one(RunbookPane).badge,
        }
        labels = tuple(Label(key, f"{key.upper()} {name}", badges.get(key, "")) for key, _, name in PANES)
        self.query_one("#tabs", LabelBar).show(labels, self._current)

    # --- events -------------------------------------------------------------------------------------------

    def _catch_up(self, *, old: bool = False) -> bool:
        """Show the events that came since the last time, and say whether there were any.

        `old` ones neither ring nor count as unread.
        """
        live = self._live
        fresh = [event for event in live.log[self._seen :] if event.visible_to(live.person)]
        self._seen = len(live.log)
        if not fresh:
            return False
        self._awaited.feed(fresh, live.person)
        told = [(self._at(event.t), line) for event in fresh if (line := narrate(event, live.view))]
        if told:
            self.query_one(ShellPane).tell(told)
            self._show_answer(told)
        heard = [words for event in fresh if (words := said(event, live.view))]
        self.query_one(ChannelsPane).hear(heard, live, read=old)
        if not old:
            self._react(fresh)
        return True

    def _at(self, t: float) -> str:
        return time_of_day(self._live.scenario.start, t)[:5]

    def _show_answer(self, told: list[tuple[str, Line]]) -> None:
        """The latest line, for those who look at another pane."""
        if self.query_one(ShellPane).region.area:
            self.query_one(AnswerLine).answer(Content(""))
            return
        styles = {"refusal": "$warning", "alarm": "bold $error", "good": "$success"}
        symbols = {"refusal": "? ", "alarm": "▲ ", "good": "✓ "}
        line = told[-1][1]
        if line.kind != "command":
            text = symbols.get(line.kind, "") + one_line(line.text)
            self.query_one(AnswerLine).answer(Content.assemble((text, styles.get(line.kind, ""))))

    def _react(self, fresh: list[Event]) -> None:
        live = self._live
        for event in fresh:
            match event.fact:
                case f.PageChanged(change="notified", user=user) if user == live.person:
                    self.app.bell()
                case f.Ended():
                    self.app.bell()
                    self.notify("The drill is over. ctrl+d shows the debrief.", markup=False, timeout=10)
        self._ask_if_asked()
        self.refresh_bindings()

    def _ask_if_asked(self) -> None:
        """A risky action waits for an answer: ask for it."""
        asked = self._live.view.confirm
        if asked is None or self._asking or self._live.ended:
            return
        self._asking = True

        def answered(yes: bool | None) -> None:
            self._asking = False
            self.submit("/yes" if yes else "/no")

        self.app.push_screen(ConfirmDialog(*asked), answered)

    # --- what people do -----------------------------------------------------------------------------------

    def submit(self, text: str) -> None:
        """Pass a command on, and show what comes of it."""
        live = self._live
        if live.ended:
            self.notify("The drill is over. ctrl+d shows the debrief.", markup=False)
            return
        live.submit(text)
        expr = expression(text)
        if expr is not None:
            self.query_one(ChartsPane).pin(expr)
        self._catch_up()
        self._show()

    def on_command_line_typed(self, event: CommandLine.Typed) -> None:
        self.query_one(AnswerLine).offer((), -1)
        if not event.text.startswith("/") or event.text.split()[0] in {
            "/help",
            "/hint",
            "/runbook",
            "/guide",
        }:
            self._go_to("f2")
        self.submit(event.text)

    def on_command_line_offered(self, event: CommandLine.Offered) -> None:
        self.query_one(AnswerLine).offer(event.offers, event.chosen)

    def on_alerts_pane_acknowledge(self, event: AlertsPane.Acknowledge) -> None:
        self.submit(f"/ack {event.what}")

    def on_runbook_pane_ticked(self, event: RunbookPane.Ticked) -> None:
        self.submit(f"/check {event.step}")

    def on_runbook_pane_opened(self, event: RunbookPane.Opened) -> None:
        self.submit(f"/runbook {event.name}")

    def on_runbook_pane_copied(self, event: RunbookPane.Copied) -> None:
        self.query_one(CommandLine).put(event.command)

    def on_pane_changed(self) -> None:
        self._looked_closely = 0.0
        self._show()

    def on_resize(self) -> None:
        self.call_after_refresh(self._show)

    def on_label_bar_picked(self, event: LabelBar.Picked) -> None:
        if event.bar.id == "tabs":
            self._go_to(event.key)

    def on_key(self, event: events.Key) -> None:
        """Whatever is typed goes to the input line, wherever the focus is."""
        line = self.query_one(CommandLine)
        meant_for_pane = event.key in self.active_bindings
        if event.is_printable and event.character and self.focused is not line and not meant_for_pane:
            event.stop()
            event.prevent_default()
            line.focus()
            line.insert_text_at_cursor(event.character)

    # --- keys ---------------------------------------------------------------------------------------------

    def _go_to(self, key: str) -> None:
        self._current = key
        for number, kind, _ in PANES:
            pane = self.query_one(kind)
            pane.set_class(number == key, "-current")
            if number == key and pane.parent is not None:
                for column in self.query("#panes > Vertical"):
                    column.set_class(column is pane.parent, "-current")
        self.call_after_refresh(self._show)

    def action_pane(self, key: str) -> None:
        """Show a pane and have it take the arrow keys; the shell leaves them to the input line."""
        again = self._current == key
        self._go_to(key)
        pane = self.query_one(next(kind for number, kind, _ in PANES if number == key))
        if isinstance(pane, ChannelsPane) and again:
            pane.open_next_unread()
        if isinstance(pane, ShellPane) and not (again and self.focused is self.query_one(CommandLine)):
            self.action_type()
        else:
            self.call_after_refresh(pane.enter)

    def action_type(self) -> None:
        """Back to the input line."""
        self.query_one(CommandLine).focus()

    def action_help(self) -> None:
        self.app.push_screen(HelpDialog(self._live.examples()))

    def action_acknowledge(self) -> None:
        self.submit("/ack")

    def action_pause(self) -> None:
        self._live.pause(not self._live.paused)
        self._show()

    def action_speed(self, by: int) -> None:
        """The next faster or slower of the speeds."""
        speed = self._live.speed
        faster = [each for each in SPEEDS if each > speed + 1e-9]
        slower = [each for each in SPEEDS if each < speed - 1e-9]
        choice = (faster[:1] if by > 0 else slower[-1:]) or [speed]
        self._live.set_speed(choice[0])
        self._show()

    def action_scroll_shell(self, pages: int) -> None:
        self.query_one(ShellPane).scroll_pages(pages)

    def action_debrief(self) -> None:
        """The debrief, which is there once the drill is over."""
        self._open_debrief()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The debrief's key is shown only once there is one."""
        return self._live.ended if action == "debrief" else True
