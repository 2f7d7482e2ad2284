"""The automation in a run: triage, action by the matrix, validation, and taking back what did not help.

It sees what every seat may see and types what every seat may type. What it takes the incident for is the
scenario's to say; the hidden truth it does not know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from drillbook.events import facts as f
from drillbook.events.event import Event
from drillbook.model.automation import AUTOMATION, Automation, Suspicion
from drillbook.model.labels import Labels, get
from drillbook.model.playbook import Playbook
from drillbook.model.scenario import Scenario
from drillbook.people.agenda import Agenda
from drillbook.people.automation.decision import decide

BETWEEN = 5.0
"""Seconds between two commands (assumption)."""
SETTLES = 60.0
"""Seconds after an action before its effect is looked at (assumption)."""
HELPS_WITHIN = 300.0
"""Seconds after an action by which it has helped, or has failed."""
CHANNEL = "#incidents"


class Automaton:
    """Acts once, upon the first page of an incident; never after the incident was resolved."""

    person = AUTOMATION

    def __init__(self, scenario: Scenario, playbook: Playbook, rules: Automation) -> None:
        self._playbook = playbook
        self._rules = rules
        self._nature = scenario.needs.nature
        self._suspicions = sorted(scenario.suspicions, key=lambda each: -each.confidence)
        self._severity = scenario.needs.severity
        self._agenda = Agenda()
        self._paged: float | None = None
        self._firing: dict[Labels, str] = {}
        self._typing: Suspicion | None = None
        self._begun: dict[str, Suspicion] = {}
        self._targets: dict[str, str] = {}
        """What each incident's command was done to, as long as nobody else did something to it."""
        self._handlers: Mapping[type[Any], Callable[[Event, Any], None]] = {
            f.PageChanged: self._on_page,
            f.AlertChanged: self._on_alert,
            f.IncidentDeclared: self._on_severity,
            f.SeverityChanged: self._on_severity,
            f.ConfirmationAsked: self._on_question,
            f.Replied: self._on_reply,
            f.ActionStarted: self._on_started,
            f.ActionFinished: self._on_finished,
            f.IncidentResolved: self._on_resolved,
        }

    def minds(self, kind: type[f.Fact]) -> bool:
        """Pages, alerts, severities and what comes of its own commands."""
        return kind in self._handlers

    def see(self, event: Event) -> None:
        """Something happened that every seat may see."""
        handler = self._handlers.get(type(event.fact))
        if handler is not None:
            handler(event, event.fact)

    def next_time(self) -> float | None:
        """When it wants to type next."""
        return self._agenda.next_time()

    def take(self, t: float) -> list[str]:
        """What it types at `t`."""
        return self._agenda.take(t)

    def _on_page(self, event: Event, fact: f.PageChanged) -> None:
        if fact.change == "triggered" and self._paged is None:
            self._paged = event.t
            takes = (self._rules.triage_at_least + self._rules.triage_at_most) / 2
            self._agenda.at(event.t + takes, "triage", self._triage)

    def _on_alert(self, event: Event, fact: f.AlertChanged) -> None:
        if fact.state == "firing" and get(fact.labels, "severity") == "critical":
            self._firing[fact.labels] = get(fact.labels, "alertname")
        else:
            self._firing.pop(fact.labels, None)

    def _on_severity(self, event: Event, fact: f.IncidentDeclared | f.SeverityChanged) -> None:
        self._severity = fact.severity

    def _on_question(self, event: Event, fact: f.ConfirmationAsked) -> None:
        self._agenda.at(event.t + 1.0, "yes", lambda _: ["/yes"])

    def _on_reply(self, event: Event, fact: f.Replied) -> None:
        typed, self._typing = self._typing, None
        if typed is not None and not fact.ok:
            self._agenda.at(event.t + 1.0, "refused", lambda _: [_say(f"{typed.command}: refused. {_OVER}")])

    def _on_started(self, event: Event, fact: f.ActionStarted) -> None:
        if event.actor != self.person:
            self._targets = {key: target for key, target in self._targets.items() if target != fact.target}
        elif self._typing is not None:
            self._targets[self._typing.incident] = fact.target
            self._begun[fact.id], self._typing = self._typing, None

    def _on_finished(self, event: Event, fact: f.ActionFinished) -> None:
        suspicion = self._begun.pop(fact.id, None)
        if suspicion is None:
            return
        if fact.ok:
            look = partial(self._validate, suspicion, event.t)
            self._agenda.at(event.t + SETTLES, f"validate {suspicion.incident}", look)
        else:
            back = partial(self._take_back, suspicion, "it failed")
            self._agenda.at(event.t + 1.0, f"undo {suspicion.incident}", back)

    def _on_resolved(self, event: Event, fact: f.IncidentResolved) -> None:
        self._agenda = Agenda()

    def _triage(self, t: float) -> Sequence[str]:
        """Say what it suspects and what it will do; act, the surest first."""
        severity = self._playbook.severity(self._severity)
        lines: list[str] = []
        acting: list[Suspicion] = []
        for suspicion in self._suspicions:
            decision = decide(self._rules, severity, self._nature, suspicion)
            may = decision.acts and len(acting) < self._rules.at_once
            sure = f"{round(100 * suspicion.confidence)}% sure of {suspicion.incident}"
            if may:
                acting.append(suspicion)
                lines.append(_say(f"{sure}. Acting by the matrix, {decision.reason}: {suspicion.command}"))
            else:
                why = "enough is being done already" if decision.acts else decision.reason
                lines.append(_say(f"{sure}, not acting: {why}. {_OVER}"))
        for number, suspicion in enumerate(acting):
            act = partial(self._act, suspicion)
            self._agenda.at(t + 1.0 + number * BETWEEN, f"act {suspicion.incident}", act)
        return lines or [_say(f"no known pattern matches this incident. {_OVER}")]

    def _act(self, suspicion: Suspicion, t: float) -> Sequence[str]:
        self._typing = suspicion
        return [suspicion.command]

    def _validate(self, suspicion: Suspicion, finished: float, t: float) -> Sequence[str]:
        """Healthy when no critical alert fires; looked at again until it has failed."""
        if not self._firing:
            checks = "; ".join(each.id for each in self._rules.validation)
            return [_say(f"{suspicion.command}: recovery validated ({checks}), no critical alert fires.")]
        if t < min(finished + HELPS_WITHIN, max(finished + SETTLES, self._deadline())):
            again = partial(self._validate, suspicion, finished)
            self._agenda.at(t + SETTLES, f"validate {suspicion.incident}", again)
            return []
        return self._take_back(suspicion, f"{_listed(self._firing.values())} still firing", t)

    def _deadline(self) -> float:
        """By when service is to be restored."""
        severity = self._playbook.severity(self._severity)
        within = severity.resolve_within if severity else None
        return (self._paged or 0.0) + (HELPS_WITHIN if within is None else within)

    def _take_back(self, suspicion: Suspicion, why: str, t: float) -> Sequence[str]:
        failed = f"{suspicion.command} did not help: {why}."
        if not suspicion.undo:
            return [_say(f"{failed} {_OVER}")]
        if suspicion.incident not in self._targets:
            return [_say(f"{failed} Somebody has changed the same since, so it is not taken back. {_OVER}")]
        return [_say(f"{failed} Taking it back: {suspicion.undo}. {_OVER}"), suspicion.undo]


_OVER = "People take over."


def _say(text: str) -> str:
    return f"/post {CHANNEL} {text}"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))
