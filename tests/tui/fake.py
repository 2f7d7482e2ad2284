"""A live exercise without a world: real events, folded into a real view, from a short script."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from pathlib import Path

import yaml

from drillbook.engine.commands import VERBS, Command, parse
from drillbook.errors import DrillbookError
from drillbook.events import facts as f
from drillbook.events.event import EVERYONE, Event
from drillbook.events.log import EventLog
from drillbook.events.view import IncidentView
from drillbook.model.labels import Labels, labels
from drillbook.model.playbook import Playbook
from drillbook.model.scenario import Scenario
from drillbook.world.state import Health, Node

ROOT = Path(__file__).parents[2]

CRITICAL = labels(alertname="ShopErrorRatioHigh", severity="critical", team="platform")
SUMMARY = "34.2% of the shop's requests fail"


@functools.cache
def scenario() -> Scenario:
    text = (ROOT / "scenarios/db-pool-exhaustion.yaml").read_text(encoding="utf-8")
    return Scenario.model_validate(yaml.safe_load(text))


@functools.cache
def playbook() -> Playbook:
    text = (ROOT / "playbooks/incident-response.yaml").read_text(encoding="utf-8")
    return Playbook.model_validate(yaml.safe_load(text))


class FakeExercise:
    """Keeps time and remembers what was submitted; `happen` records what the test wants to have happened."""

    id = "20260310-141800-db-pool-exhaustion-7"
    person = "primary"

    def __init__(self) -> None:
        self.scenario, self.playbook = scenario(), playbook()
        self.log = EventLog()
        self.view = IncidentView(self.person)
        self.now = 0.0
        self.speed = 1.0
        self.paused = False
        self.ended = False
        self.queries = 0
        names = {
            "primary": "Ada Berg",
            "secondary": "Jonas Roth",
            "dba": "Mina Okafor",
            "team-lead": "Ola Lind",
        }
        people = tuple((p.id, names.get(p.id, p.id.title()), p.title, p.part) for p in self.scenario.people)
        start = "2026-03-10T14:18:00+00:00"
        self.happen(f.Started(self.scenario.name, self.playbook.name, 7, 1, "0.1", start, people), "engine")

    @property
    def typed(self) -> list[str]:
        return [fact.text for event, fact in self.log.of(f.CommandGiven) if event.actor == self.person]

    def happen(
        self, fact: f.Fact, actor: str = "engine", *, to: str = EVERYONE, cause: int | None = None
    ) -> Event:
        event = self.log.append(self.now, actor, fact, cause=cause, to=to)
        self.view.feed([event])
        return event

    def page(self, page: str = "P1", *, text: str = SUMMARY) -> None:
        """An alert fires and pages the trainee."""
        self.happen(
            f.AlertChanged("firing", CRITICAL, labels(summary=text), 0.342, self.now - 60), "prometheus"
        )
        due = self.now + 300
        self.happen(f.PageChanged(page, "triggered", "Production", text, level=1, escalates_at=due), "pager")
        self.happen(
            f.PageChanged(page, "notified", "Production", text, user=self.person, level=1, escalates_at=due),
            "pager",
        )

    def submit(self, text: str, key: str = "") -> Sequence[Event]:
        before = len(self.log)
        cause = self.happen(f.CommandGiven(text, key), self.person, to=self.person).seq
        command = parse(text)
        for fact in self._process(command) if command.verb else self._shell(text):
            personal = isinstance(fact, f.Replied | f.ConfirmationAsked)
            actor, to = ("engine", self.person) if personal else (self.person, EVERYONE)
            self.happen(fact, actor, to=to, cause=cause)
        self.ended = bool(self.view.ended)
        return self.log.since(before)

    def _process(self, command: Command) -> list[f.Fact]:
        match command.verb:
            case "ack":
                pages = [page.id for page in self.view.open_pages]
                return [f.PageChanged(page, "acknowledged", user=self.person, level=1) for page in pages]
            case "declare":
                return [f.IncidentDeclared(*command.split(2))]
            case "runbook":
                return [f.RunbookOpened(command.rest)]
            case "check":
                return [f.StepChecked(self.view.runbook, command.rest)]
            case "update":
                return [f.UpdateSent(*command.split(2))]
            case "yes":
                return [f.ActionStarted("a1", "restart", "orders-db", "", "systemctl restart")]
            case "end":
                return [f.Ended("stopped")]
        return [f.Replied(f"unknown: /{command.verb}, did you mean /ack?", ok=False)]

    def _shell(self, text: str) -> list[f.Fact]:
        if text.startswith("systemctl restart"):
            return [f.ConfirmationAsked(text, "Everything that needs orders is down for over a minute.")]
        known = text.startswith(("kubectl", "promtool", "psql"))  # a test answers these by `happen`
        return [] if known else [f.Replied(f"unknown: {text}", ok=False)]

    def tick(self, elapsed: float) -> Sequence[Event]:
        if not (self.paused or self.ended):
            self.now = round(self.now + elapsed * self.speed, 3)
        return ()

    def pause(self, paused: bool) -> None:
        self.paused = paused

    def set_speed(self, speed: float) -> None:
        self.speed = speed

    def query_range(
        self, expr: str, start: float, end: float, step: float
    ) -> list[tuple[Labels, list[float], list[float]]]:
        self.queries += 1
        if expr == "rate(":
            raise DrillbookError("1:6: parse error: unclosed left parenthesis")
        times = [start + step * number for number in range(int((end - start) / step) + 1)]
        waves = (
            [(labels(code="200"), 40.0), (labels(code="502"), 12.0)] if "by (code)" in expr else [((), 30.0)]
        )
        return [
            (series, times, [size * (1.2 + math.sin(t / 120 + size)) if t < 300 else math.nan for t in times])
            for series, size in waves
        ]

    def map(self) -> tuple[Node, ...]:
        health: Health = "down" if self.view.firing else "ok"
        edge, orders = "46/s  0.1% errors  p99 180ms", "42/s  34% errors  p99 8s"
        return (
            Node("edge", "service", "platform", "ok", edge, ("storefront",)),
            Node("storefront", "service", "web", "ok", edge, ("catalog-api", "orders-api")),
            Node("catalog-api", "service", "catalog", "ok", edge, ()),
            Node("orders-api", "service", "orders", health, orders, ("paygate", "orders-pool")),
            Node("orders-pool", "pgbouncer", "database", health, "260/260 used", ("orders-db",)),
            Node("orders-db", "postgres", "database", "ok", "271/300 connections  31% cpu", ()),
            Node("paygate", "external", "PayGate Ltd", "ok", "p50 1.5s  0.2% errors", ()),
        )

    def complete(self, prefix: str) -> list[str]:
        lines = [f"/{verb}" for verb in VERBS] + ["kubectl get pods -n shop", "kubectl get deploy -n shop"]
        return [line for line in lines if line.startswith(prefix)]

    def examples(self) -> tuple[tuple[str, str], ...]:
        return (("kubectl get pods -n shop", "pods, their age and restarts"),)

    def golden_signals(self) -> tuple[tuple[str, str, str], ...]:
        return (
            ("Traffic", "requests/s", "sum(rate(http_requests_total[1m]))"),
            ("Errors", "%", "sum by (code) (rate(http_requests_total[1m]))"),
            ("Latency p95", "s", "histogram_quantile(0.95, rate(latency_bucket[1m]))"),
            ("Saturation", "clients waiting", "pgbouncer_pools_client_waiting_connections"),
        )
