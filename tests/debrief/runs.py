"""Runs as logs, written by hand: what each part of the debrief shows follows from what stands here."""

from __future__ import annotations

import math

from drillbook.events import facts as f
from drillbook.events.event import EVERYONE, HIDDEN, Event
from drillbook.events.log import EventLog
from drillbook.model.labels import labels
from drillbook.model.scenario import Scenario

STEP = 15.0
NAMES = {
    "primary": "Rosa Lindqvist",
    "secondary": "Tom Achterberg",
    "dba": "Ines Okafor",
    "team-lead": "Marek Dvorak",
    "commander": "Yuki Tanaka",
    "comms": "Lena Brandt",
    "vp-engineering": "Alan Whitcombe",
    "support-lead": "Priya Nair",
}
FULL_POOL = """ database | user       | cl_active | cl_waiting | sv_active
----------+------------+-----------+------------+-----------
 orders   | orders_app |       260 |        143 |       260
(1 row)
"""
LONG_QUERIES = """  pid  |  usename   | state  |       age       |                            query
-------+------------+--------+-----------------+--------------------------------------------------------------
 20871 | metabase   | active | 00:34:10.114302 | SELECT date_trunc('day', created_at), country, sum(total)
""" + "".join(
    f" 21{n:03} | orders_app | active | 00:00:{29 - n % 29:02}.417201 "
    "| SELECT o.*, s.* FROM orders o LEFT JOIN shipments s ON\n"
    for n in range(40)
)
HISTORY = """deployment.apps/orders-api
REVISION  CHANGE-CAUSE
1         orders-api v2.3.0: cart merge on login
2         orders-api v2.3.1: optimise order history lookup, join shipments in one query
"""


