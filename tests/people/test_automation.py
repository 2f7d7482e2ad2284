"""The automation acts by the decision matrix alone, checks whether it helped, and takes back what did not."""

from __future__ import annotations

import pytest

from drillbook.cli.drill import cast_for, open_drill, with_person
from drillbook.engine.simulation import Simulation
from drillbook.events import facts as f
from drillbook.events.event import Event
from drillbook.events.log import EventLog
from drillbook.model.automation import AUTOMATION, Suspicion
from drillbook.model.labels import labels
from drillbook.people.automation.automaton import Automaton
from drillbook.people.automation.decision import decide

DRILL = open_drill("orders-missing", "novacron", ())
PLAYBOOK = DRILL.playbook
RULES = PLAYBOOK.automation
assert RULES is not None
ALERT = labels(alertname="ShopErrorRatioHigh", severity="critical")
SCALE = DRILL.scenario.suspicions[0]


def suspect(incident: str, confidence: float, touches: float, of: str = "nodes", undo: str = "") -> Suspicion:
    return Suspicion.model_validate(
        {
            "incident": incident,
            "confidence": confidence,
            "touches": touches,
            "of": of,
            "command": "x",
            "undo": undo,
        }
    )


@pytest.mark.parametrize(
    ("suspicion", "severity", "nature", "told"),
    [
        (suspect("service-down", 0.96, 9), "P0", [], ""),
        (suspect("service-down", 0.95, 9), "P0", [], "95% sure is not above the 95% of its row"),
        (suspect("service-down", 0.96, 10), "P0", [], "it touches 10 nodes, not less than 10 nodes"),
        (suspect("memory-leak", 0.90, 2), "P1", [], "90% sure is below the 95% of its remediation"),
        (suspect("high-latency", 0.91, 0.19, "traffic"), "P1", [], ""),
        (suspect("high-latency", 0.91, 0.2, "traffic"), "P1", [], "touches 20% of the traffic, not less"),
        (suspect("high-latency", 0.91, 3), "P1", [], "is known in nodes and limited in traffic"),
        (suspect("cache-miss", 0.82, 1000), "P0", [], "82% sure is below 85%"),
        (suspect("cache-miss", 0.86, 1000), "P0", [], ""),
        (suspect("disk-full", 0.99, 0.89, "disk"), "P0", [], ""),
        (suspect("config-error", 0.91, 1000), "P2", [], "at P2 it acts only where there is a way back"),
        (suspect("config-error", 0.91, 1000, undo="y"), "P2", [], ""),
        (suspect("config-error", 0.91, 1000), "P3", [], "a P3 is left to people"),
        (suspect("config-error", 0.91, 1000), "", [], "the severity is not known"),
        (suspect("config-error", 0.91, 1000), "P0", ["data-loss"], "the risk is high: data-loss"),
        (suspect("config-error", 0.91, 1000), "P0", ["public"], ""),
        (suspect("dns", 0.99, 1), "P0", [], "no row of the matrix is about dns"),
    ],
)  # fmt: skip
def test_it_acts_only_where_no_rule_objects(
    suspicion: Suspicion, severity: str, nature: list[str], told: str
) -> None:
    assert RULES is not None
    decision = decide(RULES, PLAYBOOK.severity(severity), nature, suspicion)
    assert decision.acts is not bool(told)
    assert told in decision.reason


class Bench:
    """An automation without a world: what it is shown, and what it types when."""

    def __init__(self, *suspicions: Suspicion) -> None:
        assert RULES is not None
        scenario = DRILL.scenario.model_copy(update={"suspicions": list(suspicions)})
        self.automaton = Automaton(scenario, PLAYBOOK, RULES)
        self.log = EventLog()
        self.typed: list[tuple[float, str]] = []

    def at(self, t: float, fact: f.Fact, actor: str = "world") -> Event:
        """Something happens, after whatever was due before."""
        self.until(t)
        event = self.log.append(t, actor, fact)
        self.automaton.see(event)
        return event

    def until(self, t: float) -> Bench:
        """Let it type what is due before `t`."""
        while (due := self.automaton.next_time()) is not None and due < t:
            self.typed += [(due, text) for text in self.automaton.take(due)]
        return self

    def paged(self) -> Bench:
        """An alert fires and pages at 100 s."""
        self.at(100, f.AlertChanged("firing", ALERT, (), 0.3, 60), "prometheus")
        self.at(100, f.PageChanged("P1", "triggered", "production"), "pager")
        return self

    def acts(self) -> Bench:
        """It is paged, and its action goes from 146 s to 160 s."""
        self.paged().until(147)
        self.at(147, f.ActionStarted("A1", "scale", "order-status", "6", SCALE.command), AUTOMATION)
        self.at(160, f.ActionFinished("A1", True, "scaled"))
        return self


def test_triage_takes_between_30_and_60_seconds() -> None:
    assert Bench(SCALE).paged().until(200).typed[0][0] == 145


def test_without_a_suspicion_it_says_that_people_take_over() -> None:
    bench = Bench().paged().until(4000)
    assert [text for _, text in bench.typed] == [
        "/post #incidents no known pattern matches this incident. People take over."
    ]


def test_it_acts_on_the_surest_first_and_on_three_at_once() -> None:
    many = [suspect(name, 0.9 + number / 100, 0) for number, name in enumerate(
        ("cache-miss", "config-error", "memory-leak", "service-down"), start=6)]  # fmt: skip
    bench = Bench(*(each.model_copy(update={"command": each.incident}) for each in many)).paged().until(4000)
    said = [text for t, text in bench.typed if t == 145]
    assert "99% sure of service-down. Acting" in said[0]
    assert "96% sure of cache-miss, not acting: enough is being done already" in said[3]
    assert [text for t, text in bench.typed if t > 145] == ["service-down", "memory-leak", "config-error"]


