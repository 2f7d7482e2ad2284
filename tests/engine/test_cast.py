"""Who plays whom."""

from __future__ import annotations

from faker import Faker

from drillbook.cli.drill import open_drill
from drillbook.engine.cast import names


def test_names_are_those_that_faker_itself_draws() -> None:
    scenario = open_drill("db-pool-exhaustion", None, ()).scenario
    faker = Faker("en_GB")
    for seed in range(50):
        faker.seed_instance(seed)
        drawn: list[str] = []
        for person in scenario.people:
            name = person.name
            while not name or name in drawn:
                name = f"{faker.first_name()} {faker.last_name()}"
            drawn.append(name)
        assert list(names(scenario, seed).values()) == drawn
