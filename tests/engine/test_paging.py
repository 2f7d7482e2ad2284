"""Whole runs under each tool's policy, and what people type at their pages."""

from __future__ import annotations

from typing import Any

import pytest

from drillbook.cli.drill import cast_for, open_drill
from drillbook.engine.parts import Cast
from drillbook.engine.prepared import prepare
from drillbook.engine.simulation import Simulation
from drillbook.events import facts as f
from drillbook.events.codec import dump
from drillbook.model.policy import OnCall

SHARED = {"id": "production", "name": "Production"}
USER = {"type": "user_reference"}
POLICIES: dict[str, dict[str, Any]] = {
    "pagerduty": {
        **SHARED,
        "escalation_rules": [
            {"escalation_delay_in_minutes": 5, "targets": [{**USER, "id": "primary"}]},
            {"escalation_delay_in_minutes": 5, "targets": [{**USER, "id": "secondary"}]},
        ],
    },
    "goalert": {
        **SHARED,
        "profile": "goalert",
        "repeat": 0,
        "steps": [
            {"delayMinutes": 5, "targets": [{"id": "primary-rota", "type": "schedule"}]},
            {"delayMinutes": 5, "targets": [{"id": "secondary", "type": "user"}]},
        ],
    },
    "opsgenie": {
        **SHARED,
        "profile": "opsgenie",
        "rules": [
            {
                "condition": "if-not-acked",
                "delay": {"timeAmount": 0},
                "recipient": {"type": "schedule", "id": "primary-rota"},
            },
            {
                "condition": "if-not-acked",
                "delay": {"timeAmount": 5},
                "recipient": {"type": "user", "id": "secondary"},
            },
        ],
    },
    "grafana-oncall": {
        **SHARED,
        "profile": "grafana-oncall",
        "steps": [
            {"type": "notify_on_call_from_schedule", "notify_on_call_from_schedule": "primary-rota"},
            {"type": "wait", "duration": 300},
            {"type": "notify_persons", "persons_to_notify": ["secondary"]},
        ],
    },
}
PROFILES = sorted(POLICIES)
NOBODY: Cast = cast_for("absent")


def begun(profile: str, cast: Cast | None = None, **more: Any) -> Simulation:
    drill = open_drill("db-pool-exhaustion", None, ())
    given = drill.playbook.on_call.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    service = {"id": "production", "name": "Production", "escalation_policy": "production"}
    given |= {"escalation_policies": [POLICIES[profile]], "services": [service], **more}
    critical = {"receiver": "on-call", "matchers": ['severity="critical"'], "group_by": ["severity"]}
    given["routing"] = {
        "route": {"receiver": "chat", "routes": [critical]},
        "receivers": [{"name": "on-call", "pager_service": "production"}, {"name": "chat"}],
    }
    playbook = drill.playbook.model_copy(update={"on_call": OnCall.model_validate(given)})
    prepared = prepare(drill.scenario, playbook)
    return Simulation(drill.scenario, playbook, 1, cast=cast, prepared=prepared)


def told(run: Simulation, *kinds: str) -> list[tuple[str, str]]:
    return [(fact.change, fact.user) for _, fact in run.log.of(f.PageChanged) if fact.change in kinds]


@pytest.mark.parametrize("profile", PROFILES)
def test_without_an_answer_primary_and_secondary_are_notified_under_every_tool(profile: str) -> None:
    run = begun(profile, NOBODY)
    run.advance(1500)
    notified = told(run, "notified")
    assert notified[:2] == [("notified", "primary"), ("notified", "secondary")]
    times = [event.t for event, fact in run.log.of(f.PageChanged) if fact.change == "notified"]
    assert times[1] - times[0] == pytest.approx(310 if profile == "grafana-oncall" else 300, abs=5)


@pytest.mark.parametrize("profile", PROFILES)
def test_an_expert_does_the_drill_under_every_tool(profile: str) -> None:
    run = begun(profile, cast_for("expert"))
    run.advance(run.scenario.duration + 1)
    changes = [fact.change for _, fact in run.log.of(f.PageChanged)]
    assert {"triggered", "notified", "acknowledged", "resolved"} <= set(changes)
    assert run.view.resolved_at is not None


@pytest.mark.parametrize("profile", PROFILES)
def test_the_same_run_gives_the_same_log(profile: str) -> None:
    logs = []
    for _ in range(2):
        run = begun(profile, cast_for("average"))
        run.advance(2400)
        logs.append(dump(run.log))
    assert logs[0] == logs[1]


