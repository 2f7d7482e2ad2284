"""The summary of a study holds what was found, fits a terminal, and shows names safely."""

from __future__ import annotations

from pathlib import Path

import pytest

from drillbook.cli.main import main
from drillbook.study.analysis.analyse import analyse
from drillbook.study.analysis.subject import Option, Subject
from drillbook.study.manifest import Manifest
from drillbook.study.report.summary import WIDTH, bounds, summary
from tests.study.analysis.synthetic import minutes_faster, study, table

MANIFEST = Manifest(
    study="synthetic", title="Synthetic", version="1.0", python="3.12", first_seed=1, inputs=[],
    alternatives=[], baseline=0, points=[], cells=[], measures=[], begun="2026-01-01T00:00:00Z",
)  # fmt: skip


def _subject(title: str = "Which one?") -> Subject:
    columns = {
        "today": {"mitigate_s": minutes_faster(0)},
        "a-name-that-is-as-long-as-names-may-be": {"mitigate_s": minutes_faster(300)},
    }
    options = tuple(Option(name, title, {"policy": name}) for name in columns)
    return Subject(study(list(columns), title=title), options, table(columns, 40), (), None, ())


def test_fits_80_columns_and_tells_each_estimate_with_its_interval() -> None:
    found = analyse(_subject())
    text = summary(found, MANIFEST)
    assert max(map(len, text.splitlines())) <= WIDTH
    flat = " ".join(text.split())
    for measure in found.measures:
        for each in measure.estimates:
            assert bounds(each.figure, measure.unit) in flat
        for apart in measure.differences:
            assert bounds(apart.difference, measure.unit, off=True) in flat
            assert " ".join(apart.text.split()) in flat
    assert " ".join(found.recommendation.text.split()) in flat


def test_escape_codes_of_a_title_do_not_reach_the_terminal() -> None:
    text = summary(analyse(_subject("\x1b[2Jred\u202e")), MANIFEST)
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_a_folder_without_results_is_told_in_one_message(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["study", "report", str(tmp_path)]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "Traceback" not in told.err
    assert len(told.err.strip().splitlines()) == 1
