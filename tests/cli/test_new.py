"""What `drillbook new` writes holds, is of quality, and is played as it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from drillbook.cli.main import main


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DRILLBOOK_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DRILLBOOK_PATH", raising=False)
    return tmp_path


def test_a_new_scenario_lacks_nothing_but_its_calibration(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "scenario", "our-drill"]) == 0
    assert main(["check", "our-drill.yaml"]) == 0
    capsys.readouterr()
    assert main(["check", "--quality", "our-drill.yaml"]) == 1
    assert len(capsys.readouterr().out.splitlines()) == 2
    main(["calibrate", "our-drill.yaml", "--runs", "20", "--workers", "1"])
    assert "holds     experts restore service" in capsys.readouterr().out
    assert main(["check", "--quality", "our-drill.yaml"]) == 0


def test_a_new_playbook_judges_the_built_in_drills(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "playbook", "ours", "--title", 'Ours: "calm" #1', "-o", "sub/ours.yaml"]) == 0
    assert main(["check", "sub/ours.yaml"]) == 0
    for scenario in ("db-pool-exhaustion", "orders-missing"):
        capsys.readouterr()
        run = ["run", scenario, "--playbook", "sub/ours.yaml", "--responder", "expert", "--seed", "1"]
        assert main(run) == 0
        assert "total  9" in capsys.readouterr().out


def test_a_new_curriculum_is_shown_and_listed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "curriculum", "ours", "-o", "home/packs/ours.yaml"]) == 0
    assert main(["check", "home/packs/ours.yaml"]) == 0
    capsys.readouterr()
    assert main(["catalog"]) == 0
    assert "First steps on call in our team  (your own)" in capsys.readouterr().out
    assert main(["catalog", "ours", "first-incident"]) == 0
    assert "drillbook play db-pool-exhaustion --playbook incident-response" in capsys.readouterr().out


def test_comments_say_what_the_parts_are_for(folder: Path) -> None:
    main(["new", "scenario", "a"])
    main(["new", "playbook", "b"])
    for name in ("a.yaml", "b.yaml"):
        lines = (folder / name).read_text().splitlines()
        assert sum(line.lstrip().startswith("#") for line in lines) >= 10


def test_nothing_is_overwritten(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "a.yaml").write_text("mine")
    assert main(["new", "scenario", "a"]) == 2
    assert "a.yaml: there is such a file already" in capsys.readouterr().err
    assert (folder / "a.yaml").read_text() == "mine"


@pytest.mark.parametrize("name", ["", "No Name", "../x", "a\n", "ä", "x" * 64])
def test_a_name_that_cannot_be_one_makes_no_file(
    name: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", "scenario", name]) == 2
    assert "cannot be the name of a scenario (lower-case letters" in capsys.readouterr().err
    assert not list(folder.glob("*.yaml"))


def test_a_kind_that_there_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "senario", "x"]) == 2
    assert "'scenario', 'playbook', 'curriculum', 'study'" in capsys.readouterr().err
