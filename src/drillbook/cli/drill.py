"""From what was asked for on the command line to a simulation: the composition root."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from drillbook.batch.cast import of_level, of_skill
from drillbook.cli.packs import open_catalog
from drillbook.engine.parts import Agent, Cast
from drillbook.engine.prepared import Prepared, prepare
from drillbook.engine.randomness import Randomness
from drillbook.engine.simulation import Simulation
from drillbook.errors import InvalidInput, Problem
from drillbook.loading.calibrated import SUFFIX, calibration_of, calibration_text, read_calibration
from drillbook.loading.files import load_rules, read_document, read_people
from drillbook.loading.scripts import load_script
from drillbook.model.nearest import nearest
from drillbook.model.playbook import Playbook
from drillbook.model.scenario import Scenario
from drillbook.people.cast import colleagues
from drillbook.people.scripted import scripted
from drillbook.scoring.par import Par, is_current, runs_of
from drillbook.study.settings import skill_of

LEVELS = ("expert", "average", "novice", "absent")


@dataclass(frozen=True, slots=True)
class Drill:
    """A scenario under a playbook with the alert rules in force, compiled, and the files it came from."""

    scenario: Scenario
    playbook: Playbook
    prepared: Prepared
    calibration: str = ""
    """What simulated responders made of it, as its file says; empty where there is none that fits."""

    def simulation(self, seed: int, cast: Cast) -> Simulation:
        """A run of it."""
        return Simulation(self.scenario, self.playbook, seed, cast=cast, prepared=self.prepared)

    @property
    def par(self) -> tuple[Par, ...]:
        """Runs of simulated responders to compare others with."""
        if not self.calibration:
            return ()
        return runs_of(read_calibration(self.calibration, f"{self.scenario.name}{SUFFIX}"))

    @property
    def primary(self) -> str:
        """The trainee's person id."""
        return next(person.id for person in self.scenario.people if person.part == "primary")


def open_drill(scenario: str, playbook: str | None, rules: Sequence[Path], form: int = 0) -> Drill:
    """Load what was named; InvalidInput or NotFound with everything that is wrong."""
    catalog = open_catalog()
    written, book = catalog.drill(scenario, playbook)
    played = catalog.drill(scenario, playbook, form).scenario if form else written
    groups = [group for path in rules for group in load_rules(path).groups] if rules else None
    # Other alert rules make another drill.
    found = None if rules else calibration_of(catalog.index.find("scenario", scenario))
    # Forms are the same drill under other names, so that they share its calibration.
    text = calibration_text(found) if found and is_current(found, written, book) else ""
    return Drill(played, book, prepare(played, book, groups, form), text)


def with_person(scenario: Scenario, playbook: Playbook, draws: Randomness) -> Sequence[Agent]:
    """Everybody but the primary is simulated."""
    return colleagues(scenario, playbook, draws, seats={_primary(scenario)})


def cast_for(responder_: str) -> Cast:
    """The cast for what `--responder` says; InvalidInput for what it cannot mean."""
    kind, colon, path = responder_.partition(":")
    if kind == "script" and colon:
        return _with_script(load_script(Path(path)))
    if kind == "people" and colon:
        found = open_catalog().index.find("people", path)
        return of_skill(skill_of(read_people(read_document(found)).model))
    if responder_ not in LEVELS:
        hint = f"one of {', '.join(LEVELS)}, script:FILE or people:FILE{nearest(responder_, LEVELS)}"
        raise InvalidInput([Problem("--responder", 0, 0, f"{responder_!r} is no responder", hint)])
    return of_level(responder_)


def _with_script(script: Sequence[tuple[float, str]]) -> Cast:
    def cast(scenario: Scenario, playbook: Playbook, draws: Randomness) -> Sequence[Agent]:
        seat = _primary(scenario)
        return [*colleagues(scenario, playbook, draws, seats={seat}), scripted(script, seat)]

    return cast


def _primary(scenario: Scenario) -> str:
    return next(person.id for person in scenario.people if person.part == "primary")
