"""Diagnosis, runbook, cause, remedy, harm."""

from __future__ import annotations

import pytest

from drillbook.events import facts as f
from drillbook.model.playbook import Playbook
from drillbook.model.scenario import Remedy, Scenario
from tests.scoring.scripts import Script

POOLS = 'psql -p 6432 pgbouncer -c "SHOW POOLS"'
COUNT = 'psql -c "SELECT count(*) FROM pg_stat_activity;"'
HISTORY = "kubectl rollout history deployment/orders-api -n shop"
LONG = "psql -c \"SELECT * FROM pg_stat_activity WHERE state = 'active' ORDER BY query_start;\""
RIGHT = "the orders-api release v2.3.1 holds connections"


@pytest.mark.parametrize(
    ("commands", "outcome"),
    [
        ([POOLS, COUNT, HISTORY], "met"),
        ([POOLS, COUNT], "partly"),
        ([POOLS, POOLS, POOLS], "partly"),
        ([], "missed"),
        (["ls", "uptime", "whoami"], "missed"),
    ],
)
def test_different_useful_looks_before_the_change_make_a_diagnosis(
    drill: Script, commands: list[str], outcome: str
) -> None:
    for command in commands:
        drill.look(command)
    assert drill.acts("rollback", "orders-api").judged("diagnose-first").outcome == outcome


def test_looks_after_the_first_change_come_too_late(drill: Script) -> None:
    drill.acts("rollback", "orders-api").look(POOLS).look(COUNT).look(HISTORY)
    assert drill.judged("diagnose-first").outcome == "missed"


def test_a_look_typed_differently_that_shows_the_clue_counts(drill: Script) -> None:
    drill.look("kubectl rollout history deploy orders-api --namespace shop", "3  orders-api v2.3.1: optimise")
    assert drill.judged("diagnose-first").outcome == "partly"


def test_a_deployment_of_the_worlds_own_is_nobodys_change(drill: Script) -> None:
    drill.add("world", f.ActionStarted("W1", "deploy", "orders-api", "v2.3.1", ""), to="hidden")
    drill.look(POOLS).look(COUNT).look(HISTORY)
    assert drill.judged("diagnose-first").outcome == "met"


def test_the_true_cause_is_met(drill: Script) -> None:
    drill.at("5m").says(f.CauseStated(RIGHT))
    assert (drill.judged("cause").outcome, drill.judged("cause").quality) == ("met", 1.0)


@pytest.mark.parametrize(
    "text",
    [
        "v2.3.1's new query holds connections",
        "v2.3.1’s new query holds connections",
        "orders-api's release",
        "“v2.3.1”: the *query*",
        "_v2.3.1_'s query.",
        "(the release's query)",
        "release/query!",
    ],
)
def test_a_cause_is_found_whatever_is_glued_to_its_words(drill: Script, text: str) -> None:
    """Possessives and punctuation belong to no word."""
    drill.at("5m").says(f.CauseStated(text))
    assert drill.judged("cause").outcome == "met"


def test_a_cause_that_was_stated_is_never_denied(drill: Script) -> None:
    """What was stated is quoted, with who said so, whether the true cause was named in passing or not."""
    stated = drill.at("5m").says(f.CauseStated("PayGate is slow"))
    judged = drill.judged("cause")
    assert (judged.outcome, judged.evidence) == ("missed", (stated.seq,))
    assert "You stated “PayGate is slow”" in judged.reason
    drill.post("#incidents", RIGHT)
    judged = drill.judged("cause")
    assert judged.outcome == "partly"
    assert "You stated “PayGate is slow”" in judged.reason
    assert "never stated" not in judged.reason
    assert stated.seq in judged.evidence


def test_wrong_causes_before_the_right_one_lower_the_quality(drill: Script) -> None:
    drill.at("5m").says(f.CauseStated("PayGate is slow"))
    drill.at("9m").says(f.CauseStated(RIGHT))
    judged = drill.judged("cause")
    assert (judged.outcome, judged.quality) == ("met", 0.5)
    assert "1 that was wrong" in judged.reason


