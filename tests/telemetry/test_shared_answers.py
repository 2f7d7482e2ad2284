"""A rule's answers are taken from another run only where everything that decides them is the same."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pytest

from drillbook.model.labels import labels
from drillbook.model.rules import RuleGroup
from drillbook.telemetry import ruler
from drillbook.telemetry.alerts import AlertChange
from drillbook.telemetry.rules import compile_rules
from tests.telemetry.series import MemorySource

HORIZON = 15.0 * 100


class Common(MemorySource):
    """Samples that many runs have, until `parted`."""

    def __init__(self, kept: dict[Hashable, Any]) -> None:
        super().__init__({"a": [(labels(job="x"), [float(k % 17) for k in range(200)])]})
        self.kept = kept
        self.parted = False

    def shared(self) -> dict[Hashable, Any] | None:
        return None if self.parted else self.kept


RULES = [{"record": "rec", "expr": "sum(a)"}, {"alert": "High", "expr": "rec > 10", "for": "30s"}]
OTHERS = [
    [RULES[0], {**RULES[1], "for": "90s"}],
    [{"record": "rec", "expr": "sum(a) * 2"}, RULES[1]],
    [RULES[0], {**RULES[1], "expr": "rec > 3"}],
    [*RULES, {"alert": "Two", "expr": 'ALERTS{alertname="High",alertstate="firing"} == 1'}],
]


def changes(rules: list[dict[str, str]], source: MemorySource) -> list[AlertChange]:
    compiled = compile_rules([RuleGroup.model_validate({"name": "g", "rules": rules})])
    return ruler.Ruler(compiled, source, horizon=HORIZON).take(HORIZON)


@pytest.mark.parametrize("number", range(len(OTHERS)))
def test_other_rules_change_what_they_would_by_themselves(number: int) -> None:
    kept: dict[Hashable, Any] = {}
    for rules in (RULES, OTHERS[number], RULES):
        assert changes(rules, Common(kept)) == changes(rules, MemorySource({"a": _rows()}))


def _rows() -> Any:
    return [(labels(job="x"), [float(k % 17) for k in range(200)])]


def test_a_rule_with_another_duration_is_not_evaluated_again(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: dict[Hashable, Any] = {}
    changes(RULES, Common(kept))
    monkeypatch.setattr(ruler, "asked", None)
    assert changes(OTHERS[0], Common(kept))


def test_a_change_after_what_was_taken_over_is_noticed() -> None:
    """Nothing was read of the metric by then."""
    kept: dict[Hashable, Any] = {}
    changes(RULES, Common(kept))
    compiled = compile_rules([RuleGroup.model_validate({"name": "g", "rules": RULES})])
    found = []
    for source in (Common(kept), MemorySource({"a": _rows()})):
        made = ruler.Ruler(compiled, source, horizon=HORIZON)
        told = made.take(600.0)
        if isinstance(source, Common):
            source.parted = True
        source.replace("a", 0, 600.0, [99.0] * 100)
        made.changed(600.0)
        found.append(told + made.take(HORIZON))
    assert found[0] == found[1]
