"""The figures of the playbooks are those of the documents they come from."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from drillbook.loading.files import read_document, read_playbook
from drillbook.model.playbook import Playbook
from drillbook.model.runbook import Checklist

ROOT = Path(__file__).parents[2]
MINUTE, HOUR = 60, 3600


@cache
def playbook(name: str) -> Playbook:
    return read_playbook(read_document(ROOT / "playbooks" / f"{name}.yaml")).model


def window(checklist: Checklist) -> tuple[str, float | None, float | None, int]:
    """Name, minutes it begins and ends, and how many steps it has."""
    minutes = [None if t is None else t / MINUTE for t in (checklist.begins, checklist.ends)]
    return checklist.name, minutes[0], minutes[1], len(checklist.steps)


def test_novacrons_decision_matrix() -> None:
    automation = playbook("novacron").automation
    assert automation is not None
    assert [
        (row.incident, row.confidence, (row.radius.below, row.radius.of) if row.radius else None)
        for row in automation.matrix
    ] == [
        ("service-down", 0.95, (10, "nodes")),
        ("high-latency", 0.90, (0.2, "traffic")),
        ("memory-leak", 0.85, (5, "nodes")),
        ("cache-miss", 0.80, None),
        ("db-connection", 0.90, (0.5, "pool")),
        ("disk-full", 0.95, (0.9, "disk")),
        ("config-error", 0.85, None),
    ]
    assert [(each.id, each.confidence) for each in automation.remediations] == [
        ("restart", 0.95),
        ("scale-up", 0.90),
        ("circuit-breaker", 0.85),
        ("cache-clear", 0.80),
        ("redirect", 0.95),
        ("config-rollback", 0.90),
        ("failover", 0.85),
    ]
    assert (automation.threshold, automation.triage_at_least, automation.triage_at_most) == (0.85, 30, 60)


def test_novacrons_runbooks() -> None:
    assert [(each.name, each.duration, each.success_rate) for each in playbook("novacron").runbooks] == [
        ("service-down", 60, None),
        ("service-restart", 2 * MINUTE, 0.98),
        ("database-failover", 5 * MINUTE, 0.95),
        ("cache-warmup", 10 * MINUTE, 0.99),
        ("traffic-rerouting", MINUTE, 0.99),
        ("certificate-renewal", 5 * MINUTE, 0.97),
    ]


def test_novacrons_priorities() -> None:
    assert [
        (each.id, each.respond_within, each.resolve_within, each.remediates_itself)
        for each in playbook("novacron").severities
    ] == [
        ("P0", MINUTE, 5 * MINUTE, "yes"),
        ("P1", 5 * MINUTE, 15 * MINUTE, "yes"),
        ("P2", 15 * MINUTE, HOUR, "conditional"),
        ("P3", HOUR, 4 * HOUR, "no"),
        ("P4", 24 * HOUR, None, "no"),
    ]


def test_novacrons_checklists_and_meeting() -> None:
    assert [window(each) for each in playbook("novacron").checklists] == [
        ("initial-response", 0, 5, 6),
        ("investigation", 5, 15, 6),
        ("remediation", 15, 30, 5),
        ("validation", 30, 45, 5),
        ("closure", 45, 60, 5),
    ]
    meeting = playbook("novacron").review_meeting
    assert meeting is not None
    assert [item.lasts / MINUTE for item in meeting.agenda] == [10, 15, 10, 10, 15, 10, 10]
    assert (meeting.lasts_at_least, meeting.lasts_at_most) == (HOUR, 1.5 * HOUR)


def test_novacrons_targets() -> None:
    targets = {each.id: (each.at_least, each.at_most, each.measured) for each in playbook("novacron").targets}
    assert targets == {
        "p0-mttr": (None, 300, 192),
        "p1-mttr": (None, 900, 690),
        "p2-mttr": (None, 3600, None),
        "automation-level": (0.95, None, None),
        "auto-detection": (0.99, None, None),
        "auto-triage": (0.95, None, None),
        "auto-remediation": (0.9, None, 0.94),
        "manual-intervention": (None, None, 0.06),
        "rca-confidence": (0.85, None, None),
        "false-positives": (None, 0.05, None),
        "false-negatives": (None, 0.02, None),
        "detection-time": (None, None, 45),
        "triage-time": (None, None, 120),
        "mitigation-time": (None, None, 180),
    }


def test_novacrons_path_and_matrix_of_escalation() -> None:
    book = playbook("novacron")
    levels = [(each.begins, each.ends) for each in book.chain]
    assert levels == [(0, 300), (300, 600), (600, 900), (900, 1800), (1800, None)]
    assert {each.id: each.within / MINUTE for each in book.triggers[:8]} == {
        "p0-detected": 0,
        "remediation-failed": 2,
        "target-exceeded": 0,
        "several-services": 5,
        "revenue": 10,
        "public-relations": 15,
        "data-loss": 0,
        "security": 0,
    }


def test_the_insurance_platforms_limits() -> None:
    wellness = playbook("insurance-on-call").wellness
    assert wellness is not None
    assert [
        (each.id, each.continuous_at_most / HOUR, each.rest_at_least / HOUR, each.week_at_most / HOUR)
        for each in wellness.limits
    ] == [("primary", 12, 8, 60), ("emergency", 16, 12, 80)]
    assert [each.needs_approval for each in wellness.limits] == [False, True]
    breaks = [(each.every / HOUR, each.lasts / MINUTE) for each in wellness.breaks]
    assert breaks == [(2, 15), (4, 30), (8, 60)]


def test_the_insurance_platforms_chain_and_response_times() -> None:
    book = playbook("insurance-on-call")
    assert [(level.answers_within or 0) / MINUTE for level in book.chain] == [5, 15, 30, 60, 120]
    assert [each.respond_within / MINUTE for each in book.severities] == [5, 15, 60, 24 * 60]


def test_the_insurance_platforms_checklists() -> None:
    book = playbook("insurance-on-call")
    assert [window(each) for each in book.checklists if each.occasion == "response"] == [
        ("initial-response", 0, 5, 10),
        ("investigation", 5, 30, 12),
        ("mitigation", 30, None, 8),
    ]
    others = {each.name: len(each.steps) for each in book.checklists if each.occasion != "response"}
    assert others == {
        "morning-review": 6,
        "health-check": 5,
        "end-of-shift": 5,
        "handoff-preparation": 7,
        "handoff-meeting": 6,
        "handoff-verification": 5,
        "handoff-quality": 17,
        "emergency-cover": 11,
        "self-assessment": 12,
        "when-fatigued": 10,
    }


def test_the_steps_of_the_three_runbooks_of_the_incident_response_playbook() -> None:
    """The one for users who see errors is ours: it leads to these."""
    books = {each.name: len(each.steps) for each in playbook("incident-response").runbooks}
    del books["users-see-errors"]
    assert books == {"db-pool-exhaustion": 5, "kafka-consumer-lag": 5, "pod-memory-pressure": 5}


def test_the_modules_policy_waits_15_minutes_and_its_runbook_has_four_steps() -> None:
    book = playbook("incident-management")
    assert [(each.begins, each.ends) for each in book.chain] == [(0, 900), (900, None)]
    assert [step.section for step in book.runbooks[0].steps] == ["Diagnosis"] * 2 + ["Mitigation"] * 2
