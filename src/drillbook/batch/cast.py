"""Simulated responders in the trainee's seat."""

from __future__ import annotations

from collections.abc import Sequence

from drillbook.engine.parts import Agent, Cast
from drillbook.engine.randomness import Randomness
from drillbook.model.playbook import Playbook
from drillbook.model.scenario import Scenario
from drillbook.people.cast import colleagues, responder, skilled
from drillbook.people.skill import Skill
from drillbook.scoring.score import primary


def of_level(level: str) -> Cast:
    """A cast in which the primary is of a level, or absent, and everybody else is simulated too."""

    def cast(scenario: Scenario, playbook: Playbook, draws: Randomness) -> Sequence[Agent]:
        seats = {primary(scenario)}
        others = colleagues(scenario, playbook, draws, seats=seats, absent=level == "absent")
        return [*others, responder(level, scenario, playbook, draws)]

    return cast


def of_skill(skill: Skill | None) -> Cast:
    """A cast as `of_level` makes it, of any skill; None for an absent primary."""
    if skill is None:
        return of_level("absent")

    def cast(scenario: Scenario, playbook: Playbook, draws: Randomness) -> Sequence[Agent]:
        others = colleagues(scenario, playbook, draws, seats={primary(scenario)})
        return [*others, skilled(skill, scenario, playbook, draws)]

    return cast
