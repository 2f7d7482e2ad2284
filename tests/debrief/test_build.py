from __future__ import annotations

import json
import re

import pytest

from drillbook.debrief.build import Debrief, build
from drillbook.debrief.document import Entry
from drillbook.debrief.page import to_html
from drillbook.errors import DrillbookError
from drillbook.events import facts as f
from drillbook.events.event import HIDDEN
from drillbook.loading.files import Drill
from drillbook.scoring.score import score
from tests.debrief import runs
from tests.debrief.conftest import Make
from tests.timing import hundred_thousand_steps, ratio


def entry(debrief: Debrief, text: str) -> Entry:
    return next(each for each in debrief.timeline if text in each.text)


def test_an_empty_log_is_refused_with_a_word_on_what_to_do(drill: Drill) -> None:
    card = score(drill.scenario, drill.playbook, runs.handled(drill.scenario))
    with pytest.raises(DrillbookError, match=r"the log is empty.*run or play"):
        build(drill.scenario, drill.playbook, [], card)


def test_a_log_of_another_scenario_is_refused(drill: Drill) -> None:
    log = runs.handled(drill.scenario)
    other = drill.scenario.model_copy(update={"name": "other"})
    with pytest.raises(DrillbookError, match="of scenario 'db-pool-exhaustion', not of 'other'"):
        build(other, drill.playbook, log, score(drill.scenario, drill.playbook, log))


def test_a_log_that_lacks_its_beginning_is_refused(drill: Drill) -> None:
    log = runs.handled(drill.scenario)
    with pytest.raises(
        DrillbookError, match="does not begin with the start of a drill but with ActionStarted"
    ):
        build(drill.scenario, drill.playbook, log[1:], score(drill.scenario, drill.playbook, log))


def test_the_same_run_gives_the_same_bytes(drill: Drill, make: Make) -> None:
    log = runs.handled(drill.scenario)
    first, second = make(log), make(log)
    assert json.dumps(first.to_dict()) == json.dumps(second.to_dict())
    assert to_html(first) == to_html(second)


def test_gaps_of_a_chart_are_null_in_json(handled: Debrief) -> None:
    charts = handled.to_dict()["charts"]
    waiting = next(chart for chart in charts if chart["title"] == "Saturation orders-pool")
    assert None in waiting["series"][0][2]
    json.dumps(handled.to_dict(), allow_nan=False)


def test_entries_are_numbered_from_one_in_the_order_of_time(handled: Debrief) -> None:
    assert [each.number for each in handled.timeline] == list(range(1, len(handled.timeline) + 1))
    assert [each.t for each in handled.timeline] == sorted(each.t for each in handled.timeline)


def test_the_timeline_tells_the_turning_points_in_order(handled: Debrief) -> None:
    turning = [
        "deploy orders-api v2.3.1", "Users begin to suffer", "ShopErrorRatioHigh", "notifies Rosa Lindqvist",
        "acknowledged by Rosa Lindqvist", "declares SEV-1", "pool size is too small", "--replicas=16",
        "rollout undo", "Users no longer suffer", "declares it mitigated", "declares it resolved",
        "hands over",
    ]  # fmt: skip
    entries = [entry(handled, text) for text in turning]
    assert all(each.key for each in entries)
    assert [each.number for each in entries] == sorted(each.number for each in entries)


def test_times_are_those_of_the_drills_day(handled: Debrief) -> None:
    assert entry(handled, "Users begin to suffer").at == "14:22:45"


def test_every_claim_stands_beside_what_was_true(handled: Debrief) -> None:
    for said in ("[status page]", "declares SEV-1", "declares it mitigated", "declares it resolved"):
        assert entry(handled, said).notes[0].startswith("The truth then: ")
    assert "23% of requests failed, 1,323 users" in entry(handled, "about 20% of customers").notes[0]


def test_a_stated_cause_is_judged_beside_it(handled: Debrief) -> None:
    assert entry(handled, "pool size is too small").notes == ("Not what happened.",)
    assert entry(handled, "holds connections for 30 s").notes == ("True: this is what happened.",)


