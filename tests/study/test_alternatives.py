"""Alternatives follow from factors and design; the mix from its weights."""

from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillbook.study.bundle import mixed
from tests.study.small import STUDY, edited, setup

PATH = "playbook.on_call.escalation_policies.*.escalation_rules.1.escalation_delay_in_minutes"


def with_design(design: str, factor: str = "") -> str:
    return edited(STUDY, "replications", f"{factor}design: {design}\nreplications")


SECOND = """\
  - id: for
    paths: [rules.PgbouncerClientsWaiting.for]
    levels: [{id: usual}, {id: slow, value: 5m}]
"""


def test_what_is_done_today_changes_nothing(tmp_path: Path) -> None:
    made = setup(tmp_path)
    assert [each.id for each in made.plan.alternatives] == ["usual", "short"]
    assert made.plan.baseline == 0
    short = made.bundle(1).cells[0].playbook.on_call.escalation_policies[0].model_dump()
    usual = made.baseline.cells[0].playbook.on_call.escalation_policies[0].model_dump()
    assert usual["escalation_rules"][0]["escalation_delay_in_minutes"] == 5
    usual["escalation_rules"][0]["escalation_delay_in_minutes"] = 1
    assert short == usual


def test_a_baseline_outside_the_design_is_added(tmp_path: Path) -> None:
    text = with_design(
        "{kind: fractional, generators: [c = delay for]}",
        SECOND
        + """\
  - id: c
    paths: [people.dba.answers.never]
    levels: [{id: low, value: 0.01}, {id: high, value: 0.2}]
""",
    )
    plan = setup(tmp_path, text).plan
    assert len(plan.alternatives) == 5
    assert plan.alternatives[plan.baseline].id == "delay=usual,for=usual,c=low"
    assert len(plan.points) == 4
    assert plan.baseline not in plan.points
    assert plan.aliases == ("delay = for c", "for = delay c", "c = delay for")


def test_a_list_takes_the_baseline_where_it_is_silent(tmp_path: Path) -> None:
    text = with_design("{kind: list, alternatives: [{id: slow, levels: {for: slow}}]}", SECOND)
    plan = setup(tmp_path, text).plan
    assert [each.id for each in plan.alternatives] == ["delay=usual,for=usual", "slow"]
    assert plan.alternatives[1].levels == {"delay": "usual", "for": "slow"}


def test_points_of_a_range_are_compared_with_things_as_they_are(tmp_path: Path) -> None:
    text = edited(STUDY, "levels: [{id: usual}, {id: short, value: 1}]", "range: {low: 1, high: 9}")
    text = edited(text, "replications", "design: {kind: latin-hypercube, alternatives: 4}\nreplications")
    plan = setup(tmp_path, text).plan
    assert [each.id for each in plan.alternatives] == ["as-is", "point-1", "point-2", "point-3", "point-4"]
    assert plan.alternatives[0].changes == ()
    assert sorted(int((each.levels["delay"] - 1) / 2) for each in plan.alternatives[1:]) == [0, 1, 2, 3]  # type: ignore[operator]


def test_a_level_may_set_several_paths_in_any_part(tmp_path: Path) -> None:
    level = """\
{id: short, set: {
      rules.PgbouncerClientsWaiting.for: 10s, people.secondary.answers.median: 9m, slo.target: 0.99,
      responders.average.answer.median: 1m, playbook.duties.acknowledge_within: 1m, pay.hour: 80}}"""
    made = setup(tmp_path, edited(STUDY, "{id: short, value: 1}", level)).bundle(1)
    cell = made.cells[0]
    rules = {rule.alert: rule for group in cell.scenario.rules for rule in group.rules}
    assert rules["PgbouncerClientsWaiting"].for_ == 10
    people = {person.id: person for person in cell.scenario.people}
    assert people["secondary"].answers.median == 540
    assert people["secondary"].answers.sigma == 0.8
    assert cell.playbook.duties.acknowledge_within == 60
    assert cell.skill is not None
    assert cell.skill.answer == 0.5
    assert (made.prices.slo.target, made.prices.pay.hour) == (0.99, 80)


@pytest.mark.parametrize("level", ["expert", "average", "novice"])
def test_a_level_of_responders_is_the_shipped_one(tmp_path: Path, level: str) -> None:
    from drillbook.people.skill import SKILLS

    text = edited(STUDY, "replications", f"responders: [{{level: {level}}}]\nreplications")
    assert setup(tmp_path, text).baseline.cells[0].skill == SKILLS[level]  # type: ignore[index]


def test_responders_of_ones_own_come_from_a_people_file(tmp_path: Path) -> None:
    people = "kind: people\nname: ours\nsource: Ours\nlike: novice\ndiagnose: 20m\nskill: {jumps: 0.1}\n"
    (tmp_path / "ours.yaml").write_text(people)
    text = edited(STUDY, "replications", "responders: [{people: ours.yaml}]\nreplications")
    skill = setup(tmp_path, text).baseline.cells[0].skill
    assert skill is not None
    assert (skill.jumps, skill.answer) == (0.1, 1.5)
    assert skill.diagnose == pytest.approx(1200 / 2655, rel=1e-3)


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=6), st.integers(1, 300))
def test_each_cell_comes_as_often_as_its_weight_says(weights: list[float], runs: int) -> None:
    cells = list(islice(mixed(tuple(weights)), runs))
    for cell, weight in enumerate(weights):
        assert abs(cells.count(cell) - runs * weight / sum(weights)) <= len(weights)


def test_weights_of_two_to_one() -> None:
    assert list(islice(mixed((2.0, 1.0)), 6)) == [0, 1, 0, 0, 1, 0]
