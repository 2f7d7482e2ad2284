"""A log made ready for judgement: who did what when, and what was true."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, TypeVar, cast

from drillbook.events import facts as f
from drillbook.events.event import Event
from drillbook.model.playbook import Playbook, Severity
from drillbook.model.scenario import Scenario
from drillbook.scoring.duty import duty_severity
from drillbook.scoring.statement import Statement, statements
from drillbook.scoring.text.reading import phrases
from drillbook.scoring.triggering import triggers_began
from drillbook.scoring.truth import Verdict, verify
from drillbook.scoring.updates import Update, updates
from drillbook.scoring.work import Look, Work, looks, works

F = TypeVar("F")
STAKEHOLDERS = frozenset({"executive", "support"})
"""Parts that are told, and do not respond."""

# What is typed to look after oneself is no response yet.
_ASIDES = frozenset({"/ack", "/help", "/guide", "/hint", "/wait", "/end", "/no", "no", "n", "/silence"})


class Case:
    """The log by kind, with the moments that every grader asks for."""

    def __init__(self, scenario: Scenario, playbook: Playbook, log: Sequence[Event], person: str) -> None:
        self.scenario = scenario
        self.playbook = playbook
        self.person = person
        self.log = log
        self.parts = {each.id: each.part for each in scenario.people}
        self._by_kind: dict[type[Any], list[tuple[Event, Any]]] = {}
        for event in log:
            self._by_kind.setdefault(type(event.fact), []).append((event, event.fact))

    def of(self, kind: type[F]) -> list[tuple[Event, F]]:
        """The events of a kind, with their facts, in order."""
        return cast("list[tuple[Event, F]]", self._by_kind.get(kind, []))

    def responds(self, actor: str) -> bool:
        """Whether the actor is somebody of the response side: a person, and not one who is only told.

        What colleagues do counts as the trainee's response, but not for one who did nothing at all.
        """
        if actor == self.person:
            return True
        return not self.is_idle and actor in self.parts and self.parts[actor] not in STAKEHOLDERS

    def who(self, actor: str, *, first: bool = False) -> str:
        """The actor as a reason names them: you, or a colleague's id; `first` begins a sentence."""
        return ("You" if first else "you") if actor == self.person else actor

    def by_responders(self, kind: type[F]) -> list[tuple[Event, F]]:
        """The events of a kind that somebody of the response side brought about."""
        return [(event, fact) for event, fact in self.of(kind) if self.responds(event.actor)]

    @cached_property
    def first_response(self) -> Event | None:
        """The trainee's first act since the page that is more than an acknowledgement.

        What happened before the page answers it not, be it in the trainee's name.
        """
        paged = self.page.seq if self.page else 0
        for event, fact in self.of(f.CommandGiven):
            own = event.actor == self.person and event.seq > paged
            if own and fact.text.lower().partition(" ")[0] not in _ASIDES:
                return event
        return None

    @cached_property
    def is_idle(self) -> bool:
        """Whether the trainee did nothing at all."""
        return not any(event.actor == self.person for event in self.log)

    @cached_property
    def end(self) -> float:
        """When the log ends."""
        return self.log[-1].t if self.log else 0.0

    @cached_property
    def onset(self) -> Event | None:
        """When users began to suffer; None where they never did."""
        return next((event for event, fact in self.of(f.ImpactChanged) if fact.suffering), None)

    @cached_property
    def mitigation(self) -> Event | None:
        """When users' suffering ended for good; None where it never began or never ended."""
        changes = self.of(f.ImpactChanged)
        if self.onset is None or not changes or changes[-1][1].suffering:
            return None
        return changes[-1][0]

    @cached_property
    def suffered(self) -> float:
        """Seconds in which users suffered, in all spells."""
        changes = [(event.t, fact.suffering) for event, fact in self.of(f.ImpactChanged)]
        until = [t for t, _ in changes[1:]] + [self.end]
        return sum(end - t for (t, suffering), end in zip(changes, until, strict=True) if suffering)

    @cached_property
    def page(self) -> Event | None:
        """The first page that reached the trainee; the first page at all where none did."""
        pages = self.of(f.PageChanged)
        mine = (event for event, fact in pages if fact.change == "notified" and fact.user == self.person)
        return next(mine, None) or next((event for event, fact in pages if fact.change == "triggered"), None)

    @cached_property
    def began(self) -> float:
        """From when the responders' clock runs: the page; the onset where there was no page."""
        first = self.page or self.onset
        return first.t if first else 0.0

    @cached_property
    def declaration(self) -> Event | None:
        """The first declaration."""
        return next((event for event, _ in self.by_responders(f.IncidentDeclared)), None)

    @cached_property
    def duties_began(self) -> float:
        """From when others are to be informed: the declaration; the page where there was none."""
        return self.declaration.t if self.declaration else self.began

    @cached_property
    def resolution(self) -> Event | None:
        """The last resolution; whether it was justified is another question."""
        resolved = self.by_responders(f.IncidentResolved)
        return resolved[-1][0] if resolved else None

    @cached_property
    def severities(self) -> list[tuple[float, str]]:
        """Times and names of the severities that were set."""
        set_ = [
            *((event, fact.severity) for event, fact in self.by_responders(f.IncidentDeclared)),
            *((event, fact.severity) for event, fact in self.by_responders(f.SeverityChanged)),
        ]
        return [(event.t, name) for event, name in sorted(set_, key=lambda each: each[0].seq)]

    @cached_property
    def duties(self) -> list[tuple[float, Severity]]:
        """Times and severities whose duties are owed from then on."""
        spans = [(self.duties_began, duty_severity(self.scenario, self.playbook, None))]
        if self.severities:
            spans = [(t, duty_severity(self.scenario, self.playbook, name)) for t, name in self.severities]
        return spans

    @cached_property
    def severity(self) -> Severity:
        """The severity whose duties are owed while users suffer (a later downgrade relieves nobody)."""
        until = self.mitigation.t if self.mitigation else self.end
        in_force = [severity for t, severity in self.duties if t <= until]
        return in_force[-1] if in_force else self.duties[0][1]

    @cached_property
    def truths(self) -> dict[int, f.TruthMeasured]:
        """What was true beside the event of a number."""
        return {event.cause: fact for event, fact in self.of(f.TruthMeasured) if event.cause is not None}

    @cached_property
    def history(self) -> f.TruthRecorded | None:
        """The truth of the whole run, where it is recorded."""
        recorded = self.of(f.TruthRecorded)
        return recorded[-1][1] if recorded else None

    @cached_property
    def statements(self) -> list[Statement]:
        """What the response side said, in order."""
        return statements(self.log, self.parts, self.responds, self.truths)

    @cached_property
    def impacted(self) -> tuple[str, ...]:
        """The words for what users cannot do, as texts are searched for them."""
        return phrases(tuple(self.scenario.needs.impacted))

    @cached_property
    def updates(self) -> list[Update]:
        """Those statements that inform an audience, in order."""
        return updates(self.statements, self.impacted, self.playbook.jargon)

    @cached_property
    def charged(self) -> list[Update]:
        """The updates whose content is judged: the trainee's own; without any, those of their colleagues."""
        own = [update for update in self.updates if update.statement.event.actor == self.person]
        return own or self.updates

    @cached_property
    def verdicts(self) -> list[tuple[Statement, Verdict]]:
        """What the response side said, compared with the truth."""
        system = self.scenario.system
        parts = frozenset(each.name for each in system.components if each.name != system.workload.entry)
        return [(each, verify(each, self.history, parts)) for each in self.statements]

    @cached_property
    def triggers_began(self) -> dict[str, float]:
        """When triggers of the playbook began to hold, by their ids."""
        acting = [person for person, part in self.parts.items() if part not in STAKEHOLDERS]
        return triggers_began(self.scenario, self.playbook, self.log, acting, self.history)

    @cached_property
    def looks(self) -> list[Look]:
        """What the response side looked at, in order."""
        return looks(self.of(f.ProbeAnswered), self.responds, self._commands)

    @cached_property
    def works(self) -> list[Work]:
        """The remediations of people, in order."""
        return works(
            self.by_responders(f.ActionStarted),
            self.of(f.ActionFinished),
            self.of(f.ConfirmationAsked),
            self.scenario.needs.remedies,
        )

    @cached_property
    def _commands(self) -> dict[int, str]:
        return {event.seq: event.actor for event, _ in self.of(f.CommandGiven)}
