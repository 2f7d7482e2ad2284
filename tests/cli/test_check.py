"""`drillbook check` tells every problem of every file, and its exit status says how it went."""

import json
from pathlib import Path

import pytest

from drillbook.cli.main import main
from tests.loading.sample import PLAYBOOK, SCENARIO, edited


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DRILLBOOK_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DRILLBOOK_PATH", raising=False)
    return tmp_path


def test_the_built_in_packs_hold(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0
    assert "no problems" in capsys.readouterr().out


def test_a_sound_file_holds(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "a.yaml").write_text(SCENARIO)
    assert main(["check", "a.yaml"]) == 0
    assert capsys.readouterr().out == "1 file checked: no problems\n"


def test_every_problem_has_its_line_and_the_status_is_1(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "a.yaml").write_text(
        edited(edited(SCENARIO, "replicas: 8", "replicas: x"), "remedy: 7", "remedy: 70")
    )
    (folder / "r.yaml").write_text(
        "groups:\n  - name: a\n    rules:\n      - alert: A\n        expr: nope(x)\n"
    )
    assert main(["check", "a.yaml", "r.yaml"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == ["a.yaml", "a.yaml", "r.yaml", "2 files checked"]
    assert lines[2].startswith("r.yaml:5:15: ")
    assert lines[-1] == "2 files checked: 3 problems in 2 files"


def test_a_file_that_is_not_there_is_status_2_and_the_others_are_checked(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "a.yaml").write_text("kind: scenario\n")
    assert main(["check", "nope.yaml", "a.yaml"]) == 2
    said = capsys.readouterr()
    assert said.err == "there is no file nope.yaml\n"
    assert "a.yaml:1:1: `title` is missing" in said.out
    assert "1 file could not be read" in said.out


def test_an_empty_folder_has_nothing_to_check(folder: Path) -> None:
    (folder / "empty").mkdir()
    assert main(["check", "empty"]) == 2


def test_in_a_folder_other_yaml_files_are_skipped(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "deep" / "er" / "p.yaml").write_text(PLAYBOOK)
    (folder / "deep" / "compose.yml").write_text("services: {}\n")
    (folder / ".git").mkdir()
    (folder / ".git" / "x.yaml").write_text("kind: nonsense\n")
    assert main(["check", "."]) == 0
    assert capsys.readouterr().out == "1 file checked: no problems; 1 YAML file of other kinds skipped\n"


def test_a_file_that_is_named_must_say_its_kind(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "compose.yml").write_text("services: {}\n")
    assert main(["check", "compose.yml"]) == 1
    assert "compose.yml:1:1: `kind` is missing" in capsys.readouterr().out


def test_a_kind_that_there_is_not_gets_the_nearest(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "a.yaml").write_text("kind: senario\n")
    assert main(["check", "a.yaml"]) == 1
    assert (
        "a.yaml:1:7: `kind` cannot be the text `senario`, did you mean scenario?" in capsys.readouterr().out
    )


def test_a_scenario_is_checked_with_the_playbook_beside_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "s.yaml").write_text(edited(SCENARIO, "playbook: incident-response", "playbook: ours"))
    text = edited(PLAYBOOK, "name: incident-response", "name: ours").replace("vp-engineering", "cto")
    (folder / "p.yaml").write_text(text)
    assert main(["check", "."]) == 1
    said = capsys.readouterr().out
    assert "p.yaml:" in said
    assert "`cto`" in said


def test_a_playbook_that_is_nowhere_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "s.yaml").write_text(
        edited(SCENARIO, "playbook: incident-response", "playbook: incident-reponse")
    )
    assert main(["check", "s.yaml"]) == 1
    assert (
        "there is no playbook `incident-reponse`, did you mean incident-response?" in capsys.readouterr().out
    )


def test_json_is_one_document_and_nothing_else(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "a.yaml").write_text(edited(SCENARIO, "replicas: 8", "replicas: x"))
    assert main(["check", "--json", "a.yaml"]) == 1
    made = json.loads(capsys.readouterr().out)
    assert made["ok"] is False
    (file,) = made["files"]
    assert (file["file"], file["kind"]) == ("a.yaml", "scenario")
    assert file["problems"][0]["message"] == "`replicas` must be a whole number, found the text `x`"


def test_a_file_name_with_control_characters_is_escaped(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "a\x1b[2J.yaml").write_text("kind: scenario\n")
    assert main(["check", "a\x1b[2J.yaml"]) == 1
    assert "\x1b" not in capsys.readouterr().out


def test_the_built_in_packs_are_of_quality(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--quality"]) == 0
    assert "no problems" in capsys.readouterr().out


def test_quality_is_asked_of_sound_scenarios_only(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "a.yaml").write_text(edited(SCENARIO, "replicas: 8", "replicas: x"))
    (folder / "b.yaml").write_text(SCENARIO)
    (folder / "b.calibration.json").write_text("[]")
    assert main(["check", "--quality", "a.yaml", "b.yaml"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == ["a.yaml", "b.calibration.json", "3 files checked"]
