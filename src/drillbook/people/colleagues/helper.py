"""Secondary, specialists and team leads: come, look at what they know, and report what the tools say."""

from __future__ import annotations

from typing import Any

from drillbook.events import facts as f
from drillbook.events.event import Event
from drillbook.model.system import Postgres
from drillbook.people.colleagues import words
from drillbook.people.colleagues.colleague import Colleague, Handler
from drillbook.people.colleagues.looks import Sight, sights
from drillbook.people.delays import clock

REPORTS = 3
"""Reports in all: one after joining, further ones when asked again (assumption)."""
ANSWERS = 4
"""How often somebody answers a question in all (assumption)."""
REPLIES_AFTER = 25.0
"""Time to read a question and answer it, in seconds (assumption)."""
SIGHTS = 4
"""Looks in one report at most (assumption)."""
TYPES = 15.0
"""Time before the first look, in seconds (assumption)."""
CALLS_AFTER = 10.0
"""Time until the secondary calls a primary who has not acknowledged, in seconds (assumption)."""


class Helper(Colleague):
    """Looks once by themselves, once more on request; never takes the page."""

    join_lines = words.JOIN_HELPER

    def handlers(self) -> dict[type[Any], Handler]:
        """What their own probes show, and who asks them."""
        self._sights: list[Sight] = []
        self._asked: str = ""
        self._findings: list[str] = []
        self._reports = self._answers = 0
        self._seen_at = 0.0
        self._acknowledged = False
        self._called = False
        self._until = 0.0
        by_name = {each.name: each for each in self.around.scenario.system.components}
        self._servers = sum(isinstance(each, Postgres) for each in by_name.values())
        self._known = [by_name[name] for name in self.who.knows if name in by_name]
        if not self._known:
            self.join_lines = words.JOIN_GUEST
        return {
            f.ProbeAnswered: lambda event, fact: self._shown(event.t, fact.command, fact.output),
            f.Replied: self._on_reply,
            f.MessagePosted: self._on_message,
        }

    def arrived(self, t: float) -> None:
        """Begin to look; see to it that somebody has the page."""
        self._begin(t)
        if self.who.part == "secondary" and not self._acknowledged and not self._called:
            self._called = True
            self.agenda.at(t + self.takes("call", CALLS_AFTER), "call", self._call_primary)

    def asked_again(self, t: float) -> None:
        """Look once more."""
        self._begin(t)

    def page_changed(self, event: Event, fact: f.PageChanged) -> None:
        """Somebody took the page."""
        self._acknowledged = self._acknowledged or fact.change == "acknowledged"

    def pick(self, purpose: str, variants: tuple[str, ...], number: int = 0) -> str:
        """A variant of a text, with what this colleague knows filled in."""
        return super().pick(purpose, variants, number).replace("{knows}", ", ".join(self.who.knows))

    def _call_primary(self, t: float) -> list[str]:
        primary = next((each.id for each in self.around.scenario.people if each.part == "primary"), "")
        return [f"/page {primary} {words.CALLS_PRIMARY}"] if primary and not self._acknowledged else []

    def _begin(self, t: float) -> None:
        if self._reports >= REPORTS or self._sights or not self._known:
            return
        self._reports += 1
        releases = self.who.part == "lead"
        seen = [sights(each, releases=releases, servers=self._servers) for each in self._known]
        self._sights = [sight for each in seen for sight in each][:SIGHTS]
        self._findings = []
        self._until = t + self.takes("look", self.who.look, self._reports)
        self.agenda.at(t + self.takes("types", TYPES, self._reports), "look", self._look)

    def _look(self, t: float) -> list[str]:
        if not self._sights:
            self.agenda.at(max(t, self._until), "report", self._report)
            return []
        self._asked = self._sights[0].probe
        return [self._asked]

    def _shown(self, t: float, command: str, output: str) -> None:
        """The present look's answer: put into words, then the next look."""
        if not self._sights or command != self._asked:
            return
        self._asked = ""
        self._seen_at = t
        said = self._sights.pop(0).say(output)
        if said:
            self._findings.append(said)
        pause = max(1.0, (self._until - t) / (len(self._sights) + 1))
        self.agenda.at(t + pause, "look", self._look)

    def _on_reply(self, event: Event, fact: f.Replied) -> None:
        """The shell does not know this look: it shows nothing."""
        if not fact.ok and self._asked:
            self._shown(event.t, self._asked, "(not understood)")

    def _report(self, t: float) -> list[str]:
        knows = ", ".join(self.who.knows)
        if not self._findings:
            return [f"/post #incidents {words.NOTHING.format(knows=knows)}"]
        seen = clock(self.around.scenario, self._seen_at)
        report = words.REPORT.format(knows=knows, time=f"{seen:%H:%M}", findings=" ".join(self._findings))
        return [f"/post #incidents {report}"]

    def _on_message(self, event: Event, fact: f.MessagePosted) -> None:
        """Asked by name, or directly: look once more."""
        first = self.name(self.person).split(" ")[0].lower()
        direct = fact.channel == f"@{self.person}"
        named = fact.asks and any(name in fact.text.lower() for name in (f"@{self.person}", first))
        meant = direct or named or self._first_to_answer(fact)
        if event.actor != self.person and self.here and meant:
            busy = bool(self._sights)
            self._begin(event.t)
            looking = words.ON_IT if busy or self._sights else words.NOTHING_NEWER
            self._say_so(event, fact, looking if self._known else words.NO_EYES)

    def _first_to_answer(self, fact: f.MessagePosted) -> bool:
        """A question to everybody at the responders' channel is the secondary's."""
        return fact.asks and fact.channel == "#incidents" and self.who.part == "secondary"

    def _say_so(self, event: Event, fact: f.MessagePosted, variants: tuple[str, ...]) -> None:
        """Nobody who asks is left without a word."""
        self._answers += 1
        if self._answers > ANSWERS:
            return
        where = f"@{event.actor}" if fact.channel.startswith("@") else fact.channel
        text = f"/post {where} {self.pick('answer', variants, self._answers)}"
        self.agenda.at(
            event.t + self.takes("answer", REPLIES_AFTER, self._answers), "answer", lambda _: [text]
        )
