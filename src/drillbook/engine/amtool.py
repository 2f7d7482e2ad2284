"""`amtool` of the simulated shell: alerts as Alertmanager knows them, and silences.

Output and messages are those of amtool 0.25, in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

from drillbook.engine.record import Record
from drillbook.engine.silencing import Silencing, Wish
from drillbook.errors import DrillbookError
from drillbook.events import facts as f
from drillbook.events.view import AlertView, IncidentView
from drillbook.model.labels import get
from drillbook.model.quantities import seconds
from drillbook.oncall.dispatch import Dispatcher
from drillbook.oncall.matchers import Matcher, matches
from drillbook.oncall.silences import Silence, typed_matchers
from drillbook.world.shell.answer import Answer, Complaint, Errand, Output
from drillbook.world.shell.words import Flags, Line, read

TOOK = 1.0
_URL = {"--alertmanager.url": "url"}
_QUERY = Flags(
    values={"-o": "output", "--output": "output", "--within": "within", **_URL},
    switches={"-q": "quiet", "--quiet": "quiet", "--expired": "expired"},
)
_ALERTS = Flags(
    values={"-o": "output", "--output": "output", **_URL},
    switches={
        "-s": "silenced", "--silenced": "silenced", "-i": "inhibited", "--inhibited": "inhibited",
        "-a": "active", "--active": "active",
    },
)  # fmt: skip
_ADD = Flags(
    values={
        "-c": "comment", "--comment": "comment", "-d": "duration", "--duration": "duration",
        "-a": "author", "--author": "author", "--start": "start", "--end": "end", **_URL,
    },
)  # fmt: skip
_USAGE = "amtool: error: what works here is amtool alert [query], amtool silence [query|add|expire]"


class Amtool:
    """Answers `amtool`; never raises but Complaint."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        silencing: Silencing,
        view: IncidentView,
        record: Record,
        start: datetime,
    ) -> None:
        """`start` is the instant of t = 0."""
        self._dispatcher = dispatcher
        self._silencing = silencing
        self._view = view
        self._record = record
        self._start = start.astimezone(UTC)

    def amtool(self, t: float, command: str, words: tuple[str, ...]) -> Answer:
        """The answer to the words after `amtool`; `command` is the whole line as it was typed."""
        try:
            match words:
                case ("alert", *rest):
                    return self._alerts(t, _without(rest, "query"))
                case ("silence", "add", *rest):
                    return self._add(t, command, tuple(rest))
                case ("silence", "expire", *rest):
                    return self._expire(t, command, tuple(rest))
                case ("silence", *rest):
                    return self._silences(t, _without(rest, "query"))
        except DrillbookError as problem:
            raise Complaint(f"amtool: error: {problem}", TOOK) from None
        raise Complaint(_USAGE, 0.0)

    def _alerts(self, t: float, words: tuple[str, ...]) -> Output:
        line = read(words, _ALERTS, "amtool")
        wanted = _filter(line)
        shown = [each for each in self._view.firing if matches(wanted, dict(each.labels))]
        chosen = [each for each in shown if self._is_chosen(t, line, each)]
        rows = [
            [
                each.name,
                self._time(each.fired_at or 0.0),
                get(each.annotations, "summary"),
                "suppressed" if self._suppressed(t, each) else "active",
            ]
            for each in sorted(chosen, key=lambda alert: alert.fired_at or 0.0)
        ]
        return Output(_table(["Alertname", "Starts At", "Summary", "State"], rows), TOOK)

    def _is_chosen(self, t: float, line: Line, alert: AlertView) -> bool:
        states = self._suppressed(t, alert) or ["active"]
        asked = [name for name in ("silenced", "inhibited", "active") if line.has(name)] or ["active"]
        return any(state in asked for state in states)

    def _suppressed(self, t: float, alert: AlertView) -> list[str]:
        found = ["silenced"] if self._dispatcher.silences.covering(t, alert.labels) else []
        return [*found, "inhibited"] if self._dispatcher.inhibited_by(alert.labels) is not None else found

    def _silences(self, t: float, words: tuple[str, ...]) -> Output:
        line = read(words, _QUERY, "amtool")
        within = t + _span(line.get("within")) if line.has("within") else None
        wanted = _filter(line)
        found = [
            each
            for each in self._silencing.silences
            if (each.state(t) == "expired") == line.has("expired")
            and (within is None or each.ends_at <= within)
            and matches(wanted, _names(each))
        ]
        found.sort(key=lambda each: each.ends_at)
        if line.has("quiet"):
            return Output("\n".join(each.id for each in found), TOOK)
        rows = [
            [
                each.id,
                " ".join(map(str, each.matchers)),
                self._time(each.ends_at),
                each.created_by,
                each.comment,
            ]
            for each in found
        ]
        return Output(_table(["ID", "Matchers", "Ends At", "Created By", "Comment"], rows), TOOK)

    def _add(self, t: float, command: str, words: tuple[str, ...]) -> Errand:
        line = read(words, _ADD, "amtool")
        if not line.words:
            raise Complaint("amtool: error: no matchers specified", TOOK)
        if not line.get("comment"):
            raise Complaint("amtool: error: comment required by config", TOOK)
        starts_at = max(t, self._moment(line, "start", t))
        ends_at = self._moment(line, "end", starts_at + _span(line.get("duration", "1h")))
        if ends_at <= starts_at:
            raise Complaint("amtool: error: silence duration must be greater than 0", TOOK)
        matchers = typed_matchers(line.words)
        wish = Wish(command, matchers, starts_at, ends_at, line.get("comment"), line.get("author"))
        return Errand("", TOOK, partial(self._added, wish))

    def _added(self, wish: Wish, person: str, cause: int) -> None:
        wish = wish if wish.created_by else replace(wish, created_by=person)

        def done(name: str) -> None:
            self._record("engine", f.ProbeAnswered(wish.command, name, 0.0), cause=cause, to=person)

        self._silencing.add(person, wish, cause, done)

    def _expire(self, t: float, command: str, words: tuple[str, ...]) -> Errand:
        line = read(words, Flags(values=_URL), "amtool")
        if not line.words:
            raise Complaint("amtool: error: no silence IDs specified", TOOK)
        names = [self._silencing.silences.named(t, name).id for name in line.words]

        def expire(person: str, cause: int) -> None:
            for name in dict.fromkeys(names):
                self._silencing.expire(t, person, name, cause)
            self._record("engine", f.ProbeAnswered(command, "", 0.0), cause=cause, to=person)

        return Errand("", TOOK, expire)

    def _moment(self, line: Line, name: str, default: float) -> float:
        """A time flag in RFC 3339."""
        if not line.has(name):
            return default
        text = line.get(name)
        try:
            given = datetime.fromisoformat(text)
        except ValueError:
            raise Complaint(f'amtool: error: cannot parse "{text}" as a time in RFC 3339', TOOK) from None
        given = given if given.tzinfo else given.replace(tzinfo=UTC)
        return (given - self._start).total_seconds()

    def _time(self, t: float) -> str:
        return f"{self._start + timedelta(seconds=t):%Y-%m-%d %H:%M:%S} UTC"


def _without(words: Sequence[str], first: str) -> tuple[str, ...]:
    return tuple(words[1:] if words[:1] == [first] else words)


def _filter(line: Line) -> tuple[Matcher, ...]:
    if line.get("output", "simple") != "simple":
        raise Complaint("amtool: error: the only output here is simple", 0.0)
    return typed_matchers(line.words, empty=True)


def _names(of: Silence) -> Mapping[str, str]:
    """A silence's matchers as labels, for which Alertmanager searches silences."""
    return {each.name: each.value for each in of.matchers}


def _span(text: str) -> float:
    try:
        return seconds(text)
    except ValueError:
        raise Complaint(f'amtool: error: not a valid duration string: "{text}"', TOOK) from None


def _table(head: list[str], rows: list[list[str]]) -> str:
    """Columns as Go's tabwriter sets them: two spaces after the widest cell, after the last one too."""
    lines = [head, *rows]
    widths = [max(len(line[place]) for line in lines) for place in range(len(head))]
    return "\n".join(
        "".join(f"{cell:<{width}}  " for cell, width in zip(line, widths, strict=True)) for line in lines
    )
