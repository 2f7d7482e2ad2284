"""Whose file it is, is told by what is in it; what it is wrapped in does not matter."""

import json
from typing import Any

import pytest

from drillbook.errors import InvalidInput
from drillbook.loading.document import data
from drillbook.loading.foreign.reader import any_document
from drillbook.loading.foreign.tools import normalised, tool_of
from tests.loading.foreign import samples

POLICY = {"id": "P", "name": "p", "escalation_rules": []}


@pytest.mark.parametrize(
    ("text", "tool"),
    [
        (samples.ALERTMANAGER, "alertmanager"),
        (samples.PROMETHEUS, "prometheus"),
        (samples.RULES, "prometheus"),
        (samples.PAGERDUTY, "pagerduty"),
        (samples.GOALERT, "goalert"),
        (samples.OPSGENIE_ESCALATIONS, "opsgenie"),
        (samples.OPSGENIE_SCHEDULE, "opsgenie"),
        (samples.OPSGENIE_TEAM, "opsgenie"),
        ("route: {receiver: a}", "alertmanager"),
        ("global: {scrape_interval: 15s}", "prometheus"),
        (json.dumps([POLICY]), "pagerduty"),
        (json.dumps(POLICY), "pagerduty"),
        ('{"escalationPolicies": []}', "goalert"),
    ],
)
def test_a_tool_is_known_by_its_keys(text: str, tool: str) -> None:
    assert tool_of(any_document(text, "f")) == tool


@pytest.mark.parametrize(
    "text",
    [
        "services: {web: {image: nginx}}",
        "jobs: {build: {steps: [{run: make}]}}",
        "kind: Role\nrules: [{verbs: [get]}]",
        "- hosts: all\n  roles: [x]",
        "timezone: UTC",
        "rules: [{level: error}]",
        "members: [a, b]",
    ],
)
def test_files_of_others_are_nobodys(text: str) -> None:
    assert tool_of(any_document(text, "f")) is None


@pytest.mark.parametrize(
    "wrapped",
    [
        {"escalation_policies": [POLICY]},
        {"escalation_policy": POLICY},
        [POLICY],
        POLICY,
        {"data": {"escalation_policies": [POLICY]}},
        {"data": {"escalation_policies": {"nodes": [POLICY]}}},
        {"data": [POLICY]},
    ],
)
def test_whatever_an_answer_is_wrapped_in_it_becomes_a_list_of_its_kind(wrapped: Any) -> None:
    document = normalised(any_document(json.dumps(wrapped, indent=1), "f"), "pagerduty")
    assert data(document.root)["escalation_policies"] == [POLICY]
    place = document.place(("escalation_policies", 0, "name"))
    assert '"p"' in document.text.split("\n")[place.line - 1]


def test_characters_that_json_writes_as_two_escapes_are_one() -> None:
    document = any_document('{"name": "\\ud83d\\ude00 \\u00e9"}', "f")
    assert data(document.root) == {"name": "\U0001f600 \u00e9"}


def test_json_with_tabs_is_read() -> None:
    assert data(any_document('{\n\t"a": [\n\t\t1,\n\t\t2\n\t]\n}', "f").root) == {"a": [1, 2]}


def test_half_a_surrogate_is_a_problem_with_a_place() -> None:
    with pytest.raises(InvalidInput) as caught:
        any_document('{\n "name": "\\ud83d"}', "f")
    assert str(caught.value).startswith("f:2:")


@pytest.mark.parametrize("text", ['"hello"', "7"])
def test_a_single_value_is_no_file(text: str) -> None:
    with pytest.raises(InvalidInput, match="a single value"):
        any_document(text, "f")
