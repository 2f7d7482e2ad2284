"""Packs are found by kind and name wherever they are; a broken one is listed as such and hides no other."""

import sys
from pathlib import Path

import pytest

import drillbook
from drillbook.errors import InvalidInput, NotFound
from drillbook.loading import packs
from drillbook.loading.catalog import Catalog
from drillbook.loading.index import Entry, Index
from drillbook.loading.packs import Folder, built_in
from tests.loading.sample import PLAYBOOK, SCENARIO, edited


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / "mine.yaml").write_text(edited(SCENARIO, "name: db-pool-exhaustion", "name: mine"))
    (tmp_path / "playbooks").mkdir()
    (tmp_path / "playbooks" / "ours.yml").write_text(
        edited(PLAYBOOK, "name: incident-response", "name: ours")
    )
    return tmp_path


def entry(catalog: Catalog, name: str) -> Entry:
    return next(each for each in catalog.entries() if each.name == name)


def test_the_built_in_packs_are_found_and_sound() -> None:
    catalog = Catalog.standard()
    drill = catalog.drill("db-pool-exhaustion")
    assert drill.scenario.name == "db-pool-exhaustion"
    assert drill.playbook.name == "incident-response"
    assert catalog.playbook("incident-response") == drill.playbook


def test_in_a_checkout_the_packs_are_those_at_its_top() -> None:
    assert built_in().path == Path(__file__).parents[2]


def test_installed_the_packs_are_inside_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "site-packages" / "drillbook"
    (package / "packs" / "scenarios").mkdir(parents=True)
    (package / "packs" / "scenarios" / "one.yaml").write_text(SCENARIO)
    monkeypatch.setattr(drillbook, "__file__", str(package / "__init__.py"))
    assert [path.name for path in packs.built_in().files()] == ["one.yaml"]


def test_files_beside_the_folders_of_the_built_in_packs_are_none(tmp_path: Path) -> None:
    (tmp_path / ".pre-commit-config.yaml").write_text("repos: []\n")
    assert list(Folder(tmp_path, own=False).files()) == []


def test_own_packs_are_found_directly_and_in_subfolders(own: Path) -> None:
    catalog = Catalog.standard([own])
    assert catalog.scenario("mine").name == "mine"
    assert catalog.playbook("ours").name == "ours"
    assert catalog.drill("db-pool-exhaustion", "ours").playbook.name == "ours"
    assert [each.name for each in catalog.entries() if each.own] == ["mine", "ours"]


def test_ones_own_pack_comes_before_a_built_in_one_of_the_same_name(own: Path) -> None:
    (own / "again.yaml").write_text(edited(SCENARIO, "title: The shop stops answering", "title: Ours"))
    catalog = Catalog.standard([own])
    assert catalog.scenario("db-pool-exhaustion").title == "Ours"
    assert [each.own for each in catalog.entries() if each.name == "db-pool-exhaustion"] == [True]


def test_two_of_a_name_in_one_folder_are_told(own: Path) -> None:
    (own / "other.yaml").write_text(edited(SCENARIO, "name: db-pool-exhaustion", "name: mine"))
    told = [each.problem for each in Catalog.standard([own]).entries() if each.name == "mine"]
    assert told == ["", "its name is that of mine.yaml in the same folder"]


def test_ones_own_broken_pack_does_not_hide_the_built_in_one_of_its_name(own: Path) -> None:
    (own / "again.yaml").write_text(edited(SCENARIO, "replicas: 8", "replicas: x"))
    listed = [each for each in Catalog.standard([own]).entries() if each.name == "db-pool-exhaustion"]
    assert sorted((each.own, bool(each.problem)) for each in listed) == [(False, False), (True, True)]


def test_a_path_stands_for_itself(own: Path) -> None:
    assert Catalog.standard().scenario(str(own / "mine.yaml")).name == "mine"


def test_a_path_that_is_not_there_is_said() -> None:
    with pytest.raises(NotFound, match=r"there is no file no/such\.yaml"):
        Catalog.standard().scenario("no/such.yaml")


def test_an_unknown_name_gets_the_nearest_and_all_there_are() -> None:
    with pytest.raises(NotFound) as caught:
        Catalog.standard().scenario("db-pol-exhaustion")
    assert "did you mean db-pool-exhaustion?\nthere are: " in str(caught.value)


def test_a_playbook_that_is_not_there_is_said_where_the_scenario_names_it(own: Path) -> None:
    path = own / "mine.yaml"
    path.write_text(edited(SCENARIO, "playbook: incident-response", "playbook: incident-respons"))
    with pytest.raises(
        InvalidInput, match=r"mine\.yaml:\d+:11: there is no playbook `incident-respons`, did you"
    ):
        Catalog.standard([own]).drill(str(path))


@pytest.mark.parametrize(
    "content",
    [
        "kind: scenario\nname: bad\n",
        "kind: [\n",
        "kind: scenari\n",
        "nothing: here\n",
        "\0",
        "",
        "- a\n",
        "[" * 5000,
    ],
)
def test_a_broken_pack_is_listed_with_its_problem_and_hides_no_other(own: Path, content: str) -> None:
    (own / "bad.yaml").write_text(content)
    catalog = Catalog.standard([own])
    bad = entry(catalog, "bad")
    assert bad.problem.startswith(f"{own / 'bad.yaml'}:")
    assert bad.problem.isprintable()
    assert not entry(catalog, "mine").problem
    assert not entry(catalog, "db-pool-exhaustion").problem


def test_a_rule_file_beside_own_packs_is_not_a_pack(own: Path) -> None:
    (own / "rules.yaml").write_text("groups: []\n")
    assert not [each for each in Catalog.standard([own]).entries() if each.path.name == "rules.yaml"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("cause: orders-release", "cause: orders-relese"),
        ("version: v2.3.1, by", "version: v2.3.9, by"),
        ("family: connection-pool", "family: Connection Pool"),
        ("  hold: 30s", "  hold: 30"),
    ],
)
def test_a_broken_scenario_in_the_list_gives_nothing_away(own: Path, old: str, new: str) -> None:
    (own / "mine.yaml").write_text(
        edited(edited(SCENARIO, "name: db-pool-exhaustion", "name: mine"), old, new)
    )
    problem = entry(Catalog.standard([own]), "mine").problem
    message = problem.replace(str(own), "")
    assert "`drillbook check" in message
    assert not any(secret in message for secret in ("orders", "v2.3", "onnection", "30s", "pool"))


def test_a_list_shows_nothing_of_what_comes_after_the_drill() -> None:
    shown = {key for each in Index([built_in()]).entries() for key in Entry.__slots__ if getattr(each, key)}
    assert shown <= {"kind", "name", "path", "title", "difficulty", "duration", "playbook"}


def test_listing_the_built_in_packs_needs_no_models() -> None:
    import subprocess

    script = (
        "import sys; from drillbook.loading.index import Index\n"
        "from drillbook.loading.packs import built_in\n"
        "assert Index([built_in()]).entries()\n"
        "sys.exit(' '.join({'pydantic', 'numpy', 'promql_parser'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
