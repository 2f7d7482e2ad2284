"""The page's section on the statistics of studies is what the code gives, where that is quick to work out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.validation import coverage, published, studies

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "validation.md").read_text(encoding="utf-8")


def test_the_published_allocation_is_on_the_page() -> None:
    assert published.allocation().holds
    assert published.allocation().row() in PAGE


@pytest.mark.parametrize("company", published.COMPANIES, ids=lambda company: company.name)
def test_what_means_show_by_chance_is_as_published(company: published.Company) -> None:
    """With fewer repetitions than the page; the half-widths need none."""
    claims = published.davidovic(300, [company])
    assert claims[2].holds
    assert claims[2].row() in PAGE
    for each in claims[:2]:
        assert isinstance(each.product, float)
        assert each.product == pytest.approx(each.asked, abs=0.09)


def test_power_is_as_published() -> None:
    noticed = published.power(100, 0.75, 300)
    assert noticed == pytest.approx(0.375, abs=0.09)


def test_intervals_hold_what_the_page_says_they_hold() -> None:
    """A tenth of the page's repetitions: three standard errors are 4.4 points."""
    rows = [line.split(" | ") for line in PAGE.splitlines()]
    told = {(row[0][2:], row[1]): row for row in rows if len(row) == 6}
    for each in (*coverage.averages(200), *coverage.parts(200)):
        shown = told[each.name, each.sample]
        assert each.part == pytest.approx(float(shown[2].removesuffix(" %")) / 100, abs=0.05)
        assert shown[4] == "holds"


def test_sequential_stopping_holds() -> None:
    for each in coverage.sequential(30):
        assert each.part >= 0.8


def test_the_selection_keeps_its_promise() -> None:
    found = coverage.selection("normal, independent", 0.0, 0.0, 60)
    assert found.right >= 0.9
    assert "| normal, independent | 95 % |" in PAGE


def test_the_section_names_every_table() -> None:
    """What stands between two at signs would have been left out."""
    left = [word for word in PAGE.split("@")[1::2] if word.isupper()]
    assert left == []
    assert studies.TEXT.split("\n", 1)[0] in PAGE
