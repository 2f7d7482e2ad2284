"""The paging service by its rules; times in seconds, levels of five minutes unless said otherwise."""

from typing import Any

import pytest

from drillbook.errors import InvalidInput, NotFound
from drillbook.model.labels import labels
from drillbook.oncall.dispatch import Dispatcher
from drillbook.oncall.page import PageState
from drillbook.oncall.pager import Pager
from tests.oncall.builders import PagerScript, directory, layer, on_call, rule, schedule, told

ANN_BO = (rule("ann"), rule("bo"))
OPENED = ("triggered", "notified ann@1")


def test_a_page_goes_up_level_by_level_and_stays_with_the_last_when_exhausted() -> None:
    script = PagerScript(*ANN_BO)
    script.at(0).trigger().expect(*OPENED)
    script.at(299.999).expect()
    script.at(300).expect("escalated 1>2", "notified bo@2")
    script.at(600).expect("exhausted")
    script.at(14399).expect()
    assert script.page.assigned == ("bo",)
    assert script.page.escalates_at is None


def test_escalation_by_timeout_unassigns_the_previous_person() -> None:
    script = PagerScript(*ANN_BO)
    script.at(0).trigger()
    assert script.page.assigned == ("ann",)
    script.at(300).expect(*OPENED, "escalated 1>2", "notified bo@2")
    assert script.page.assigned == ("bo",)


def test_the_delay_is_the_time_before_leaving_a_level() -> None:
    script = PagerScript(rule("ann", minutes=1), rule("bo", minutes=10), rule("cem"))
    script.at(0).trigger().at(60).expect(*OPENED, "escalated 1>2", "notified bo@2")
    script.at(659).expect().at(660).expect("escalated 2>3", "notified cem@3")


@pytest.mark.parametrize("num_loops", [0, 1, 3])
def test_num_loops_n_means_n_plus_1_passes(num_loops: int) -> None:
    script = PagerScript(*ANN_BO, num_loops=num_loops, auto_resolve_timeout=None)
    again = ("escalated 2>1", "notified ann@1", "escalated 1>2", "notified bo@2")
    script.at(0).trigger().at(100_000)
    script.expect(*OPENED, "escalated 1>2", "notified bo@2", *again * num_loops, "exhausted")


def test_exhausted_is_reported_once() -> None:
    script = PagerScript(rule("ann"))
    script.at(0).trigger().at(300).expect(*OPENED, "exhausted")
    script.at(10_000).trigger().expect()


def test_a_delay_of_zero_passes_on_at_once() -> None:
    script = PagerScript(rule("ann", minutes=0), rule("bo", minutes=15))
    script.at(7).trigger().expect(*OPENED, "escalated 1>2", "notified bo@2")
    script.at(907).expect("exhausted")


def test_ack_before_the_escalation_instant_stops_it() -> None:
    PagerScript(*ANN_BO).at(0).trigger().at(299).ack("ann").at(1799).expect(*OPENED, "acknowledged ann")


def test_ack_at_the_escalation_instant_stops_it() -> None:
    """A command given at t comes before what is due at t."""
    PagerScript(*ANN_BO).at(0).trigger().at(300).ack("ann").expect(*OPENED, "acknowledged ann")


def test_ack_after_the_escalation_instant_halts_at_the_next_level() -> None:
    script = PagerScript(*ANN_BO)
    script.at(0).trigger().at(301).ack("ann").at(1000)
    script.expect(*OPENED, "escalated 1>2", "notified bo@2", "acknowledged ann")
    assert (script.page.level, script.page.assigned, script.page.acknowledged_at) == (2, ("ann",), 301)


def test_ack_at_level_2_then_ack_timeout_notifies_again_and_resumes_from_level_2() -> None:
    script = PagerScript(*ANN_BO, rule("cem"), acknowledgement_timeout="10m")
    script.at(0).trigger().at(310).ack("bo")
    script.expect(*OPENED, "escalated 1>2", "notified bo@2", "acknowledged bo")
    script.at(910).expect("ack-timed-out", "notified bo@2")
    script.at(1210).expect("escalated 2>3", "notified cem@3")


