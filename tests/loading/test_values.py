"""What unquoted values mean: never something else than the author sees."""

import pytest

from drillbook.loading.files import document, read_playbook, read_scenario
from drillbook.loading.scalars import is_odd_number, resolve
from drillbook.model.scenario import Scenario
from tests.loading.sample import PLAYBOOK, SCENARIO, edited, line_of, told


def loaded(text: str) -> Scenario:
    return read_scenario(document(text, "f.yaml")).model


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("6", 6),
        ("-1", -1),
        ("0", 0),
        ("0.5", 0.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("null", None),
    ],
)
def test_what_all_agree_on_is_what_it_seems(text: str, value: object) -> None:
    assert resolve(text) == value
    assert type(resolve(text)) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        "on",
        "off",
        "yes",
        "no",
        "y",
        "12:30",
        "017",
        "0o17",
        "0x1F",
        "0b11",
        "1_000",
        ".inf",
        "-.inf",
        ".nan",
        "1e999",
        "2026-03-10",
        "1.2.3",
        "+",
        "-",
        ".",
        "9" * 5000,
    ],
)
def test_what_is_read_differently_elsewhere_stays_text(text: str) -> None:
    assert resolve(text) == text


@pytest.mark.parametrize("text", ["017", "0o17", "0x1F", "1_000", "12:30", ".inf", ".NaN", "1e999"])
def test_odd_numbers_are_known_as_such(text: str) -> None:
    assert is_odd_number(text)


@pytest.mark.parametrize("written", ["15.6", "on", "no", "true", "017", "1e3", "12:30", "1_0", "15.60"])
def test_where_text_is_wanted_what_was_written_is_kept(written: str) -> None:
    scenario = loaded(edited(SCENARIO, 'version: "15.6"', f"version: {written}"))
    assert scenario.system.component("orders-db").version == written  # type: ignore[attr-defined]


def test_a_version_like_a_number_is_kept_in_every_place_it_is_named() -> None:
    text = SCENARIO.replace('"1.11.2"', "1.10")
    service = loaded(text).system.component("edge")
    assert service.release == service.releases[0].version == "1.10"  # type: ignore[attr-defined]


def test_keys_are_text_whatever_they_look_like() -> None:
    text = edited(edited(SCENARIO, 'value: "on"', "value: on"), '"off":', "off:")
    setting = loaded(text).system.component("orders-api").settings[0]  # type: ignore[attr-defined]
    assert setting.value == "on"
    assert list(setting.effects) == ["off"]
    playbook = read_playbook(document(edited(PLAYBOOK, "  5xx: errors", "  404: not found"), "f.yaml")).model
    assert playbook.jargon["404"] == "not found"


def test_a_time_of_day_needs_no_quotes() -> None:
    scenario = loaded(edited(SCENARIO, 'at: "05:00"', "at: 05:00"))
    assert scenario.system.workload.day[1].at == "05:00"


def test_an_instant_needs_no_quotes() -> None:
    assert loaded(edited(SCENARIO, '"2026-03-10T14:18:00Z"', "2026-03-10T14:18:00Z")) == loaded(SCENARIO)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            "017",
            "`replicas` must be a whole number, found the text `017` (YAML versions read this differently",
        ),
        ("0o17", "found the text `0o17` (YAML versions read this differently"),
        ("1_000", "found the text `1_000` (YAML versions read this differently"),
        ("six", "`replicas` must be a whole number, found the text `six`"),
        ('"6"', "found the text `6` in quotes (leave the quotes out)"),
        ("6.5", "`replicas` must be a whole number, found `6.5`"),
        ("true", "`replicas` must be a whole number, found `true`"),
        ("", "`replicas` must be a whole number, found nothing"),
        ("0", "`replicas` must be at least 1, found `0`"),
        ("[6]", "`replicas` must be a whole number, found a list"),
    ],
)
def test_numbers_are_asked_for_in_words(written: str, said: str) -> None:
    found = told(edited(SCENARIO, "replicas: 8", f"replicas: {written}"))
    assert len(found) == 1
    assert said in found[0]
    assert found[0].startswith(f"f.yaml:{line_of(SCENARIO, 'replicas: 8')}:")


@pytest.mark.parametrize(
    ("written", "write"), [("yes", "true"), ("on", "true"), ("No", "false"), ("off", "false")]
)
def test_yes_and_no_are_not_truth_values(written: str, write: str) -> None:
    found = told(edited(PLAYBOOK, "post_mortem: true", f"post_mortem: {written}"), "playbook")
    line = line_of(PLAYBOOK, "post_mortem:")
    wanted = f"`post_mortem` must be true or false, found the text `{written}` (write {write})"
    assert found == [f"f.yaml:{line}:18: {wanted}"]


@pytest.mark.parametrize("written", ["30", "1:30", "1.5", "30 seconds", "-5m", "", "true"])
def test_a_duration_has_its_unit(written: str) -> None:
    found = told(edited(SCENARIO, "stable_for: 3m", f"stable_for: {written}"))
    assert len(found) == 1
    assert "`stable_for` cannot be" in found[0]
    assert "such as 250ms, 30s, 5m or 1h30m" in found[0]


def test_nothing_is_not_text() -> None:
    found = told(edited(SCENARIO, "title: The shop stops answering", "title:"))
    assert found[0].startswith(f"f.yaml:{line_of(SCENARIO, 'title:')}:7: `title` must be text, found nothing")
