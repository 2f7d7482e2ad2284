"""Simulated responders in the trainee's seat."""

from __future__ import annotations

from collections.abc import Sequence

from drillbook.engine.parts import Agent, Cast
from drillbook.engine.randomness import Randomness
from drillbook.model.playbook import Playbook
from drillbook.model.scenario import Scenario
from drillbook.people.cast import colleagues, responder
from drillbook.scoring.score import primary


def of_level(level: str) -> Cast:
    """A cast in which the primary is of a level, or absent, and everybody else is simulated too."""

    def cast(scenario: Scenario, playbook: Playbook, draws: Randomness) -> Sequence[Agent]:
        seats = {primary(scenario)}
        others = colleagues(scenario, playbook, draws, seats=seats, absent=level == "absent")
        return [*others, responder(level, scenario, playbook, draws)]

    return cast
