"""The team's automation: pages people by itself where the playbook's automatic triggers say so."""

from __future__ import annotations

from drillbook.events import facts as f
from drillbook.events.event import Event
from drillbook.model.playbook import Playbook
from drillbook.model.scenario import Scenario
from drillbook.model.trigger import Trigger
from drillbook.oncall.watch import Impact, Watch
from drillbook.world.world import World

LOOKS = 60.0
"""Seconds between looks at what users suffer."""


class Escalator:
    """Waits for automatic triggers to hold, and for the time that they leave; then people are called.

    Who was called before is not called again. Nobody is called once the incident is over.
    """

    def __init__(self, scenario: Scenario, playbook: Playbook, world: World) -> None:
        automatic = [trigger for trigger in playbook.triggers if trigger.automatic]
        severity, nature = scenario.needs.severity, scenario.needs.nature
        acting = [each.id for each in scenario.people if each.part not in ("executive", "support")]
        self._watch = Watch(playbook, automatic, acting, severity, nature)
        self._world = world
        self._value = scenario.system.workload.orders_per_request * scenario.system.workload.order_value
        self._due: list[tuple[float, Trigger]] = []
        self._called: set[str] = set()
        self._looked = 0.0
        self._over = False

    def see(self, event: Event) -> None:
        """Something happened."""
        self._watch.see(event)
        match event.fact:
            case f.PersonPaged(person=person) | f.PageChanged(change="notified", user=person):
                self._called.add(person)
            case f.IncidentResolved():
                self._over = True
            case f.IncidentReopened():
                self._over = False
            case f.ImpactChanged(suffering=suffering):
                self._over = not suffering

    def next_time(self) -> float | None:
        """When to look or to call next."""
        times = [t for t, _ in self._due]
        times += [t for t in (self._watch.next_time(),) if t is not None]
        if self._watch.needs_impact:
            times.append(self._looked + LOOKS)
        return min(times, default=None)

    def take(self, t: float) -> list[tuple[str, Trigger]]:
        """Whom to call at t, each with the trigger that says so."""
        if self._watch.needs_impact and t >= self._looked + LOOKS:
            self._looked = t
            self._watch.measure(t, self._impact(t))
        for began in self._watch.take(t):
            self._due.append((round(max(t, began.t + began.trigger.within), 3), began.trigger))
        ready = [trigger for at, trigger in self._due if at <= t]
        self._due = [(at, trigger) for at, trigger in self._due if at > t]
        if self._over:
            return []
        return [(who, each) for each in ready for who in each.escalate_to if who not in self._called]

    def _impact(self, t: float) -> Impact:
        truth = self._world.truth(t)
        excess = max(0.0, truth.error_ratio - self._world.error_ratio(0.0))
        per_hour = truth.request_rate * excess * self._value * 3600
        return Impact(truth.users_affected, truth.lost_revenue, per_hour)
