"""A study is checked like any other file: all problems at once, each with its place and what was meant."""

from pathlib import Path

import pytest

from tests.study.small import told

LEVEL = "{id: short, value: 1}"
PATH = "playbook.on_call.escalation_policies.*.escalation_rules.1.escalation_delay_in_minutes"


def test_the_small_study_is_sound(tmp_path: Path) -> None:
    assert told(tmp_path) == []


@pytest.mark.parametrize(
    ("edits", "said"),
    [
        (
            [("escalation_policies", "escalation_polices")],
            ["did you mean playbook.on_call.escalation_policies"],
        ),
        (
            [(PATH, "rules.PgbouncerClients.for")],
            ["did you mean rules.PgbouncerClientsWaiting.for?", "(in rules: "],
        ),
        (
            [(PATH, "playbok.duties")],
            ["there is no `playbok.duties`", "a path begins with: playbook, automation"],
        ),
        ([(PATH, "people.dba.answers.mean")], ["did you mean people.dba.answers.median?"]),
        ([(PATH, "responders.average.answer.medan")], ["did you mean responders.average.answer.median?"]),
        ([(PATH, "scenario.playbook")], ["`scenario.playbook` is a name and no parameter"]),
        ([(PATH, "horizon.arrivals.cv")], ["there is no `horizon.arrivals.cv`"]),
        ([(PATH, "automation.threshold")], ["there is no `automation.threshold`"]),
        (
            [(LEVEL, "{id: short, value: -1}")],
            ["11:46: delay=short: `escalation_delay_in_minutes` must be at least 0"],
        ),
        ([(LEVEL, "{id: short, value: 5m}")], ["must be a number, found the text `5m`"]),
        (
            [(PATH, "rules.PgbouncerClientsWaiting.for")],
            ["delay=short: `for` cannot be `1` (a duration is text"],
        ),
        (
            [(PATH, "responders.average.skill.jump")],
            ["there is no figure of a responder `jump`, did you mean jumps?"],
        ),
        ([(LEVEL, "{id: usual, value: 1}")], ["there are two levels called `usual`"]),
        ([(", " + LEVEL, "")], ["one level is no choice"]),
        ([("weight: 2", "weight: 0")], ["`weight` must be more than 0"]),
        ([("forms: [1]", "forms: [7]")], ["`short.yaml` has no form 7"]),
        ([("short.yaml, weight", "shrt.yaml, weight")], ["there is no file", "shrt.yaml"]),
        (
            [("{scenario: short.yaml, forms", "{scenario: db-pool-exhausted, forms")],
            ["did you mean db-pool-exhaustion?"],
        ),
        ([("measure: acknowledge_s", "measure: ack_s")], ["`measure` cannot be the text `ack_s`"]),
        (
            [("measure: acknowledge_s", "measure: rest_violations")],
            ["needs a horizon of days, not single incidents"],
        ),
        (
            [("measure: user_minutes, goal", "measure: mitigate_s, goal")],
            ["no measure in this study `mitigate_s`"],
        ),
        ([("goal: min", "goal: low")], ["`goal` cannot be the text `low`"]),
        ([("kind: fixed, runs: 12", "kind: fixed, runs: 1")], ["`runs` must be at least 2"]),
        (
            [("kind: fixed, runs: 12", "kind: precision, half_width: 1m, at_most: 20")],
            ["`at_most` must be at least"],
        ),
        (
            [("replications", "design: {kind: fractional}\nreplications")],
            ["either `generators` or a `resolution`"],
        ),
        (
            [("replications", "design: {kind: fractional, generators: [delay = a b]}\nreplications")],
            ["there is no factor `a`", "there is no factor `b`"],
        ),
        ([("replications", "baseline: {delay: log}\nreplications")], ["there is no level of `delay` `log`"]),
        (
            [("replications", "baseline: {dely: short}\nreplications")],
            ["no factor `dely`, did you mean delay?"],
        ),
        ([("replications", "responders: [{weight: 2}]\nreplications")], ["either a `level` or `people`"]),
        (
            [("levels: [{id: usual}, " + LEVEL + "]", "range: {low: 5m, high: 1m}")],
            ["`low` must be less than `high`", "takes levels only"],
        ),
        (
            [
                ("levels: [{id: usual}, " + LEVEL + "]", "range: {low: -5, high: 5}"),
                ("replications", "design: {kind: latin-hypercube, alternatives: 4}\nreplications"),
            ],
            ["delay=-5.0: `escalation_delay_in_minutes` must be at least 0"],
        ),
        (
            [
                ("levels: [{id: usual}, " + LEVEL + "]", "range: {low: 5m, high: 9}"),
                ("replications", "design: {kind: latin-hypercube, alternatives: 4}\nreplications"),
            ],
            ["must be written alike"],
        ),
    ],
)
def test_what_is_wrong_is_said_where_it_stands(
    tmp_path: Path, edits: list[tuple[str, str]], said: list[str]
) -> None:
    problems = told(tmp_path, *edits)
    assert problems
    assert all(problem.startswith("small.yaml:") for problem in problems)
    for part in said:
        assert any(part in problem for problem in problems), problems


def test_all_problems_come_at_once(tmp_path: Path) -> None:
    """What the file says by itself comes first, then where its paths lead."""
    assert (
        len(
            told(
                tmp_path,
                (PATH, "playbook.on_cal"),
                ("goal: min", "goal: min, prio: 1"),
                ("runs: 12", "runs: 0"),
            )
        )
        == 2
    )
    found = told(
        tmp_path,
        (PATH, "playbook.on_cal"),
        ("{id: usual}", "{id: usual, set: {rules.ShopErrorRatio.for: 1m}}"),
    )
    assert len(found) == 2
    assert all("did you mean" in problem for problem in found)


def test_a_path_need_only_lead_somewhere_in_one_scenario_of_the_mix(tmp_path: Path) -> None:
    other = ("{scenario: short.yaml, forms: [1]}", "{scenario: orders-missing}")
    assert told(tmp_path, other, (LEVEL, "{id: short, set: {rules.PgbouncerClientsWaiting.for: 30s}}")) == []


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ("{scenario.duraton: 20m}", "7:46: there is no `scenario.duraton`, did you mean scenario.duration?"),
        ("{scenario.duration: 20d}", "7:65: `duration` must be at most 7d, a week"),
        ("{responders.average.diagnose: 20m}", "is not about the scenario: it cannot be set for it alone"),
    ],
)
def test_what_the_mix_sets_about_a_drill_is_checked(tmp_path: Path, own: str, said: str) -> None:
    mix = ("{scenario: short.yaml, forms: [1]}", f"{{scenario: short.yaml, forms: [1], set: {own}}}")
    assert any(said in each for each in told(tmp_path, mix)), told(tmp_path, mix)
