"""`drillbook schema` prints a schema, or writes them where an editor finds them."""

import json
from pathlib import Path

import pytest

from drillbook.cli.main import main


def test_a_kind_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "playbook"]) == 0
    assert json.loads(capsys.readouterr().out)["$id"] == "playbook.schema.json"


def test_all_kinds_are_written_into_a_folder(tmp_path: Path) -> None:
    assert main(["schema", "--out", str(tmp_path / "schema")]) == 0
    names = sorted(path.name for path in (tmp_path / "schema").iterdir())
    kinds = ("curriculum", "people", "playbook", "rules", "scenario", "study")
    assert names == [f"{kind}.schema.json" for kind in kinds]


def test_neither_kind_nor_folder_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 2
    assert "name a kind" in capsys.readouterr().err


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert main(["schema", "rules", "--out", str(tmp_path / "file")]) == 2
    assert "cannot be written" in capsys.readouterr().err
