"""PagerDuty's, GoAlert's and Opsgenie's objects become parts that hold, and what is missing is told."""

import json
from pathlib import Path
from typing import Any

import pytest

from drillbook.errors import InvalidInput
from drillbook.loading.files import document as read_text
from drillbook.loading.foreign.importing import Imported, Wishes, import_files
from drillbook.loading.foreign.part import read_part
from drillbook.loading.foreign.tools import Tool
from drillbook.model.policy import OnCall
from drillbook.oncall.schedule import Rota
from tests.loading.foreign import samples

FILES: dict[Tool, tuple[str, ...]] = {
    "pagerduty": (samples.PAGERDUTY,),
    "goalert": (samples.GOALERT,),
    "opsgenie": (samples.OPSGENIE_ESCALATIONS, samples.OPSGENIE_SCHEDULE, samples.OPSGENIE_TEAM),
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def imported(tool: Tool, *texts: str, wishes: Wishes | None = None) -> Imported:
    files = []
    for number, text in enumerate(texts):
        files.append(Path(f"{number}.json"))
        files[-1].write_text(text)
    return import_files(tool, files, wishes or Wishes())


def on_call(of: Imported) -> OnCall:
    return read_part(read_text(of.text, "made")).model.on_call.completed()


def changed(text: str, **more: Any) -> str:
    return json.dumps({**json.loads(text), **more})


@pytest.mark.parametrize("tool", FILES)
def test_what_is_made_holds(tool: Tool) -> None:
    whole = on_call(imported(tool, *FILES[tool]))
    assert [policy.profile for policy in whole.escalation_policies] == [tool]


@pytest.mark.parametrize("tool", FILES)
def test_every_note_has_a_place_and_says_what_happens_instead(tool: Tool) -> None:
    notes = imported(tool, *FILES[tool]).notes
    assert notes
    assert all(note.line and note.column and note.hint for note in notes)


def test_pagerduty_levels_delays_loops_and_strategies_stay() -> None:
    (policy,) = on_call(imported("pagerduty", samples.PAGERDUTY)).escalation_policies
    assert policy.profile == "pagerduty"
    assert policy.num_loops == 2
    assert [rule.escalation_delay_in_minutes for rule in policy.escalation_rules] == [10, 15]
    assert policy.escalation_rules[0].escalation_rule_assignment_strategy == "round_robin"
    assert [target.id for target in policy.escalation_rules[0].targets] == ["shop-primary", "ann-lee"]


def test_pagerduty_lists_the_layer_that_wins_first_and_a_playbook_last() -> None:
    (schedule,) = on_call(imported("pagerduty", samples.PAGERDUTY)).schedules
    assert schedule.profile == "pagerduty"
    assert [layer.name for layer in schedule.schedule_layers] == ["Days", "Nights"]


def test_layers_written_by_hand_keep_their_order() -> None:
    layer = {
        "start": "2026-01-05T18:00:00+01:00",
        "rotation_virtual_start": "2026-01-05T18:00:00+01:00",
        "rotation_turn_length_seconds": 86400,
    }
    layers = [{**layer, "name": name, "users": [{"user": "ann"}]} for name in ("first", "second")]
    schedule = {"id": "s", "name": "s", "time_zone": "UTC", "schedule_layers": layers}
    target = {"id": "s", "type": "schedule"}
    policy = {
        "id": "p",
        "name": "p",
        "escalation_rules": [{"escalation_delay_in_minutes": 5, "targets": [target]}],
    }
    text = json.dumps({"schedules": [schedule], "escalation_policies": [policy]})
    (made,) = on_call(imported("pagerduty", text)).schedules
    assert made.profile == "pagerduty"
    assert [layer.name for layer in made.schedule_layers] == ["first", "second"]


def test_a_policy_written_by_hand_needs_no_id() -> None:
    text = """
escalation_policy:
  name: "Platform Team"
  escalation_rules:
    - escalation_delay_in_minutes: 0
      targets:
        - type: user
          id: "P123ABC"  # on-call engineer
    - escalation_delay_in_minutes: 15
      targets:
        - type: user
          id: "P456DEF"  # team lead
"""
    made = imported("pagerduty", text)
    assert made.people == ("p123abc", "p456def")
    assert on_call(made).escalation_policies[0].id == "platform-team"


def test_pagerduty_services_keep_their_timeouts_and_urgency() -> None:
    (service,) = on_call(imported("pagerduty", samples.PAGERDUTY)).services
    assert (service.acknowledgement_timeout, service.auto_resolve_timeout) == (600.0, None)
    assert service.incident_urgency_rule.type == "constant"


def test_rendered_overrides_count() -> None:
    (schedule,) = on_call(imported("pagerduty", samples.PAGERDUTY)).schedules
    override = getattr(schedule, "overrides")[0]  # noqa: B009
    assert Rota(schedule).on_call(override.start) == ("dee",)


def test_without_a_service_each_policy_gets_one() -> None:
    made = imported("pagerduty", changed(samples.PAGERDUTY, services=[]))
    (service,) = on_call(made).services
    assert service.escalation_policy == "shop-on-call"
    assert "# made up: no service is in the files" in made.text


def test_a_schedule_that_is_in_no_file_is_told_and_its_level_goes_on_without() -> None:
    made = imported("pagerduty", changed(samples.PAGERDUTY, schedules=[]))
    (policy,) = on_call(made).escalation_policies
    assert policy.profile == "pagerduty"
    assert [target.id for target in policy.escalation_rules[0].targets] == ["ann-lee"]
    assert any("the schedule `Shop primary` is in none of the files" in str(note) for note in made.notes)


def test_parts_in_several_files_find_each_other() -> None:
    whole = json.loads(samples.PAGERDUTY)
    policies, schedules, services = (
        json.dumps({key: whole[key]}) for key in ("escalation_policies", "schedules", "services")
    )
    split = imported("pagerduty", services, policies, schedules)
    assert on_call(split) == on_call(imported("pagerduty", samples.PAGERDUTY))


def test_the_same_object_in_two_files_counts_once_and_is_told() -> None:
    made = imported("pagerduty", samples.PAGERDUTY, samples.PAGERDUTY)
    assert len(on_call(made).schedules) == 1
    assert any("is in an earlier file already" in note.message for note in made.notes)


def test_a_list_that_goes_on_is_told() -> None:
    assert any("`more`" in str(note) for note in imported("pagerduty", samples.PAGERDUTY).notes)


def test_goalert_steps_actions_and_empty_steps_stay() -> None:
    (policy,) = on_call(imported("goalert", samples.GOALERT)).escalation_policies
    assert policy.profile == "goalert"
    assert [step.delay_minutes for step in policy.steps] == [10, 15, 20]
    assert [[target.id for target in step.targets] for step in policy.steps] == [["primary"], ["backup"], []]


def test_goalert_overrides_and_temporary_schedules_find_their_schedule() -> None:
    (schedule,) = on_call(imported("goalert", samples.GOALERT)).schedules
    assert schedule.profile == "goalert"
    assert (schedule.user_overrides[0].add_user_id, schedule.user_overrides[0].remove_user_id) == (
        "bo",
        "cem",
    )
    assert schedule.temporary_schedules[0].shifts[0].user_id == "ann-lee"


def test_a_goalert_target_that_is_no_person_is_told() -> None:
    notes = imported("goalert", samples.GOALERT).notes
    assert any("`slack-channel` notifies no person" in note.message for note in notes)


def test_opsgenie_rules_repeats_restrictions_and_teams_stay() -> None:
    whole = on_call(imported("opsgenie", *FILES["opsgenie"]))
    (policy,) = whole.escalation_policies
    assert policy.profile == "opsgenie"
    assert [rule.recipient.id for rule in policy.rules] == ["ops-schedule", "ops", "boss-shop.example"]
    assert (policy.repeat.wait_interval, policy.repeat.count, policy.repeat.reset_recipient_states) == (
        10,
        2,
        True,
    )
    (schedule,) = whole.schedules
    assert schedule.profile == "opsgenie"
    assert schedule.rotations[0].time_restriction is not None
    assert [each.type for each in schedule.rotations[0].participants] == ["user", "none", "none"]


def test_an_opsgenie_team_in_a_rotation_is_told() -> None:
    notes = imported("opsgenie", *FILES["opsgenie"]).notes
    assert any("a team, `Ops`, takes part in a rotation" in note.message for note in notes)


def test_people_keep_names_that_can_be_read_and_stay_apart() -> None:
    text = samples.PAGERDUTY.replace("Cem Ok", "Ann Lee")
    assert imported("pagerduty", text).people == ("ann-lee", "the-boss", "bo", "ann-lee-2", "dee")


@pytest.mark.parametrize(
    ("tool", "old", "new", "said"),
    [
        ("pagerduty", '"num_loops": 2', '"num_loops": "two"', "`num_loops` must be a whole number"),
        ("pagerduty", '"schedule_reference"', '"schedul_reference"', "did you mean schedule_reference?"),
        ("pagerduty", "Europe/Berlin", "Europe/Brlin", "`Europe/Brlin` is not a time zone"),
        ("pagerduty", '"end": null', '"end": "2020-01-01T00:00:00Z"', "`end` is not after `start`"),
        ("pagerduty", "604800", "0", "must be more than 0"),
        ("goalert", '"delayMinutes": 10', '"delayMinutes": 0', "must be at least 1"),
        ("goalert", '"timeZone": "America/Chicago"', '"timeZone": "America/Chcago"', "is not a time zone"),
        ("goalert", '"type": "weekly"', '"type": "weakly"', "did you mean weekly?"),
    ],
)
def test_what_is_wrong_is_told_at_its_place(tool: Tool, old: str, new: str, said: str) -> None:
    (text,) = FILES[tool]
    assert old in text
    with pytest.raises(InvalidInput) as caught:
        imported(tool, text.replace(old, new, 1))
    problem = caught.value.problems[0]
    assert said in str(problem)
    value = new.rsplit(":", maxsplit=1)[-1].strip(' "')[:6]
    assert value in Path("0.json").read_text().split("\n")[problem.line - 1]


def test_two_objects_with_one_id_are_refused() -> None:
    twice = json.loads(samples.PAGERDUTY)["schedules"] * 2
    with pytest.raises(InvalidInput, match="there are two schedules called `PSCHED`"):
        imported("pagerduty", changed(samples.PAGERDUTY, schedules=twice))


def test_another_tools_file_is_named() -> None:
    with pytest.raises(
        InvalidInput, match=r"this is a file of GoAlert \(`drillbook import goalert 0.json`\)"
    ):
        imported("pagerduty", samples.GOALERT)


def test_problems_of_all_files_come_together() -> None:
    with pytest.raises(InvalidInput) as caught:
        imported(
            "pagerduty",
            samples.PAGERDUTY.replace('"num_loops": 2', '"num_loops": "x"'),
            samples.PAGERDUTY.replace("604800", "0"),
        )
    assert {problem.source for problem in caught.value.problems} == {"0.json", "1.json"}


def test_texts_of_others_cannot_become_yaml() -> None:
    evil = "x\\n    - id: injected\\n#"
    made = imported("pagerduty", samples.PAGERDUTY.replace('"Shop primary"', f'"{evil}"'))
    assert [schedule.id for schedule in on_call(made).schedules] == ["x-id-injected"]
