"""Alert rules have names of their own, and expressions and templates that can be evaluated."""

from __future__ import annotations

import re

from drillbook.errors import InvalidInput, Problem
from drillbook.loading.checks.findings import Findings, at_least, doubles
from drillbook.loading.document import Document, Path
from drillbook.loading.inside import place_inside
from drillbook.loading.limits import TEMPLATE_BRACKETS
from drillbook.loading.shown import quoted
from drillbook.model.rules import Rule, RuleGroup
from drillbook.oncall.check import Finding
from drillbook.telemetry.parsing import Place
from drillbook.telemetry.rules import compile_rules

_METRIC = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


def rule_problems(document: Document, path: Path, groups: list[RuleGroup]) -> list[Problem]:
    """Everything wrong with groups of rules that stand at a path of a document."""
    involved = list(_involved(path, groups))
    findings = (*_findings(path, groups), *involved)
    problems = [document.problem(each.path, each.message, each.hint) for each in findings]

    def locate(group: int, rule: int, field: str) -> Place:
        return place_inside(document, (*path, group, "rules", rule, *field.split(".", 1)))

    if not involved:
        try:
            compile_rules(groups, locate=locate)
        except InvalidInput as error:
            problems += error.problems
    return problems


def _findings(path: Path, groups: list[RuleGroup]) -> Findings:
    yield from doubles(path, [group.name for group in groups], "groups of rules", "name")
    for number, group in enumerate(groups):
        here = (*path, number)
        yield from at_least((*here, "interval"), group.interval, 1.0)
        if not group.name:
            yield Finding((*here, "name"), "the name of a group of rules must not be empty")
        yield from _named((*here, "labels"), group.labels)
        for place, rule in enumerate(group.rules):
            yield from _names((*here, "rules", place), rule)
        yield from _repeated((*here, "rules"), group.rules)


def _names(path: Path, rule: Rule) -> Findings:
    """What Prometheus takes for the names of a rule's series, labels and annotations."""
    if rule.record and not _METRIC.fullmatch(rule.record):
        hint = "allowed: letters, digits, `_` and `:`, no digit first"
        yield Finding((*path, "record"), f"no series can be called {quoted(rule.record)}", hint)
    yield from _named((*path, "labels"), rule.labels)
    yield from _named((*path, "annotations"), rule.annotations)


def _named(path: Path, values: dict[str, str]) -> Findings:
    what = "annotation" if path[-1] == "annotations" else "label"
    for name in values:
        if not _LABEL.fullmatch(name) or (name == "__name__" and what == "label"):
            hint = "allowed: letters, digits and `_`, no digit first"
            yield Finding((*path, name), f"no {what} can be called {quoted(name)} here", hint)


def _involved(path: Path, groups: list[RuleGroup]) -> Findings:
    """Templates so nested that whatever reads them, calling itself for each bracket, would fail."""
    for number, group in enumerate(groups):
        yield from _templates((*path, number, "labels"), group.labels)
        for place, rule in enumerate(group.rules):
            here = (*path, number, "rules", place)
            yield from _templates((*here, "labels"), rule.labels)
            yield from _templates((*here, "annotations"), rule.annotations)


def _templates(path: Path, texts: dict[str, str]) -> Findings:
    for name, text in texts.items():
        if "{{" in text and text.count("(") + text.count("{{") > TEMPLATE_BRACKETS:
            yield Finding((*path, name), f"the template has more than {TEMPLATE_BRACKETS} brackets")


def _repeated(path: Path, rules: list[Rule]) -> Findings:
    """The very same rule twice; rules that only share their name and labels are common, and fine."""
    seen: dict[tuple[str, str, tuple[tuple[str, str], ...]], int] = {}
    for number, rule in enumerate(rules):
        identity = (rule.alert or rule.record, rule.expr, tuple(sorted(rule.labels.items())))
        if identity in seen:
            earlier = f"rule {seen[identity] + 1} of the group"
            message = f"the rule {quoted(identity[0])} is there twice"
            yield Finding((*path, number, "alert" if rule.alert else "record"), message, earlier)
        seen.setdefault(identity, number)
