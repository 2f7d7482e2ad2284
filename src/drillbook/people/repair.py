"""From not knowing to users being served again: look, believe, act, verify, and again."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from drillbook.model.scenario import Cause, Remedy
from drillbook.people import delays, texts
from drillbook.people.assessment import reassess
from drillbook.people.communication import describe, measure
from drillbook.people.diagnosis import Beliefs
from drillbook.people.error import dependent
from drillbook.people.mind import Doing, Mind
from drillbook.people.moves import Line, Look, Say, Until, never
from drillbook.people.reading import earlier_revision, percent
from drillbook.people.runbooks import consult, does, is_look
from drillbook.people.skill import TEMPTING

Outcome = Literal["done", "failed", "hesitated"]

TRIES = 3
"""How often somebody types a command that is not understood."""
STARTS_WITHIN = 45.0
"""A remediation that has not begun by then was not understood, in seconds."""
ENDS_WITHIN = 1200.0
"""Nobody waits longer than this for a remediation, in seconds (assumption)."""
SETTLES = 40.0
"""Pause before and between looks at whether it helped, in seconds (assumption)."""
FALLING = 0.9
"""The failing share counts as falling when it is below this part of the last one (assumption)."""
REPORT_WAIT = 300.0
"""How long somebody who is stuck waits for a specialist's report, in seconds (assumption)."""
GLANCES_EVERY = 240.0
"""Time after which somebody looks at the failing share again, in seconds (assumption)."""
LOOKING = 0.75
"""Part of an incident's time to identify in which all looks are done; messages take the rest (assumption)."""
SURE = 0.7
"""Support at which a careful responder confirms an action in spite of its consequence (assumption)."""
GRAVE = ("down", "outage", "unavailable", "lost", "data loss", "every client", "all clients", "harm")
"""Words in a consequence that speak against an action (assumption)."""


