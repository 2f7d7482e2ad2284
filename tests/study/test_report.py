"""Reports of studies: they say what the findings say, need nothing from outside, and escape names."""

from __future__ import annotations

import json
import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from drillbook.cli.main import main
from drillbook.study.analysis.analyse import analyse
from drillbook.study.analysis.findings import Findings
from drillbook.study.analysis.opening import opened
from drillbook.study.compare import compared
from drillbook.study.report import plots
from drillbook.study.report.page import to_html
from drillbook.study.report.shown import bounds, value
from drillbook.study.report.text import WIDTH, summary
from drillbook.study.results import Results, load
from tests.study.small import STUDY, edited, written

EVIL = "<script>alert(1)</script>\x1b[31m"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of six runs under each of two alternatives."""
    home = tmp_path_factory.mktemp("report")
    path = written(home, edited(STUDY, "runs: 12", "runs: 6"))
    assert main(["study", "run", str(path), "--workers", "1", "--out", str(home / "done")]) == 0
    return home / "done"


@pytest.fixture(scope="module")
def results(folder: Path) -> Results:
    return load(folder)


@pytest.fixture(scope="module")
def findings(results: Results) -> Findings:
    return analyse(opened(results))


def page(results: Results, findings: Findings) -> str:
    return to_html(findings, opened(results), results.manifest)


class Reader(HTMLParser):
    """Tags and attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [each for name, each in attrs if name in {"href", "src", "action"} and each]


def test_the_page_needs_nothing_else(results: Results, findings: Findings) -> None:
    reader = Reader()
    text = page(results, findings)
    reader.feed(text)
    assert not reader.tags & {"script", "link", "iframe", "img", "object", "form"}
    assert not reader.links
    assert "default-src 'none'" in unescape(text)
    assert not re.search(r"https?://|url\(|@import", text)


def test_the_page_and_the_summary_have_the_findings_figures(results: Results, findings: Findings) -> None:
    text, told = page(results, findings), summary(findings, results.manifest)
    for measure in findings.measures:
        for each in measure.estimates:
            assert value(each.figure, measure.unit) in text
            assert value(each.figure, measure.unit) in told
            assert bounds(each.figure, measure.unit) in told
    assert " ".join(findings.recommendation.text.split()) in " ".join(told.split())


def test_the_summary_fits_a_terminal(results: Results, findings: Findings) -> None:
    assert max(len(line) for line in summary(findings, results.manifest).splitlines()) <= WIDTH


def test_what_others_wrote_is_no_markup_and_no_escape_code(results: Results, findings: Findings) -> None:
    hostile = findings.model_copy(update={"title": EVIL, "question": EVIL})
    assert "<script>" not in page(results, hostile)
    assert "\x1b" not in summary(hostile, results.manifest)


def test_a_plot_escapes_the_names_of_alternatives(findings: Findings) -> None:
    measure = findings.measures[0]
    named = [each.model_copy(update={"alternative": EVIL}) for each in measure.estimates]
    drawn = plots.dots(measure.model_copy(update={"estimates": named}), EVIL)
    assert "<script>" not in drawn
    assert "&lt;script&gt;" in drawn
    rows = plots.distributions(measure, [("<title>x</title>", np.array([1.0, 2.0, 3.0]))])
    assert "<title>x</title>" not in rows


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (3.0, 4.0), (1e-6, 2e-6), (-5.0, 1e6)])
def test_ticks_are_few_and_within(low: float, high: float) -> None:
    ticks = plots.Scale(low, high, 0.0, 100.0).ticks("1")
    assert 2 <= len(ticks) <= 8
    assert low - 1e-9 <= min(ticks)
    assert max(ticks) <= high + 1e-9


def test_report_prints_writes_and_gives_json(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["study", "report", str(folder)]) == 0
    assert "2 alternatives (full); * is what is done today" in capsys.readouterr().out
    assert main(["study", "report", str(folder), "--html", str(tmp_path / "page.html")]) == 0
    assert (tmp_path / "page.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    capsys.readouterr()
    assert main(["study", "report", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["kind"] == "study-findings"
    assert main(["study", "report", str(tmp_path)]) == 2
    assert "holds no results of a study" in capsys.readouterr().err


def test_results_beside_themselves_are_the_same(results: Results) -> None:
    found = compared(results, results)
    assert not found.inputs
    assert {each.difference.value for each in found.apart} == {0.0}
    assert all(each.pairs for each in found.apart)


def test_compare_tells_what_was_run_otherwise(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = folder.parent
    path = written(home, edited(edited(STUDY, "runs: 12", "runs: 3"), "value: 1", "value: 2"))
    assert main(["study", "run", str(path), "--workers", "1", "--out", str(home / "other")]) == 0
    capsys.readouterr()
    assert main(["study", "compare", str(folder), str(home / "other")]) == 0
    told = capsys.readouterr().out
    assert "study small: the files differ" in told
    assert "alternative short: it sets other values" in told
    assert "3 pairs" in told
