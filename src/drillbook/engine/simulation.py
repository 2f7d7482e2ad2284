"""One run of a scenario: commands in, events out.

A run is (scenario, playbook, seed, commands) and nothing else. Parts with a life of their own (the world, the
rules, routing, the pager, people) say when they want to act next; the clock wakes them, and what they do
becomes events. A command submitted at t takes effect before whatever else is due at t.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from drillbook.engine import commands
from drillbook.engine.alerting import Alerting
from drillbook.engine.amtool import Amtool
from drillbook.engine.cast import names
from drillbook.engine.clock import Clock, Rank, Wheel
from drillbook.engine.confirmation import Confirmations
from drillbook.engine.desk import Desk
from drillbook.engine.ending import Ending
from drillbook.engine.escalator import Escalator
from drillbook.engine.foresight import Foresight
from drillbook.engine.injects import Injects, Senses
from drillbook.engine.metrics import Metrics
from drillbook.engine.moved import MOVED
from drillbook.engine.operations import Operations
from drillbook.engine.parts import Agent, Cast, Evaluator
from drillbook.engine.prepared import Prepared, prepare
from drillbook.engine.randomness import Randomness
from drillbook.engine.silencing import Silencing
from drillbook.engine.truth import Oracle
from drillbook.engine.verbs.table import HANDLERS
from drillbook.events import facts as f
from drillbook.events.event import EVERYONE, HIDDEN, Event
from drillbook.events.log import EventLog
from drillbook.events.view import IncidentView
from drillbook.model.labels import Labels
from drillbook.model.nearest import nearest
from drillbook.model.playbook import Playbook
from drillbook.model.scenario import Scenario
from drillbook.oncall.dispatch import Dispatcher
from drillbook.oncall.notification import Notification
from drillbook.oncall.pager import Pager
from drillbook.telemetry.ruler import ActiveAlert, Ruler
from drillbook.telemetry.storage import Storage
from drillbook.world.metrics.present import Reading
from drillbook.world.shell.shell import Shell
from drillbook.world.state import Node
from drillbook.world.world import World


class Simulation:
    """A run. `advance` and `submit` are its whole control surface."""

    def __init__(
        self,
        scenario: Scenario,
        playbook: Playbook,
        seed: int,
        *,
        cast: Cast | None = None,
        prepared: Prepared | None = None,
        evaluator: Callable[[Prepared, World], Evaluator] | None = None,
    ) -> None:
        """`cast` makes the simulated people; `prepared` shares what runs of one drill have in common."""
        self.scenario = scenario
        self.playbook = playbook
        self.seed = seed
        self.person = next(person.id for person in scenario.people if person.part == "primary")
        self._prepared = prepared or prepare(scenario, playbook)
        draws = Randomness(seed)
        self._names = names(scenario, seed)
        self._clock = Clock()
        self._log = EventLog()
        self._view = IncidentView(self.person)
        self._ended = False
        self._set_system(draws, evaluator or _fast)
        dispatcher = self._set_response(draws)
        self._ending = Ending(self._view, self._oracle, scenario.duration)
        self._agents: dict[str, Agent] = {}
        self._wheels = self._make_wheels(dispatcher)
        self._moved = {part: [self._wheels[each] for each in moved] for part, moved in MOVED.items()}
        self._agent_wheels: dict[str, Wheel] = {}
        self._settled = 0
        """How many events there were when parts were asked last."""
        self._audiences: dict[type[f.Fact], tuple[Agent, ...]] = {}
        self._stirred: set[str] = set()
        """People who have seen something since they were asked when they want to act."""
        for agent in cast(scenario, playbook, draws) if cast else ():
            self._seat(agent)
        self._begin()

    def _set_system(self, draws: Randomness, make: Callable[[Prepared, World], Evaluator]) -> None:
        """The system and what is measured of it."""
        self._world = World(
            self.scenario.system,
            self.scenario.timeline,
            draws,
            duration=self.scenario.duration,
            start=self.scenario.start,
            foreseen=self._prepared.foreseen.of(self.seed),
        )
        self._rules = make(self._prepared, self._world)
        self._metrics = Metrics(self._rules.source, self._prepared.queries, self.scenario.start.timestamp())
        self._oracle = Oracle(self.scenario, self._world)
        self._foresight = Foresight(
            self._rules.source, self._metrics.compiled, self._prepared.rules, self.scenario.duration
        )
        self._injects = Injects(self.scenario, Senses(self._world.error_ratio, self._foresight.holds))

    def _changed(self, t: float) -> None:
        """Somebody intervened in the system at `t`."""
        self._foresight.changed()
        self._rules.changed(t)

    def _set_response(self, draws: Randomness) -> Dispatcher:
        """The way from alerts to people, and what people type."""
        self._escalator = Escalator(self.scenario, self.playbook, self._world)
        dispatcher = Dispatcher(self._prepared.routing, self.scenario.start)
        self._pager = Pager(self.playbook.on_call, self._prepared.directory)
        self._confirmations = Confirmations(self._record)
        self._silencing = Silencing(dispatcher, self._view, draws, self._record, self._confirmations.ask)
        amtool = Amtool(dispatcher, self._silencing, self._view, self._record, self.scenario.start)
        shell = Shell(self._world, self._metrics, draws, amtool)
        self._operations = Operations(
            self._world, shell, self, self._confirmations, self._record, self._changed
        )
        self._alerting = Alerting(
            dispatcher,
            self._silencing,
            self._pager,
            {each.name: each.channel for each in self.playbook.on_call.routing.receivers},
            self._record,
        )
        self._desk = Desk(
            self.scenario,
            self.playbook,
            self._names,
            self._pager,
            self._view,
            self._record,
            self._alerting.pages,
            self._silencing,
            lambda: self._oracle.measure(self.now),
        )
        return dispatcher

    @property
    def now(self) -> float:
        """Simulated seconds since the start."""
        return self._clock.now

    @property
    def log(self) -> EventLog:
        """Everything that has happened."""
        return self._log

    @property
    def view(self) -> IncidentView:
        """What the trainee's seat knows."""
        return self._view

    @property
    def ended(self) -> bool:
        """Whether the exercise is over."""
        return self._ended

    def advance(self, until: float) -> Sequence[Event]:
        """Let everything happen that is due before `until`; the events that came of it."""
        before = len(self._log)
        if not self._ended:
            self._clock.run(until)
        return self._log.since(before)

    def submit(self, person: str, text: str, key: str = "") -> Sequence[Event]:
        """Somebody types something now; the events that follow at once. Nothing after the end."""
        before = len(self._log)
        typed = commands.clean(text)
        if typed and not self._ended:
            self._apply(person, typed, key)
            self._settle(self._wheels.values())
        return self._log.since(before)

    def later(self, t: float, rank: Rank, action: Callable[[], None]) -> None:
        """Do something at `t`, unless the exercise is over by then."""

        def act() -> None:
            if not self._ended:
                action()
                self._settle()

        self._clock.at(t, rank, act)

    def query_range(
        self, expr: str, start: float, end: float, step: float
    ) -> list[tuple[Labels, list[float], list[float]]]:
        """What a chart shows: labels, times and values of each series; DrillbookError for bad PromQL."""
        return self._metrics.series(expr, start, min(end, self.now), step)

    def present(self) -> tuple[Reading, ...]:
        """Every series of the system as exporters would show it now."""
        return self._world.present(self.now)

    def history(self) -> Storage:
        """Every series so far, those included that the rules wrote; to be read at once."""
        return self._rules.source(self.now)

    @property
    def notifications(self) -> Sequence[Notification]:
        """What Alertmanager sent so far."""
        return self._alerting.sent

    def active_alerts(self) -> list[ActiveAlert]:
        """Pending and firing alerts now."""
        return self._rules.active(self.now)

    def alert_rules(self) -> dict[tuple[str, str], tuple[str, float]]:
        """PromQL and seconds between evaluations of each alerting rule, by group and name."""
        rules = self._prepared.rules.rules
        return {(rule.group, rule.alert): (rule.text, rule.interval / 1000) for rule in rules if rule.alert}

    def system_map(self) -> tuple[Node, ...]:
        """The components with owners and live health."""
        return self._world.map(self.now)

    def complete(self, prefix: str) -> list[str]:
        """What the shell could complete."""
        return self._operations.shell.complete(prefix)

    def examples(self) -> tuple[tuple[str, str], ...]:
        """Commands of the shell worth knowing, and what they show."""
        return self._operations.shell.examples()

    def _make_wheels(self, dispatcher: Dispatcher) -> dict[str, Wheel]:
        parts = {
            "world": (Rank.WORLD, self._world.next_time, self._take_world),
            "impact": (Rank.WORLD, self._oracle.next_time, self._take_impact),
            "injects": (Rank.WORLD, self._injects.next_time, self._take_injects),
            "rules": (Rank.RULES, self._rules.next_time, self._take_rules),
            "silences": (Rank.ROUTING, self._silencing.next_time, self._silencing.take),
            "routing": (Rank.ROUTING, dispatcher.next_time, self._alerting.dispatch),
            "pager": (Rank.PAGER, self._pager.next_time, self._alerting.escalate),
            "triggers": (Rank.PAGER, self._escalator.next_time, self._take_triggers),
            "ending": (Rank.END, self._ending.next_time, self._take_end),
        }
        return {
            part: Wheel(self._clock, rank, due, partial(self._turn, part, take))
            for part, (rank, due, take) in parts.items()
        }

    def _seat(self, agent: Agent) -> None:
        def act(t: float) -> None:
            if self._ended:
                return
            typed = agent.take(t)
            for text in typed:
                if not self._ended:
                    self._apply(agent.person, commands.clean(text), "")
            self._settle((*self._wheels.values(), wheel) if typed else (wheel,))

        wheel = Wheel(self._clock, Rank.PEOPLE, agent.next_time, act)
        self._agents[agent.person] = agent
        self._agent_wheels[agent.person] = wheel

    def _turn(self, part: str, take: Callable[[float], None], t: float) -> None:
        """A part's time has come."""
        if not self._ended:
            take(t)
            self._settle(self._moved[part])

    def _settle(self, moved: Iterable[Wheel] = ()) -> None:
        """What happened may have changed when parts, and those who saw it, want to act next."""
        if self._ended:
            return
        for wheel in moved:
            wheel.arm()
        if len(self._log) != self._settled:
            self._settled = len(self._log)
            self._wheels["triggers"].arm()
        if self._stirred:
            for person, wheel in self._agent_wheels.items():
                if person in self._stirred:
                    wheel.arm()
            self._stirred.clear()

    def _begin(self) -> None:
        people = tuple(
            (person.id, self._names[person.id], person.title, person.part) for person in self.scenario.people
        )
        self._record(
            "engine",
            f.Started(
                scenario=self.scenario.name,
                playbook=self.playbook.name,
                seed=self.seed,
                form=self._prepared.form,
                version=self._prepared.version,
                start=self.scenario.start.isoformat(),
                people=people,
            ),
        )
        self._stirred.update(self._agents)
        self._settle(self._wheels.values())

    def _record(self, actor: str, fact: f.Fact, *, cause: int | None = None, to: str = EVERYONE) -> Event:
        event = self._log.append(self._clock.now, actor, fact, cause=cause, to=to)
        self._view.feed((event,))
        self._escalator.see(event)
        self._injects.see(event)
        if to == EVERYONE:
            for agent in self._audience(type(fact)):
                agent.see(event)
                self._stirred.add(agent.person)
        elif to in self._agents:
            self._agents[to].see(event)
            self._stirred.add(to)
        return event

    def _audience(self, kind: type[f.Fact]) -> tuple[Agent, ...]:
        """Who minds an event that everybody may see."""
        found = self._audiences.get(kind)
        if found is None:
            found = tuple(agent for agent in self._agents.values() if agent.minds(kind))
            self._audiences[kind] = found
        return found

    def _apply(self, person: str, text: str, key: str) -> None:
        given = self._record(person, f.CommandGiven(text, key), to=person)
        command = commands.parse(text)
        if command.verb is None:
            self._operations.shell_command(person, command.rest, given.seq)
        elif command.verb in {"yes", "no"}:
            self._confirmations.answer(person, given.seq, yes=command.verb == "yes")
        elif command.verb == "end" and person == self.person:
            self._end("resolved" if self._view.resolved_at is not None else "stopped")
        else:
            self._verb(person, command, given.seq)

    def _verb(self, person: str, command: commands.Command, cause: int) -> None:
        verb = commands.VERBS.get(command.verb or "")
        handler = HANDLERS.get(command.verb or "")
        if verb is None or handler is None:
            hint = nearest(command.verb or "", commands.VERBS)
            text = f"there is no /{command.verb}{hint}; /help lists what there is"
            self._desk.reply(person, text, cause, ok=False)
        elif len(command.split(max(verb.words, 1))) < verb.words:
            self._desk.reply(person, f"usage: {verb.usage} — {verb.help}", cause, ok=False)
        else:
            handler(self._desk, person, command, cause)

    def _take_world(self, t: float) -> None:
        self._operations.happen(self._world.take(t), None)

    def _take_injects(self, t: float) -> None:
        happening = self._injects.take(t)
        for number, inject in happening:
            self._operations.happen(self._world.inject(t, inject, number), None)
            self._changed(t)
        if happening:
            self._settle(self._moved["inject"])

    def _take_impact(self, t: float) -> None:
        self._record("world", self._oracle.take(t), to=HIDDEN)

    def _take_triggers(self, t: float) -> None:
        for person, trigger in self._escalator.take(t):
            self._record("pager", f.PersonPaged(person, trigger.rule))

    def _take_rules(self, t: float) -> None:
        self._alerting.alerts(t, self._rules.take(t))

    def _take_end(self, t: float) -> None:
        if t >= self.scenario.duration:
            self._end("time")
            return
        verdict = self._ending.take(t)
        if verdict == "over":
            self._end("resolved")
        elif verdict:
            self._record("engine", f.IncidentReopened(verdict))
            service = self.playbook.on_call.services[0].id
            opened = self._pager.trigger(t, service, f"reopened at {t}", verdict, "high", ())
            self._alerting.pages(opened, "pager", None)

    def _end(self, why: str) -> None:
        self._record("world", self._oracle.record(self.now), to=HIDDEN)
        self._record(
            "engine", f.Ended("resolved" if why == "resolved" else "time" if why == "time" else "stopped")
        )
        self._ended = True


def _fast(prepared: Prepared, world: World) -> Evaluator:
    return Ruler(prepared.rules, world, horizon=prepared.horizon, epoch=world.start.timestamp())
