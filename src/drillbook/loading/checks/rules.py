"""Alert rules have names, and expressions that can be evaluated."""

from __future__ import annotations

from drillbook.loading.checks.findings import Findings, at_least, doubles
from drillbook.loading.document import Path
from drillbook.loading.shown import quoted
from drillbook.model.rules import Rule, RuleGroup
from drillbook.oncall.check import Finding


def rule_findings(path: Path, groups: list[RuleGroup]) -> Findings:
    """What does not fit in groups of rules that stand at `path`."""
    yield from doubles(path, [group.name for group in groups], "groups of rules", "name")
    for number, group in enumerate(groups):
        here = (*path, number)
        yield from at_least((*here, "interval"), group.interval, 1.0)
        yield from _repeated((*here, "rules"), group.rules)


def _repeated(path: Path, rules: list[Rule]) -> Findings:
    seen: dict[tuple[str, tuple[tuple[str, str], ...]], int] = {}
    for number, rule in enumerate(rules):
        identity = (rule.alert or rule.record, tuple(sorted(rule.labels.items())))
        if identity in seen:
            earlier = f"rule {seen[identity] + 1} of the group"
            message = f"the rule {quoted(identity[0])} is there twice with the same labels"
            yield Finding((*path, number, "alert" if rule.alert else "record"), message, earlier)
        seen.setdefault(identity, number)
