"""A small stage for simulated people: canned probe outputs and just enough rules to hold a whole run."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import yaml

from drillbook.engine.randomness import Randomness
from drillbook.events import facts as f
from drillbook.events.event import EVERYONE, Event
from drillbook.events.log import EventLog
from drillbook.model.labels import labels
from drillbook.model.playbook import Playbook
from drillbook.model.scenario import Scenario
from drillbook.people.agent import Agent
from drillbook.people.cast import colleagues, responder
from drillbook.people.mind import Mind
from drillbook.people.responder import Responder
from drillbook.people.skill import SKILLS

ROOT = Path(__file__).resolve().parents[2]
ONSET, PAGED = 120.0, 210.0
ALERT = labels(alertname="ShopErrorRatioHigh", severity="critical")

ACTIVE_ROW = (
    " 4{n:03} | orders_app | active | 00:00:2{n} | SELECT o.*, s.* FROM orders o LEFT JOIN shipments s"
)
OUTPUTS = {
    "SHOW POOLS": """\
 database |    user    | cl_active | cl_waiting | sv_active | sv_idle | maxwait | pool_mode
----------+------------+-----------+------------+-----------+---------+---------+-----------
 orders   | orders_app |       260 |        312 |       260 |       0 |      41 | session
(1 row)""",
    "pg_stat_activity": """\
  pid  |  usename   | state  |   age    | query
-------+------------+--------+----------+------
 3001 | metabase | active | 00:26:10 | SELECT date_trunc('day', created_at)
"""
    + "\n".join(ACTIVE_ROW.format(n=n) for n in range(6))
    + "\n(262 rows)",
    "rollout history": """\
