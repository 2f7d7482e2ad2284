"""A live drill: simulated time paced by real time, every accepted command on disk before it takes effect."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from drillbook.engine.commands import VERBS, clean
from drillbook.engine.simulation import Simulation
from drillbook.engine.verbs.talking import CHANNELS, STATES
from drillbook.errors import StoreError
from drillbook.events.codec import encode
from drillbook.events.event import Event
from drillbook.events.log import EventLog
from drillbook.events.view import IncidentView
from drillbook.exercise.charts import golden_signals
from drillbook.exercise.pace import SPEEDS
from drillbook.exercise.store import Store, StoredCommand
from drillbook.model.component import Signal
from drillbook.model.handbook import pages
from drillbook.model.labels import Labels
from drillbook.oncall.notification import Notification
from drillbook.scoring.par import Par
from drillbook.scoring.score import score
from drillbook.scoring.scorecard import Scorecard
from drillbook.telemetry.ruler import ActiveAlert
from drillbook.telemetry.storage import Storage
from drillbook.world.metrics.present import Reading
from drillbook.world.state import Node


class Exercise:
    """What the cockpit and the plain mode sit on. Times in simulated seconds unless said otherwise."""

    def __init__(self, simulation: Simulation, store: Store, par: Sequence[Par] = ()) -> None:
        """`par` are runs of simulated responders to compare this one with."""
        self.scenario = simulation.scenario
        self.playbook = simulation.playbook
        self.person = simulation.person
        self.speed = 1.0
        self.paused = False
        self._simulation = simulation
        self._store = store
        self._saved = len(store.event_lines())
        self._par = par
        self._followers: list[Callable[[], None]] = []

    @property
    def id(self) -> str:
        """The name by which it is resumed and debriefed."""
        return self._store.path.stem

    @property
    def path(self) -> Path:
        """Its file."""
        return self._store.path

    @property
    def view(self) -> IncidentView:
        """What the trainee's seat knows."""
        return self._simulation.view

    @property
    def log(self) -> EventLog:
        """Everything that has happened, the hidden truth included."""
        return self._simulation.log

    @property
    def now(self) -> float:
        """Simulated seconds since the start."""
        return self._simulation.now

    @property
    def ended(self) -> bool:
        """Whether it is over."""
        return self._simulation.ended

    def submit(self, text: str, key: str = "") -> Sequence[Event]:
        """The trainee types something. On disk before it takes effect; with a key known already, nothing."""
        typed = clean(text)
        if not typed or self.ended:
            return ()
        if not self._store.add_command(StoredCommand(self.now, self.person, typed, key)):
            return ()
        seen = self._kept(self._simulation.submit(self.person, typed, key))
        self._follow()
        return seen

    def tick(self, elapsed: float) -> Sequence[Event]:
        """Real time went by, in seconds; what the trainee's seat saw meanwhile."""
        seen = () if self.paused else self._advance(elapsed * self.speed)
        self._follow()
        return seen

    def skip(self, seconds: float) -> Sequence[Event]:
        """Let simulated time pass at once."""
        seen = self._advance(seconds)
        self._follow()
        return seen

    def _advance(self, seconds: float) -> Sequence[Event]:
        if self.ended or seconds <= 0:
            return ()
        before = self.now
        events = self._simulation.advance(round(before + seconds, 3))
        if events or int(self.now) != int(before):
            return self._kept(events)
        return ()

    def follow(self, follower: Callable[[], None]) -> None:
        """Call `follower` in the drill's own thread whenever time went by or somebody typed."""
        self._followers.append(follower)

    def _follow(self) -> None:
        for follower in self._followers:
            follower()

    def pause(self, paused: bool) -> None:  # noqa: FBT001  there is nothing else it could mean
        """Stop or go on."""
        self.paused = paused

    def set_speed(self, speed: float) -> None:
        """Choose how fast simulated time runs, within the choices' bounds."""
        self.speed = min(max(speed, SPEEDS[0]), SPEEDS[-1])

    def query_range(
        self, expr: str, start: float, end: float, step: float
    ) -> list[tuple[Labels, list[float], list[float]]]:
        """Labels, times and values of each series of a query; DrillbookError for bad PromQL."""
        return self._simulation.query_range(expr, start, end, step)

    def present(self) -> tuple[Reading, ...]:
        """Every series of the system as exporters would show it now."""
        return self._simulation.present()

    def history(self) -> Storage:
        """Every series so far, ALERTS included; to be read at once."""
        return self._simulation.history()

    @property
    def notifications(self) -> Sequence[Notification]:
        """What the simulated Alertmanager sent so far."""
        return self._simulation.notifications

    def active_alerts(self) -> list[ActiveAlert]:
        """Pending and firing alerts now."""
        return self._simulation.active_alerts()

    def alert_rules(self) -> dict[tuple[str, str], tuple[str, float]]:
        """PromQL and seconds between evaluations of each alerting rule, by group and name."""
        return self._simulation.alert_rules()

    def map(self) -> tuple[Node, ...]:
        """The system with owners and live health."""
        return self._simulation.system_map()

    def examples(self) -> tuple[tuple[str, str], ...]:
        """Commands of the shell worth knowing, and what they show."""
        return self._simulation.examples()

    def golden_signals(self) -> tuple[Signal, ...]:
        """Charts that every responder looks at: title, unit and PromQL."""
        return golden_signals(self.scenario.system)

    def complete(self, prefix: str) -> list[str]:
        """What could be meant by what was typed so far: whole lines."""
        if not prefix.startswith("/"):
            return self._simulation.complete(prefix)
        head, space, last = prefix.rpartition(" ")
        if not space:
            return [f"/{verb}" for verb in VERBS if verb.startswith(prefix[1:])]
        words = self._words(head.split()[0][1:], len(head.split()))
        return [f"{head} {word}" for word in words if word.startswith(last)]

    def _words(self, verb: str, place: int) -> list[str]:
        people = [person.id for person in self.scenario.people]
        first: dict[str, Callable[[], list[str]]] = {
            "ack": lambda: [page.id for page in self.view.open_pages],
            "declare": lambda: [severity.id for severity in self.playbook.severities],
            "severity": lambda: [severity.id for severity in self.playbook.severities],
            "assign": lambda: [role.id for role in self.playbook.roles],
            "page": lambda: people,
            "reassign": lambda: people,
            "handoff": lambda: people,
            "post": lambda: [*CHANNELS, *(f"@{person}" for person in people)],
            "ask": lambda: [*CHANNELS, *(f"@{person}" for person in people)],
            "status": lambda: list(STATES),
            "update": lambda: ["executives", "customer-success", "incidents", "status-page", "team"],
            "runbook": lambda: [each.name for each in self.playbook.procedures],
            "guide": lambda: [page.name for page in pages(self.playbook)],
            "check": self._steps,
            "silence": lambda: ["list", "expire", *(alert.name for alert in self.view.firing)],
            "help": lambda: list(VERBS),
        }
        if verb == "assign" and place == 2:
            return people
        return first[verb]() if place == 1 and verb in first else []

    def _steps(self) -> list[str]:
        opened = self.playbook.procedure(self.view.runbook)
        return [step.id for step in opened.steps] if opened else []

    def scorecard(self) -> Scorecard:
        """How it went, as far as it has gone."""
        return score(self.scenario, self.playbook, self.log, par=self._par)

    def close(self) -> None:
        """Put the clock on disk and let go of the file."""
        self._store.save(self.now, self.log.since(self._saved), ended=json.dumps(self.ended))
        self._saved = len(self.log)
        self._store.close()

    def _kept(self, events: Sequence[Event]) -> Sequence[Event]:
        self._store.save(self.now, self.log.since(self._saved), ended=json.dumps(self.ended))
        self._saved = len(self.log)
        return [event for event in events if event.visible_to(self.person)]


def resume(simulation: Simulation, store: Store, par: Sequence[Par] = ()) -> Exercise:
    """Bring a fresh simulation to where a stored exercise was: the same commands at the same times.

    StoreError when what comes out differs from what is stored: another version of the program or of the
    scenario recorded it.
    """
    for command in store.commands():
        simulation.advance(command.t)
        simulation.submit(command.person, command.text, command.key)
    simulation.advance(store.clock())
    for line, event in zip(store.event_lines(), simulation.log, strict=False):
        if line != encode(event):
            version = store.about().get("version")
            text = f"recorded by another version ({version}); it can be debriefed, not resumed"
            raise StoreError(f"{store.path.name}: {text}")
    return Exercise(simulation, store, par)