class Run:
    """A log in the making: time is set with `at`, people type, the world answers."""

    def __init__(self, scenario: Scenario, *, begins: float = 285.0, ends: float = math.inf) -> None:
        self.log = EventLog()
        self.t = 0.0
        self._begins, self._ends = begins, ends
        self._healthy = scenario.needs.healthy_error_ratio
        people = tuple((p.id, NAMES[p.id], p.title, p.part) for p in scenario.people)
        start = scenario.start.isoformat()
        self.add("engine", f.Started(scenario.name, scenario.playbook, 7, 0, "0.1", start, people))

    def at(self, t: float) -> Run:
        self.t = t
        return self

    def add(self, actor: str, fact: f.Fact, *, cause: int | None = None, to: str = EVERYONE) -> Event:
        return self.log.append(self.t, actor, fact, cause=cause, to=to)

    def types(self, person: str, text: str, fact: f.Fact, *, claim: bool = True) -> Event:
        given = self.add(person, f.CommandGiven(text), to=person)
        event = self.add(person, fact, cause=given.seq)
        if claim:
            self.add("world", self.truth(), cause=event.seq, to=HIDDEN)
        return event

    def looks(self, person: str, command: str, output: str, took: float = 4.0) -> Event:
        given = self.add(person, f.CommandGiven(command), to=person)
        self.t += took
        return self.add("engine", f.ProbeAnswered(command, output, took), cause=given.seq, to=person)

    def acts(self, person: str, action: f.ActionStarted, took: float = 180.0, end: str = "done") -> Event:
        given = self.add(person, f.CommandGiven(action.command), to=person)
        started = self.add(person, action, cause=given.seq)
        self.t += took
        self.add("world", f.ActionFinished(action.id, True, end), cause=started.seq)
        return started

    def world_deploys(self, id_: str, service: str, version: str) -> None:
        text = f"deploy {service} {version}"
        self.add("world", f.ActionStarted(id_, "deploy", service, version, text), to=HIDDEN)

    def fires(self, name: str, severity: str, summary: str, value: float = 0.12) -> Event:
        found = labels(alertname=name, severity=severity)
        fact = f.AlertChanged("firing", found, labels(summary=summary), value, self.t - 60)
        return self.add("prometheus", fact)

    def page(self, change: str, user: str = "", level: int = 1, why: str = "") -> Event:
        summary = "[FIRING:1] ShopErrorRatioHigh (critical)"
        fact = f.PageChanged("P1", change, "production", summary, "high", user, level, None, why)  # type: ignore[arg-type]
        return self.add(user if change == "acknowledged" else "pager", fact)

    def impact(self, *, suffering: bool) -> Event:
        ratio = 0.021 if suffering else 0.019
        return self.add("world", f.ImpactChanged(suffering, ratio), to=HIDDEN)

    def error_ratio(self, t: float) -> float:
        if t < self._begins:
            return 0.0006
        if t >= self._ends:
            return max(0.0006, 0.02 * math.exp((self._ends - t) / 20))
        return 0.021 + 0.22 * (1 - math.exp((self._begins - t) / 90))

    def truth(self) -> f.TruthMeasured:
        suffered = max(0.0, min(self.t, self._ends) - self._begins)
        ratio = self.error_ratio(self.t)
        return f.TruthMeasured(
            error_ratio=ratio,
            request_rate=48.0,
            failed_requests=suffered * 9.0,
            users_affected=suffered * 4.2,
            user_minutes=suffered * 13.0,
            p99_latency=12.0,
            suffering=ratio > self._healthy,
            since_healthy=max(0.0, self.t - self._ends) if self._ends < self.t else 0.0,
        )

    def ends(self, why: str) -> EventLog:
        times = [n * STEP for n in range(int(self.t // STEP) + 1)]
        now = self.truth()
        history = f.TruthRecorded(
            step=STEP,
            request_rate=tuple(46 + 4 * min(1.0, t / 600) for t in times),
            error_ratio=tuple(self.error_ratio(t) for t in times),
            p99_latency=tuple(0.4 if t < self._begins else 9.7 for t in times),
            user_minutes=now.user_minutes,
            failed_requests=now.failed_requests,
            users_affected=now.users_affected,
            lost_revenue=now.failed_requests * 0.744,
        )
        self.add("world", history, to=HIDDEN)
        self.add("engine", f.Ended(why))  # type: ignore[arg-type]
        return self.log


def outage(scenario: Scenario, **span: float) -> Run:
    """Until the page: two deployments, a slow payment provider, a campaign, failing requests, an alert."""
    run = Run(scenario, **span)
    run.at(40).world_deploys("D1", "catalog-api", "v5.9.1")
    texts = [(each.at, each) for each in scenario.timeline if each.do == "say" and each.at is not None]
    for t, say in texts:
        run.at(t).add(say.person, f.MessagePosted(say.channel, say.text))
    run.at(120).world_deploys("D2", "orders-api", "v2.3.1")
    run.at(260).fires("PaymentProviderSlow", "warning", "https://paygate.example/health answers in 1.5s")
    run.at(285).impact(suffering=True)
    run.at(315).fires("OrdersApiSlow", "warning", "99th percentile of orders-api is 9.6s")
    run.at(375).fires("ShopErrorRatioHigh", "critical", "14.2% of the shop's requests fail")
    run.at(385).page("triggered")
    run.page("notified", "primary")
    return run


def handled(scenario: Scenario) -> EventLog:
    """A good responder with one false start: mitigated at 1260 s, resolved and handed over."""
    run = outage(scenario, ends=1260.0)
    ack = run.at(452).add("primary", f.CommandGiven("/ack"), to="primary")
    run.log.append(
        452,
        "primary",
        f.PageChanged("P1", "acknowledged", "production", user="primary", level=1),
        cause=ack.seq,
    )
    run.at(500).looks(
        "primary", "kubectl get pods -n shop", "orders-api-6c9f-abcde   1/1   Running   0   5m\n"
    )
    run.at(540).types(
        "primary",
        "/declare SEV-1 Checkout fails",
        f.IncidentDeclared("SEV-1", "Shop: carts and checkout fail"),
    )
    run.at(560).types(
        "primary", "/assign commander commander", f.RoleAssigned("commander", "commander"), claim=False
    )
    run.at(562).add("primary", f.PersonPaged("commander", "Please lead"))
    text = (
        "Investigating: about 20% of customers cannot open their cart. We are looking into it. "
        "Next update at 14:45."
    )
    run.at(600).types("primary", f"/status investigating {text}", f.StatusUpdated("investigating", text))
    run.at(610).types("primary", f"/update executives {text}", f.UpdateSent("executives", text))
    run.at(640).looks("primary", "psql -p 6432 pgbouncer -c 'SHOW POOLS'", FULL_POOL)
    run.at(690).add(
        "support-lead",
        f.MessagePosted("#incidents", "Queue is filling up: what may we tell them?", asks=True),
    )
    run.at(700).add("commander", f.PersonAnswered("commander", "I am here and lead."))
    run.at(720).types(
        "primary", "/cause The pool size is too small", f.CauseStated("The pool size is too small")
    )
    run.at(740).acts(
        "primary",
        f.ActionStarted(
            "A1", "scale", "orders-api", "16", "kubectl scale deployment/orders-api --replicas=16 -n shop"
        ),
        60.0,
        "deployment.apps/orders-api scaled",
    )
    run.at(840).looks("primary", scenario.needs.clues[3].probe, LONG_QUERIES)
    run.at(900).looks("primary", "kubectl rollout history deployment/orders-api -n shop", HISTORY)
    run.at(930).types(
        "primary",
        "/cause v2.3.1",
        f.CauseStated("orders-api v2.3.1 holds connections for 30 s with its new order history query"),
    )
    run.at(960).acts(
        "primary",
        f.ActionStarted(
            "A2", "rollback", "orders-api", "", "kubectl rollout undo deployment/orders-api -n shop"
        ),
        260.0,
        'deployment "orders-api" successfully rolled out',
    )
    run.at(1260).impact(suffering=False)
    said = "Carts work again since 14:39. We are watching it. Next update at 14:55."
    run.at(1320).types("primary", f"/status monitoring {said}", f.StatusUpdated("monitoring", said))
    run.at(1330).types(
        "primary", "/mitigated rolled back", f.MitigationClaimed("orders-api v2.3.1 rolled back")
    )
    run.at(1620).types(
        "primary", "/status resolved Resolved", f.StatusUpdated("resolved", "The shop works again.")
    )
    run.at(1640).types(
        "primary", "/resolve rollback", f.IncidentResolved("Rolled back v2.3.1; healthy for 6 min")
    )
    run.at(1700).types(
        "primary",
        "/handoff secondary",
        f.HandedOff("secondary", "v2.3.1 rolled back, post-mortem is due within 48 hours"),
        claim=False,
    )
    return run.at(1820).ends("resolved")


def absent(scenario: Scenario) -> EventLog:
    """Nobody does anything: the page climbs the levels, executives ask, the time runs out."""
    run = outage(scenario)
    run.at(685).page("escalated", level=2, why="timeout")
    run.page("notified", "secondary", level=2)
    run.at(985).page("escalated", level=3, why="timeout")
    run.page("notified", "team-lead", level=3)
    run.at(1400).add("vp-engineering", f.MessagePosted("#incidents", scenario.people[6].asks[0], asks=True))
    run.at(2785).page("exhausted")
    return run.at(7200).ends("time")


def stopped(scenario: Scenario) -> EventLog:
    """Ended by hand a minute after the page."""
    run = outage(scenario)
    run.at(440).add("primary", f.CommandGiven("/end"), to="primary")
    return run.ends("stopped")
