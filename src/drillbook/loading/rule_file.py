"""Rule groups as the rule file that Prometheus itself reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from drillbook.loading.foreign.emit import to_yaml
from drillbook.model.quantities import duration_text
from drillbook.model.rules import Rule, RuleGroup

_DURATIONS = ("interval", "query_offset", "for", "keep_firing_for")


def rule_file(groups: Sequence[RuleGroup]) -> str:
    """The file's text; reading it gives the same groups."""
    return to_yaml({"groups": [_group(group) for group in groups]})


def _group(group: RuleGroup) -> dict[str, Any]:
    return _plain(group) | {"rules": [_plain(rule) for rule in group.rules]}


def _plain(of: RuleGroup | Rule) -> dict[str, Any]:
    values = of.model_dump(by_alias=True, exclude_defaults=True)
    return {name: _duration(value) if name in _DURATIONS else value for name, value in values.items()}


def _duration(seconds: float) -> str:
    return duration_text(seconds) if float(seconds).is_integer() else f"{round(seconds * 1000)}ms"
