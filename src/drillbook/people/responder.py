"""A synthetic responder in the primary seat: notices the page, then does one thing at a time."""

from __future__ import annotations

import math
from dataclasses import dataclass

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

_STIRS = (*CONCERNS, f.PageChanged, f.PersonPaged, f.ProbeAnswered, f.Replied)
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
        self._aside_since = 0.0

    def minds(self, kind: type[f.Fact]) -> bool:
        """Everything: it makes up what they know."""
        return True

    def see(self, event: Event) -> None:
        """Take an event in; it may be what was waited for."""
        mind = self._mind
        mind.see(event)
        self._updates.see(event)
        match event.fact:
            case f.PageChanged():
                self._page(event.fact)
            case f.MessagePosted():
                self._message(event)
            case f.PersonPaged(person=self.person):
                self._notify()
            case f.ProbeAnswered(command=command, output=output):
                self._tasks[-1].answered(command, output)
            case f.Replied(ok=False):
                self._tasks[-1].refused()
            case f.Ended():
                self._tasks, self._ack_at, self._wake = [], None, None
                return
        if self._tasks and (self._tasks[-1].check() or type(event.fact) in _STIRS):
            self._plan(event.t)

    def next_time(self) -> float | None:
        """When this person wants to type or to turn to something next."""
        wake, now = self._wake, self._mind.now
        return now if wake is not None and wake < now else wake

    def take(self, t: float) -> list[str]:
        """What this person types at `t`."""
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
        times = [self._ack_at] if self._ack_at is not None else []
        if self._mind.engaged_at is not None:
            task = self._tasks[-1]
            if not task.over:
                times.append(t if task.move is None else task.due)
            if task.over or (len(self._tasks) == 1 and task.free):
                times += [question.due for question in self._questions]
                due = self._updates.next_due()
                times += [due[0]] if due is not None else []
            elif self._ack_at is not None:
                times.remove(self._ack_at)
        soonest = min(times, default=math.inf)
        self._wake = round(max(t, soonest), 3) if math.isfinite(soonest) else None

    def _page(self, fact: f.PageChanged) -> None:
        """The pager rings this person; a timed-out acknowledgement rings anew by itself."""
        if fact.change == "notified" and fact.user == self.person:
            self._notify()

    def _notify(self) -> None:
        """The phone rings."""
        mind = self._mind
        mind.notified += 1
        if mind.engaged_at is not None:
            self._ack_at = round(mind.now + mind.takes("notice", NOTICES), 3)
            return
        missed = mind.notified == 1 and mind.happens("never", mind.skill.never)
        if not missed and self._ack_at is None:
            self._ack_at = round(mind.now + self._answering(), 3)

    def _answering(self) -> float:
        mind = self._mind
        night = delays.night_factor(delays.hour(mind.scenario, mind.now))
        median = delays.ANSWER_MEDIAN * mind.skill.answer * night
        return mind.draws.lognormal(median, mind.skill.answer_sigma, self.person, "answer", mind.notified)

    def _message(self, event: Event) -> None:
        fact, mind = event.fact, self._mind
        if not isinstance(fact, f.MessagePosted) or event.actor == self.person:
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