def test_ack_timeout_is_never_where_the_service_says_so() -> None:
    script = PagerScript(*ANN_BO, acknowledgement_timeout=None, auto_resolve_timeout=None)
    script.at(0).trigger().ack("ann").expect(*OPENED, "acknowledged ann")
    assert script.pager.next_time() is None


def test_ack_again_by_the_same_person_changes_nothing_and_by_another_hands_it_over() -> None:
    script = PagerScript(*ANN_BO, acknowledgement_timeout="10m")
    script.at(0).trigger().ack("ann").at(100).ack("ann").expect(*OPENED, "acknowledged ann")
    script.at(200).ack("bo").expect("acknowledged bo")
    script.at(799).expect().at(800).expect("ack-timed-out", "notified bo@1")


def test_ack_timeout_also_notifies_who_came_on_call_meanwhile() -> None:
    """ann's shift ends at 15:00 UTC, an hour after the start."""
    turns = schedule(
        layer(
            "ann", "bo", start="2026-03-10T15:00:00+00:00", rotation_virtual_start="2026-03-09T15:00:00+00:00"
        )
        | {"start": "2026-01-01T00:00:00+00:00"}
    )
    script = PagerScript(rule("primary"), rule("cem"), schedules=[turns])
    script.at(3000).trigger().ack("ann").at(4800)
    script.expect(
        *OPENED, "acknowledged ann", "on-call bo", "ack-timed-out", "notified ann@1", "notified bo@1"
    )


def test_a_handoff_while_triggered_pages_the_new_person_only_at_the_next_pass() -> None:
    turns = schedule(layer("ann", "bo", start="2026-03-09T15:00:00+00:00"))
    script = PagerScript(rule("primary"), rule("cem"), num_loops=1, schedules=[turns])
    script.at(3500).trigger().at(3799).expect(*OPENED, "on-call bo")
    script.at(4100).expect("escalated 1>2", "notified cem@2", "escalated 2>1", "notified bo@1")


def test_an_override_that_ends_mid_incident_does_not_repage() -> None:
    override = {"start": "2026-03-10T13:00:00+00:00", "end": "2026-03-10T14:02:00+00:00", "user": "dee"}
    stands_in = schedule(layer("ann"), overrides=[override])
    script = PagerScript(rule("primary"), num_loops=1, schedules=[stands_in])
    script.at(0).trigger().at(299).expect("triggered", "notified dee@1", "on-call ann")
    script.at(300).expect("escalated 1>1", "notified ann@1")


def never_on_call() -> dict[str, Any]:
    return {"schedules": [schedule(layer("dee", end="2026-02-01T00:00:00+00:00"))]}


def test_creation_goes_to_the_first_level_with_anyone_on_call() -> None:
    script = PagerScript(rule("primary"), rule("bo"), rule("cem"), **never_on_call())
    script.at(0).trigger().expect("triggered", "notified bo@2")
    script.at(300).expect("escalated 2>3", "notified cem@3")


def test_an_empty_level_is_skipped_without_its_delay() -> None:
    script = PagerScript(rule("ann"), rule("primary"), rule("cem"), num_loops=1, **never_on_call())
    script.at(0).trigger().at(300).expect(*OPENED, "escalated 1>3", "notified cem@3")
    script.at(900).expect("escalated 3>1", "notified ann@1", "escalated 1>3", "notified cem@3")
    script.at(1200).expect("exhausted")


def test_with_nobody_on_call_at_any_level_no_page_is_opened_and_that_is_reported() -> None:
    script = PagerScript(rule("primary"), rule("primary"), num_loops=2, **never_on_call())
    script.at(0).trigger().expect("nobody-on-call")
    assert script.pager.pages() == ()
    assert script.pager.next_time() is None


def test_the_same_person_on_two_levels_is_notified_at_each() -> None:
    script = PagerScript(rule("ann"), rule("ann", "bo"))
    script.at(0).trigger().at(300).expect(*OPENED, "escalated 1>2", "notified ann@2", "notified bo@2")