def test_a_remedy_stands_beside_its_verdict(handled: Debrief, drill: Drill) -> None:
    right = drill.scenario.needs.remedies[0]
    effect = "Users no longer suffered 5 min after it began."
    assert entry(handled, "rollout undo").notes == (f"Right: {right.why}", effect)
    assert handled.attempts[-1].effect == effect
    assert [attempt.verdict for attempt in handled.attempts][-1] == "right"
    assert [remedy.tried for remedy in handled.remedies if remedy.verdict == "right"] == [True, False]


def test_an_action_that_the_scenario_does_not_know_is_not_judged(drill: Drill, make: Make) -> None:
    run = runs.outage(drill.scenario).at(600)
    run.acts(
        "primary", f.ActionStarted("A1", "restart", "edge", "", "kubectl rollout restart deployment/edge")
    )
    debrief = make(run.ends("stopped"))
    assert [attempt.verdict for attempt in debrief.attempts] == ["not judged"]


def test_evidence_leads_to_lines_of_the_timeline_and_back(handled: Debrief) -> None:
    by_number = {each.number: each for each in handled.timeline}
    lines = [line for area in handled.areas for line in area.lines]
    assert sum(1 for line in lines for each in line.evidence if each.number) > 20
    assert all(each.number in by_number for line in lines for each in line.evidence if each.number)
    assert {id_ for each in handled.timeline for id_ in each.cited} <= {line.id for line in lines}


def test_evidence_that_names_a_command_leads_to_what_it_did(handled: Debrief) -> None:
    respond = next(line for area in handled.areas for line in area.lines if line.id == "respond")
    assert [each.number for each in respond.evidence] == [entry(handled, "kubectl get pods").number]


def test_a_clue_counts_where_it_was_first_seen(handled: Debrief) -> None:
    seen = {clue.id: clue for clue in handled.clues}
    assert seen["long-queries"].number == seen["oldest-query"].number == entry(handled, "usename").number
    assert (seen["long-queries"].who, seen["long-queries"].at) == ("Rosa Lindqvist", "14:32:04")
    assert seen["payments"].number is None


def test_a_clue_for_a_wrong_cause_misleads_unless_it_says_next_to_nothing(handled: Debrief) -> None:
    misleading = {clue.id for clue in handled.clues if clue.misleading}
    assert misleading == {"pool-waiting", "oldest-query", "app-logs", "payments"}


def test_the_output_of_a_probe_is_shown_around_what_matters(handled: Debrief) -> None:
    lines = entry(handled, "usename").output.split("\n")
    assert any("LEFT JOIN shipments" in line for line in lines)
    assert len(lines) <= 16
    assert lines[-1].endswith("more lines")


def test_explanations_say_which_were_believed_and_acted_upon(handled: Debrief) -> None:
    found = {each.id: each for each in handled.explanations}
    assert handled.explanations[0].true
    assert found["orders-release"].tried == (entry(handled, "rollout undo").number,)
    assert found["pool-too-small"].stated == (entry(handled, "pool size is too small").number,)
    assert found["payment-provider"].seen == ()


def test_only_updates_are_graded_and_everything_said_is_listed(handled: Debrief) -> None:
    where = {each.text: each for each in handled.communications}
    assert where["The shop works again."].grades[0].name == "quality"
    assert where["Queue is filling up: what may we tell them?"].grades == ()
    assert any(each.where == "handoff to Tom Achterberg" for each in handled.communications)


def test_a_claim_that_was_false_says_what_was_true(drill: Drill, make: Make) -> None:
    run = runs.outage(drill.scenario).at(900)
    run.types("primary", "/status resolved", f.StatusUpdated("resolved", "All works again."))
    run.at(910).types("primary", "/resolve done", f.IncidentResolved("Fixed."))
    debrief = make(run.ends("stopped"))
    grade = next(grade for grade in debrief.communications[-1].grades if grade.name == "truth")
    assert grade.verdict == "contradicted"
    assert grade.good is False
    assert "of requests were failing" in grade.why
    assert "while users still suffered" in debrief.verdict[-1]


