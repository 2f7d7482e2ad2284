"""The reference leaves nothing out."""

import re
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest

from drillbook.cli.main import SUBCOMMANDS
from drillbook.engine.commands import VERBS
from drillbook.events.codec import kind_of
from drillbook.events.facts import Fact

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


@pytest.mark.parametrize("fact", get_args(Fact), ids=kind_of)
def test_every_event_has_a_row_with_exactly_its_fields(fact: type[Fact]) -> None:
    page = (REFERENCE / "events.md").read_text(encoding="utf-8")
    row = re.search(rf"^\| `{kind_of(fact)}` \| ([^|]*) \|", page, re.MULTILINE)
    assert row, f"events.md has no row for {kind_of(fact)}"
    assert re.findall(r"`(\w+)`", row[1]) == [field.name for field in fields(fact)]


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_a_row(verb: str) -> None:
    page = (REFERENCE / "commands.md").read_text(encoding="utf-8").replace("\\|", "|")
    assert f"`{VERBS[verb].usage}`" in page


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_every_subcommand_is_told(name: str) -> None:
    headings = re.findall(r"^## (.*)$", (REFERENCE / "commands.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert name in ", ".join(headings).split(", ")
