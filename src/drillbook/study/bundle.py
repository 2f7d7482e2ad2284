"""An alternative as it travels to the processes that run it: all drills of the mix, changed and checked."""

from __future__ import annotations

import pickle
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from drillbook.loading.files import together
from drillbook.loading.forms import in_form
from drillbook.model.horizon import Horizon
from drillbook.model.playbook import Playbook
from drillbook.model.scenario import Scenario
from drillbook.people.skill import Skill
from drillbook.study.alternatives import Alternative
from drillbook.study.changes import changed, own_changes
from drillbook.study.material import Material
from drillbook.study.measures import Prices
from drillbook.study.settings import skill_of


@dataclass(frozen=True, slots=True)
class Cell:
    """A drill of the mix and who handles it."""

    scenario: Scenario
    playbook: Playbook
    form: int
    responder: str
    skill: Skill | None
    """None where nobody is there."""
    weight: float


@dataclass(frozen=True, slots=True)
class Bundle:
    """Everything that runs of an alternative need besides their seeds."""

    cells: tuple[Cell, ...]
    horizon: Horizon | None
    prices: Prices


def bundle(material: Material, alternative: Alternative) -> Bundle:
    """The alternative's drills. InvalidInput where its levels do not fit together."""
    study = material.model
    cells: list[Cell] = []
    settings = None
    for number, (incidents, parts) in enumerate(zip(study.scenarios, material.parts, strict=True)):
        made = changed(parts, [*own_changes(incidents, number), *alternative.changes])
        settings = made.settings
        drills = [together(in_form(made.scenario, form), made.playbook) for form in incidents.forms]
        people = settings.responders
        cells += [
            Cell(
                drill.scenario,
                drill.playbook,
                form,
                name,
                skill_of(people[name]) if name in people else None,
                incidents.weight / len(incidents.forms) * responding.weight,
            )
            for form, drill in zip(incidents.forms, drills, strict=True)
            for name, responding in zip(material.responders, study.responders, strict=True)
        ]
    assert settings is not None  # noqa: S101  a study has a scenario at least
    return Bundle(tuple(cells), settings.horizon, Prices(settings.pay, settings.slo))


def packed(made: Bundle) -> bytes:
    """The bundle as bytes."""
    return zlib.compress(pickle.dumps(made, protocol=5), 6)


def unpacked(content: bytes) -> Bundle:
    """What `packed` made."""
    made: Bundle = pickle.loads(zlib.decompress(content))  # noqa: S301  made by the study's own process
    return made


def mixed(weights: tuple[float, ...]) -> Iterator[int]:
    """The cells of replications 0, 1, … without end: each as often as its weight says, as evenly as can be.

    The next one is always the cell that is furthest behind; of equals the first.
    """
    total = sum(weights)
    given = [0] * len(weights)
    number = 0
    while True:
        number += 1
        behind = [weight / total * number - count for weight, count in zip(weights, given, strict=True)]
        chosen = max(range(len(weights)), key=lambda cell: (round(behind[cell], 9), -cell))
        given[chosen] += 1
        yield chosen
