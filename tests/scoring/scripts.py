"""Builds logs as the engine writes them, in the trainee's words."""

from __future__ import annotations

from dataclasses import dataclass, field

from drillbook.events import facts as f
from drillbook.events.event import EVERYONE, HIDDEN, Event
from drillbook.events.log import EventLog
from drillbook.model.labels import labels
from drillbook.model.playbook import Check, Playbook
from drillbook.model.quantities import seconds
from drillbook.model.scenario import Scenario
from drillbook.scoring.score import score
from drillbook.scoring.scorecard import Judged, Scorecard

ONSET, PAGE = 240.0, 360.0
GOOD = (
    "Investigating: 40% of requests fail, customers cannot open their cart. "
    "We are going back to the previous version. Next update at 15:00."
)
"""A true (at the script's error ratio of 0.4), complete and plain update."""


@dataclass
class Script:
    """A log that grows; `error_ratio` is what is true from now on."""

    scenario: Scenario
    playbook: Playbook
    log: EventLog = field(default_factory=EventLog)
    now: float = 0.0
    error_ratio: float = 0.4
    healthy_since: float | None = None
    actions: int = 0

    @classmethod
    def begin(cls, scenario: Scenario, playbook: Playbook) -> Script:
        script = cls(scenario, playbook)
        people = tuple((each.id, each.id.title(), each.title, each.part) for each in scenario.people)
        start = scenario.start.isoformat()
        script.add("engine", f.Started(scenario.name, playbook.name, 7, 0, "0", start, people))
        script.at(ONSET).add("world", f.ImpactChanged(suffering=True, error_ratio=0.03), to=HIDDEN)
        alert = labels(alertname="OrdersApiErrors", severity="critical")
        script.at(350).add("prometheus", f.AlertChanged("firing", alert, (), 0.2, 290.0))
        script.at(PAGE).paged()
        return script

    def at(self, t: float | str) -> Script:
        """Go to a moment: seconds since the start, or a duration after the page."""
        self.now = max(self.now, PAGE + seconds(t) if isinstance(t, str) else t)
        return self

    def add(self, actor: str, fact: f.Fact, *, cause: int | None = None, to: str = EVERYONE) -> Event:
        return self.log.append(self.now, actor, fact, cause=cause, to=to)

    def paged(self, page: str = "P1", person: str = "primary") -> Script:
        self.add("pager", f.PageChanged(page, "triggered", "production", level=1))
        self.add("pager", f.PageChanged(page, "notified", "production", user=person, level=1))
        return self

    def typed(self, text: str, person: str = "primary") -> int:
        return self.add(person, f.CommandGiven(text), to=person).seq

    def does(self, fact: f.Fact, person: str = "primary") -> Event:
        """Somebody brings a fact about that claims nothing."""
        return self.add(person, fact, cause=self.typed("/x", person))

    def says(self, fact: f.Fact, person: str = "primary") -> Event:
        """Somebody brings a fact about that claims something: the truth is measured beside it."""
        event = self.does(fact, person)
        self.add("world", self.truth(), cause=event.seq, to=HIDDEN)
        return event

    def truth(self) -> f.TruthMeasured:
        suffering = self.error_ratio > self.scenario.needs.healthy_error_ratio
        since = 0.0 if suffering else self.now - (self.healthy_since or 0.0)
        return f.TruthMeasured(
            error_ratio=self.error_ratio, request_rate=50.0, failed_requests=5000.0, users_affected=4000.0,
            user_minutes=9000.0, p99_latency=20.0, suffering=suffering, since_healthy=since,
        )  # fmt: skip

    def ack(self, page: str = "P1", person: str = "primary") -> Script:
        self.does(f.PageChanged(page, "acknowledged", "production", user=person, level=1), person)
        return self

    def declare(self, severity: str = "SEV-1", title: str = "the shop fails") -> Script:
        self.says(f.IncidentDeclared(severity, title))
        return self

    def update(self, audience: str, text: str = GOOD, person: str = "primary") -> Script:
        self.says(f.UpdateSent(audience, text), person)
        return self

    def status(self, state: str = "investigating", text: str = GOOD) -> Script:
        self.says(f.StatusUpdated(state, text))
        return self

    def post(self, channel: str, text: str, person: str = "primary") -> Script:
        self.says(f.MessagePosted(channel, text), person)
        return self

    def asks(self, person: str, channel: str, text: str = "Where are we?") -> Script:
        self.add(person, f.MessagePosted(channel, text, asks=True))
        return self

    def look(self, command: str, output: str = "", took: float = 2.0) -> Script:
        cause = self.typed(command)
        self.now += took
        self.add("shell", f.ProbeAnswered(command, output, took), cause=cause, to="primary")
        return self

    def acts(
        self, action: str, target: str, value: str = "", *, ok: bool | None = True, risky: bool = False,
        person: str = "primary",
    ) -> Script:  # fmt: skip
        self.actions += 1
        name, command = f"A{self.actions}", f"{action} {target} {value}"
        cause = self.typed(command, person)
        if risky:
            self.add("engine", f.ConfirmationAsked(command, "it hurts"), cause=cause, to=person)
        self.add(person, f.ActionStarted(name, action, target, value, command), cause=cause)
        if ok is not None:
            self.now += 30
            self.add("world", f.ActionFinished(name, ok, "done"))
        return self

    def recovers(self) -> Script:
        self.add("world", f.ImpactChanged(suffering=False, error_ratio=0.01), to=HIDDEN)
        self.error_ratio, self.healthy_since = 0.004, self.now
        return self

    def relapses(self) -> Script:
        self.add("world", f.ImpactChanged(suffering=True, error_ratio=0.03), to=HIDDEN)
        self.error_ratio, self.healthy_since = 0.4, None
        return self

    def resolve(self, text: str = "Rolled back; requests succeed again.") -> Script:
        self.says(f.IncidentResolved(text))
        return self

    def ends(self, why: str = "stopped", user_minutes: float = 9000.0) -> Script:
        step = 15.0
        ratios = tuple(
            0.0 if t * step < ONSET or (self.healthy_since and t * step >= self.healthy_since) else 0.4
            for t in range(int(self.now // step) + 1)
        )
        rates = (50.0,) * len(ratios)
        truth = f.TruthRecorded(step, rates, ratios, rates, user_minutes, 5000.0, 4000.0, 1234.5)
        self.add("world", truth, to=HIDDEN)
        self.add("engine", f.Ended(why))  # type: ignore[arg-type]
        return self

    def scorecard(self) -> Scorecard:
        return score(self.scenario, self.playbook, self.log)

    def judged(self, check: Check, audience: str | None = None) -> Judged:
        """The judgement of the expectation with that check (and audience)."""
        wanted = [
            each.id
            for each in self.playbook.expectations
            if each.check == check and audience in (None, each.audience)
        ]
        return next(each for each in self.scorecard().expectations if each.id == wanted[0])

    def well_handled(self) -> Script:
        """All that the playbook asks for, done well: an expert's run."""
        self.at("1m40s").ack()
        self.at("2m").look(
            "promtool query instant 'sum by (code) (rate(http_requests_total{job=\"edge\"}[1m]))'"
        )
        self.at("3m").declare("SEV-1", "40% of the shop's requests fail, carts and checkout")
        self.does(f.RoleAssigned("commander", "commander"))
        self.does(f.PersonPaged("commander", "You are needed"))
        self.does(f.RoleAssigned("communications", "comms"))
        self.does(f.PersonPaged("team-lead", "orders-api fails"))
        self.does(f.PersonPaged("vp-engineering", "SEV-1"))
        for audience in ("incidents", "executives", "customer-success"):
            self.update(audience)
        self.status()
        self.at("4m").does(f.RunbookOpened("db-pool-exhaustion"))
        for command in (
            'psql -c "SELECT count(*) FROM pg_stat_activity;"',
            "psql -c \"SELECT * FROM pg_stat_activity WHERE state = 'active' ORDER BY query_start;\"",
            'psql -p 6432 pgbouncer -c "SHOW POOLS"',
            "kubectl logs deploy/orders-api -n shop --tail=50",
            "kubectl rollout history deployment/orders-api -n shop",
        ):
            self.look(command)
        for step in ("connections", "long-queries", "pool-settings", "leaks"):
            self.does(f.StepChecked("db-pool-exhaustion", step))
        self.at("7m").says(f.CauseStated("the orders-api release v2.3.1 holds connections"))
        self.acts("rollback", "orders-api", risky=True)
        self.at("11m").recovers()
        self.at("12m").look(
            "promtool query instant 'sum by (code) (rate(http_requests_total{job=\"edge\"}[1m]))'"
        )
        self.says(f.MitigationClaimed("rolled back, requests succeed"))
        over = "Monitoring: customers can order, we went back to the previous version. Next update at 15:30."
        for audience in ("incidents", "executives", "customer-success"):
            self.update(audience, over)
        self.status("monitoring", over)
        self.at("16m").resolve("Rolled back orders-api; error ratio is normal. Post-mortem within 48 hours.")
        self.does(
            f.HandedOff(
                "secondary", "Carts failed after a release; resolved by rollback. Follow-up: post-mortem."
            )
        )
        return self.at("19m").ends("resolved")
