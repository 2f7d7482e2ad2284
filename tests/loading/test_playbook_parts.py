"""Policies of any tool, triggers and people of a playbook: what is wrong is told at its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from drillbook.errors import InvalidInput
from drillbook.loading.files import document, load_drill, read_playbook

ROOT = Path(__file__).parents[2]
SCENARIO = ROOT / "scenarios" / "db-pool-exhaustion.yaml"
NOVACRON = (ROOT / "playbooks" / "novacron.yaml").read_text(encoding="utf-8")


def said(text: str) -> str:
    """Every problem of a playbook, as people read them."""
    with pytest.raises(InvalidInput) as caught:
        read_playbook(document(text, "mine.yaml"))
    return "\n".join(str(problem) for problem in caught.value.problems)


def place(text: str, of: str) -> str:
    """Line and column at which something stands."""
    before = text[: text.index(of)]
    return f"mine.yaml:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


@pytest.mark.parametrize(
    ("old", "new", "at", "words"),
    [
        (
            "- id: five-levels\n",
            "- id: five-levels\n      profile: pagerdutty\n",
            "pagerdutty",
            "did you mean pagerduty?",
        ),
        ("kind: remediation-failed", "kind: remediation-fails", "remediation-fails", "remediation-failed?"),
        (
            "severities: [P0]}\n    escalate_to: [cto",
            "severities: [P9]}\n    escalate_to: [cto",
            "P9",
            "`P9`",
        ),
        (
            "escalation_policy: five-levels",
            "escalation_policy: five-level",
            "five-level\n",
            "did you mean 'five-levels'?",
        ),
        ("id: manager-rota}", "id: manger-rota}", "manger-rota", "did you mean 'manager-rota'?"),
        ("time_zone: Etc/UTC", "time_zone: Mars/Base", "Mars/Base", "not a time zone"),
        ("  - id: ciso\n", "  - id: cto\n", "cto\n    part: executive\n    title: Chief info", "cto"),
    ],
)
def test_a_wrong_part_is_told_at_its_place_with_what_was_meant(
    old: str, new: str, at: str, words: str
) -> None:
    text = NOVACRON.replace(old, new, 1)
    assert text != NOVACRON
    problems = said(text)
    assert words in problems
    assert place(text, at).rpartition(":")[0] in problems


def test_a_trigger_by_target_time_needs_one() -> None:
    lines = [line for line in NOVACRON.split("\n") if "resolve_within" not in line]
    assert "no severity has a `resolve_within` to go by" in said("\n".join(lines))


def test_people_of_a_playbook_join_and_those_of_the_scenario_count_first() -> None:
    drill = load_drill(SCENARIO, ROOT / "playbooks" / "novacron.yaml")
    people = {person.id: person for person in drill.scenario.people}
    assert people["service-owners"].title == "Service owners"
    assert people["secondary"].knows, "the scenario's secondary, not the playbook's"
    assert len(people) == len(drill.scenario.people)


def test_whom_neither_the_playbook_nor_the_scenario_has_is_told_for_the_two_together(tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text(
        NOVACRON.replace("escalate_to: [security-team]", "escalate_to: [security-taem]"), encoding="utf-8"
    )
    with pytest.raises(InvalidInput, match="security-taem"):
        load_drill(SCENARIO, mine)
