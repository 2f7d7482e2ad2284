"""The schemas for editors say what the models say, and those in the repository are current."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from drillbook.loading.kinds import READERS, Kind
from drillbook.loading.schema import schema, schema_file
from tests.loading.sample import PLAYBOOK, ROOT, SCENARIO


@pytest.mark.parametrize("kind", READERS)
def test_the_schema_in_the_repository_is_current(kind: Kind) -> None:
    """`drillbook schema --out docs/schema` renews it."""
    kept = (ROOT / "docs" / "schema" / schema_file(kind)).read_text(encoding="utf-8")
    assert json.loads(kept) == schema(kind)


@pytest.mark.parametrize("kind", READERS)
def test_a_schema_names_its_dialect_and_itself_without_a_host(kind: Kind) -> None:
    made = schema(kind)
    assert made["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert made["$id"] == f"{kind}.schema.json"


def test_fields_have_their_descriptions_and_files_their_own_keys() -> None:
    made = schema("rules")
    rule = made["$defs"]["Rule"]["properties"]
    assert "for" in rule
    assert rule["for"]["description"].startswith("How long")


def parts(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        yield part
        part = list(part.values())
    if isinstance(part, list):
        for each in part:
            yield from parts(each)


@pytest.mark.parametrize("kind", READERS)
def test_defaults_are_as_authors_write_them(kind: Kind) -> None:
    types = {"string": str, "integer": int, "number": int | float, "boolean": bool}
    for part in parts(schema(kind)):
        if "default" in part and part.get("type") in types:
            assert isinstance(part["default"], types[part["type"]]), part


@pytest.mark.parametrize(("text", "kind"), [(SCENARIO, "scenario"), (PLAYBOOK, "playbook")])
def test_the_shipped_files_tell_the_editor_their_schema(text: str, kind: Kind) -> None:
    assert text.startswith(f"# yaml-language-server: $schema=../docs/schema/{schema_file(kind)}\n")