@pytest.mark.parametrize("profile", PROFILES)
def test_an_acknowledgement_keeps_the_secondary_asleep_and_escalating_wakes_them(profile: str) -> None:
    run = begun(profile)
    while not told(run, "notified"):
        run.advance(run.now + 5)
    run.submit(run.person, "/ack")
    run.advance(run.now + 400)
    assert ("notified", "secondary") not in told(run, "notified")
    run.submit(run.person, "/escalate")
    assert told(run, "notified")[-1] == ("notified", "secondary")
    up = next(event for event, fact in run.log.of(f.PageChanged) if fact.change == "escalated")
    assert up.actor == run.person


def test_a_page_is_given_to_somebody_by_name() -> None:
    run = begun("pagerduty")
    while not told(run, "notified"):
        run.advance(run.now + 5)
    run.submit(run.person, "/reassign dba")
    assert told(run, "reassigned", "notified")[-2:] == [("reassigned", "dba"), ("notified", "dba")]
    (reply,) = [
        event.fact for event in run.submit(run.person, "/reassign dbaa") if isinstance(event.fact, f.Replied)
    ]
    assert "did you mean dba?" in reply.text


def test_a_team_of_the_playbook_is_paged_together() -> None:
    members = [{"user": "dba"}, {"user": "team-lead"}]
    run = begun("pagerduty", teams=[{"id": "data", "name": "Data team", "members": members}])
    for name in ("data", "@data", "data team please come"):
        paged = [
            e.fact.person
            for e in run.submit(run.person, f"/page {name}")
            if isinstance(e.fact, f.PersonPaged)
        ]
        assert paged == ["dba", "team-lead"], name


def test_without_a_page_there_is_nothing_to_give() -> None:
    run = begun("pagerduty")
    (reply,) = [
        event.fact for event in run.submit(run.person, "/reassign dba") if isinstance(event.fact, f.Replied)
    ]
    assert "no page is open" in reply.text


def test_what_the_tool_does_not_do_is_said() -> None:
    run = begun("goalert")
    while not told(run, "notified"):
        run.advance(run.now + 5)
    said = []
    for text in ("/reassign dba", "/escalate 2"):
        said += [
            event.fact.text for event in run.submit(run.person, text) if isinstance(event.fact, f.Replied)
        ]
    assert "gives alerts to nobody by name" in said[0]
    assert "next step only" in said[1]


def window(start: str, end: str) -> list[dict[str, Any]]:
    services = [{"id": "production"}]
    return [{"start_time": f"2026-03-10T{start}Z", "end_time": f"2026-03-10T{end}Z", "services": services}]


def test_in_maintenance_pagerduty_opens_no_page_and_says_so() -> None:
    run = begun("pagerduty", NOBODY, maintenance_windows=window("10:00:00", "23:00:00"))
    run.advance(900)
    assert told(run, "triggered") == []
    suppressed = [fact for _, fact in run.log.of(f.PageChanged) if fact.change == "suppressed"]
    assert suppressed
    assert suppressed[0].summary.startswith("[FIRING")
    assert run.view.pages == {}


def test_escalating_in_goalerts_maintenance_is_promised_for_its_end() -> None:
    run = begun("goalert", maintenance_windows=window("14:25:00", "23:00:00"))
    run.advance(600)
    replies = [
        event.fact for event in run.submit(run.person, "/escalate") if isinstance(event.fact, f.Replied)
    ]
    assert "when maintenance" in replies[0].text


def test_people_are_told_that_they_come_on_call() -> None:
    drill = open_drill("db-pool-exhaustion", None, ())
    start = drill.scenario.start
    rota = drill.playbook.on_call.schedules[0].model_dump(mode="json", by_alias=True, exclude_defaults=True)
    rota["schedule_layers"] = [
        {
            "name": "hours",
            "start": "2026-01-01T00:00:00Z",
            "rotation_virtual_start": start.replace(minute=start.minute // 2, second=0).isoformat(),
            "rotation_turn_length_seconds": 900,
            "users": [{"user": "primary"}, {"user": "secondary"}],
        }
    ]
    with_rota = {**POLICIES["pagerduty"]}
    with_rota["escalation_rules"] = [
        {"escalation_delay_in_minutes": 5, "targets": [{"type": "schedule_reference", "id": "primary-rota"}]}
    ]
    run = begun("pagerduty", NOBODY, schedules=[rota], escalation_policies=[with_rota])
    run.advance(2000)
    came = [fact for _, fact in run.log.of(f.PageChanged) if fact.change == "on-call"]
    assert {fact.user for fact in came} == {"primary", "secondary"}
    assert came[0].summary == "Primary, weekly from Monday"
