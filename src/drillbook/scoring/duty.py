"""Which severity's duties count: the declared one where it was justified, the right one otherwise."""

from __future__ import annotations

from drillbook.model.playbook import Playbook, Severity
from drillbook.model.scenario import Scenario


def right_severity(scenario: Scenario, playbook: Playbook) -> Severity:
    """The severity that the incident deserves; the most severe one where the playbook lacks it."""
    return playbook.severity(scenario.needs.severity) or playbook.severities[0]


def duty_severity(scenario: Scenario, playbook: Playbook, declared: str | None) -> Severity:
    """Whose duties are owed while `declared` is in force.

    A severity that is right, acceptable or more severe than right binds those who declared it. One that is
    too low relieves nobody: the right one counts.
    """
    right = right_severity(scenario, playbook)
    chosen = playbook.severity(declared) if declared else None
    if chosen is None:
        return right
    acceptable = [playbook.severity(name) for name in scenario.needs.also_acceptable]
    above = playbook.severities.index(chosen) <= playbook.severities.index(right)
    return chosen if above or chosen in acceptable else right