def test_hints_lower_the_quality(drill: Script) -> None:
    drill.does(f.HintGiven(1, "look at the pool"))
    drill.says(f.CauseStated(RIGHT))
    assert drill.judged("cause").quality == 0.8


def test_a_wrong_cause_alone_is_missed(drill: Script) -> None:
    drill.says(f.CauseStated("the campaign's traffic"))
    assert drill.judged("cause").outcome == "missed"


def test_a_denied_cause_is_not_stated(drill: Script) -> None:
    drill.says(f.CauseStated("It is not the orders-api release; it is the traffic"))
    assert drill.judged("cause").outcome == "missed"


def test_a_cause_named_in_passing_counts_partly(drill: Script) -> None:
    drill.post("#incidents", RIGHT)
    assert drill.judged("cause").outcome == "partly"


def test_a_fitting_runbook_followed_and_ticked_is_met(drill: Script) -> None:
    drill.does(f.RunbookOpened("db-pool-exhaustion"))
    for command, step in ((POOLS, "pool-settings"), (COUNT, "connections"), (LONG, "long-queries")):
        drill.look(command).does(f.StepChecked("db-pool-exhaustion", step))
    assert drill.judged("runbook").outcome == "met"


def test_a_tick_without_the_look_is_noted(drill: Script) -> None:
    drill.does(f.RunbookOpened("db-pool-exhaustion"))
    drill.does(f.StepChecked("db-pool-exhaustion", "connections"))
    judged = drill.judged("runbook")
    assert (judged.outcome, judged.quality) == ("partly", 0.0)
    assert "Ticked without looking: connections" in judged.reason


def test_a_runbook_for_something_else_is_missed(drill: Script) -> None:
    drill.does(f.RunbookOpened("kafka-consumer-lag"))
    assert drill.judged("runbook").outcome == "missed"


def test_no_runbook_is_asked_for_when_none_belongs_to_the_alerts(drill: Script) -> None:
    quiet = Script(drill.scenario, drill.playbook)
    quiet.paged()
    assert quiet.judged("runbook").outcome == "not-applicable"


@pytest.mark.parametrize(
    ("action", "outcome"),
    [
        (("rollback", "orders-api", ""), "met"),
        (("set-env", "orders-api", "ORDER_HISTORY_JOIN=off"), "met"),
        (("set-env", "orders-api", "LOG_LEVEL=debug"), "missed"),
        (("statement-timeout", "orders-db", "2s"), "partly"),
        (("scale", "orders-api", "16"), "missed"),
        (("rollback", "storefront", ""), "missed"),
    ],
)
def test_remedy(drill: Script, action: tuple[str, str, str], outcome: str) -> None:
    """Any right remedy counts fully, a stop-gap partly; kind, target and value decide."""
    assert drill.acts(*action).judged("right-remedy").outcome == outcome


def test_a_right_remedy_that_failed_counts_partly(drill: Script) -> None:
    assert drill.acts("rollback", "orders-api", ok=False).judged("right-remedy").outcome == "partly"


def test_a_right_remedy_that_did_not_finish_counts_partly(drill: Script) -> None:
    assert drill.acts("rollback", "orders-api", ok=None).judged("right-remedy").outcome == "partly"


def test_a_right_remedy_by_a_colleague_stops_the_bleeding_too(drill: Script) -> None:
    assert (
        drill.ack().acts("rollback", "orders-api", person="secondary").judged("right-remedy").outcome == "met"
    )


@pytest.mark.parametrize(
    ("actions", "outcome"),
    [
        ([("rollback", "orders-api")], "met"),
        ([("kill-idle", "orders-db")], "partly"),
        ([("restart", "orders-api")], "violated"),
        ([("rollback", "orders-api"), ("restart", "storefront")], "violated"),
    ],
)
def test_no_harm(drill: Script, actions: list[tuple[str, str]], outcome: str) -> None:
    for action, target in actions:
        drill.acts(action, target)
    assert drill.judged("no-harm").outcome == outcome


def test_an_action_that_the_scenario_does_not_know_is_not_judged(drill: Script) -> None:
    """A reload that completes a setting is neither use nor harm: not alone, and not beside a remedy."""
    drill.acts("pool-reload", "orders-pool")
    assert drill.judged("no-harm").outcome == "missed"
    drill.acts("rollback", "orders-api")
    judged = drill.judged("no-harm")
    assert (judged.outcome, judged.points) == ("met", judged.max)


