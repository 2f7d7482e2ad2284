"""Rule files compiled once, for any number of runs: expressions, templates, and the order of evaluation."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass

from drillbook.errors import InvalidInput, Problem
from drillbook.model.labels import Labels, labels
from drillbook.model.rules import Rule, RuleGroup
from drillbook.telemetry.alerts import Holding
from drillbook.telemetry.compiler import Compat, Compiler
from drillbook.telemetry.nodes import Node
from drillbook.telemetry.parsing import Place
from drillbook.telemetry.selectors import LOOKBACK, Selector
from drillbook.telemetry.storage import Interner
from drillbook.telemetry.subqueries import Subquery
from drillbook.telemetry.template_syntax import TemplateError
from drillbook.telemetry.templates import Template
from drillbook.telemetry.vectors import NAME
from drillbook.telemetry.windows import Range

ALERTS = "ALERTS"
ALERTS_FOR_STATE = "ALERTS_FOR_STATE"
_DEFAULT_INTERVAL = 15.0


@dataclass(frozen=True, eq=False, slots=True)
class CompiledRule:
    """A rule ready to run. Times are milliseconds; a `record` of "" says that it is an alerting rule."""

    group: str
    alert: str
    record: str
    text: str
    node: Node
    selectors: tuple[Selector, ...]
    labels: tuple[tuple[str, Template], ...]
    annotations: tuple[tuple[str, Template], ...]
    holding: Holding
    interval: int
    delay: int
    """How far in the past the group is evaluated."""
    limit: int

    @property
    def writes(self) -> tuple[str, ...]:
        """Names of the metrics that it produces."""
        return (self.record,) if self.record else (ALERTS, ALERTS_FOR_STATE)

    def reads(self, name: str) -> bool:
        """Whether it may read a metric of this name."""
        return any(selector.takes(name) for selector in self.selectors)

    @property
    def reads_alerts(self) -> bool:
        """Whether it may read ALERTS or ALERTS_FOR_STATE."""
        return self.reads(ALERTS) or self.reads(ALERTS_FOR_STATE)

    def reads_from(self, other: CompiledRule) -> bool:
        """Whether it may read what another rule produces."""
        wanted = [selector for selector in self.selectors if any(map(selector.takes, other.writes))]
        if other.record:
            return bool(wanted)
        return any(_may_match(selector, other.alert) for selector in wanted)


def _may_match(selector: Selector, alert: str) -> bool:
    return all(matcher.matches(alert) for matcher in selector.matchers if matcher.name == "alertname")


class CompiledRules:
    """Compiled groups in the order in which rules that are due together are evaluated.

    Rules of a group keep their order. Groups come after those whose series they read, otherwise in the order
    given (Prometheus runs groups side by side at times of its own choosing). `stepwise` says that some rule
    reads what it, a later rule, or one that is more delayed writes: evaluations cannot be looked ahead.
    """

    def __init__(self, groups: Sequence[Sequence[CompiledRule]], compat: Compat = "3") -> None:
        self.compat: Compat = compat
        ordered, circular = _in_order([list(group) for group in groups if group])
        self.rules: tuple[CompiledRule, ...] = tuple(rule for group in ordered for rule in group)
        self.stepwise = circular or _looks_back(self.rules)
        self._alerts_read = any(rule.reads_alerts for rule in self.rules)
        self.recorded = None if self.stepwise or self._alerts_read else _recorded(self.rules)
        """What decides rules' results besides samples; None where some rule reads alerts."""
        self.history = max((_back(rule.node) for rule in self.rules), default=0)
        self.interner = Interner()
        self._alive: dict[tuple[str, ...], tuple[int, ...]] = {}
        self._touched: dict[str, frozenset[int]] = {}

    def alive(self, names: Collection[str]) -> tuple[int, ...]:
        """The rules that can give anything at all when only these metrics are scraped."""
        key = tuple(names)
        found = self._alive.get(key)
        if found is None:
            if len(self._alive) >= 64:
                self._alive.clear()
            found = self._alive[key] = self._find_alive(key)
        return found

    def _find_alive(self, names: tuple[str, ...]) -> tuple[int, ...]:
        known = dict.fromkeys(names)
        if self.stepwise:
            known.update(dict.fromkeys(name for rule in self.rules for name in rule.writes))
        found = []
        for place, rule in enumerate(self.rules):
            if not rule.node.barren(known):
                found.append(place)
                known.update(dict.fromkeys(rule.writes))
        return tuple(found)

    def touched(self, name: str) -> frozenset[int]:
        """The rules whose results may change when samples of a metric do, directly or through other rules."""
        found = self._touched.get(name)
        if found is None:
            direct = [place for place, rule in enumerate(self.rules) if rule.reads(name)]
            found = self._touched[name] = frozenset(self._closure(direct))
        return found

    def _closure(self, direct: list[int]) -> Iterable[int]:
        seen = dict.fromkeys(direct)
        waiting = list(direct)
        while waiting:
            writer = self.rules[waiting.pop()]
            if writer.alert and not self._alerts_read:
                continue
            for place, rule in enumerate(self.rules):
                if place not in seen and rule.reads_from(writer):
                    seen[place] = None
                    waiting.append(place)
        return seen


def _recorded(rules: Sequence[CompiledRule]) -> tuple[Hashable, ...]:
    """Everything about the recording rules, in their order."""
    return tuple(
        (rule.record, rule.text, rule.interval, rule.delay, rule.limit, tuple(_sources(rule)))
        for rule in rules
        if rule.record
    )


def _sources(rule: CompiledRule) -> Iterable[tuple[str, str]]:
    return [(name, template.source) for name, template in rule.labels]


