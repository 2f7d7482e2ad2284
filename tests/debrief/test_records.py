from __future__ import annotations

from drillbook.debrief.build import Debrief, build
from drillbook.events import facts as f
from drillbook.loading.files import Drill
from drillbook.model.guidance import Template
from drillbook.scoring.score import score
from tests.debrief import runs


def record(debrief: Debrief, id_: str) -> str:
    return next(each.text for each in debrief.records if each.id == id_)


def test_the_timeline_template_has_the_known_facts(handled: Debrief) -> None:
    text = record(handled, "timeline")
    for line in (
        "INCIDENT: Shop: carts and checkout fail",
        "SEVERITY: SEV-1",
        "STARTED: 2026-03-10 14:22:45 UTC",
        "DETECTED: 2026-03-10 14:24:15 UTC — alert ShopErrorRatioHigh",
        "ACKNOWLEDGED: 2026-03-10 14:25:32 UTC — Rosa Lindqvist",
        "MITIGATED: 2026-03-10 14:39:00 UTC — kubectl rollout undo deployment/orders-api -n shop",
        "RESOLVED: 2026-03-10 14:45:20 UTC",
        "DURATION: 22 min 35 s",
        "- Users affected: about 4,095 users",
        "- 14:39:00 UTC Users no longer suffer.",
    ):
        assert line in text.splitlines()


def test_what_is_not_known_stays_a_blank_that_can_be_seen(handled: Debrief) -> None:
    text = record(handled, "timeline")
    assert "- Data loss: [to fill in: data loss]" in text
    assert "Owner: [to fill in: owner] — Due: [to fill in: due]" in text
    assert "{" not in text


def test_detection_is_not_an_alert_from_before_the_trouble(handled: Debrief) -> None:
    assert "PaymentProviderSlow" not in record(handled, "timeline").split("IMPACT")[0]


def test_detection_is_the_alert_that_led_to_the_page(drill: Drill) -> None:
    """Whatever else fired before, critical or not: the page's chain of causes tells."""
    run = runs.Run(drill.scenario).at(285)
    run.impact(suffering=True)
    run.at(300).fires("PgbouncerWaitLong", "critical", "waits")
    alert = run.at(330).fires("OrdersApiErrors", "critical", "fails")
    fact = f.PageChanged("P1", "triggered", "production")
    run.at(360).add("pager", fact, cause=alert.seq)
    log = run.ends("stopped")
    debrief = build(drill.scenario, drill.playbook, log, score(drill.scenario, drill.playbook, log))
    assert "14:23:30 UTC — alert OrdersApiErrors" in record(debrief, "timeline")


def test_the_post_mortem_has_the_true_cause_and_the_lessons(handled: Debrief) -> None:
    text = record(handled, "post-mortem")
    assert f"1. Why did users suffer? {handled.happened}" in text
    assert "5. Why? [to fill in: why 5]" in text
    assert f"- {handled.strengths[0].text}" in text
    assert f"- {handled.practice[0].text}" in text


def test_the_form_of_an_update_is_no_record(handled: Debrief) -> None:
    assert [each.id for each in handled.records] == ["timeline", "post-mortem"]


def test_absence_reads_as_never(absent: Debrief) -> None:
    text = record(absent, "timeline")
    assert "ACKNOWLEDGED: never — nobody" in text
    assert "MITIGATED: never — [to fill in: action]" in text
    assert "SEVERITY: never declared" in text


def test_what_people_typed_is_never_read_as_a_template(drill: Drill) -> None:
    run = runs.outage(drill.scenario).at(600)
    run.types("primary", "/declare", f.IncidentDeclared("SEV-1", "{cause} {severity} {owner}"))
    log = run.ends("stopped")
    debrief = build(drill.scenario, drill.playbook, log, score(drill.scenario, drill.playbook, log))
    assert "INCIDENT: {cause} {severity} {owner}\n" in record(debrief, "timeline")


def test_templates_of_other_playbooks_keep_their_braces_where_they_are_no_blanks(drill: Drill) -> None:
    own = Template(id="our-post-mortem", title="Ours", text="{title} {Not A Blank} {lessons_learned} {}\n")
    playbook = drill.playbook.model_copy(update={"templates": [own]})
    log = runs.handled(drill.scenario)
    debrief = build(drill.scenario, playbook, log, score(drill.scenario, playbook, log))
    expected = "Shop: carts and checkout fail {Not A Blank} [to fill in: lessons learned] {}"
    assert record(debrief, "our-post-mortem") == expected


def test_the_form_of_a_handoff_is_a_record_with_what_was_handed_over(drill: Drill) -> None:
    form = Template(id="handoff", title="Handoff", text="{status}: {recent_issues} / {active}\n{details}")
    playbook = drill.playbook.model_copy(update={"templates": [form]})
    run = runs.outage(drill.scenario).at(600)
    run.types("primary", "/handoff", f.HandedOff("secondary", "still failing; watch the pool"))
    log = run.ends("stopped")
    debrief = build(drill.scenario, playbook, log, score(drill.scenario, playbook, log))
    text = record(debrief, "handoff")
    assert text.startswith("not resolved: [to fill in: recent issues] / ")
    assert text.endswith("(never declared)\nstill failing; watch the pool")


def test_a_post_mortem_tells_who_held_which_role_and_how_long_it_took(drill: Drill) -> None:
    form = Template(
        id="post-mortem",
        title="Ours",
        text="{time_to_detect}|{time_to_triage}|{time_to_cause}|{mttr}|{commander}|{tech_lead}|{incident_id}",
    )
    playbook = drill.playbook.model_copy(update={"templates": [form]})
    log = runs.handled(drill.scenario)
    debrief = build(drill.scenario, playbook, log, score(drill.scenario, playbook, log))
    detect, triage, cause, restore, commander, lead, number = record(debrief, "post-mortem").split("|")
    assert (detect, restore) == ("1 min 30 s", "14 min 45 s")
    assert "to fill in" not in triage + cause
    assert commander != lead == "[to fill in: tech lead]"
    assert number.startswith("db-pool-exhaustion, seed ")