def test_the_same_harm_again_is_counted(drill: Script) -> None:
    drill.acts("restart", "orders-api").acts("restart", "orders-api")
    judged = drill.judged("no-harm")
    assert "2 times" in judged.reason
    assert len(judged.evidence) == 2


def test_a_risky_action_without_use_is_harm(drill: Script) -> None:
    assert drill.acts("db-restart", "paygate", risky=True).judged("no-harm").outcome == "violated"


def test_putting_a_setting_back_once_users_are_well_is_no_harm(drill: Script) -> None:
    """The stop-gap that is taken back while users still suffer is judged."""
    stop_gap = ("set-env", "storefront", "CACHE=off")
    for well, outcome in ((True, "met"), (False, "violated")):
        script = Script.begin(drill.scenario, drill.playbook)
        script.at("6m").acts(*stop_gap).acts("rollback", "orders-api").at("12m")
        if well:
            script.recovers()
        script.at("14m").acts("set-env", "storefront", "CACHE=on", risky=True)
        assert script.judged("no-harm").outcome == outcome


def test_what_a_remedy_needs_first_and_the_way_back_are_judged_with_it(
    scenario: Scenario, playbook: Playbook
) -> None:
    """Whoever must stop a group to skip a message is not charged for stopping it and starting it again."""
    skip = {
        "action": "failover",
        "target": "orders-db",
        "verdict": "partial",
        "first": ["scale orders-api 0"],
    }
    scale = {"action": "scale", "target": "orders-api", "verdict": "useless"}
    remedies = [Remedy.model_validate(each | {"command": "x", "why": "Y."}) for each in (skip, scale)]
    needs = scenario.needs.model_copy(update={"remedies": remedies})
    drill = Script.begin(scenario.model_copy(update={"needs": needs}), playbook)
    drill.acts("scale", "orders-api", "0", risky=True).acts("failover", "orders-db")
    drill.acts("scale", "orders-api", "4")
    assert drill.judged("no-harm").outcome == "met"
    drill.acts("scale", "orders-api", "6")
    assert drill.judged("no-harm").outcome == "partly"


def test_a_reason_names_a_memory_limit_as_it_was_typed(drill: Script) -> None:
    drill.acts("memory-limit", "orders-api", str(1536 * 2**20), risky=True)
    assert "memory-limit orders-api 1536Mi" in drill.judged("no-harm").reason


@pytest.mark.parametrize(("verb", "outcome"), [("start", "met"), ("restart", "violated")])
def test_starting_a_server_that_is_down_is_no_restart(drill: Script, verb: str, outcome: str) -> None:
    started = f.ActionStarted(
        "A9", "db-restart", "orders-db", "", f"systemctl {verb} postgresql -H orders-db"
    )
    drill.acts("rollback", "orders-api").add("primary", started, cause=drill.typed("x"))
    assert drill.judged("no-harm").outcome == outcome


def test_lifting_a_limit_on_requests_is_the_way_back_from_it(drill: Script) -> None:
    drill.acts("rollback", "orders-api").acts("rate-limit", "edge", "20").acts("rate-limit", "edge", "0")
    assert "2 actions" in drill.judged("no-harm").reason


def test_doing_nothing_is_no_care(drill: Script) -> None:
    assert drill.judged("no-harm").outcome == "missed"


@pytest.mark.parametrize(
    ("step", "command", "outcome"),
    [
        (
            "kubectl logs deploy/<service> -n <namespace> --tail=50",
            "kubectl logs deploy/orders-api -n shop",
            "met",
        ),
        ("kubectl rollout history deployment/<service> -n <namespace>", HISTORY, "met"),
        ("kubectl rollout history deployment/<service> -n <namespace>", "kubectl get pods -n shop", "partly"),
        ("kubectl rollout undo deployment/<service> -n <namespace>", HISTORY, "met"),
    ],
)
def test_a_step_that_leaves_names_open_is_taken_with_any(
    drill: Script, step: str, command: str, outcome: str
) -> None:
    """A step that changes the system is judged as a remedy and owes no look, be its names open or not."""
    (book,) = [each for each in drill.playbook.runbooks if each.name == "db-pool-exhaustion"]
    steps = [book.steps[0].model_copy(update={"id": "open", "command": step})]
    books = [book.model_copy(update={"steps": steps})]
    drill.playbook = drill.playbook.model_copy(update={"runbooks": books})
    drill.does(f.RunbookOpened(book.name))
    drill.look(command).does(f.StepChecked(book.name, "open"))
    assert drill.judged("runbook").outcome == outcome


