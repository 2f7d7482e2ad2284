"""What an alert would set off if it fired now and nobody, or one person once, did anything about it.

The dispatcher and the pager are those of a drill; nothing is simulated but time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from drillbook.model.labels import Labels
from drillbook.model.policy import OnCall
from drillbook.oncall.directory import Directory
from drillbook.oncall.dispatch import Dispatcher
from drillbook.oncall.page import ChangeKind, PageChange
from drillbook.oncall.pager import Pager

LONGEST = 86400.0
"""Seconds that a run lasts at most: some policies repeat for ever."""


class Told(NamedTuple):
    """A receiver that hears of the alert; `service` is what it pages, `channel` where it writes."""

    t: float
    receiver: str
    service: str | None
    channel: str | None


class Hold(NamedTuple):
    """A stretch of time in which somebody has the page; `level` is that at which they were notified."""

    level: int
    user: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class DryRun:
    """Everything that happened; times in seconds from the moment at which the alert fires."""

    told: tuple[Told, ...]
    changes: tuple[PageChange, ...]
    """What happened to pages, in order."""
    end: float
    """When nothing more was to come, or the run was cut off."""

    @property
    def opened_at(self) -> float | None:
        """When the first page opened."""
        return self.first(ChangeKind.TRIGGERED)

    @property
    def notified(self) -> tuple[PageChange, ...]:
        """Every ring of a phone."""
        return tuple(each for each in self.changes if each.kind is ChangeKind.NOTIFIED)

    def first(self, kind: ChangeKind) -> float | None:
        """When something of a kind happened first."""
        return next((each.t for each in self.changes if each.kind is kind), None)

    def holds(self) -> list[Hold]:
        """Who has which page from when to when, in the order in which they got it."""
        made: list[Hold] = []
        open_: dict[tuple[str, str], tuple[int, float]] = {}
        for change in self.changes:
            if change.after is None:
                continue
            has = () if change.kind is ChangeKind.RESOLVED else change.after.assigned
            gone = [key for key in open_ if key[0] == change.page and key[1] not in has]
            again = (change.page, change.user or "")
            if change.kind is ChangeKind.NOTIFIED and again in open_:
                gone.append(again)
            for key in gone:
                level, start = open_.pop(key)
                made.append(Hold(level, key[1], start, change.t))
            if change.kind is ChangeKind.NOTIFIED:
                open_[again] = (change.level or 0, change.t)
        made += [Hold(level, key[1], start, self.end) for key, (level, start) in open_.items()]
        return sorted(made, key=lambda hold: (hold.start, hold.level, hold.user))


def dry_run(
    on_call: OnCall, directory: Directory, alert: Labels, *, ack_after: float | None = None
) -> DryRun:
    """An alert with these labels fires at the directory's start, and goes on firing.

    With `ack_after` the person notified last acknowledges so many seconds after the page opened, once,
    and does nothing more. InvalidInput with every problem of the on-call model.
    """
    running = _Running(on_call, directory, ack_after)
    running.dispatcher.alert(0.0, alert, (), "firing", 0.0)
    while (due := running.next_time()) is not None and due <= LONGEST:
        running.take(due)
    return running.result()


class _Running:
    """The dispatcher, the pager and one acknowledgement, on one clock."""

    def __init__(self, on_call: OnCall, directory: Directory, ack_after: float | None) -> None:
        self.dispatcher = Dispatcher(on_call.routing, directory.start)
        self._pager = Pager(on_call, directory)
        self._receivers = {each.name: each for each in on_call.routing.receivers}
        self._ack_after = ack_after
        self._ack_at: float | None = None
        self._told: list[Told] = []
        self._changes: list[PageChange] = []
        self._now = 0.0

    def next_time(self) -> float | None:
        """When something happens next; None where the rest would only repeat itself."""
        pages = self._pager.pages()
        moving = [t for t in (page.next_time() for page in pages) if t is not None]
        if pages and self._ack_at is None and not moving:
            return None
        if self._told and not any(each.service for each in self._told):
            return None
        if any(page.resolved_at is not None for page in pages):
            return None
        due = (self.dispatcher.next_time(), self._pager.next_time(), self._ack_at)
        return min((t for t in due if t is not None), default=None)

    def take(self, t: float) -> None:
        """What happens at t: routing, then the person, then the pager."""
        self._now = t
        for notification in self.dispatcher.take(t):
            receiver = self._receivers[notification.receiver]
            self._told.append(Told(t, receiver.name, receiver.pager_service, receiver.channel))
            self._add(self._pager.receive(t, notification))
        if self._ack_at == t:
            self._acknowledge(t)
        self._add(self._pager.take(t))

    def result(self) -> DryRun:
        """What happened."""
        return DryRun(tuple(self._told), tuple(self._changes), self._now)

    def _add(self, changes: list[PageChange]) -> None:
        for change in changes:
            self._changes.append(change)
            if change.kind is ChangeKind.TRIGGERED and self._ack_after is not None and self._ack_at is None:
                self._ack_at, self._ack_after = round(change.t + self._ack_after, 3), None

    def _acknowledge(self, t: float) -> None:
        self._ack_at = None
        last = next((each for each in reversed(self._changes) if each.kind is ChangeKind.NOTIFIED), None)
        if last is not None and last.user is not None:
            self._add(self._pager.acknowledge(t, last.page, last.user))