def test_a_person_who_is_two_targets_of_a_level_is_notified_once() -> None:
    script = PagerScript(rule("primary", "bo", "ann"), schedules=[schedule(layer("ann"))])
    script.at(0).trigger().expect("triggered", "notified ann@1", "notified bo@1")


def test_round_robin_gives_each_new_page_to_the_next_target() -> None:
    fair = rule("ann", "bo", "cem", escalation_rule_assignment_strategy="round_robin")
    script = PagerScript(fair)
    for number, user in enumerate(("ann", "bo", "cem", "ann")):
        script.at(number).trigger(key=str(number)).expect("triggered", f"notified {user}@1")


def test_round_robin_passes_over_a_schedule_nobody_is_on() -> None:
    fair = rule("ann", "primary", "cem", escalation_rule_assignment_strategy="round_robin")
    script = PagerScript(fair, **never_on_call())
    for number, user in enumerate(("ann", "cem", "ann")):
        script.at(number).trigger(key=str(number)).expect("triggered", f"notified {user}@1")


def test_low_urgency_notifies_the_first_level_once_and_never_escalates() -> None:
    script = PagerScript(*ANN_BO, num_loops=3)
    script.at(0).trigger("low").at(14_399).expect(*OPENED)
    script.at(14_400).expect("resolved timeout")


def test_low_urgency_triggers_again_after_an_ack_timeout_but_does_not_escalate() -> None:
    script = PagerScript(*ANN_BO, acknowledgement_timeout="10m")
    script.at(0).trigger("low").ack("ann").at(9000)
    script.expect(*OPENED, "acknowledged ann", "ack-timed-out", "notified ann@1")


def test_low_urgency_that_becomes_high_notifies_again_and_escalates_from_then() -> None:
    script = PagerScript(*ANN_BO)
    script.at(0).trigger("low").at(1000).trigger("high")
    script.expect(*OPENED, "updated", "notified ann@1")
    script.at(1300).expect("escalated 1>2", "notified bo@2")


def test_urgency_is_never_lowered() -> None:
    script = PagerScript(*ANN_BO)
    script.at(0).trigger("high").at(10).trigger("low").at(300)
    script.expect(*OPENED, "escalated 1>2", "notified bo@2")


def test_urgency_raised_while_acknowledged_waits_for_the_ack_timeout() -> None:
    script = PagerScript(*ANN_BO)
    script.at(0).trigger("low").ack("ann").at(60).trigger("high")
    script.expect(*OPENED, "acknowledged ann", "updated")
    script.at(2100).expect("ack-timed-out", "notified ann@1", "escalated 1>2", "notified bo@2")


def test_a_duplicate_key_updates_the_open_page_and_notifies_nobody() -> None:
    script = PagerScript(*ANN_BO)
    script.at(0).trigger().at(10).trigger().expect(*OPENED)
    script.at(20).trigger(summary="worse").expect("updated")
    assert script.page.summary == "worse"
    assert script.page.escalates_at == 300
    assert len(script.pager.pages()) == 1


def test_a_duplicate_key_leaves_an_acknowledged_page_acknowledged() -> None:
    script = PagerScript(*ANN_BO)
    script.at(0).trigger().ack("ann").at(20).trigger(summary="worse")
    script.expect(*OPENED, "acknowledged ann", "updated")
    assert script.page.state is PageState.ACKNOWLEDGED


def test_resolve_then_refire_opens_a_new_page_at_the_first_level() -> None:
    script = PagerScript(*ANN_BO)
    script.at(0).trigger().at(310).resolve("bo").at(320).trigger()
    script.expect(*OPENED, "escalated 1>2", "notified bo@2", "resolved bo", *OPENED)
    assert [page.id for page in script.pager.pages()] == ["P1", "P2"]


def test_nothing_happens_to_a_resolved_page() -> None:
    script = PagerScript(*ANN_BO)
    script.at(0).trigger().resolve().expect(*OPENED, "resolved recovered")
    script.ack("ann").escalate().reassign("bo").resolve("ann").at(100_000).expect()