def test_a_runbook_step_without_a_command_is_done_by_ticking_it(drill: Script) -> None:
    (book,) = [each for each in drill.playbook.runbooks if each.name == "db-pool-exhaustion"]
    steps = [step.model_copy(update={"command": ""}) for step in book.steps]
    books = [book.model_copy(update={"steps": steps})]
    drill.playbook = drill.playbook.model_copy(update={"runbooks": books})
    drill.does(f.RunbookOpened(book.name))
    for step in book.steps:
        drill.does(f.StepChecked(book.name, step.id))
    assert drill.judged("runbook").outcome == "met"


@pytest.mark.parametrize(
    ("command", "done"),
    [
        (LONG.replace("*", "pid, usename, query"), True),
        (
            "psql -c \"select * from pg_stat_activity where state='active' order by query_start limit 20\"",
            True,
        ),
        (COUNT, False),
        (POOLS.replace("POOLS", "CLIENTS"), False),
    ],
)
def test_a_step_is_done_by_a_command_with_nearly_all_its_words(
    drill: Script, command: str, done: bool
) -> None:
    drill.does(f.RunbookOpened("db-pool-exhaustion"))
    drill.look(command).does(f.StepChecked("db-pool-exhaustion", "long-queries"))
    assert ("Ticked without looking" not in drill.judged("runbook").reason) == done


@pytest.mark.parametrize(
    ("meant", "done", "fits"),
    [
        (None, "anything", True),
        ("shop 10.0.0.1", "shop 10.0.0.1 60", True),
        ("shop 10.0.0.1", "shop 10.0.0.1", True),
        ("shop 10.0.0.1", "shop 10.0.0.12 60", False),
        ("1", "18", False),
    ],
)
def test_a_remedy_is_known_by_the_words_its_value_begins_with(
    meant: str | None, done: str, fits: bool
) -> None:
    """Somebody who writes an address back with another lifetime has done the same."""
    known = {"action": "dns-record", "target": "zone", "value": meant, "verdict": "right", "command": "x"}
    assert Remedy.model_validate(known | {"why": "Y."}).fits(done) == fits


def test_the_short_form_of_a_query_is_the_same_question(drill: Script) -> None:
    drill.look("query probe_duration_seconds", "{} => 1.5 @[1]")
    assert drill.judged("diagnose-first").outcome == "partly"


@pytest.mark.parametrize(
    ("command", "output"),
    [
        ("kubectl get events -n shop", "orders-api-7d9 v2.3.1 Scheduled"),
        ("promtool query instant 'rate(http_requests_total[1m])'", "{} => 1.5 @[1]"),
    ],
)
def test_a_look_that_asks_for_something_else_shows_no_clue(drill: Script, command: str, output: str) -> None:
    """What a pattern happens to find in the answer to another question was not looked for."""
    assert drill.look(command, output).judged("diagnose-first").outcome == "missed"


def test_the_same_question_in_other_words_shows_the_clue(drill: Script) -> None:
    drill.look("kubectl -n shop get po -o wide", "orders-api-1 Running 2m")
    drill.look("psql -c 'select left(query, 80) from pg_stat_activity'", "LEFT JOIN shipments")
    drill.look("promtool query instant probe_duration_seconds", "{} => 1.5 @[1]")
    assert drill.judged("diagnose-first").outcome == "met"


def test_opening_a_checklist_is_no_runbook_for_something_else(drill: Script) -> None:
    drill.does(f.RunbookOpened("initial-response"))
    judged = drill.judged("runbook")
    assert judged.outcome == "missed"
    assert judged.reason.startswith("No runbook was opened")