def test_recovery_is_validated_once_no_critical_alert_fires() -> None:
    bench = Bench(SCALE).acts()
    bench.at(250, f.AlertChanged("inactive", ALERT, (), 0.0, 60), "prometheus")
    last = bench.until(4000).typed[-1]
    assert last[0] == 280
    assert "recovery validated (health; metrics; errors; users), no critical alert fires." in last[1]


def test_what_did_not_help_is_taken_back_and_left_to_people() -> None:
    (told, text), (undone, command) = Bench(SCALE).acts().until(4000).typed[-2:]
    assert told == undone
    assert 400 <= told <= 460
    assert "did not help: ShopErrorRatioHigh still firing." in text
    assert text.endswith("People take over.")
    assert command == SCALE.undo


def test_what_somebody_changed_since_is_not_taken_back() -> None:
    bench = Bench(SCALE).acts()
    bench.at(200, f.ActionStarted("A2", "rollback", "order-status", "v1", "undo"), "primary")
    last = bench.until(4000).typed[-1][1]
    assert "Somebody has changed the same since, so it is not taken back." in last


def test_a_failed_action_is_taken_back_at_once() -> None:
    bench = Bench(SCALE).paged().until(147)
    bench.at(147, f.ActionStarted("A1", "scale", "order-status", "6", SCALE.command), AUTOMATION)
    bench.at(160, f.ActionFinished("A1", False, "no such thing"))
    assert [t for t, _ in bench.until(4000).typed[-2:]] == [161, 161]


def test_a_refused_command_is_left_to_people() -> None:
    bench = Bench(SCALE).paged().until(147)
    bench.at(146.5, f.Replied("no such deployment", ok=False), "engine")
    assert bench.until(4000).typed[-1][1].endswith("refused. People take over.")


def test_it_says_yes_to_what_it_is_asked_and_does_nothing_after_the_end() -> None:
    bench = Bench(SCALE).paged().until(147)
    bench.at(147, f.ConfirmationAsked(SCALE.command, "stops pods"), "engine")
    assert bench.until(149).typed[-1] == (148, "/yes")
    over = Bench(SCALE).acts()
    over.at(200, f.IncidentResolved("fixed"), "primary")
    assert over.until(4000).typed[-1][0] < 200


def log_of(scenario: str, playbook: str | None) -> EventLog:
    drill = open_drill(scenario, playbook, ())
    run = Simulation(drill.scenario, drill.playbook, 3, cast=cast_for("absent"), prepared=drill.prepared)
    run.advance(1200)
    return run.log


def test_a_whole_run_in_which_the_automation_is_wrong_and_takes_it_back() -> None:
    log = log_of("orders-missing", "novacron")
    done = [fact.command for event, fact in log.of(f.ActionStarted) if event.actor == AUTOMATION]
    assert done == [SCALE.command, SCALE.undo]


def test_a_whole_run_in_which_the_blast_radius_is_too_large() -> None:
    log = log_of("db-pool-exhaustion", "novacron")
    said = [fact.text for event, fact in log.of(f.MessagePosted) if event.actor == AUTOMATION]
    why = "it touches 100% of the pool, not less than 50% of the pool"
    assert said == [f"93% sure of db-connection, not acting: {why}. People take over."]
    assert not [event for event, _ in log.of(f.ActionStarted) if event.actor == AUTOMATION]


def test_under_a_playbook_without_automation_there_is_none() -> None:
    assert all(event.actor != AUTOMATION for event in log_of("orders-missing", None))


def test_it_acts_beside_a_person_too_and_is_not_counted_as_the_response() -> None:
    from drillbook.scoring.case import Case

    run = Simulation(DRILL.scenario, PLAYBOOK, 3, cast=with_person, prepared=DRILL.prepared)
    run.advance(1200)
    assert [event for event, _ in run.log.of(f.ActionStarted) if event.actor == AUTOMATION]
    case = Case(DRILL.scenario, PLAYBOOK, run.log, run.person)
    assert case.works == []
    assert all(each.event.actor != AUTOMATION for each in case.statements)


def test_a_remediation_that_failed_pages_a_senior_sre_two_minutes_later() -> None:
    from drillbook.oncall.watch import Watch

    trigger = next(each for each in PLAYBOOK.triggers if each.id == "remediation-failed")
    watch, log = Watch(PLAYBOOK, [trigger], ["primary"], "P0", []), EventLog()
    watch.see(log.append(90, "world", f.ImpactChanged(True, 0.3)))
    watch.see(log.append(100, "pager", f.PageChanged("P1", "triggered", "production")))
    watch.see(log.append(147, AUTOMATION, f.ActionStarted("A1", "scale", "order-status", "6", "x")))
    watch.see(log.append(160, "world", f.ActionFinished("A1", False, "failed")))
    assert [each.t for each in watch.take(160)] == [160]
    assert trigger.within == 120


def test_the_debrief_tells_what_the_automation_did() -> None:
    from drillbook.debrief.build import build
    from drillbook.scoring.score import score

    run = DRILL.simulation(3, cast_for("expert"))
    run.advance(DRILL.scenario.duration + 1)
    card = score(DRILL.scenario, PLAYBOOK, run.log)
    told = build(DRILL.scenario, PLAYBOOK, run.log, card)
    done = [entry.text for entry in told.timeline if entry.text.startswith("The automation does")]
    assert done == [f"The automation does: {command}" for command in (SCALE.command, SCALE.undo)]
    assert all(SCALE.command != attempt.command for attempt in told.attempts)