def test_an_open_page_resolves_itself_after_the_auto_resolve_timeout_acknowledged_or_not() -> None:
    script = PagerScript(*ANN_BO, auto_resolve_timeout="20m")
    script.at(0).trigger().trigger(key="other").at(1100).ack("ann").expect(
        *OPENED,
        *OPENED,
        *("escalated 1>2", "notified bo@2") * 2,
        "exhausted",
        "exhausted",
        "acknowledged ann",
    )
    script.at(1200).expect("resolved timeout", "resolved timeout")


def test_auto_resolve_at_the_escalation_instant_comes_first() -> None:
    script = PagerScript(*ANN_BO, auto_resolve_timeout="5m")
    script.at(0).trigger().at(300).expect(*OPENED, "resolved timeout")


def test_force_moves_to_the_next_level_and_starts_its_delay() -> None:
    script = PagerScript(*ANN_BO, rule("cem"))
    script.at(0).trigger().at(100).escalate().expect(*OPENED, "escalated 1>2 by hand", "notified bo@2")
    script.at(399).expect().at(400).expect("escalated 2>3", "notified cem@3")


def test_force_to_a_named_level_goes_there_directly() -> None:
    script = PagerScript(*ANN_BO, rule("cem"))
    script.at(0).trigger().at(100).escalate(3).expect(*OPENED, "escalated 1>3 by hand", "notified cem@3")
    script.escalate(1).expect("escalated 3>1 by hand", "notified ann@1")


def test_force_to_a_level_nobody_is_on_leaves_the_page_where_it_is() -> None:
    script = PagerScript(rule("ann"), rule("primary"), **never_on_call())
    script.at(0).trigger().at(100).escalate(2).expect(*OPENED, "nobody-on-call")
    assert (script.page.level, script.page.escalates_at) == (1, 300)


def test_force_while_acked_triggers_the_page_again() -> None:
    script = PagerScript(*ANN_BO)
    script.at(0).trigger().at(10).ack("ann").at(20).escalate()
    script.expect(*OPENED, "acknowledged ann", "escalated 1>2 by hand", "notified bo@2")
    assert (script.page.state, script.page.acknowledged_by) == (PageState.TRIGGERED, None)
    script.at(320).expect("exhausted")


def test_force_after_loops_are_exhausted_begins_the_levels_anew_in_the_last_pass() -> None:
    script = PagerScript(*ANN_BO)
    script.at(0).trigger().at(600).expect(*OPENED, "escalated 1>2", "notified bo@2", "exhausted")
    script.at(700).escalate().expect("escalated 2>1 by hand", "notified ann@1")
    script.at(2000).expect("escalated 1>2", "notified bo@2", "exhausted")


def test_force_of_low_urgency_notifies_the_level_but_starts_no_clock() -> None:
    script = PagerScript(*ANN_BO)
    script.at(0).trigger("low").at(10).escalate().at(9000)
    script.expect(*OPENED, "escalated 1>2 by hand", "notified bo@2")


def test_direct_reassign_notifies_the_person_and_ends_escalation() -> None:
    script = PagerScript(*ANN_BO)
    script.at(0).trigger().at(10).reassign("dee").at(9000)
    script.expect(*OPENED, "reassigned dee", "notified dee@1")
    assert script.page.assigned == ("dee",)


def test_direct_reassign_of_an_acknowledged_page_triggers_it_again() -> None:
    script = PagerScript(*ANN_BO)
    script.at(0).trigger().ack("ann").reassign("dee").expect(
        *OPENED, "acknowledged ann", "reassigned dee", "notified dee@1"
    )
    assert script.page.state is PageState.TRIGGERED


def test_a_directly_assigned_page_returns_to_its_person_after_an_ack_timeout() -> None:
    script = PagerScript(*ANN_BO)
    script.at(0).trigger().reassign("dee").ack("dee").at(9000)
    script.expect(
        *OPENED, "reassigned dee", "notified dee@1", "acknowledged dee", "ack-timed-out", "notified dee@1"
    )


def test_force_returns_a_directly_assigned_page_to_its_policy() -> None:
    script = PagerScript(*ANN_BO)
    script.at(0).trigger().reassign("dee").at(10).escalate().at(310)
    script.expect(
        *OPENED, "reassigned dee", "notified dee@1", "escalated 1>2 by hand", "notified bo@2", "exhausted"
    )


