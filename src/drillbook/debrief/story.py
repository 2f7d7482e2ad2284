"""A run as the debrief reads it: the judged case with names, clock, and what truly happened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property

from drillbook.debrief.document import Span
from drillbook.debrief.wording import Clock, span
from drillbook.errors import DrillbookError
from drillbook.events import facts as f
from drillbook.events.event import Event
from drillbook.model.playbook import Playbook
from drillbook.model.scenario import Cause, Scenario
from drillbook.scoring.case import Case
from drillbook.scoring.statement import Statement
from drillbook.scoring.work import Work

HELPFUL = frozenset({"right", "partial"})
"""Verdicts of remedies that can end users' suffering."""
SOON = 900.0
"""What users meet this many seconds after an action may be its effect."""


class Story:
    """Scenario, playbook and log together, with the moments that every part of the debrief asks for."""

    def __init__(self, scenario: Scenario, playbook: Playbook, log: Sequence[Event], person: str) -> None:
        """DrillbookError when the log is empty or is not of this scenario."""
        self.started = _beginning(scenario, log)
        self.scenario = scenario
        self.playbook = playbook
        self.log = log
        self.person = person
        self.case = Case(scenario, playbook, log, person)
        self.names = {id_: name or title or id_ for id_, name, title, _ in self.started.people}
        self.clock = Clock(datetime.fromisoformat(self.started.start))

    def name(self, person: str) -> str:
        """The name of a person; the id itself where it is nobody's."""
        return self.names.get(person, person)

    @property
    def end(self) -> float:
        """When the log ends."""
        return self.case.end

    @property
    def takes_orders(self) -> bool:
        """Whether users order anything, so that orders can be lost."""
        workload = self.scenario.system.workload
        return workload.orders_per_request * workload.order_value > 0

    @cached_property
    def ended(self) -> str:
        """Why the drill ended; empty where the log breaks off."""
        return next((fact.why for _, fact in self.case.of(f.Ended)), "")

    @cached_property
    def cause(self) -> Cause:
        """What truly happened."""
        needs = self.scenario.needs
        return next(cause for cause in needs.causes if cause.id == needs.cause)

    @cached_property
    def suffering(self) -> tuple[Span, ...]:
        """The times in which users suffered."""
        spans: list[Span] = []
        begin: float | None = None
        for event, fact in self.case.of(f.ImpactChanged):
            if fact.suffering and begin is None:
                begin = event.t
            elif not fact.suffering and begin is not None:
                spans.append(Span(begin, event.t, ended=True))
                begin = None
        if begin is not None:
            spans.append(Span(begin, self.end, ended=False))
        return tuple(spans)

    @cached_property
    def acknowledged(self) -> tuple[Event, f.PageChanged] | None:
        """The first acknowledgement of a page."""
        pages = self.case.of(f.PageChanged)
        return next(((event, fact) for event, fact in pages if fact.change == "acknowledged"), None)

    @cached_property
    def severity(self) -> str:
        """The severity that was set last; empty where nobody declared."""
        severities = self.case.severities
        return severities[-1][1] if severities else ""

    @cached_property
    def stated_causes(self) -> tuple[Statement, ...]:
        """What responders said they hold for the cause."""
        return tuple(each for each in self.case.statements if isinstance(each.event.fact, f.CauseStated))

    def effect(self, work: Work) -> str:
        """What users met after an action and before the next one, in words; empty where nothing changed."""
        later = [each.event.t for each in self.case.works if each.event.seq > work.event.seq]
        until = min([work.event.t + SOON, *later[:1]])
        changes = [
            (fact.suffering, span(event.t - work.event.t))
            for event, fact in self.case.of(f.ImpactChanged)
            if event.seq > work.event.seq and event.t <= until
        ]
        if not changes:
            return ""
        relieved = [after for suffering, after in changes if not suffering]
        if not relieved:
            return f"Users began to suffer {changes[0][1]} after it began."
        if changes[-1][0]:
            return f"Users no longer suffered {relieved[0]} after it began, and again {changes[-1][1]} after."
        if len(relieved) > 1:
            again = next(after for at, (suffering, after) in enumerate(changes) if suffering and at)
            first, last = relieved[0], relieved[-1]
            return f"Users no longer suffered {first} after it began, but again from {again} to {last} after."
        return f"Users no longer suffered {relieved[-1]} after it began."

    @cached_property
    def fixed_by(self) -> Work | None:
        """The last helpful remedy before users stopped to suffer for good."""
        return self.ended_by(self.suffering[-1]) if self.case.mitigation is not None else None

    def ended_by(self, spell: Span) -> Work | None:
        """The last helpful remedy that was under way in a spell of suffering, or begun in it."""
        ends = {fact.id: event.t for event, fact in self.case.of(f.ActionFinished)}
        helped = [
            each
            for each in self.case.works
            if each.verdict in HELPFUL
            and each.event.t <= spell.end
            and max(each.event.t, ends.get(each.action.id, self.end)) >= spell.begin
        ]
        return helped[-1] if helped else None


def _beginning(scenario: Scenario, log: Sequence[Event]) -> f.Started:
    if not log:
        raise DrillbookError("the log is empty: there is nothing to debrief; run or play the drill first")
    first = log[0].fact
    if not isinstance(first, f.Started):
        raise DrillbookError(
            f"the log does not begin with the start of a drill but with {type(first).__name__}"
        )
    if first.scenario != scenario.name:
        raise DrillbookError(f"the log is of scenario {first.scenario!r}, not of {scenario.name!r}")
    return first
