"""Executives: hear of an outage sooner or later, and ask when nobody tells them anything."""

from __future__ import annotations

from typing import Any

from drillbook.events import facts as f
from drillbook.events.event import Event
from drillbook.model.labels import get
from drillbook.people.colleagues import words
from drillbook.people.colleagues.colleague import Colleague, Handler

HEARS_AFTER = 600.0
"""Until an outage that nobody declares has got round to an executive, in seconds (assumption)."""
PATIENCE = 1200.0
"""Where the scenario gives none, in seconds (assumption)."""
MOST = 5
"""How often somebody asks in all (assumption)."""
THANKS_AFTER = 40.0
"""Time to read an answer and say thanks, in seconds (assumption)."""


class Executive(Colleague):
    """Asks in their channel after `patience` without an update; thanks for an answer."""

    channel = "#executives"
    audience = "executives"
    default_asks: tuple[str, ...] = words.EXECUTIVE_ASKS
    hears_after = HEARS_AFTER

    def handlers(self) -> dict[type[Any], Handler]:
        """News of the incident, and answers."""
        self._since: float | None = None
        self._asked = 0
        self._waiting = False
        self._over = False
        self._firing: set[str] = set()
        return {
            f.AlertChanged: self._on_alert,
            f.IncidentDeclared: lambda event, _fact: self.notice(event.t),
            f.UpdateSent: self._on_update,
            f.MessagePosted: self._on_message,
            f.StatusUpdated: self._on_status,
            f.IncidentResolved: lambda event, _fact: self._settle(event),
            f.IncidentReopened: lambda event, _fact: self._reopened(event.t),
        }

    def call(self, t: float) -> None:
        """Being paged is how one hears of it."""
        super().call(t)
        self.notice(t)

    def notice(self, t: float) -> None:
        """From now on they wait for news."""
        self.agenda.drop("hears")
        if self._since is None:
            self._since = t
            self._arm(t)

    def told(self, event: Event) -> None:
        """Somebody answered or informed them."""
        if event.actor == self.person:
            return
        if self._waiting and not self.agenda.holds("thanks"):
            self.agenda.at(event.t + self.takes("thanks", THANKS_AFTER, self._asked), "thanks", self._thank)
        self._waiting = False
        self._since = event.t
        self._arm(event.t)

    @property
    def still_firing(self) -> bool:
        """Whether a critical alert fires, which is what customers feel."""
        return bool(self._firing)

    def _on_alert(self, event: Event, fact: f.AlertChanged) -> None:
        if get(fact.labels, "severity") != "critical":
            return
        name = get(fact.labels, "alertname")
        if fact.state == "firing":
            self._firing.add(name)
            if self._since is None and not self.agenda.holds("hears"):
                self.agenda.at(event.t + self.takes("hears", self.hears_after), "hears", self._hears)
        elif fact.state == "inactive":
            self._firing.discard(name)

    def _hears(self, t: float) -> list[str]:
        self.notice(t)
        return []

    def _on_update(self, event: Event, fact: f.UpdateSent) -> None:
        if fact.audience == self.audience:
            self.told(event)

    def _on_message(self, event: Event, fact: f.MessagePosted) -> None:
        if fact.channel in (self.channel, f"@{self.person}") and not fact.asks:
            self.told(event)

    def _on_status(self, event: Event, fact: f.StatusUpdated) -> None:
        """The public page is not written for them."""

    def _arm(self, t: float) -> None:
        if not self._over and self._asked < MOST:
            self.agenda.at(t + (self.who.patience or PATIENCE), "ask", self._ask)

    def _ask(self, t: float) -> list[str]:
        if not self.still_firing and not self._asked:
            return []
        asks = tuple(self.who.asks) or self.default_asks
        text = asks[min(self._asked, len(asks) - 1)]
        minutes = round((t - (self._since if self._since is not None else t)) / 60)
        self._asked += 1
        self._waiting = True
        self._arm(t)
        return [f"/ask {self.channel} {text.replace('{minutes}', str(minutes))}"]

    def _thank(self, t: float) -> list[str]:
        return [f"/post {self.channel} {self.pick('thanks', words.THANKS, self._asked)}"]

    def _settle(self, event: Event) -> None:
        self._over = True
        self.agenda.drop("ask")
        self.resolved(event.t)

    def resolved(self, t: float) -> None:
        """The incident was declared resolved."""

    def _reopened(self, t: float) -> None:
        self._over = False
        self._since = t
        self._arm(t)
