"""Who plays whom: names for the people of a scenario, drawn from the run's seed."""

from __future__ import annotations

from functools import cache

from faker import Faker

from drillbook.model.people import Person
from drillbook.model.scenario import Scenario


@cache
def _faker() -> Faker:
    return Faker("en_GB")


def names(scenario: Scenario, seed: int) -> dict[str, str]:
    """A full name for every person id; no two are alike."""
    faker = _faker()
    faker.seed_instance(seed)
    taken: dict[str, str] = {}
    for person in scenario.people:
        name = person.name
        while not name or name in taken.values():
            name = f"{faker.first_name()} {faker.last_name()}"
        taken[person.id] = name
    return taken


def find(scenario: Scenario, who: str) -> list[Person]:
    """The people meant by an id, a part or a team's name (with or without @), in the scenario's order."""
    wanted = who.lstrip("@").lower()
    exact = [person for person in scenario.people if person.id == wanted]
    return exact or [person for person in scenario.people if wanted in (person.part, person.team)]
