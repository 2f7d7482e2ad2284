"""How the drill's alerts are called outside: links to their rules, and the label that marks them."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote_plus

from drillbook.exercise.links.drill import Drill
from drillbook.model.labels import Labels, labels

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""Unix time 0."""
LABEL = "drill"
"""The external label by which a real Alertmanager can tell a drill's alerts; its value is the exercise."""


def external_labels(drill: Drill) -> Labels:
    """What is added to every alert that goes to a real Alertmanager."""
    return labels({LABEL: drill.id})


class Rules:
    """The alerting rules in force, by group and name."""

    def __init__(self, drill: Drill) -> None:
        self._rules = drill.alert_rules()
        self._prometheus = f"http://prometheus.{drill.scenario.system.domain}"

    def named(self, alertname: str) -> tuple[str, str]:
        """The first rule for alerts of a name."""
        return next((rule for rule in self._rules if rule[1] == alertname), ("", alertname))

    def interval(self, rule: tuple[str, str]) -> float:
        """Seconds between two evaluations of a rule; 0 where it is not known."""
        return self._rules[rule][1] if rule in self._rules else 0.0

    def url(self, rule: tuple[str, str]) -> str:
        """The link to a rule's expression in the simulated company's Prometheus."""
        expr = self._rules[rule][0] if rule in self._rules else ""
        return f"{self._prometheus}/graph?g0.expr={quote_plus(expr)}&g0.tab=1"