class Repair:
    """One responder's way to the remedy."""

    def __init__(self, mind: Mind) -> None:
        self._mind = mind
        self._beliefs = Beliefs(mind.scenario.needs, mind.skill, mind.draws, mind.person)
        self._tempted = 0
        self._helped = False
        self._doubted: set[str] = set()
        self._opened = ""
        self._tried: Cause | None = None
        self._known_at: float | None = None
        """When the cause may be known at the earliest, where incidents are given their times."""
        self._stated_at: float | None = None

    def restore(self) -> Line[None]:
        """Go on until users are served again; returns when a measurement says so."""
        if self._tried is not None:
            if (yield from self._verify()):
                return
            yield from self._admit(self._tried)
        elif self._mind.happens("jumps", self._mind.skill.jumps) and (yield from self._tempting()):
            return
        while not (yield from self._attempt()):
            pass

    def _attempt(self) -> Line[bool]:
        """One belief and its remedy; whether users are served again."""
        cause = yield from self._diagnose()
        if self._healthy():
            return True
        if cause is None:
            return (yield from self._tempting())
        yield from self._state(cause)
        yield from self._prepare()
        if self._healthy():
            return True
        if not (yield from self._apply(cause)):
            return False
        if (yield from self._verify()):
            self._tried = cause
            return True
        yield from self._admit(cause)
        return False

    def _consult(self) -> Line[None]:
        """Open the runbook of an alert that began to fire meanwhile; begin with the open one's looks."""
        mind = self._mind
        yield from consult(mind)
        book = next((each for each in mind.playbook.runbooks if each.name == mind.view.runbook), None)
        if book is not None and book.name != self._opened:
            self._opened = book.name
            self._beliefs.begin_with(step.command for step in book.steps if is_look(step))

    def _healthy(self) -> bool:
        mind = self._mind
        return mind.share is not None and mind.share < mind.skill.healthy_below and not mind.critical

    def _diagnose(self) -> Line[Cause | None]:
        """Look until convinced; the best belief when everything has been looked at, None without any."""
        mind, beliefs = self._mind, self._beliefs
        if self._known_at is None:
            self._known_at = mind.now + mind.slowed(mind.course.identify)
        while True:
            self._take_in()
            yield from self._consult()
            cause = beliefs.convinced()
            if cause is not None:
                yield from self._bide(self._known_at)
                return cause
            if not self._helped and self._stuck():
                yield from self._call_help()
            if beliefs.next_look() is None:
                beliefs.again()
                yield from self._bide(self._known_at)
                return beliefs.best()
            yield from self._look()
            if mind.now - mind.measured_at > GLANCES_EVERY:
                yield from measure(mind, mind.takes("think", mind.skill.think))
                yield from reassess(mind)
                if self._healthy():
                    return None

    def _look(self) -> Line[None]:
        """The next look, and what is read in it."""
        mind, beliefs = self._mind, self._beliefs
        probe = beliefs.next_look()
        if probe is None:
            return
        output = yield Look(self._pondering(), probe)
        beliefs.read(probe, output, mind.error("diagnosis", guided=mind.view.runbook != ""))
        yield from self._tick(probe)

    def _pondering(self) -> float:
        """Seconds before the next look: the level's, or a part of the time that the incident is given."""
        mind, looks = self._mind, self._beliefs.looks
        total = delays.DIAGNOSE_MEDIAN * delays.DIFFICULTY[mind.scenario.difficulty] * mind.skill.diagnose
        given = mind.slowed(mind.course.identify)
        if not given:
            return mind.looking_takes(total / looks)
        left = (self._known_at or 0.0) - mind.now
        # Who has gone through everything in the time there was goes on at their own pace.
        takes = mind.takes("look", LOOKING * (given if left > 0 else min(given, total)) / looks)
        return min(takes, left) if left > 0 else takes

    def _bide(self, until: float) -> Line[None]:
        """Let an incident's time pass; look at the figures when it is over."""
        mind = self._mind
        if until > mind.now:
            yield Until(never, until - mind.now)
            if mind.now - mind.measured_at > GLANCES_EVERY:
                yield from measure(mind, mind.takes("think", mind.skill.think))
                yield from reassess(mind)

    def _prepare(self) -> Line[None]:
        """Agree on a remedy, make it ready, roll it out, where incidents are given a time for all that."""
        mind = self._mind
        self._stated_at = mind.now if self._stated_at is None else self._stated_at
        yield from self._bide(self._stated_at + mind.slowed(mind.course.mitigate))

    def _take_in(self) -> None:
        mind = self._mind
        for text in mind.reports:
            self._beliefs.hear(text)
        mind.reports.clear()

    def _tick(self, probe: str) -> Line[None]:
        """Tick the steps of the open runbook that this look did."""
        mind = self._mind
        book = next((each for each in mind.playbook.runbooks if each.name == mind.view.runbook), None)
        if book is None:
            return
        done = [
            step.id
            for step in book.steps
            if is_look(step) and does(probe, step.command) and (book.name, step.id) not in mind.view.steps
        ]
        if done:
            yield Say(mind.takes("tick", 2.0), tuple(f"/check {step}" for step in done))

    def _stuck(self) -> bool:
        mind = self._mind
        return mind.engaged_at is not None and mind.now - mind.engaged_at > mind.skill.stuck_after

    def _call_help(self) -> Line[None]:
        """Escalate, page the specialists, and wait for what they say."""
        mind = self._mind
        self._helped = True
        minutes = round((mind.now - (mind.engaged_at or 0.0)) / 60)
        commands = ["/escalate"] if mind.view.open_pages else []
        for person in mind.scenario.people:
            if person.part == "specialist" and person.id not in mind.called:
                mind.called.add(person.id)
                knows = ", ".join(person.knows)
                text = texts.STUCK.format(title=texts.title(describe(mind)), minutes=minutes, knows=knows)
                commands.append(f"/page {person.id} {text}")
        if commands:
            yield Say(mind.takes("write", mind.skill.write), tuple(commands))
            yield Until(lambda: bool(mind.reports), REPORT_WAIT)
            self._take_in()

    def _state(self, cause: Cause) -> Line[None]:
        mind = self._mind
        mind.cause = cause.summary
        if mind.happens("states-cause", mind.skill.states_cause):
            yield Say(mind.takes("think", 2 * mind.skill.think), (f"/cause {cause.summary}",))

    def _apply(self, cause: Cause) -> Line[bool]:
        """Do what goes with a belief; whether it was done."""
        remedies = self._mind.scenario.needs.remedies
        if cause.remedy is None or cause.remedy >= len(remedies):
            self._beliefs.refute(cause)
            return False
        outcome = yield from self._act(remedies[cause.remedy], self._beliefs.support(cause))
        if outcome == "failed":
            self._beliefs.refute(cause)
        elif outcome == "hesitated":
            yield from self._look()
        return outcome == "done"

    def _act(self, remedy: Remedy, support: float) -> Line[Outcome]:
        """Say what is about to be done, do it, confirm where asked, and wait for its end."""
        mind = self._mind
        if mind.skill.careful:
            intent = texts.INTENT.format(command=remedy.command)
            yield Say(mind.takes("think", mind.skill.think), (f"/post #incidents {intent}",))
        command = yield from self._worded(remedy)
        slipped = False
        for _ in range(TRIES):
            slipped = self._slips(again=slipped)
            doing = Doing(command[:-1] if slipped else command)
            if not (yield from self._begin(doing, remedy, support)):
                return "hesitated"
            if doing.id:
                mind.action, mind.target = remedy.action, remedy.target
                mind.enter("identified")
                yield Until(doing.is_finished, ENDS_WITHIN)
                return "done"
        return "failed"

    def _worded(self, remedy: Remedy) -> Line[str]:
        """The command; going back past restarts, anybody's, takes a look at the revisions."""
        mind, command = self._mind, remedy.command
        undo = " rollout undo "
        if undo not in command or remedy.target not in mind.touched:
            return command
        if not mind.happens("reads-history", mind.skill.reads_history):
            return command
        history = yield Look(
            mind.takes("think", 2 * mind.skill.think), command.replace(undo, " rollout history ")
        )
        revision = earlier_revision(history)
        return f"{command} --to-revision={revision}" if revision else command

    def _begin(self, doing: Doing, remedy: Remedy, support: float) -> Line[bool]:
        """Type it and confirm it where asked; False when the consequence gives cause to think again."""
        mind = self._mind
        mind.doing = doing
        yield Say(mind.takes("think", 2 * mind.skill.think), (doing.command,))
        yield Until(lambda: bool(mind.view.confirm or doing.id or doing.refused), STARTS_WITHIN)
        if mind.view.confirm and not (yield from self._confirm(remedy, support)):
            return False
        yield Until(lambda: bool(doing.id or doing.refused), STARTS_WITHIN)
        return True

    def _slips(self, *, again: bool) -> bool:
        """Whether the command is mistyped; after one slip the next is likelier."""
        mind = self._mind
        chance = mind.error("action")
        return mind.happens("slip", dependent(chance, "low") if again else chance)

    def _confirm(self, remedy: Remedy, support: float) -> Line[bool]:
        """Answer the question; a careful responder says no where the belief is not firm enough for it."""
        mind = self._mind
        _, consequence = mind.view.confirm or ("", "")
        grave = any(word in consequence.lower() for word in GRAVE)
        if mind.skill.careful and grave and support < SURE and remedy.command not in self._doubted:
            self._doubted.add(remedy.command)
            text = texts.THINKING.format(consequence=consequence.splitlines()[0])
            yield Say(mind.takes("think", 2 * mind.skill.think), ("/no", f"/note {text}"))
            return False
        yield Say(mind.takes("think", mind.skill.think), ("/yes",))
        return True

    def _verify(self) -> Line[bool]:
        """Look whether it helped, as long as it may take and while it gets better."""
        mind = self._mind
        since, last = mind.now, mind.share if mind.share is not None else 1.0
        while True:
            yield Until(never, mind.takes("settle", SETTLES))
            value = yield from measure(mind, mind.takes("think", mind.skill.think))
            if value is not None and value < mind.skill.healthy_below:
                return True
            falling = value is not None and value < FALLING * last
            if mind.now - since > mind.skill.patience and not falling:
                return False
            last = value if value is not None else last

    def _admit(self, cause: Cause) -> Line[None]:
        """It did not help: say so and doubt the belief."""
        mind = self._mind
        self._beliefs.refute(cause)
        mind.action, mind.target = "", ""
        mind.enter("investigating")
        if mind.skill.careful:
            text = texts.UNDONE.format(share=percent(mind.share or 0.0))
            yield Say(mind.takes("think", mind.skill.think), (f"/post #incidents {text}",))

    def _tempting(self) -> Line[bool]:
        """Try what often helps elsewhere; whether users are served again."""
        mind = self._mind
        remedies = [
            each for action in TEMPTING for each in mind.scenario.needs.remedies if each.action == action
        ]
        if self._tempted >= len(remedies) or mind.skill.careful:
            yield Until(never, mind.takes("settle", SETTLES))
            return False
        remedy = remedies[self._tempted]
        self._tempted += 1
        outcome = yield from self._act(remedy, 0.0)
        helped = outcome == "done" and (yield from self._verify())
        if not helped:
            mind.action, mind.target = "", ""
        return helped


def claim(mind: Mind) -> Line[None]:
    """Declare the impact over, with the figure that says so."""
    mind.enter("monitoring")
    text = texts.MITIGATED.format(
        share=percent(mind.share or 0.0), worst=percent(mind.worst), action=done_text(mind)
    )
    yield Say(mind.takes("think", mind.skill.think), (f"/mitigated {text}",))


def done_text(mind: Mind) -> str:
    """What was done about it, in engineers' words."""
    return (
        texts.action(describe_done(mind), 0, technical=True)
        if mind.action
        else "nothing, it recovered by itself"
    )


def describe_done(mind: Mind) -> texts.Situation:
    """The situation while the remedy was at work."""
    return replace(describe(mind), phase="identified")
