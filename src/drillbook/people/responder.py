"""A synthetic responder in the primary seat: notices the page, then does one thing at a time."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from drillbook.events import facts as f
from drillbook.events.event import Event
from drillbook.people import delays
from drillbook.people.assessment import assess
from drillbook.people.closing import close, watch
from drillbook.people.communication import CONCERNS, Updates
from drillbook.people.hands import Task
from drillbook.people.mind import Mind
from drillbook.people.moves import Line, Say, Until
from drillbook.people.repair import Repair, claim

PAUSE = 0.5
"""Time between two things that one person does, in seconds."""
NOTICES = 20.0
"""Median time until somebody at work sees a message or a further page, in seconds (assumption)."""

_STIRS = CONCERNS | {f.PageChanged, f.PersonPaged, f.ProbeAnswered, f.Replied}
"""Kinds of facts that may bring something new to do."""


@dataclass(frozen=True, slots=True)
class Question:
    """Something that somebody asked, and when the responder will have seen it."""

    due: float
    channel: str
    author: str


class Responder:
    """Somebody in the primary seat; `mind` is what they know and can."""

    def __init__(self, mind: Mind) -> None:
        self.person = mind.person
        self._mind = mind
        self._updates = Updates(mind)
        self._tasks = [Task(self._work())]
        self._ack_at: float | None = None
        self._questions: list[Question] = []
        self._wake: float | None = None
        self._planned = True
        """Whether `_wake` takes into account all that was seen."""
        self._aside_since = 0.0
        self._reactions: dict[type[Any], Callable[[Event, Any], None]] = {
            f.PageChanged: self._page,
            f.MessagePosted: self._message,
            f.PersonPaged: self._called,
            f.ProbeAnswered: self._shown,
            f.Replied: self._told,
            f.Ended: self._end,
        }

    def minds(self, kind: type[f.Fact]) -> bool:
        """Everything: it makes up what they know."""
        return True

    def see(self, event: Event) -> None:
        """Take an event in; it may be what was waited for."""
        kind = type(event.fact)
        self._mind.see(event)
        if kind in CONCERNS:
            self._updates.see(event)
        react = self._reactions.get(kind)
        if react is not None:
            react(event, event.fact)
        if self._tasks and (self._tasks[-1].check() or kind in _STIRS):
            self._planned = False

    def next_time(self) -> float | None:
        """When this person wants to type or to turn to something next."""
        if not self._planned:
            self._plan(self._mind.now)
        wake, now = self._wake, self._mind.now
        return now if wake is not None and wake < now else wake

    def take(self, t: float) -> list[str]:
        """What this person types at `t`."""
        if not self._planned:
            self._plan(self._mind.now)
        self._mind.now = max(t, self._mind.now)
        if not self._tasks or self._wake is None or t < self._wake:
            return []
        if self._mind.engaged_at is None:
            typed = self._answer_phone(t)
        else:
            task = self._tasks[-1]
            typed = task.ring(t) if task.move is not None and t >= task.due else []
        if typed:
            self._wake = round(t + PAUSE, 3)
        else:
            self._turn(t)
            self._plan(t)
        return typed

    def _answer_phone(self, t: float) -> list[str]:
        if self._ack_at is None or t < self._ack_at:
            return []
        self._ack_at = None
        self._mind.engage()
        return ["/ack"]

    def _turn(self, t: float) -> None:
        """Turn to the next thing: a side line where the hands are free, else the line at hand."""
        while self._tasks and self._mind.engaged_at is not None:
            task = self._tasks[-1]
            if len(self._tasks) == 1 and task.free and not task.over:
                side = self._side_line(t)
                if side is not None:
                    self._tasks.append(Task(side))
                    self._aside_since = t
                    continue
            task.step(t)
            if not task.over:
                return
            if len(self._tasks) == 1:
                return
            self._tasks.pop()
            self._tasks[-1].postpone(t - self._aside_since)
            self._tasks[-1].check()

    def _side_line(self, t: float) -> Line[None] | None:
        """What comes before the work at hand: a page, a question, an update that is due."""
        if self._ack_at is not None and self._ack_at <= t:
            self._ack_at = None
            if any(page.state == "triggered" for page in self._mind.view.open_pages):
                return _typing("/ack")
        for question in self._questions:
            if question.due <= t:
                self._questions.remove(question)
                return self._updates.reply(question.channel, question.author)
        due = self._updates.next_due()
        if due is not None and due[0] <= t:
            return self._updates.write(due[1])
        return None

    def _plan(self, t: float) -> None:
        """When to wake next, as things stand."""
        self._planned = True
        soonest, ringing = math.inf, self._ack_at
        task = self._tasks[-1]
        if self._mind.engaged_at is None:
            soonest = math.inf if ringing is None else ringing
        else:
            if not task.over:
                soonest = t if task.move is None else task.due
            if task.over or (task.free and len(self._tasks) == 1):
                times = [soonest, *[question.due for question in self._questions]]
                times += [] if ringing is None else [ringing]
                update = self._updates.next_due()
                times += [] if update is None else [update[0]]
                soonest = min(times)
        # all of them are whole milliseconds
        self._wake = max(t, soonest) if soonest < math.inf else None

    def _page(self, event: Event, fact: f.PageChanged) -> None:
        """The pager rings this person; a timed-out acknowledgement rings anew by itself."""
        if fact.change == "notified" and fact.user == self.person:
            self._notify()

    def _called(self, event: Event, fact: f.PersonPaged) -> None:
        if fact.person == self.person:
            self._notify()

    def _shown(self, event: Event, fact: f.ProbeAnswered) -> None:
        self._tasks[-1].answered(fact.command, fact.output)

    def _told(self, event: Event, fact: f.Replied) -> None:
        if not fact.ok:
            self._tasks[-1].refused()

    def _end(self, event: Event, fact: f.Ended) -> None:
        self._tasks, self._ack_at, self._wake, self._planned = [], None, None, True

    def _notify(self) -> None:
        """The phone rings."""
        mind = self._mind
        mind.notified += 1
        if mind.engaged_at is not None:
            self._ack_at = round(mind.now + mind.takes("notice", NOTICES), 3)
            return
        missed = mind.happens("never", mind.condition.misses(mind.skill.never, mind.notified))
        if not missed and self._ack_at is None:
            self._ack_at = round(max(mind.now + self._answering(), mind.condition.free_at), 3)

    def _answering(self) -> float:
        mind = self._mind
        night = mind.condition.slowed(mind.hour)
        median = delays.ANSWER_MEDIAN * mind.skill.answer * night
        return mind.draws.lognormal(median, mind.skill.answer_sigma, self.person, "answer", mind.notified)

    def _message(self, event: Event, fact: f.MessagePosted) -> None:
        mind = self._mind
        if event.actor == self.person:
            return
        asked = fact.asks or fact.text.rstrip().endswith("?")
        mine = fact.channel.startswith("#") or fact.channel == f"@{self.person}"
        if asked and mine and mind.engaged_at is not None and mind.happens("replies", mind.skill.replies):
            due = round(event.t + mind.takes("notice", NOTICES), 3)
            self._questions.append(Question(due, fact.channel, event.actor))

    def _work(self) -> Line[None]:
        """The whole run, from the first look to the hand-over."""
        mind = self._mind
        yield from assess(mind)
        repair = Repair(mind)
        while True:
            yield from repair.restore()
            yield from claim(mind)
            if not (yield from watch(mind)):
                continue
            yield from close(mind, self._updates)
            yield Until(lambda: mind.view.resolved_at is None, math.inf)
            mind.enter("investigating")


def _typing(*commands: str) -> Line[None]:
    yield Say(PAUSE, commands)
