"""A form is the same drill under other names, sound like the scenario itself."""

from __future__ import annotations

import pytest

from drillbook.errors import NotFound
from drillbook.loading.catalog import Catalog
from drillbook.loading.files import document, read_scenario
from drillbook.loading.forms import in_form
from drillbook.model.scenario import Deploy, Scenario
from tests.loading.sample import SCENARIO, line_of, told


def with_forms(*swaps: str) -> str:
    return (
        SCENARIO.partition("\nforms:\n")[0]
        + "\nforms:\n"
        + "".join(f"  - swap: {{{swap}}}\n" for swap in swaps)
    )


def form(text: str, number: int) -> Scenario:
    return in_form(read_scenario(document(text, "f.yaml")), number).model


def test_a_name_is_another_wherever_it_stands_as_a_whole_word() -> None:
    other = form(with_forms("orders-api: carts-api"), 1)
    assert "carts-api" in [each.name for each in other.system.components]
    assert any(isinstance(each, Deploy) and each.service == "carts-api" for each in other.timeline)
    assert other.needs.remedies[0].command == "kubectl rollout undo deployment/carts-api -n shop"
    assert any('job="carts-api",code' in rule.expr for group in other.rules for rule in group.rules)
    assert "orders-api" not in other.model_dump_json(exclude={"forms"})


def test_part_of_a_longer_name_stays() -> None:
    """`orders` is a team and a database, and part of orders-api, orders-pool and orders_app."""
    other = form(with_forms("orders: sales"), 1)
    kinds = {each.name: each for each in other.system.components}
    assert {"orders-api", "orders-pool", "orders-db"} <= set(kinds)
    assert kinds["orders-api"].owner == "sales"


def test_dots_escaped_in_a_pattern_stay_escaped() -> None:
    other = form(with_forms("v2.3.1: v3.0.0"), 1)
    assert next(clue for clue in other.needs.clues if clue.id == "rollout-history").shows == r"v3\.0\.0"


def test_keys_are_names_too_and_two_names_can_be_exchanged() -> None:
    other = form(with_forms("cart: order-history, order-history: cart"), 1)
    release = next(each for each in other.system.components if each.name == "orders-api").model_dump()[
        "releases"
    ][-1]
    assert list(release["queries"]) == ["cart"]


def test_what_the_drill_is_called_and_is_judged_by_stays() -> None:
    problems = told(with_forms("db-pool-exhaustion: x, incident-response: y"))
    assert [problem.partition(": ")[2] for problem in problems] == [
        "`db-pool-exhaustion` stands nowhere in the scenario",
        "`incident-response` stands nowhere in the scenario",
    ]


def test_form_0_is_the_scenario_as_written_and_others_are_named() -> None:
    text = with_forms("v2.3.1: v2.3.5")
    assert form(text, 0) == read_scenario(document(text, "f.yaml")).model
    with pytest.raises(NotFound, match="has no form 2; it has 1 to 1"):
        form(text, 2)
    with pytest.raises(NotFound, match="it has none, only 0"):
        form(SCENARIO.partition("\nforms:\n")[0] + "\n", 1)


def test_a_form_is_checked_like_the_scenario_at_the_same_places() -> None:
    text = with_forms("v2.3.1: v2.3.5", "storefront: orders-api")
    problems = told(text)
    assert problems
    assert all("in form 2: " in problem for problem in problems)
    assert any(problem.startswith(f"f.yaml:{line_of(text, 'name: orders-api')}:") for problem in problems)


def test_a_name_that_stands_nowhere_is_told() -> None:
    text = with_forms("orders-app: carts-api")
    (problem,) = told(text)
    assert problem.startswith(f"f.yaml:{line_of(text, 'orders-app: carts')}:")
    assert "`orders-app` stands nowhere in the scenario" in problem


def test_the_shipped_form_hides_what_a_retake_would_remember() -> None:
    catalog = Catalog.standard()
    other = catalog.drill("orders-missing", form=1).scenario
    written = other.model_dump_json(exclude={"forms"})
    for remembered in (
        "accounts-api",
        "v4.8.0",
        "v1.9.4",
        "order-events:4",
        "partition 4",
        'parcel-partner"',
    ):
        assert remembered not in written.replace('"id":"parcel-partner"', "")
