"""Whom a level of an escalation policy reaches at a moment."""

from __future__ import annotations

from collections.abc import Iterable

from drillbook.oncall.directory import Directory
from drillbook.oncall.escalation import Level, Policy, Step, everyone, next_in_turn


class Reach:
    """Looks up who is on call at a level, and remembers whose turn it is at round-robin levels."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._turns: dict[tuple[str, int], int] = {}

    def first(self, policy: Policy, steps: Iterable[Step], t: float) -> tuple[Step, tuple[str, ...]] | None:
        """The first of the steps with anyone on call at t, and whom it assigns; a turn is used up."""
        for step in steps:
            level = policy.levels[step.level - 1]
            users = (
                self._next(policy.id, step.level, level, t) if level.round_robin else self.people(level, t)
            )
            if users:
                return step, users
        return None

    def people(self, level: Level, t: float) -> tuple[str, ...]:
        """Everyone on call at a level at t, in the order of its targets."""
        return everyone(self._targets(level, t))

    def _next(self, policy: str, number: int, level: Level, t: float) -> tuple[str, ...]:
        users, turn = next_in_turn(self._targets(level, t), self._turns.get((policy, number), 0))
        self._turns[policy, number] = turn
        return users

    def _targets(self, level: Level, t: float) -> tuple[str | None, ...]:
        on_call = self._directory.on_call
        return tuple(name if person else on_call(name, t) for name, person in level.targets)
