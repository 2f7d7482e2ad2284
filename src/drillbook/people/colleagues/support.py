"""The support lead: customers write at once, and go on writing when 'resolved' came too early."""

from __future__ import annotations

from drillbook.events import facts as f
from drillbook.events.event import Event
from drillbook.people.colleagues import words
from drillbook.people.colleagues.executive import Executive

HEARS_AFTER = 90.0
"""Until the first customers have written, in seconds after the alert (assumption)."""
COMPLAINS_AFTER = 60.0
"""Until customers complain about an early 'resolved', in seconds (assumption)."""
COMPLAINTS = 2
"""How often that is relayed in all (assumption)."""


class Support(Executive):
    """Asks what customers may be told; the public status page is an answer too."""

    channel = "#support"
    audience = "customer-success"
    default_asks = words.SUPPORT_ASKS
    hears_after = HEARS_AFTER
    _complaints = 0

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
