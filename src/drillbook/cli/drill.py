"""From what was asked for on the command line to a simulation: the composition root."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from drillbook.cli.packs import open_catalog
from drillbook.engine.parts import Agent, Cast
from drillbook.engine.prepared import Prepared, prepare
from drillbook.engine.randomness import Randomness
from drillbook.engine.simulation import Simulation
from drillbook.errors import InvalidInput, Problem
from drillbook.loading.files import load_rules
from drillbook.loading.scripts import load_script
from drillbook.model.nearest import nearest
from drillbook.model.playbook import Playbook
from drillbook.model.scenario import Scenario
from drillbook.people.cast import colleagues, responder
from drillbook.people.scripted import scripted

LEVELS = ("expert", "average", "novice", "absent")


@dataclass(frozen=True, slots=True)
class Drill:
    """A scenario under a playbook with the alert rules in force, compiled, and the files it came from."""

    scenario: Scenario
    playbook: Playbook
    prepared: Prepared

    def simulation(self, seed: int, cast: Cast) -> Simulation:
        """A run of it."""
        return Simulation(self.scenario, self.playbook, seed, cast=cast, prepared=self.prepared)

    @property
    def primary(self) -> str:
        """The trainee's person id."""
        return next(person.id for person in self.scenario.people if person.part == "primary")


def open_drill(scenario: str, playbook: str | None, rules: Sequence[Path]) -> Drill:
    """Load what was named; InvalidInput or NotFound with everything that is wrong."""
    played, book = open_catalog().drill(scenario, playbook)
    groups = [group for path in rules for group in load_rules(path).groups] if rules else None
    return Drill(played, book, prepare(played, book, groups))


def with_person(scenario: Scenario, playbook: Playbook, draws: Randomness) -> Sequence[Agent]:
    """Everybody but the primary is simulated."""
    return colleagues(scenario, playbook, draws, seats={_primary(scenario)})


def cast_for(responder_: str) -> Cast:
    """The cast for what `--responder` says; InvalidInput for what it cannot mean."""
    kind, colon, path = responder_.partition(":")
    if kind == "script" and colon:
        return _with_script(load_script(Path(path)))
    if responder_ not in LEVELS:
        hint = f"one of {', '.join(LEVELS)} or script:FILE{nearest(responder_, LEVELS)}"
        raise InvalidInput([Problem("--responder", 0, 0, f"{responder_!r} is no responder", hint)])
    return _with_level(responder_)


def _with_level(level: str) -> Cast:
    def cast(scenario: Scenario, playbook: Playbook, draws: Randomness) -> Sequence[Agent]:
        seats = {_primary(scenario)}
        others = colleagues(scenario, playbook, draws, seats=seats, absent=level == "absent")
        return [*others, responder(level, scenario, playbook, draws)]

    return cast


def _with_script(script: Sequence[tuple[float, str]]) -> Cast:
    def cast(scenario: Scenario, playbook: Playbook, draws: Randomness) -> Sequence[Agent]:
        seat = _primary(scenario)
        return [*colleagues(scenario, playbook, draws, seats={seat}), scripted(script, seat)]

    return cast


def _primary(scenario: Scenario) -> str:
    return next(person.id for person in scenario.people if person.part == "primary")
