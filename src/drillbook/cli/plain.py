"""The whole drill line by line: for screen readers, pipes and plain terminals.

At a terminal time goes by while the program waits for a line; what happens meanwhile is printed as it comes.
With input from a file or a pipe time passes only by `/wait`, so that the same lines give the same drill.
"""

from __future__ import annotations

import queue
import sys
import threading
import time
from collections.abc import Callable, Iterable

import click

from drillbook.engine.commands import clean, parse
from drillbook.errors import DrillbookError
from drillbook.events import facts as f
from drillbook.events.event import Event
from drillbook.events.narrate import clock_text, narrate
from drillbook.exercise.exercise import Exercise
from drillbook.model.quantities import duration_text, seconds

_BEAT = 0.25
HELP = """\
Plain mode adds: /alerts  /pages  /messages  /map  /charts  /clock  /speed N  /pause  /go  /quit
/wait 2m lets time pass at once."""


class Plain:
    """One drill in lines. Raises nothing that bad input could cause."""

    def __init__(
        self, exercise: Exercise, *, live: bool, notices: Callable[[], list[str]] = list[str]
    ) -> None:
        """`notices` gives what is to be told besides the drill, each line once."""
        self._exercise = exercise
        self._notices = notices
        self._live = live
        self._quit = False
        self._last = time.monotonic()
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def play(self) -> None:
        """Until the drill ends, the input ends or the trainee leaves."""
        scenario = self._exercise.scenario
        click.echo(f"{scenario.title} — {scenario.company.name}\n\n{clean_lines(scenario.briefing)}\n")
        click.echo(
            "Type /help for what you can do; /wait 2m lets time pass; /quit leaves, nothing is lost.\n"
        )
        if self._live:
            threading.Thread(target=self._read, daemon=True).start()
        while not (self._exercise.ended or self._quit):
            line = self._next_line()
            if line is None:
                break
            self._typed(clean(line))
            self._notice()
        click.echo("The drill is over." if self._exercise.ended else f"Left at {self._time()}.")

    def _read(self) -> None:
        for line in sys.stdin:
            self._lines.put(line)
        self._lines.put(None)

    def _next_line(self) -> str | None:
        """The next line that was typed; None at the end of the input or of the drill."""
        if not self._live:
            return sys.stdin.readline() or None
        click.echo(f"{self._time()}> ", nl=False)
        while not self._exercise.ended:
            try:
                line = self._lines.get(timeout=_BEAT)
            except queue.Empty:
                line = ""
            seen = self._beat()
            if seen:
                click.echo()
                self._tell(seen)
            self._notice()
            if line != "":
                return line
            if seen:
                click.echo(f"{self._time()}> ", nl=False)
        return None

    def _notice(self) -> None:
        for notice in self._notices():
            click.echo(notice, err=True)

    def _beat(self) -> list[Event]:
        now = time.monotonic()
        elapsed, self._last = now - self._last, now
        return list(self._exercise.tick(elapsed))

    def _typed(self, line: str) -> None:
        if not line:
            return
        verb = parse(line).verb
        rest = parse(line).rest
        local = {
            "alerts": self._alerts,
            "pages": self._pages,
            "messages": self._messages,
            "map": self._map,
            "charts": self._charts,
            "clock": lambda: click.echo(self._time()),
            "pause": lambda: self._exercise.pause(True),
            "go": lambda: self._exercise.pause(False),
            "quit": self._leave,
        }
        if verb in local:
            local[verb]()
        elif verb == "speed":
            self._speed(rest)
        elif verb == "wait":
            self._wait(rest)
        else:
            self._submit(line)
            if verb == "help" and not rest:
                click.echo(HELP)

    def _submit(self, line: str) -> None:
        events = list(self._exercise.submit(line))
        given = next((event.seq for event in events if isinstance(event.fact, f.CommandGiven)), None)
        self._tell(events)
        if given is not None and parse(line).verb is None and not self._live:
            self._until_answered(given)

    def _until_answered(self, given: int) -> None:
        """A look at the system takes simulated time: let it pass."""
        if any(event.cause == given for event in self._exercise.log.since(given)):
            return
        for _ in range(60):
            seen = list(self._exercise.skip(1.0))
            self._tell(seen)
            if any(event.cause == given for event in seen) or self._exercise.ended:
                return

    def _wait(self, text: str) -> None:
        try:
            length = seconds(text or "1m")
        except ValueError as error:
            click.echo(f"/wait takes a duration: {error}")
            return
        self._tell(self._exercise.skip(length))
        click.echo(self._time())

    def _speed(self, text: str) -> None:
        try:
            self._exercise.set_speed(float(text))
        except ValueError:
            click.echo(f"/speed takes a number such as 2, not {text!r}")
            return
        click.echo(f"{self._exercise.speed:g} simulated seconds a second")

    def _leave(self) -> None:
        self._quit = True

    def _tell(self, events: Iterable[Event]) -> None:
        names = {id_: name for id_, (name, _, _) in self._exercise.view.people.items()}
        for event in events:
            if isinstance(event.fact, f.Ended):
                continue
            text = narrate(event, names)
            if text:
                gap = "\n" if "\n" in text else " "
                click.echo(f"{clock_text(event.t)}{gap}{clean_lines(text)}")

    def _alerts(self) -> None:
        firing = self._exercise.view.firing
        for alert in firing:
            summary = dict(alert.annotations).get("summary", "")
            mark = " (silenced)" if alert.silenced_by else ""
            click.echo(f"{alert.severity:<9} {alert.name}{mark}: {clean_lines(summary)}")
        if not firing:
            click.echo("No alert fires.")

    def _pages(self) -> None:
        pages = self._exercise.view.open_pages
        for page in pages:
            left = ""
            if page.escalates_at is not None:
                left = f", escalates in {duration_text(max(0.0, page.escalates_at - self._exercise.now))}"
            click.echo(f"{page.id} {page.state}, level {page.level}{left}: {clean_lines(page.summary)}")
        if not pages:
            click.echo("No page is open.")

    def _messages(self) -> None:
        view = self._exercise.view
        for message in view.messages[-20:]:
            author = view.name_of(message.author)
            click.echo(f"{clock_text(message.t)} [{message.channel}] {author}: {clean_lines(message.text)}")
        if not view.messages:
            click.echo("No messages yet.")

    def _map(self) -> None:
        for node in self._exercise.map():
            calls = f" -> {', '.join(node.calls)}" if node.calls else ""
            click.echo(f"{node.health:<5} {node.name} ({node.kind}, {node.owner}) {node.summary}{calls}")

    def _charts(self) -> None:
        now = self._exercise.now
        for signal in self._exercise.golden_signals():
            try:
                drawn = self._exercise.query_range(signal.expr, max(now - 600, -3600), now, 60)
            except DrillbookError as error:
                click.echo(f"{signal.title}: {error}")
                continue
            values = drawn[0][2] if drawn else []
            size, unit = (2.0**30, "GiB") if signal.unit == "bytes" else (1.0, signal.unit)
            shown = " ".join(f"{value / size:.4g}" for value in values) or "no data"
            click.echo(f"{signal.title} ({unit}), one value a minute, latest last: {shown}")

    def _time(self) -> str:
        start = self._exercise.scenario.start.timestamp() + self._exercise.now
        return f"{time.strftime('%H:%M:%S', time.gmtime(start))} {clock_text(self._exercise.now)}"


def clean_lines(text: str) -> str:
    """Text for a terminal: line by line without control characters."""
    return "\n".join("".join(char for char in line if char.isprintable()) for line in text.splitlines())
