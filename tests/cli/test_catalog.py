"""`drillbook catalog` lists what there is, quickly, and keeps its secrets."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from drillbook.cli.main import main
from tests.loading.sample import SCENARIO, edited
from tests.timing import bare_start, ratio


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DRILLBOOK_HOME", str(tmp_path))
    monkeypatch.delenv("DRILLBOOK_PATH", raising=False)
    (tmp_path / "packs").mkdir()
    return tmp_path / "packs"


def test_the_first_drill_and_its_playbook_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalog"]) == 0
    said = capsys.readouterr().out
    assert re.search(r"^  db-pool-exhaustion +easy +2h +The shop stops answering$", said, re.MULTILINE)
    assert "incident-response" in said


def test_a_playbook_is_listed_by_its_pages(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalog", "novacron"]) == 0
    said = capsys.readouterr().out
    for line in ("NovaCron incident response", "Runbooks", "Checklists", "Templates", "Advice"):
        assert line in said.splitlines()
    assert re.search(r"^  automation +What the automation does$", said, re.MULTILINE)


def test_a_page_is_read_by_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalog", "novacron", "service-down"]) == 0
    said = capsys.readouterr().out
    assert "   $ systemctl restart api-gateway" in said
    assert "(at most 30s, if it fails: go back to the previous version" in said
    assert "again 3 times after 5s" in said


def test_a_page_that_is_not_there_gets_a_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalog", "novacron", "runbok"]) == 2
    assert main(["catalog", "novacron", "post-mortm"]) == 2
    assert "did you mean post-mortem?" in capsys.readouterr().err


def test_a_playbook_as_data_has_times_in_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalog", "novacron", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert [each["duration"] for each in made["runbooks"]] == [60, 120, 300, 600, 60, 300]


def test_a_curriculum_is_shown_by_its_modules(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalog", "first-week"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("First week on call\n\nFor: Engineers who have never carried the pager")
    assert "\nmore         Three more (after first-drill)\n  drill     Four thousand shops crawl" in said


def test_a_module_is_read_without_its_answers_and_as_data_with_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["catalog", "first-week", "rules"]) == 0
    said = capsys.readouterr().out
    assert "1. The pager wakes you. What comes first?\n     a) Find the cause" in said
    assert "it says that somebody is there" not in said.lower()
    assert main(["catalog", "first-week", "rules", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["items"][2]["questions"][0]["right"] == ["b"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["first-week", "rule"], "first-week has no module 'rule', did you mean rules?"),
        (["first-weak"], "there is no playbook or curriculum `first-weak`, did you mean first-week?"),
        (["gone.yaml"], "there is no file gone.yaml"),
    ],
)
def test_what_cannot_be_read_is_said(given: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalog", *given]) == 2
    assert said in capsys.readouterr().err


def test_own_packs_are_marked_and_broken_ones_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "mine.yaml").write_text(edited(SCENARIO, "name: db-pool-exhaustion", "name: mine"))
    (home / "bad.yaml").write_text("kind: scenario\n")
    assert main(["catalog"]) == 0
    said = capsys.readouterr().out
    assert "The shop stops answering  (your own)" in said
    assert "Broken\n  bad: " in said


def test_folders_are_named_by_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.yaml").write_text(edited(SCENARIO, "name: db-pool-exhaustion", "name: from-a"))
    monkeypatch.setenv("DRILLBOOK_PATH", f"{tmp_path / 'a'}{':'}{tmp_path / 'gone'}")
    assert main(["catalog"]) == 0
    said = capsys.readouterr()
    assert "from-a" in said.out
    assert said.err == f"DRILLBOOK_PATH: there is no folder {tmp_path / 'gone'}\n"


def test_json_is_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalog", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert {each["kind"] for each in made} == {"scenario", "playbook", "curriculum", "study", "people"}
    assert "family" not in made[0]


def test_the_list_is_quick() -> None:
    """The target is 400 ms where Python alone needs 10."""

    def show() -> None:
        subprocess.run([sys.executable, "-m", "drillbook", "catalog"], stdout=subprocess.DEVNULL, check=True)

    assert ratio(show, bare_start) < 40
