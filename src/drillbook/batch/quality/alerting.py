"""Alert rules: what they ask for must be exported by something."""

from __future__ import annotations

from drillbook.batch.quality.course import Course
from drillbook.errors import Problem
from drillbook.loading.document import Document
from drillbook.loading.inside import place_inside
from drillbook.loading.shown import quoted
from drillbook.model.nearest import nearest
from drillbook.telemetry.rules import ALERTS, ALERTS_FOR_STATE, compile_rules


def rule_problems(course: Course, document: Document) -> list[Problem]:
    """Metrics in rules that no component exports and no rule records; each with its place in the file."""
    groups = course.scenario.rules
    recorded = [rule.record for group in groups for rule in group.rules if rule.record]
    known = [*course.run.history().names, *recorded, ALERTS, ALERTS_FOR_STATE]
    problems = []
    for number, group in enumerate(groups):
        for place, rule in enumerate(group.rules):
            (compiled,) = compile_rules([group.model_copy(update={"rules": [rule]})]).rules
            where = place_inside(document, ("rules", number, "rules", place, "expr"))
            for selector in compiled.selectors:
                name = selector.name or ""
                if name and not any(map(selector.takes, known)) and "absent" not in rule.expr:
                    at = max(0, rule.expr.find(name))
                    message = f"nothing exports the metric {quoted(name)}{nearest(name, known)}"
                    problems.append(where.problem(rule.expr, message, at=at))
    return problems
