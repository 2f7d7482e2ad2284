"""The support lead: customers write at once, and go on writing when 'resolved' came too early.

How many tickets came in is counted in the helpdesk's metric before anything is said about it.
"""

from __future__ import annotations

from typing import Any

from drillbook.events import facts as f
from drillbook.events.event import Event
from drillbook.people import reading
from drillbook.people.colleagues import words
from drillbook.people.colleagues.colleague import Handler
from drillbook.people.colleagues.executive import Executive

HEARS_AFTER = 90.0
"""Until the first customers have written, in seconds after the alert (assumption)."""
COMPLAINS_AFTER = 60.0
"""Until customers complain about an early 'resolved', in seconds (assumption)."""
TICKETS = "promtool query instant 'sum(increase(support_tickets_total[10m]))'"
WRITES_AFTER = 6.0
"""From the count to the question, in seconds (assumption)."""
COMPLAINTS = 2
"""How often that is relayed in all (assumption)."""


class Support(Executive):
    """Asks what customers may be told; the public status page is an answer too."""

    channel = "#support"
    audience = "customer-success"
    default_asks = words.SUPPORT_ASKS
    hears_after = HEARS_AFTER
    _complaints = 0
    _question = ""

    def handlers(self) -> dict[type[Any], Handler]:
        """Tickets that were counted, too."""
        return {**super().handlers(), f.ProbeAnswered: self._on_counted}

    def _ask(self, t: float) -> list[str]:
        """Count first, then ask."""
        asked = super()._ask(t)
        self._question = asked[0] if asked else ""
        return [TICKETS] if asked else []

    def _on_counted(self, event: Event, fact: f.ProbeAnswered) -> None:
        count = reading.number(fact.output)
        question, self._question = self._question, ""
        if question:
            told = f" {count:.0f} tickets in the last 10 minutes." if count is not None and count >= 1 else ""
            self.agenda.at(event.t + WRITES_AFTER, "write", lambda _: [question + told])

    def resolved(self, t: float) -> None:
        """Customers will say whether it is so."""
        if self._complaints < COMPLAINTS:
            wait = self.takes("complain", COMPLAINS_AFTER, self._complaints)
            self.agenda.at(t + wait, "complain", self._complain)

    def _on_status(self, event: Event, fact: f.StatusUpdated) -> None:
        self.told(event)
        if fact.state == "resolved" and not self.agenda.holds("complain"):
            self.resolved(event.t)

    def _complain(self, t: float) -> list[str]:
        if not self.still_firing:
            return []
        self._complaints += 1
        return [f"/post #incidents {self.pick('complaint', words.STILL_BROKEN, self._complaints)}"]
