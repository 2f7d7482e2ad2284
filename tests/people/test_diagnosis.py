"""Beliefs follow from what was seen: weights add up, failures count against, reports count as sights."""

import pytest

from drillbook.engine.randomness import Randomness
from drillbook.model.scenario import Cause
from drillbook.people.diagnosis import Beliefs
from drillbook.people.skill import SKILLS, Level
from tests.people.stage import OUTPUTS, drill

NEEDS = drill()[0].needs
POOLS = "psql -p 6432 pgbouncer -c 'SHOW POOLS'"


def beliefs(level: Level = "expert", seed: int = 1) -> Beliefs:
    return Beliefs(NEEDS, SKILLS[level], Randomness(seed), "primary")


def cause(name: str) -> Cause:
    return next(each for each in NEEDS.causes if each.id == name)


def shown(probe: str) -> str:
    return next(output for part, output in OUTPUTS.items() if part in probe)


def test_nothing_seen_convinces_nobody() -> None:
    assert beliefs().best() is None
    assert beliefs().convinced() is None


def test_a_saturated_pool_alone_does_not_convince_an_expert() -> None:
    mind = beliefs()
    mind.read(POOLS, shown(POOLS), 0.0)
    assert mind.best() == cause("pool-too-small")
    assert mind.convinced() is None


@pytest.mark.parametrize("seed", range(10))
def test_all_sights_read_well_lead_an_expert_to_the_release(seed: int) -> None:
    mind = beliefs(seed=seed)
    while mind.convinced() is None:
        probe = mind.next_look()
        assert probe is not None
        mind.read(probe, shown(probe), 0.0)
    assert mind.convinced() == cause("orders-release")


def test_weak_clues_look_stronger_to_a_novice() -> None:
    support = {}
    for level in ("expert", "novice"):
        mind = beliefs(level)
        mind.read(POOLS, shown(POOLS), 0.0)
        support[level] = mind.support(cause("pool-too-small"))
    assert support["novice"] > support["expert"]


def test_a_clue_that_is_misread_is_not_seen() -> None:
    mind = beliefs()
    mind.read(POOLS, shown(POOLS), 1.0)
    assert mind.best() is None


def test_an_error_message_shows_no_clue() -> None:
    mind = beliefs()
    mind.read(POOLS, "psql: error: connection to server failed", 0.0)
    assert mind.best() is None


def test_a_remedy_that_did_not_help_counts_against_its_cause() -> None:
    mind = beliefs()
    mind.hear("\n".join(OUTPUTS.values()))
    assert mind.convinced() == cause("orders-release")
    before = mind.support(cause("orders-release"))
    mind.refute(cause("orders-release"))
    assert mind.support(cause("orders-release")) < before / 3
    assert mind.convinced() is None


def test_lines_quoted_by_a_colleague_mean_what_they_mean_on_ones_own_screen() -> None:
    mind = beliefs()
    mind.hear(f"I looked at the pool: {OUTPUTS['SHOW POOLS']}")
    assert mind.best() == cause("pool-too-small")


def test_everything_is_looked_at_once_a_round() -> None:
    mind, seen = beliefs("novice"), []
    while (probe := mind.next_look()) is not None:
        seen.append(probe)
        mind.read(probe, "", 0.0)
    assert sorted(seen) == sorted({clue.probe for clue in NEEDS.clues})
    mind.again()
    assert mind.next_look() == seen[0]
