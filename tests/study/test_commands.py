"""`drillbook study` from the command line: what it prints, and its exit status."""

import json
from pathlib import Path

import pytest

from drillbook.cli.main import main
from drillbook.cli.study_progress import Progress
from drillbook.study.running import Status
from tests.study.small import STUDY, edited, written


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DRILLBOOK_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DRILLBOOK_PATH", raising=False)
    written(tmp_path, edited(STUDY, "runs: 12", "runs: 2"))
    return tmp_path


def test_a_study_is_shown_run_and_replayed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["study", "show", "small.yaml", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["baseline"], shown["runs_at_most"]) == ("usual", 4)
    assert main(["study", "run", "small.yaml", "--workers", "1"]) == 0
    assert "4 in all, digest" in capsys.readouterr().out
    assert main(["study", "report", "small-results", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["runs"] == 4
    assert main(["study", "report", "small-results"]) == 0
    assert "* is what is done today" in capsys.readouterr().out
    assert main(["study", "replay", "small-results", "4", "--json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert (again["alternative"], again["seed"], again["same"]) == ("short", 2, True)
    assert main(["study", "replay", "small-results", "1", "--out", "look"]) == 0
    assert "The measures are those of the row." in capsys.readouterr().out
    assert {path.name for path in Path("look").iterdir()} == {
        "events.jsonl",
        "scorecard.json",
        "debrief.html",
    }
    assert main(["study", "run", "small.yaml", "--workers", "1"]) == 2
    assert "small-results holds results already" in capsys.readouterr().err
    assert main(["study", "replay", "small-results", "5"]) == 2
    assert "there is no row 5; the results have rows 1 to 4" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["rnu"], "Did you mean 'run'?"),
        (["run"], "Missing argument 'FILE'"),
        (["run", "escalation-delay"], "did you mean escalation-delays?"),
        (["run", "gone.yaml"], "there is no file gone.yaml"),
        (["run", "short.yaml"], "short.yaml:2:7: this is a scenario, not a study"),
        (["run", "small.yaml", "--workers", "0"], "Invalid value for '--workers'"),
        (["run", "small.yaml", "--workers", "2", "--cluster", "x:1"], "leave one out"),
        (["replay", ".", "1"], "holds no results of a study"),
    ],
)
def test_wrong_use_is_told(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["study", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_studies_are_checked_and_listed(capsys: pytest.CaptureFixture[str]) -> None:
    text = edited(STUDY, "escalation_policies", "escalation_polices")
    Path("small.yaml").write_text(text)
    assert main(["check", "small.yaml"]) == 1
    assert "small.yaml:10:13: there is no `playbook.on_call.escalation_polices" in capsys.readouterr().out
    assert main(["catalog"]) == 0
    assert "escalation-delays" in capsys.readouterr().out


def test_a_new_study_holds_and_can_be_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "study", "ours", "--title", 'Ours: "calm"']) == 0
    assert main(["check", "ours.yaml"]) == 0
    assert main(["study", "show", "ours.yaml"]) == 0
    assert "30 runs of each alternative, 120 in all" in capsys.readouterr().out


def test_the_shipped_studies_are_sound(capsys: pytest.CaptureFixture[str]) -> None:
    from drillbook.loading.packs import built_in

    files = [str(path) for path in (built_in().path / "studies").glob("*.yaml")]
    assert len(files) >= 2
    assert main(["check", *files]) == 0


def test_ctrl_c_keeps_what_is_finished_and_says_how_to_go_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("drillbook.study.setup.BLOCK", 1)
    tell = Progress.tell

    def stop(self: Progress, status: Status) -> None:
        tell(self, status)
        if status.done == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(Progress, "tell", stop)
    assert main(["study", "run", "small.yaml", "--workers", "1", "--out", "half"]) == 130
    said = capsys.readouterr().err
    assert "Stopped; 2 of 4 runs are kept. Go on with:" in said
    again = said.strip().splitlines()[-1].split()[1:]
    assert again == ["study", "run", "small.yaml", "--out", "half", "--resume"]
    monkeypatch.setattr(Progress, "tell", tell)
    assert main([*again, "--workers", "1"]) == 0
    printed = capsys.readouterr()
    assert "2 runs are there already" in printed.err
    assert "4 in all" in printed.out
