"""`drillbook calibrate` stores what it measured, and its exit status says whether all of it is shown."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from drillbook.cli.main import main
from drillbook.loading.packs import built_in


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DRILLBOOK_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DRILLBOOK_PATH", raising=False)
    shutil.copy(built_in().path / "scenarios" / "orders-missing.yaml", tmp_path / "ours.yaml")
    return tmp_path


def test_it_is_stored_beside_the_scenario_and_few_runs_are_status_1(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["calibrate", "ours.yaml", "--runs", "2", "--workers", "1"]) == 1
    said = capsys.readouterr().out
    assert "undecided experts restore service in at least 80% of the runs: 100 %" in said
    assert "par_mitigate says 27m00s" in said
    assert json.loads((folder / "ours.calibration.json").read_text())["runs"] == 2


def test_json_is_the_file_and_out_another_place(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["calibrate", "ours.yaml", "--runs", "2", "--workers", "1", "--json", "--out", "sub/c.json"])
    assert capsys.readouterr().out == (folder / "sub" / "c.json").read_text()
    assert not (folder / "ours.calibration.json").exists()


def test_a_scorecard_stands_among_them(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = ["run", "ours.yaml", "--responder", "novice", "--seed", "9", "--json"]
    assert main(run) == 0
    assert json.loads(capsys.readouterr().out)["par"] is None
    main(["calibrate", "ours.yaml", "--runs", "2", "--workers", "1"])
    capsys.readouterr()
    assert main(run) == 0
    assert json.loads(capsys.readouterr().out)["par"]["runs"] == 6


def test_a_calibration_that_is_none_is_said_with_what_to_do(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "ours.calibration.json").write_text('{"kind": "calibration"}')
    assert main(["run", "ours.yaml", "--responder", "absent"]) == 2
    said = capsys.readouterr().err
    assert "ours.calibration.json: this is no calibration: scenario: Field required" in said
    assert "`drillbook calibrate` makes it anew" in said


@pytest.mark.skipif(os.name != "posix", reason="sends Ctrl-C to a group of processes")
def test_an_interrupt_leaves_no_file_and_no_traceback(folder: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "drillbook",
        "calibrate",
        "ours.yaml",
        "--runs",
        "5000",
        "--workers",
        "2",
    ]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        time.sleep(4.0)
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in err + out
    assert not list(folder.glob("*calibration*"))