deployment.apps/orders-api
REVISION  CHANGE-CAUSE
41        orders-api v2.3.0: cart merge on login
42        orders-api v2.3.1: optimise order history lookup, join shipments in one query""",
    "get pods": "NAME  READY  STATUS  RESTARTS  AGE\norders-api-5d8f-x2x  1/1  Running  0  3m",
    "logs": "ERROR could not get a connection: query_wait_timeout",
    "probe_duration_seconds": '{instance="https://paygate.example/health"} => 1.52 @[1773152400]',
    "sum by (code)": '{code="200"} => 31.2 @[1773152400]\n{code="503"} => 17.9 @[1773152400]',
}
"""What the fake shell shows while it hurts, by a part of the command."""


@cache
def drill() -> tuple[Scenario, Playbook]:
    def read(path: str) -> object:
        return yaml.safe_load((ROOT / path).read_text())

    return (
        Scenario.model_validate(read("scenarios/db-pool-exhaustion.yaml")),
        Playbook.model_validate(read("playbooks/incident-response.yaml")),
    )


class Stage:
    """Feeds agents and obeys them. The right remedy is the one whose command holds `cure`."""

    def __init__(
        self,
        agents: Sequence[Agent],
        *,
        cure: str = "rollout undo",
        share: float = 0.3642,
        risky: str = "",
        quiet: bool = False,
        duration: float = 7200.0,
    ) -> None:
        self.scenario, self.playbook = drill()
        self.agents = {agent.person: agent for agent in agents}
        self.log = EventLog()
        self.duration = duration
        self.now = 0.0
        self.cured_at: float | None = None
        self.ended = False
        self.typed: list[tuple[float, str, str]] = []
        self._cure, self._share, self._risky = cure, share, risky
        self._later: list[tuple[float, int, Callable[[], object]]] = []
        self._count = 0
        self._asked: dict[str, str] = {}
        self._acknowledged = False
        people = tuple((p.id, f"Name {p.id}", p.title, p.part) for p in self.scenario.people)
        self.say("engine", f.Started("s", "p", 1, 0, "0", "2026-03-10T14:18:00+00:00", people))
        if not quiet:
            self.after(200.0, lambda: self._alert("firing"))
            self.after(PAGED, lambda: self.notify("primary", 1))
            self.after(PAGED + 300, lambda: None if self._acknowledged else self.notify("secondary", 2))

    def say(self, actor: str, fact: f.Fact, to: str = EVERYONE) -> Event:
        event = self.log.append(self.now, actor, fact, to=to)
        for person, agent in self.agents.items():
            if event.visible_to(person):
                agent.see(event)
        return event

    def after(self, wait: float, deed: Callable[[], object]) -> None:
        self._count += 1
        heapq.heappush(self._later, (round(self.now + wait, 3), self._count, deed))

    def notify(self, user: str, level: int) -> None:
        self.say("pager", f.PageChanged("P1", "notified", "production", "shop fails", user=user, level=level))

    def share(self) -> float:
        if self.now < ONSET or (self.cured_at is not None and self.now > self.cured_at + 60):
            return 0.0013
        return self._share

    def run(self, until: float | None = None) -> EventLog:
        end = self.duration if until is None else until
        while not self.ended:
            own = [(self._later[0][0], "")] if self._later else []
            due = min([*own, *self._wishes()], default=(end + 1, ""))
            assert due[0] >= self.now, "nobody may act in the past"
            if due[0] > end:
                break
            self.now = due[0]
            if not due[1]:
                heapq.heappop(self._later)[2]()
                continue
            for text in self.agents[due[1]].take(self.now):
                self.typed.append((self.now, due[1], text))
                self.obey(due[1], text)
        self.now = end
        return self.log

    def _wishes(self) -> list[tuple[float, str]]:
        return [(t, person) for person, a in self.agents.items() if (t := a.next_time()) is not None]

    def obey(self, person: str, text: str) -> None:
        self.say(person, f.CommandGiven(text), person)
        verb, _, rest = text.partition(" ")
        first, _, tail = rest.partition(" ")
        if not text.startswith("/"):
            self._shell(person, text)
        elif verb in ("/yes", "/no"):
            if verb == "/yes":
                self._act(person, self._asked.pop(person))
        elif verb == "/ack":
            self._acknowledged = True
            self.say(person, f.PageChanged("P1", "acknowledged", "production", user=person, level=1))
        else:
            self._speak(person, verb, (rest, first, tail))

    def _speak(self, person: str, verb: str, words: tuple[str, str, str]) -> None:
        rest, first, tail = words
        said: dict[str, Callable[[], f.Fact]] = {
            "/declare": lambda: f.IncidentDeclared(first, tail),
            "/severity": lambda: f.SeverityChanged(rest),
            "/page": lambda: f.PersonPaged(first, tail),
            "/join": lambda: f.PersonAnswered(person, rest),
            "/post": lambda: f.MessagePosted(first, tail),
            "/ask": lambda: f.MessagePosted(first, tail, asks=True),
            "/status": lambda: f.StatusUpdated(first, tail),
            "/update": lambda: f.UpdateSent(first, tail),
            "/note": lambda: f.NoteTaken(rest),
            "/cause": lambda: f.CauseStated(rest),
            "/runbook": lambda: f.RunbookOpened(rest),
            "/check": lambda: f.StepChecked("db-pool-exhaustion", rest),
            "/mitigated": lambda: f.MitigationClaimed(rest),
            "/resolve": lambda: f.IncidentResolved(rest),
            "/handoff": lambda: f.HandedOff(first, tail),
            "/assign": lambda: f.RoleAssigned(first, tail),
            "/escalate": lambda: f.PageChanged("P1", "escalated", "production", level=2),
        }
        fact = said[verb]()
        self.say(person, fact)
        if isinstance(fact, f.RoleAssigned):
            self.say(person, f.PersonPaged(fact.person, "You are needed."))
        if isinstance(fact, f.IncidentResolved):
            self.after(180.0, self._end)

    def _shell(self, person: str, text: str) -> None:
        if any(
            word in text for word in ("undo", "restart", "scale", "SET default", "limit-rps", "terminate")
        ):
            if self._risky and self._risky in text:
                self._asked[person] = text
                self.say("engine", f.ConfirmationAsked(text, "Everything will be down for a minute."), person)
            else:
                self._act(person, text)
            return
        if "/ sum(rate" in text:
            output = f"{{}} => {self.share():.6f} @[1773152400]"
        else:
            output = next((out for part, out in OUTPUTS.items() if part in text), "")
        self.after(3.0, lambda: self._shown(person, text, output))

    def _shown(self, person: str, text: str, output: str) -> None:
        self.say("engine", f.ProbeAnswered(text, output, 3.0), person)

    def _act(self, person: str, text: str) -> None:
        name = f"A{len(self.log)}"
        self.say(person, f.ActionStarted(name, "rollback", "orders-api", "", text))
        self.after(100.0, lambda: self._finish(name, text))

    def _finish(self, name: str, text: str) -> None:
        self.say("world", f.ActionFinished(name, ok=True, text="done"))
        if self._cure in text and self.cured_at is None:
            self.cured_at = self.now
            self.after(150.0, lambda: self._alert("inactive"))

    def _alert(self, state: str) -> None:
        value = self.share()
        annotations = labels(summary="the shop fails")
        changed = f.AlertChanged(
            "firing" if state == "firing" else "inactive", ALERT, annotations, value, 140.0
        )
        self.say("prometheus", changed)

    def _end(self) -> None:
        self.say("engine", f.Ended("resolved"))
        self.ended = True


FLAWLESS = replace(
    SKILLS["expert"], wrong_severity=0.0, brings_in=1.0, assigns=1.0, follows_runbook=1.0, states_cause=1.0,
    cadence=0.8, forgets=0.0, phase_updates=1.0, jargon=0.0, omits=0.0, replies=1.0, closes=1.0,
)  # fmt: skip
"""An expert on their best day: what they do well can be told apart from what they forget."""


def play(level: str, seed: int, **options: object) -> Stage:
    """A whole run of a responder (of a level, or `flawless`) with all colleagues."""
    scenario, playbook = drill()
    draws = Randomness(seed)
    cast = colleagues(scenario, playbook, draws, seats={"primary"}, absent=level == "absent")
    flawless = Responder(Mind(scenario, playbook, draws, FLAWLESS, "primary"))
    plays = flawless if level == "flawless" else responder(level, scenario, playbook, draws)
    stage = Stage([*cast, plays], **options)  # type: ignore[arg-type]
    stage.run()
    return stage


def lines(stage: Stage, person: str, verb: str = "") -> list[tuple[float, str]]:
    """What a person typed, with the times; only lines that begin with `verb`."""
    return [(t, text) for t, who, text in stage.typed if who == person and text.startswith(verb)]
