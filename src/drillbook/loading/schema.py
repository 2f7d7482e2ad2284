"""JSON Schemas of what authors write, for help and checks in their editors."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel

from drillbook.loading.kinds import Kind
from drillbook.model.curriculum import Curriculum
from drillbook.model.playbook import Playbook
from drillbook.model.quantities import duration_text
from drillbook.model.responders import Responders
from drillbook.model.rules import RuleFile
from drillbook.model.scenario import Scenario
from drillbook.model.study import Study

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_MODELS: Mapping[Kind, type[BaseModel]] = MappingProxyType(
    {
        "scenario": Scenario,
        "playbook": Playbook,
        "rules": RuleFile,
        "curriculum": Curriculum,
        "study": Study,
        "people": Responders,
    }
)


def schema(kind: Kind) -> dict[str, Any]:
    """The JSON Schema of a kind of file; its `$id` is its file name."""
    made = _MODELS[kind].model_json_schema(by_alias=True)
    return {"$schema": DIALECT, "$id": schema_file(kind), **_as_written(made)}


def schema_file(kind: Kind) -> str:
    """The name under which the schema of a kind is kept."""
    return f"{kind}.schema.json"


def _as_written(part: Any) -> Any:
    """The schema with defaults as authors would write them: models hold numbers where files hold `5m`."""
    if isinstance(part, list):
        return [_as_written(each) for each in part]
    if not isinstance(part, dict):
        return part
    kept = {key: _as_written(value) for key, value in part.items() if key != "default"}
    if "default" in part and (written := _default(part)) is not None:
        kept["default"] = written
    return kept


def _default(part: dict[str, Any]) -> Any:
    """A field's default as written; None for one that goes without saying."""
    value = part["default"]
    if not isinstance(value, str | int | float):
        return None
    if part.get("type") != "string" or isinstance(value, str):
        return value
    example = str(part.get("examples", [""])[0])
    if example.endswith("/s"):
        return f"{value:g}/s"
    return f"{value / 2**20:g}Mi" if example.endswith("Mi") else duration_text(value)