def test_pages_due_at_the_same_instant_go_in_the_order_in_which_they_opened() -> None:
    script = PagerScript(*ANN_BO)
    script.at(0).trigger(key="b").trigger(key="a").at(299).expect(*OPENED, *OPENED)
    script.at(300)
    assert [change.page for change in script.pager.take(300)] == ["P1", "P1", "P2", "P2"]


def test_unknown_pages_people_services_and_levels_are_refused_by_name() -> None:
    script = PagerScript(*ANN_BO).at(0).trigger()
    with pytest.raises(NotFound, match=r"P9.*P1"):
        script.pager.resolve(0, "P9", None)
    with pytest.raises(NotFound, match="zoe"):
        script.ack("zoe")
    with pytest.raises(NotFound, match="level 3; it has levels 1 to 2"):
        script.escalate(3)
    with pytest.raises(NotFound, match=r"web.*api"):
        script.pager.trigger(0, "web", "k", "s", "high", ())


def test_names_that_lead_nowhere_are_refused_all_at_once() -> None:
    model = on_call(rule("ann", "secondary"), schedules=[schedule(layer("zoe"), zone="Mars/Base")])
    with pytest.raises(InvalidInput) as caught:
        Pager(model, directory(on_call(rule("ann"))))
    said = "\n".join(problem.message for problem in caught.value.problems)
    assert (
        "escalation_policies[0].escalation_rules[0].targets[1].id: there is no schedule 'secondary'" in said
    )
    assert "schedules[0].schedule_layers[0].users[0].user: there is no person 'zoe'" in said
    assert "schedules[0].time_zone: 'Mars/Base' is not a time zone" in said


def test_a_firing_notification_opens_a_page_and_its_resolution_closes_it() -> None:
    model = on_call(*ANN_BO)
    dispatcher, pager = Dispatcher(model.routing), Pager(model, directory(model))
    alert = labels(alertname="Down", severity="warning")
    dispatcher.alert(0, alert, (), "firing", 0)
    (firing,) = dispatcher.take(30)
    assert [told(change) for change in pager.receive(30, firing)] == list(OPENED)
    (page,) = pager.pages()
    assert (page.summary, page.urgency, page.alerts) == ("[FIRING:1] (Down warning)", "low", (alert,))
    dispatcher.alert(40, alert, (), "resolved", 0)
    (gone,) = dispatcher.take(330)
    assert [told(change) for change in pager.receive(330, gone)] == ["resolved recovered"]
    assert pager.receive(331, gone) == []


def test_a_receiver_without_a_service_pages_nobody() -> None:
    model = on_call(*ANN_BO)
    dispatcher, pager = Dispatcher(model.routing), Pager(model, directory(model))
    dispatcher.alert(0, labels(alertname="Down", chat="yes"), (), "firing", 0)
    (sent,) = dispatcher.take(30)
    assert sent.receiver == "chat"
    assert pager.receive(30, sent) == []


@pytest.mark.parametrize(
    ("rule_of_service", "severities", "urgency"),
    [
        ("severity_based", ["critical"], "high"),
        ("severity_based", ["warning", "Info"], "low"),
        ("severity_based", ["warning", "critical"], "high"),
        ("severity_based", [""], "high"),
        ("high", ["warning"], "high"),
        ("low", ["critical"], "low"),
    ],
)
def test_urgency_follows_the_service_and_else_the_gravest_severity(
    rule_of_service: str, severities: list[str], urgency: str
) -> None:
    model = on_call(*ANN_BO, incident_urgency_rule={"type": "constant", "urgency": rule_of_service})
    dispatcher, pager = Dispatcher(model.routing), Pager(model, directory(model))
    for number, severity in enumerate(severities):
        dispatcher.alert(0, labels(alertname=f"A{number}", severity=severity), (), "firing", 0)
    (sent,) = dispatcher.take(30)
    pager.receive(30, sent)
    assert pager.page("P1").urgency == urgency
