"""Who plays whom: names for the people of a scenario, drawn from the run's seed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from itertools import accumulate

from faker import Generator
from faker.providers.person.en_GB import Provider

from drillbook.model.people import Person
from drillbook.model.scenario import Scenario


@cache
def _faker() -> tuple[Generator, Callable[[], str], Callable[[], str]]:
    """Faker's own chance, and its British first and last names drawn from it as Faker does.

    Its providers would add up the weights of all names at each draw.
    """
    faker = Generator()
    return faker, _drawn(faker, Provider.first_names), _drawn(faker, Provider.last_names)


def _drawn(faker: Generator, names: Iterable[str]) -> Callable[[], str]:
    known = tuple(names)
    if not isinstance(names, Mapping):
        return lambda: str(faker.random.choice(known))
    sums = tuple(accumulate(names.values()))
    return lambda: str(faker.random.choices(known, cum_weights=sums)[0])


def names(scenario: Scenario, seed: int) -> dict[str, str]:
    """A full name for every person id; no two are alike."""
    faker, first, last = _faker()
    faker.seed_instance(seed)
    taken: dict[str, str] = {}
    for person in scenario.people:
        name = person.name
        while not name or name in taken.values():
            name = f"{first()} {last()}"
        taken[person.id] = name
    return taken


def find(scenario: Scenario, who: str) -> list[Person]:
    """The people meant by an id, a part or a team's name (with or without @), in the scenario's order."""
    wanted = who.lstrip("@").lower()
    exact = [person for person in scenario.people if person.id == wanted]
    return exact or [person for person in scenario.people if wanted in (person.part, person.team)]
