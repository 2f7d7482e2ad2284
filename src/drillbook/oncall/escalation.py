"""Escalation policies as PagerDuty runs them: levels in order, in passes, skipping levels nobody is on.

Delays are in seconds; levels and passes count from 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from drillbook.model.policy import EscalationPolicy, EscalationRule
from drillbook.oncall.check import is_person


@dataclass(frozen=True, slots=True)
class Level:
    """One level: whom it notifies and how long it waits for an acknowledgement."""

    targets: tuple[tuple[str, bool], ...]
    """Ids, each with whether it is a person; otherwise it is a schedule."""
    delay: float
    """Time before the level is left."""
    round_robin: bool


@dataclass(frozen=True, slots=True)
class Policy:
    """An escalation policy, ready to run."""

    id: str
    levels: tuple[Level, ...]
    passes: int


@dataclass(frozen=True, slots=True)
class Step:
    """A place in the course of an escalation."""

    pass_: int
    level: int


BEFORE_FIRST = Step(1, 0)


def compile_policy(policy: EscalationPolicy) -> Policy:
    """A policy as written, ready to run: `num_loops` N means N + 1 passes."""
    return Policy(policy.id, tuple(map(_level, policy.escalation_rules)), policy.num_loops + 1)


def _level(rule: EscalationRule) -> Level:
    targets = tuple((target.id, is_person(target)) for target in rule.targets)
    delay = round(rule.escalation_delay_in_minutes * 60, 3)
    return Level(targets, delay, rule.escalation_rule_assignment_strategy == "round_robin")


def steps_after(policy: Policy, step: Step) -> Iterator[Step]:
    """The steps that follow by themselves, to the last level of the last pass."""
    for pass_ in range(step.pass_, policy.passes + 1):
        first = step.level + 1 if pass_ == step.pass_ else 1
        for level in range(first, len(policy.levels) + 1):
            yield Step(pass_, level)


def steps_by_hand(policy: Policy, step: Step) -> Iterator[Step]:
    """The steps a manual escalation tries: those that follow, then all levels of the last pass anew."""
    yield from steps_after(policy, step)
    for level in range(1, len(policy.levels) + 1):
        yield Step(policy.passes, level)


def everyone(found: tuple[str | None, ...]) -> tuple[str, ...]:
    """The people among `found`, in order, each once."""
    return tuple(dict.fromkeys(user for user in found if user is not None))


def next_in_turn(found: tuple[str | None, ...], turn: int) -> tuple[tuple[str, ...], int]:
    """Round robin: the first person from place `turn` on, and the place at which the next turn begins."""
    for place in range(turn, turn + len(found)):
        user = found[place % len(found)]
        if user is not None:
            return (user,), (place + 1) % len(found)
    return (), turn