def test_the_story_says_what_users_suffered_and_what_ended_it(handled: Debrief) -> None:
    assert handled.verdict == (
        "About 4,095 users were hit for 16 min 15 s.",
        "Rosa Lindqvist ended it with rollback orders-api, begun at 14:34:00 UTC.",
        "The page was acknowledged after 1 min 07 s and SEV-1 was declared 2 min 35 s after the page.",
        "It was declared resolved at 14:45:20 UTC.",
    )


def test_a_relapse_is_told_with_the_action_that_came_before_it(drill: Drill, make: Make) -> None:
    """The scenario holds a roll-back for right; rolling back twice brings the bad release back."""
    run = runs.outage(drill.scenario)
    undo = f.ActionStarted("A1", "rollback", "orders-api", "", "kubectl rollout undo deployment/orders-api")
    run.at(600).acts("primary", undo)
    run.at(800).impact(suffering=False)
    run.at(900).acts("primary", undo, took=20.0)
    run.at(960).impact(suffering=True)
    debrief = make(run.at(1200).ends("time"))
    assert debrief.verdict[0].endswith("in 2 spells, and still were when the drill ended.")
    relapse = "It came back at 14:34:00 UTC, 1 min after Rosa Lindqvist began rollback orders-api."
    assert debrief.verdict[1] == "Rosa Lindqvist ended it with rollback orders-api, begun at 14:28:00 UTC."
    assert debrief.verdict[2] == relapse
    assert debrief.verdict[3] == "2 actions did not end it for good."
    assert [each.effect for each in debrief.attempts] == [
        "Users no longer suffered 3 min 20 s after it began.",
        "Users began to suffer 1 min after it began.",
    ]


def test_relief_relapse_and_relief_are_all_told(drill: Drill, make: Make) -> None:
    run = runs.outage(drill.scenario)
    undo = f.ActionStarted("A1", "rollback", "orders-api", "", "kubectl rollout undo deployment/orders-api")
    run.at(600).acts("primary", undo, took=20.0)
    run.at(660).impact(suffering=False)
    run.at(720).impact(suffering=True)
    run.at(780).impact(suffering=False)
    (attempt,) = make(run.at(1200).ends("time")).attempts
    assert attempt.effect == (
        "Users no longer suffered 1 min after it began, but again from 2 min to 3 min after."
    )


def test_a_remedy_that_takes_its_moment_is_told_once(drill: Drill, make: Make) -> None:
    """As a switchover in good order: users suffer while it is done, after they had been well."""
    run = runs.outage(drill.scenario)
    undo = f.ActionStarted("A1", "rollback", "orders-api", "", "kubectl rollout undo deployment/orders-api")
    run.at(600).impact(suffering=False)
    run.at(900).impact(suffering=True)
    run.acts("primary", undo, took=12.0)
    run.impact(suffering=False)
    debrief = make(run.at(1200).ends("time"))
    relapse = "It came back at 14:33:00 UTC for 12 s, as Rosa Lindqvist began rollback orders-api."
    assert debrief.verdict[1] == relapse
    assert "ended it" not in " ".join(debrief.verdict)


def test_what_repeats_is_a_turning_point_once(drill: Drill, make: Make) -> None:
    run = runs.outage(drill.scenario)
    for t in (600, 1500, 2400):
        run.at(t).types("primary", "/update", f.UpdateSent("executives", f"We are on it, since {t}."))
        run.fires("ShopErrorRatioHigh", "critical", "20% of the shop's requests fail")
    debrief = make(run.ends("time"))
    updates = [each for each in debrief.timeline if "[update to executives]" in each.text]
    assert [each.key for each in updates] == [True, False, False]
    assert sum(each.key for each in debrief.timeline if each.kind == "alert") == 1


def test_a_run_in_which_nothing_was_done_is_told_as_such(absent: Debrief) -> None:
    assert absent.verdict[0].endswith("and still were when the drill ended.")
    assert absent.verdict[1] == "Nobody tried a remedy."
    assert "did nothing" in absent.verdict[2]
    assert {figure.value for figure in absent.figures if figure.label.startswith("To ")} == {"never"}
    assert absent.attempts == ()
    assert [span.ended for span in absent.suffering] == [False]


