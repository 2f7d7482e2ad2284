"""An import into a playbook changes what it is about and nothing else; the result holds."""

from pathlib import Path

import pytest

from drillbook.errors import InvalidInput
from drillbook.loading.files import document, load_drill, read_playbook
from drillbook.loading.foreign.importing import Imported, Wishes, import_files
from drillbook.loading.foreign.tools import Tool
from drillbook.loading.packs import built_in
from drillbook.model.policy import OnCall
from tests.loading.foreign import samples

PACKS = built_in().path
BASE = (PACKS / "playbooks" / "incident-response.yaml").read_text(encoding="utf-8")
CAST = ("primary", "secondary")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def into(tool: Tool, text: str, wishes: Wishes | None = None, base: str = BASE) -> Imported:
    path = Path("theirs.json")
    path.write_text(text)
    return import_files(tool, [path], wishes or Wishes(), document(base, "base.yaml"))


def on_call(of: Imported) -> OnCall:
    return read_playbook(document(of.text, "made")).model.on_call


def lines_around(of: Imported, begin: str, end: str) -> tuple[str, str]:
    return of.text[: of.text.index(begin)], of.text[of.text.index(end) :]


def test_all_lines_outside_the_blocks_stay_to_the_byte() -> None:
    made = into("pagerduty", samples.PAGERDUTY)
    before, after = lines_around(made, "  services:\n", "runbooks:\n")
    base_before, base_after = BASE[: BASE.index("  services:\n")], BASE[BASE.index("runbooks:\n") :]
    assert before == base_before.replace("pager_service: production", "pager_service: web-shop")
    assert after == base_after


def test_comments_stay_where_they_are() -> None:
    base = BASE.replace("  services:\n", "  # what pages us\n  services:  # old\n").replace(
        "\nrunbooks:\n", "\n# the runbooks\nrunbooks:  # all of them\n"
    )
    text = into("pagerduty", samples.PAGERDUTY, base=base).text
    assert "  # what pages us\n  services:\n    # PagerDuty PSVC" in text
    assert "\n\n# the runbooks\nrunbooks:  # all of them\n" in text


def test_receivers_page_the_imported_service_and_that_is_told() -> None:
    made = into("pagerduty", samples.PAGERDUTY)
    assert {each.pager_service for each in on_call(made).routing.receivers} == {"web-shop", None}
    assert any("pages `web-shop` instead of `production`" in str(note) for note in made.notes)


def test_a_wish_decides_which_service_and_is_not_told() -> None:
    made = into("pagerduty", samples.PAGERDUTY, Wishes(services={"on-call": "web-shop"}))
    assert not any("instead of" in note.message for note in made.notes)


def test_a_wish_for_a_service_that_is_not_there_is_refused() -> None:
    with pytest.raises(InvalidInput, match="did you mean web-shop"):
        into("pagerduty", samples.PAGERDUTY, Wishes(services={"on-call": "web-shp"}))


def test_an_imported_routing_pages_the_services_that_are_there() -> None:
    made = into("alertmanager", samples.ALERTMANAGER)
    whole = on_call(made)
    assert [each.pager_service for each in whole.routing.receivers] == [
        None,
        "production",
        "production",
        None,
    ]
    assert whole.services[0].id == "production"
    assert any("pages the service `production`, as none is called pagers" in str(note) for note in made.notes)


def test_goalert_and_its_rotations_fit_into_a_playbook() -> None:
    assert [each.id for each in on_call(into("goalert", samples.GOALERT)).rotations] == ["primary"]


def test_what_was_about_replaced_services_is_taken_out_and_told() -> None:
    window = (
        "  maintenance_windows:\n"
        '    - {start_time: "2026-03-01T00:00:00Z", end_time: "2026-03-01T01:00:00Z",'
        " services: [{id: production}]}\n"
    )
    made = into(
        "pagerduty", samples.PAGERDUTY, base=BASE.replace("  schedules:\n", window + "  schedules:\n")
    )
    assert on_call(made).maintenance_windows == []
    assert any(
        "`maintenance_windows` was about what is replaced (taken out)" in str(note) for note in made.notes
    )


