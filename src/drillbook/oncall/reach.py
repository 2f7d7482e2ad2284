"""Whom a step of an escalation policy reaches at a moment."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple, TypeAlias

from drillbook.oncall.directory import Directory

Kind: TypeAlias = Literal["person", "schedule", "rotation", "team"]


class Who(NamedTuple):
    """Whom or what a step names."""

    kind: Kind
    id: str


class Reach:
    """Looks up who is on call, and remembers whose turn it is where people take turns."""

    def __init__(self, directory: Directory) -> None:
        self.directory = directory
        self._turns: dict[tuple[str, int], int] = {}

    def all(self, targets: Iterable[Who], t: float) -> tuple[str, ...]:
        """Everybody whom the targets mean at t, in their order, each once."""
        return everyone(user for target in targets for user in self._users(target, t))

    def in_turn(self, key: tuple[str, int], targets: tuple[Who, ...], t: float) -> tuple[str, ...]:
        """Those of the next target with anyone on call; `key` says whose turns. A turn is used up."""
        turn = self._turns.get(key, 0)
        for place in range(turn, turn + len(targets)):
            users = self._users(targets[place % len(targets)], t)
            if users:
                self._turns[key] = (place + 1) % len(targets)
                return everyone(users)
        return ()

    def _users(self, target: Who, t: float) -> tuple[str, ...]:
        if target.kind == "person":
            return (target.id,)
        if target.kind == "team":
            return self.directory.team(target.id)
        return self.directory.on_call(target.id, t, target.kind)


def everyone(found: Iterable[str]) -> tuple[str, ...]:
    """The people found, in order, each once."""
    return tuple(dict.fromkeys(found))
