"""Somebody on the escalation path: who acknowledges first responds, the others help when they are called."""

from __future__ import annotations

from drillbook.events import facts as f
from drillbook.events.event import Event
from drillbook.people.agent import Agent


class Standby:
    """A responder until somebody else has the page, a colleague from then on."""

    def __init__(self, responder: Agent, helper: Agent) -> None:
        self.person = responder.person
        self._responder = responder
        self._helper = helper
        self._owner = ""
        """Who acknowledged first."""
        self._now = 0.0

    def minds(self, kind: type[f.Fact]) -> bool:
        """Everything, as a responder does."""
        return True

    def see(self, event: Event) -> None:
        """Take an event in, as both."""
        self._now = event.t
        fact = event.fact
        if isinstance(fact, f.PageChanged):
            if fact.change == "acknowledged" and not self._owner:
                self._owner = event.actor
        elif self._owner != self.person and self._helper.minds(type(fact)):
            # The pager's own calls are the responder's to answer.
            self._helper.see(event)
        if self._owner in ("", self.person):
            self._responder.see(event)
        if isinstance(fact, f.PageChanged) and fact.user != self.person and self._helper.minds(type(fact)):
            self._helper.see(event)

    def next_time(self) -> float | None:
        """When this person wants to type next."""
        due = self._acting().next_time()
        return None if due is None else max(due, self._now)

    def take(self, t: float) -> list[str]:
        """What this person types at `t`."""
        return self._acting().take(t)

    def _acting(self) -> Agent:
        return self._responder if self._owner in ("", self.person) else self._helper


class Later:
    """Somebody who is busy elsewhere until a time, and does then what was due."""

    def __init__(self, agent: Agent, free_at: float) -> None:
        self.person = agent.person
        self._agent = agent
        self._free_at = round(free_at, 3)

    def minds(self, kind: type[f.Fact]) -> bool:
        """What the person minds."""
        return self._agent.minds(kind)

    def see(self, event: Event) -> None:
        """Messages wait; what they say is known."""
        self._agent.see(event)

    def next_time(self) -> float | None:
        """When this person wants to type next, and can."""
        due = self._agent.next_time()
        return None if due is None else max(due, self._free_at)

    def take(self, t: float) -> list[str]:
        """What this person types at `t`."""
        return self._agent.take(t) if t >= self._free_at else []
