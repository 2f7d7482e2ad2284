"""Who hears what and when: the playbook's cadence as a responder of some skill keeps it."""

from __future__ import annotations

from drillbook.events import facts as f
from drillbook.events.event import Event
from drillbook.model.playbook import Cadence
from drillbook.people import texts
from drillbook.people.delays import clock
from drillbook.people.mind import Mind
from drillbook.people.moves import Line, Look, Say
from drillbook.people.reading import failing_share_probe, share

FRESH = 20.0
"""A figure older than this is measured again before it is told to anybody, in seconds (assumption)."""
EASING = 0.9
"""Errors count as falling when the share is below this part of the last one (assumption)."""
LATE = 120.0
"""How late the communications lead may be before the responder writes in their place (assumption)."""
DELEGATED = ("status-page", "customer-success")
"""Audiences that a communications lead serves."""
ORDER = ("incidents", "status-page", "executives", "customer-success", "team")
CONCERNS = frozenset({
    f.UpdateSent, f.StatusUpdated, f.MessagePosted, f.IncidentDeclared, f.SeverityChanged, f.RoleAssigned,
    f.PersonAnswered,
})  # fmt: skip
"""Kinds of facts on which it depends whose turn comes next."""
CHANNELS = {
    "#incidents": "incidents",
    "#executives": "executives",
    "#customer-success": "customer-success",
    "#support": "customer-success",
    "#team": "team",
}
"""Which audience reads a channel."""


class Updates:
    """Keeps track of who was told what, and says whose turn it is."""

    def __init__(self, mind: Mind) -> None:
        self._mind = mind
        self._told_at: dict[str, float] = {}
        self._told_phase: dict[str, str] = {}
        self._stale = True
        self._planned_for = -1.0
        self._next: tuple[float, Cadence] | None = None
        self._skips: dict[tuple[str, str], bool] = {}

    def see(self, event: Event) -> None:
        """Note what went to which audience, whoever wrote it; one of the `CONCERNS`."""
        match event.fact:
            case f.UpdateSent(audience=audience):
                self._tell(audience, event)
            case f.StatusUpdated():
                self._tell("status-page", event)
            case f.MessagePosted(channel=channel, asks=False) if event.actor == self._mind.person:
                if channel in CHANNELS and channel != "#incidents":
                    self._tell(CHANNELS[channel], event)
            case f.MessagePosted():
                pass
            case _:
                self._stale = True

    def _tell(self, audience: str, event: Event) -> None:
        self._stale = True
        self._told_at[audience] = event.t
        self._told_phase[audience] = self._mind.phase

    def due(self, cadence: Cadence) -> float | None:
        """When this audience is to hear next; None where it will not."""
        mind, audience = self._mind, cadence.audience
        declared = mind.view.declared_at
        if declared is None or self._skip(audience, "ever", mind.skill.forgets):
            return None
        told = self._told_at.get(audience)
        late = LATE if audience in DELEGATED and self._has_lead() else 0.0
        if told is None:
            return declared + late + (cadence.first_within or cadence.every) * self._first(audience)
        untold = self._told_phase[audience] != mind.phase
        if untold and not self._skip(audience, mind.phase, 1 - mind.skill.phase_updates):
            return mind.phase_since + late
        return None if mind.phase == "resolved" else told + cadence.every * mind.skill.cadence

    def next_due(self) -> tuple[float, Cadence] | None:
        """The audience whose turn comes first, and when."""
        if self._stale or self._planned_for != self._mind.phase_since:
            self._stale, self._planned_for = False, self._mind.phase_since
            self._next = self._soonest()
        return self._next

    def _soonest(self) -> tuple[float, Cadence] | None:
        severity = self._mind.severity
        found = [
            (round(due, 3), ORDER.index(each.audience), each)
            for each in (severity.updates if severity else ())
            if (due := self.due(each)) is not None
        ]
        if not found:
            return None
        due, _, cadence = min(found, key=lambda each: each[:2])
        return due, cadence

    def write(self, cadence: Cadence) -> Line[None]:
        """Measure where the last figure is old, and write the update."""
        mind = self._mind
        yield from fresh(mind)
        text = self.compose(cadence.audience, cadence.every)
        where = (
            f"/status {mind.phase}" if cadence.audience == "status-page" else f"/update {cadence.audience}"
        )
        yield Say(mind.takes("write", mind.skill.write), (f"{where} {text}",))

    def compose(self, audience: str, every: float) -> str:
        """The text of an update."""
        mind = self._mind
        again = clock(mind.scenario, mind.now + every * min(1.0, mind.skill.cadence + 0.1))
        situation = describe(mind, "" if mind.phase == "resolved" else f"{again:%H:%M} {again.tzname()}")
        variant = mind.draws.bits(mind.person, "variant", mind.next("variant")) % 3
        bare = mind.happens("omits", mind.skill.omits)
        if bare or mind.happens("jargon", mind.skill.jargon):
            return texts.technical_update(situation, variant, bare=bare)
        words = tuple(mind.playbook.jargon.items()) if audience in texts.LAYMEN else ()
        return texts.update(situation, audience, variant, words)

    def reply(self, channel: str, author: str) -> Line[None]:
        """Answer a question where it was asked."""
        mind = self._mind
        yield from fresh(mind)
        audience = CHANNELS.get(channel, "incidents")
        severity = mind.severity
        every = (
            next((each.every for each in severity.updates if each.audience == audience), 1800.0)
            if severity
            else 1800.0
        )
        text = self.compose(audience, every)
        where = f"/post @{author}" if channel.startswith("@") else f"/update {audience}"
        yield Say(mind.takes("write", mind.skill.write), (f"{where} {text}",))

    def _first(self, audience: str) -> float:
        """When the first update is written, as a part of the time that the playbook gives for it."""
        if self._mind.skill.phase_updates < 1:
            return self._mind.skill.cadence
        return 0.0 if audience in ORDER[:2] else 0.4

    def _skip(self, audience: str, purpose: str, chance: float) -> bool:
        key = (audience, purpose)
        if key not in self._skips:
            person = self._mind.person
            possible = chance > 0 and audience != "incidents"
            self._skips[key] = possible and self._mind.draws.uniform(person, "skips", *key) < chance
        return self._skips[key]

    def _has_lead(self) -> bool:
        lead = self._mind.view.roles.get("communications", "")
        return lead not in ("", self._mind.person) and lead in self._mind.view.present


def measure(mind: Mind, after: float) -> Line[float | None]:
    """Look at the entry service's error ratio; the failing share, None where it could not be read."""
    output = yield Look(after, failing_share_probe(mind.scenario.system.workload.entry))
    value = share(output)
    if value is not None:
        mind.easing = mind.share is not None and value < EASING * mind.share
        mind.share, mind.measured_at = value, mind.now
        mind.worst = max(mind.worst, value)
    return value


def fresh(mind: Mind) -> Line[None]:
    """Have a figure that may be told."""
    if mind.now - mind.measured_at > FRESH:
        yield from measure(mind, mind.takes("think", mind.skill.think))


def describe(mind: Mind, again: str = "") -> texts.Situation:
    """The situation as this person knows it."""
    healed = mind.share is not None and mind.share < mind.skill.healthy_below
    return texts.Situation(
        phase=mind.phase,
        share=mind.share,
        healed=healed and mind.phase in ("monitoring", "resolved"),
        easing=mind.easing,
        action=mind.action,
        target=mind.target,
        company=mind.company,
        entry=mind.scenario.system.workload.entry,
        next=again,
    )
