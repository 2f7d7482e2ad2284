"""How remedies end, in the tools' words."""

from __future__ import annotations

from collections.abc import Callable

from drillbook.world.plant import Plant
from drillbook.world.state import Action, Happening

Begin = Callable[[Plant, float, Action, str], list[Happening]]
"""Begins a remedy, given the moment and its id, and returns what happens at once."""


def fails(id: str, text: str) -> list[Happening]:  # noqa: A002
    """The remedy makes no sense in the present state."""
    return [Happening("finished", text, id, ok=False)]


def ends(id: str, text: str) -> list[Happening]:  # noqa: A002
    """The remedy has done what it does."""
    return [Happening("finished", text, id)]


def hidden(text: str) -> Happening:
    """The law is another one; nobody is told."""
    return Happening("law", text, hidden=True)


def whole(text: str, least: int = 0) -> int | None:
    """A whole number of at least `least`, or nothing."""
    return int(text) if text.isdecimal() and int(text) >= least else None