def test_a_block_in_braces_is_written_anew() -> None:
    base = BASE.replace("  schedules:\n    - id: primary-rota", "  schedules:\n    - id: primary-rota", 1)
    start, end = base.index("on_call:\n"), base.index("runbooks:\n")
    braces = (
        "on_call: {routing: {route: {receiver: a}, receivers: [{name: a, pager_service: 's'}]},"
        " services: [{id: s, name: S, escalation_policy: p}], escalation_policies: [{id: p, name: P,"
        " escalation_rules: [{escalation_delay_in_minutes: 5, targets: [{id: x, type: user}]}]}]}\n\n"
    )
    made = into("pagerduty", samples.PAGERDUTY, base=base[:start] + braces + base[end:])
    assert [each.id for each in on_call(made).services] == ["web-shop"]
    assert on_call(made).routing.receivers[0].pager_service == "web-shop"


def test_one_person_can_stand_for_everybody_on_a_level() -> None:
    made = into("pagerduty", samples.PAGERDUTY, Wishes(by_level=CAST))
    assert made.people == ("primary", "secondary")
    scenario = PACKS / "scenarios" / "db-pool-exhaustion.yaml"
    Path("ours.yaml").write_text(made.text)
    assert load_drill(scenario, "ours.yaml").playbook.on_call.services[0].id == "web-shop"


def test_a_person_named_by_hand_comes_before_the_cast_of_a_level() -> None:
    wishes = Wishes(by_name={"The Boss": "vp-engineering"}, by_level=CAST)
    assert into("pagerduty", samples.PAGERDUTY, wishes).people == ("primary", "vp-engineering")


@pytest.mark.parametrize(
    ("tool", "text", "people"),
    [
        ("goalert", samples.GOALERT, ("primary", "secondary")),
        ("pagerduty", samples.PAGERDUTY, ("primary", "secondary")),
    ],
)
def test_a_cast_reaches_schedules_rotations_and_overrides(
    tool: Tool, text: str, people: tuple[str, ...]
) -> None:
    assert set(into(tool, text, Wishes(by_level=CAST)).people) == set(people)


def test_somebody_who_is_in_no_file_cannot_be_cast() -> None:
    with pytest.raises(InvalidInput, match=r"nobody called `Ann Li`, did you mean ann-lee\?"):
        into("pagerduty", samples.PAGERDUTY, Wishes(by_name={"Ann Li": "primary"}))


SUPPORTED = samples.RULES.replace('sort_by_label(up, "job")', "up == 0")
SCENARIO = (PACKS / "scenarios" / "db-pool-exhaustion.yaml").read_text(encoding="utf-8")
NOISE = "noise: [PaymentProviderSlow, DeploymentReplicasUnavailable]"


def test_rules_go_into_a_scenario() -> None:
    made = into("prometheus", SUPPORTED, base=SCENARIO.replace(NOISE, "noise: [Down]"))
    before, after = lines_around(made, "\nrules:\n", "\nneeds:\n")
    assert SCENARIO.startswith(before)
    assert SCENARIO.replace(NOISE, "noise: [Down]").endswith(after)
    assert "alert: ShopErrors" in made.text
    assert "alert: PgbouncerClientsWaiting" not in made.text


def test_a_result_that_would_not_hold_does_not_come_out() -> None:
    with pytest.raises(InvalidInput, match=r"base.yaml with the import:\d+:\d+: there is no alert"):
        into("prometheus", SUPPORTED, base=SCENARIO)


def test_files_without_a_policy_cannot_take_a_policys_place() -> None:
    with pytest.raises(InvalidInput, match="no policy that could take its place"):
        into("pagerduty", '{"users": [{"id": "P", "name": "Ann", "email": "a@x.example"}]}')
