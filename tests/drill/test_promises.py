"""What each family's story promises: the right fix brings users back, the tempting one makes it worse."""

from __future__ import annotations

from functools import cache

import pytest

from drillbook.engine.simulation import Simulation
from drillbook.world.parts.kafka.state import KafkaState
from tests.drill.narration import drill_of

LIMIT = "kubectl annotate ingress edge nginx.ingress.kubernetes.io/limit-rps={} -n ingress"
STORIES = {
    "baskets-hang": LIMIT.format(55),
    "orders-spin": LIMIT.format(60),
    "quotes-fail": LIMIT.format(45),
    "search-stuck": LIMIT.format(90),
    "seat-plan-stalls": LIMIT.format(90),
}
"""Drills whose tempting fix users feel at once, and that fix."""
LAGGING = ("orders-missing", "transfers-late")
ACTS, JUDGED = 840.0, 2400.0
"""When something is done, and until when it is judged; every drill hurts by then."""


@cache
def after(name: str, *commands: str) -> Simulation:
    drill = drill_of(name)
    run = Simulation(drill.scenario, drill.playbook, 3, prepared=drill.prepared)
    run.advance(ACTS)
    for command in commands:
        run.submit(run.person, command)
        if run.view.confirm:
            run.submit(run.person, "yes")
        run.advance(run.now + 60)
    run.advance(JUDGED)
    return run


def right(name: str) -> str:
    needs = drill_of(name).scenario.needs
    return next(remedy.command for remedy in needs.remedies if remedy.verdict == "right")


def minutes(run: Simulation) -> float:
    return run._oracle.measure(JUDGED).user_minutes


def behind(run: Simulation) -> tuple[float, float]:
    """Messages that no group has read yet, and those that none ever will."""
    states = run._world.state(JUDGED).values()
    groups = [group for state in states if isinstance(state, KafkaState) for group in state.groups]
    return sum(group.lag for group in groups), sum(group.lost for group in groups)


@pytest.mark.parametrize("name", [*STORIES, *LAGGING])
def test_the_right_fix_brings_users_back(name: str) -> None:
    healthy = drill_of(name).scenario.needs.healthy_error_ratio
    assert after(name, right(name))._world.truth(JUDGED - 1).error_ratio < healthy
    assert minutes(after(name, right(name))) < 0.75 * minutes(after(name))


@pytest.mark.parametrize("name", STORIES)
def test_the_tempting_fix_makes_it_worse(name: str) -> None:
    assert minutes(after(name, STORIES[name])) > 1.05 * minutes(after(name))


def test_more_messages_at_once_leave_the_ledger_further_behind() -> None:
    more = "kubectl set env deployment/ledger MAX_POLL_RECORDS=5000 -n bank"
    assert behind(after("transfers-late", more))[0] > 1.1 * behind(after("transfers-late"))[0]


def test_skipping_to_the_end_looks_well_and_loses_what_was_not_read() -> None:
    topic = "--group order-status --topic order-events --reset-offsets --to-latest --execute"
    run = after(
        "orders-missing",
        "kubectl scale deployment/order-status --replicas=0 -n shop",
        f"kafka-consumer-groups --bootstrap-server events:9092 {topic}",
        "kubectl scale deployment/order-status --replicas=3 -n shop",
    )
    assert behind(run)[1] > 1000
    assert (
        behind(after("orders-missing"))[1] == behind(after("orders-missing", right("orders-missing")))[1] == 0
    )
