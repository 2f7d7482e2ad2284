"""A row of a study that is a whole horizon: run, shown again, with a team's own people file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from drillbook.cli.main import main

STUDY = """
kind: study
name: weeks
title: One day
question: Does a second engineer help?
scenarios: [{scenario: quotes-fail}]
responders: [{people: us.yaml}]
factors:
  - id: secondary
    title: Secondary
    paths: [horizon.rota.secondary]
    levels: [{id: "with", value: true}, {id: without, value: false}]
horizon: {days: 1, start: "2026-03-09T08:00:00Z", arrivals: {per_month: 30, cv: 0}, rota: {secondary: true}}
replications: {kind: fixed, runs: 2}
measures: [{measure: cost}]
"""
PEOPLE = """
kind: people
name: us
source: ours
answer: {median: 1m, sigma: 0.5, never: 0}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DRILLBOOK_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DRILLBOOK_PATH", raising=False)
    (tmp_path / "weeks.yaml").write_text(STUDY, encoding="utf-8")
    (tmp_path / "us.yaml").write_text(PEOPLE, encoding="utf-8")
    return tmp_path


def test_a_horizon_is_run_and_shown_week_by_week(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["study", "run", "weeks.yaml", "--workers", "1", "--out", "out"]) == 0
    capsys.readouterr()
    assert main(["study", "weeks", "out", "1", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [each["scenario"] for each in found["incidents"]] == ["quotes-fail"]
    assert sum(each["on_call_hours"] for each in found["weeks"]) == pytest.approx(48)
    assert main(["study", "weeks", "out", "3"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("Row 3: without, seed 1")
    assert "cost in all: " in said
    assert main(["study", "weeks", "out", "9"]) == 2
    assert "there is no row 9" in capsys.readouterr().err


def test_a_team_of_ones_own_handles_a_drill(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "quotes-fail", "--responder", "people:us.yaml", "--seed", "7"]) == 0
    assert "acknowledge 0m" in capsys.readouterr().out
    assert main(["run", "quotes-fail", "--responder", "people:gone.yaml"]) == 2
    assert "there is no file gone.yaml" in capsys.readouterr().err