def _looks_back(rules: Sequence[CompiledRule]) -> bool:
    """Whether a rule reads what itself or a later one writes, or what is written with an earlier time."""
    recorded = [(place, rule) for place, rule in enumerate(rules) if rule.record]
    alerts = [(place, rule) for place, rule in enumerate(rules) if rule.alert]
    return any(
        (writer_place >= place or writer.delay > rule.delay) and rule.reads_from(writer)
        for place, rule in enumerate(rules)
        for writer_place, writer in (*recorded, *(alerts if rule.reads_alerts else ()))
    )


def _in_order(groups: list[list[CompiledRule]]) -> tuple[list[list[CompiledRule]], bool]:
    """Groups after those that they read from; and whether some read from each other."""
    waiting, ordered = list(groups), []
    circular = False
    while waiting:
        ready = next((group for group in waiting if not _waits(group, waiting)), None)
        if ready is None:
            circular, ready = True, waiting[0]
        waiting.remove(ready)
        ordered.append(ready)
    return ordered, circular


def _waits(group: list[CompiledRule], waiting: list[list[CompiledRule]]) -> bool:
    others = [rule for other in waiting if other is not group for rule in other]
    recorded = [rule for rule in others if rule.record]
    alerts = [rule for rule in others if rule.alert]
    return any(
        any(map(rule.reads_from, recorded)) or (rule.reads_alerts and any(map(rule.reads_from, alerts)))
        for rule in group
    )


def _back(node: Node) -> int:
    """How many ms of samples before its tick a node reads at most."""
    below = max((_back(child) for child in node.children), default=0)
    if isinstance(node, Selector):
        return LOOKBACK + node.shift.offset
    if isinstance(node, Range):
        return below - LOOKBACK + max(node.length, LOOKBACK)
    if isinstance(node, Subquery):
        return node.length + node.shift.offset + _back(node.inner)
    return below


def selectors(node: Node) -> tuple[Selector, ...]:
    """All selectors of an expression, subqueries included."""
    found: list[Selector] = []
    for part in node.subtree():
        if isinstance(part, Selector):
            found.append(part)
        elif isinstance(part, Subquery):
            found += selectors(part.inner)
    return tuple(dict.fromkeys(found))


Locate = Callable[[int, int, str], Place]
"""Where something was written: group number, rule number, and the field (`expr`, `labels.x`, …)."""


def _nowhere(group: int, rule: int, field: str) -> Place:
    return Place()


def compile_rules(
    groups: Sequence[RuleGroup],
    *,
    locate: Locate | None = None,
    compat: Compat = "3",
    step: float = _DEFAULT_INTERVAL,
) -> CompiledRules:
    """Compile rule groups; InvalidInput with all problems at once. `step` is as for `query.compile`."""
    maker = _Maker(Compiler(compat, step), locate or _nowhere)
    compiled = []
    for number, group in enumerate(groups):
        rules = [maker.rule(group, rule, (number, place)) for place, rule in enumerate(group.rules)]
        compiled.append([rule for rule in rules if rule is not None])
    if maker.problems:
        raise InvalidInput(maker.problems)
    return CompiledRules(compiled, compat)


class _Maker:
    """Compiles rule by rule and collects what is wrong."""

    def __init__(self, compiler: Compiler, locate: Locate) -> None:
        self.compiler = compiler
        self.locate = locate
        self.problems: list[Problem] = []

    def rule(self, group: RuleGroup, rule: Rule, number: tuple[int, int]) -> CompiledRule | None:
        """A compiled rule, or None where something is wrong with it."""
        before = len(self.problems)
        node = self._node(rule, self.locate(*number, "expr"))
        own = {**group.labels, **rule.labels}
        templates = self._templates(own, number, "labels", plain=bool(rule.record))
        annotations = self._templates(rule.annotations, number, "annotations", plain=False)
        if node is None or len(self.problems) > before:
            return None
        return CompiledRule(
            group.name, rule.alert, rule.record, rule.expr, node, selectors(node), templates, annotations,
            Holding(round(rule.for_ * 1000), round(rule.keep_firing_for * 1000)),
            round((group.interval or _DEFAULT_INTERVAL) * 1000), round((group.query_offset or 0.0) * 1000),
            group.limit,
        )  # fmt: skip

    def _node(self, rule: Rule, place: Place) -> Node | None:
        try:
            node = self.compiler.compile(rule.expr, place)
        except InvalidInput as error:
            self.problems += error.problems
            return None
        ahead = [part for part in _shifted(node) if part.shift.at is not None or part.shift.offset < 0]
        if ahead:
            message = "a rule cannot look at a fixed time or into the future (`@`, negative `offset`)"
            self.problems.append(place.problem(rule.expr, message))
            return None
        return node

    def _templates(
        self, texts: dict[str, str], number: tuple[int, int], field: str, *, plain: bool
    ) -> tuple[tuple[str, Template], ...]:
        found = []
        for name, text in sorted(texts.items()):
            try:
                found.append((name, Template.verbatim(text) if plain else Template(text)))
            except TemplateError as error:
                place = self.locate(*number, f"{field}.{name}")
                self.problems.append(place.problem(text, f"template of `{name}`: {error}"))
        return tuple(found)


def _shifted(node: Node) -> list[Selector | Subquery]:
    found: list[Selector | Subquery] = []
    for part in node.subtree():
        if isinstance(part, Selector | Subquery):
            found.append(part)
        if isinstance(part, Subquery):
            found += _shifted(part.inner)
    return found


def identity(of: Labels, own: Iterable[tuple[str, str]], alert: str) -> Labels:
    """The labels by which an alert is known: the series' without its name, the rule's, and alertname."""
    found = {name: value for name, value in of if name != NAME}
    return labels({**found, **dict(own), "alertname": alert})