def test_a_run_that_was_ended_early_is_told_as_such(drill: Drill, make: Make) -> None:
    debrief = make(runs.stopped(drill.scenario))
    assert debrief.ended == "stopped"
    assert debrief.verdict[-1] == "It was not resolved when the drill was ended by hand."


def test_a_log_that_breaks_off_has_no_truth_chart_and_still_a_debrief(drill: Drill) -> None:
    log = runs.handled(drill.scenario)[:40]
    debrief = build(drill.scenario, drill.playbook, log, score(drill.scenario, drill.playbook, log))
    assert debrief.charts == ()
    assert debrief.verdict[-1] == "It was never resolved; the log breaks off."
    assert "not measured" in {figure.value for figure in debrief.figures}


def test_a_single_event_is_enough(drill: Drill) -> None:
    log = runs.handled(drill.scenario)[:1]
    debrief = build(drill.scenario, drill.playbook, log, score(drill.scenario, drill.playbook, log))
    assert debrief.verdict[0] == "Users never suffered."
    assert to_html(debrief)


def test_the_truth_is_drawn_first_and_then_what_responders_could_see(handled: Debrief) -> None:
    assert [len(chart.series) for chart in handled.charts] == [1, 1, 1, 0]
    assert [chart.title for chart in handled.charts] == [
        "Requests that truly failed", "Errors", "Saturation orders-pool", "Latency p95",
    ]  # fmt: skip


def test_the_seven_areas_are_always_there(handled: Debrief, absent: Debrief) -> None:
    assert len(handled.areas) == len(absent.areas) == 7


def test_building_and_drawing_is_quick(drill: Drill, make: Make) -> None:
    """Under 150 ms where a hundred thousand steps of a loop take 6."""
    log = runs.handled(drill.scenario)
    to_html(make(log))
    assert ratio(lambda: to_html(make(log)), hundred_thousand_steps, 3) < 25


def test_what_the_scenario_did_unseen_is_told_in_words(drill: Drill, make: Make) -> None:
    """What follows from something else, such as a step of a roll-out, is not told."""
    run = runs.Run(drill.scenario).at(60)
    run.add("world", f.WorldChanged("traffic ×1.12"), to=HIDDEN)
    run.add("world", f.WorldChanged("deploy orders-api v2.3.1 2/8"), to=HIDDEN)
    told = [each.text for each in make(run.ends("stopped")).timeline if "Behind" in each.text]
    assert "Behind the scenes: Traffic goes to 1.12 times what the hour brings, within 8 min." in told
    assert not any("2/8" in each for each in told)


def test_orders_are_told_of_where_users_order(drill: Drill) -> None:
    log = runs.handled(drill.scenario)
    workload = drill.scenario.system.workload.model_copy(update={"orders_per_request": 0.0})
    system = drill.scenario.system.model_copy(update={"workload": workload})
    forum = drill.scenario.model_copy(update={"system": system})
    for scenario, tells in ((drill.scenario, True), (forum, False)):
        debrief = build(scenario, drill.playbook, log, score(scenario, drill.playbook, log))
        assert any(each.label == "Orders lost" for each in debrief.figures) == tells
        records = " ".join(each.text for each in debrief.records)
        assert ("of orders" in records) == tells
        assert ("none, users order nothing here" in records) != tells


def test_the_severity_that_was_declared_is_told_with_the_one_of_the_end(drill: Drill, make: Make) -> None:
    run = runs.outage(drill.scenario).at(400)
    run.types("primary", "/declare", f.IncidentDeclared("SEV-2", "the shop fails"))
    run.at(700).types("primary", "/severity", f.SeverityChanged("SEV-1"))
    told = " ".join(make(run.ends("stopped")).verdict)
    assert re.search(r"SEV-2 was declared \S.* after the page, SEV-1 in the end", told)
