"""What cannot have changed is not evaluated again."""

from __future__ import annotations

from typing import Any

from drillbook.model.labels import labels
from drillbook.model.rules import RuleGroup
from drillbook.telemetry.ruler import Ruler
from drillbook.telemetry.rules import compile_rules
from drillbook.telemetry.tracks import Track
from tests.telemetry.series import MemorySource


class Counting(Ruler):
    """Counts the evaluations of each rule."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.counts: dict[str, int] = {}
        super().__init__(*arguments, **options)

    def _evaluate(self, track: Track, count: int, *rest: Any) -> None:
        name = track.rule.alert or track.rule.record
        self.counts[name] = self.counts.get(name, 0) + int(count)
        super()._evaluate(track, count, *rest)

    def moved(self) -> dict[str, int]:
        """The evaluations since it was asked last."""
        found, self.counts = self.counts, {}
        return found


RULES = [
    {"record": "rec", "expr": "sum(a)"},
    {"alert": "OnA", "expr": "a > 3"},
    {"alert": "OnB", "expr": "b > 3"},
    {"alert": "OnRecorded", "expr": "rec > 3"},
    {"alert": "OnBoth", "expr": "a > on () b"},
    {"alert": "OnNothing", "expr": "missing > 3"},
]
HORIZON = 15.0 * 100


def _ruler() -> tuple[Counting, MemorySource]:
    source = MemorySource({name: [(labels(job="x"), [1.0] * 200)] for name in "ab"})
    rules = compile_rules([RuleGroup.model_validate({"name": "g", "rules": RULES})])
    return Counting(rules, source, horizon=HORIZON), source


def test_an_undisturbed_run_evaluates_each_rule_once_at_each_time() -> None:
    ruler, _ = _ruler()
    ruler.take(HORIZON)
    assert ruler.moved() == dict.fromkeys(("rec", "OnA", "OnB", "OnRecorded", "OnBoth"), 101)


def test_asking_again_evaluates_nothing() -> None:
    ruler, _ = _ruler()
    ruler.take(HORIZON)
    ruler.moved()
    ruler.take(HORIZON)
    ruler.active(HORIZON)
    ruler.failures(HORIZON)
    assert ruler.next_time() is None
    assert ruler.moved() == {}


def test_a_change_evaluates_what_reads_the_metric_from_then_on_and_nothing_else() -> None:
    """Also what reads it through a recorded series."""
    ruler, source = _ruler()
    ruler.take(600.0)
    ruler.next_time()
    ruler.moved()
    source.replace("b", 0, 700.0, [5.0] * 100)
    ruler.changed(700.0)
    ruler.next_time()
    again = ruler.moved()
    assert again.keys() == {"OnB", "OnBoth"}
    assert max(again.values()) <= 101 - 47
    source.replace("a", 0, 800.0, [5.0] * 100)
    ruler.changed(800.0)
    ruler.next_time()
    assert ruler.moved().keys() == {"rec", "OnA", "OnRecorded", "OnBoth"}


def test_a_change_of_nothing_evaluates_nothing() -> None:
    ruler, _ = _ruler()
    ruler.take(600.0)
    ruler.next_time()
    ruler.moved()
    ruler.changed(700.0)
    ruler.next_time()
    assert ruler.moved() == {}
