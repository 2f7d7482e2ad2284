"""What people say, by channel, with what has not been read."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content

from drillbook.tui.conversations import SHORT, STANDING, Said
from drillbook.tui.live import Live
from drillbook.tui.notation import MUTED, plain, time_of_day
from drillbook.tui.widgets.label_bar import Label, LabelBar
from drillbook.tui.widgets.pane import Pane
from drillbook.tui.widgets.scrollback import Entry, Scrollback


class ChannelsPane(Pane):
    """One conversation is open; the others count what came since."""

    DEFAULT_CSS = """
    ChannelsPane { padding: 0; }
    ChannelsPane Scrollback { padding: 0 1; }
    """
    TITLE = "Channels"
    KEY = "F5"
    BINDINGS = [
        Binding("left", "turn(-1)", "Channel", key_display="←→", priority=True),
        Binding("right", "turn(1)", show=False, priority=True),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.current = STANDING[0]
        self._unread: dict[str, int] = {}
        self._entries: dict[str, list[Entry]] = {name: [] for name in STANDING}

    def compose(self) -> ComposeResult:
        yield LabelBar(id="conversations")
        yield Scrollback(id="conversation")

    def enter(self) -> None:
        self.query_one(Scrollback).focus()

    @property
    def unread(self) -> dict[str, int]:
        """Number of unread lines by conversation; only those that have any."""
        return dict(self._unread)

    @property
    def badge(self) -> str:
        total = sum(self._unread.values())
        return str(total) if total else ""

    def hear(self, lines: list[Said], live: Live, *, read: bool = False) -> None:
        """Add what was said; `read` says that it is old news."""
        for line in lines:
            entry = _entry(line, live)
            self._entries.setdefault(line.conversation, []).append(entry)
            if line.conversation == self.current:
                self.query_one(Scrollback).add(entry)
            own = line.author == live.person
            if not (read or own or (line.conversation == self.current and self.in_sight)):
                self._unread[line.conversation] = self._unread.get(line.conversation, 0) + 1
        if lines:
            self._show_labels()

    @property
    def in_sight(self) -> bool:
        """Whether the open conversation can be read now."""
        return self.is_attached and self.screen.is_current and self.region.area > 0

    def show(self, live: Live) -> None:
        """What can be seen counts as read."""
        news = self.in_sight and self._unread.pop(self.current, 0)
        if news or not self.query_one(LabelBar).labels:
            self._show_labels()

    def open(self, conversation: str) -> None:
        """Read a conversation."""
        self.current = conversation
        self._unread.pop(conversation, None)
        self.query_one(Scrollback).replace(list(self._entries[conversation]))
        self._show_labels()

    def open_next_unread(self) -> None:
        """Read the next conversation that has something new, if one has."""
        names = list(self._entries)
        place = names.index(self.current)
        for name in names[place + 1 :] + names[:place]:
            if name in self._unread:
                self.open(name)
                return

    def action_turn(self, by: int) -> None:
        """Go to the neighbouring conversation."""
        names = list(self._entries)
        self.open(names[(names.index(self.current) + by) % len(names)])

    def on_label_bar_picked(self, event: LabelBar.Picked) -> None:
        event.stop()
        self.open(event.key)

    def _show_labels(self) -> None:
        labels = tuple(
            Label(name, plain(SHORT.get(name, name)), str(self._unread.get(name, "")))
            for name in self._entries
        )
        self.query_one(LabelBar).show(labels, self.current)
        total = sum(self._unread.values())
        self.border_subtitle = f"{total} unread" if total else ""


def _entry(line: Said, live: Live) -> Entry:
    name = "you" if line.author == live.person else live.view.name_of(line.author)
    style = "bold $accent" if line.author == live.person else "bold $primary"
    head = Content.assemble(
        (f"{time_of_day(live.scenario.start, line.t)[:5]} ", MUTED), (plain(name), style), " "
    )
    mark = Content.assemble(("? ", "bold $accent")) if line.asks else Content("")
    return Entry(head, Content.assemble(mark, plain(line.text)), indent=6)
