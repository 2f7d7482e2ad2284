"""The envelope of everything that happens."""

from __future__ import annotations

from typing import NamedTuple

from drillbook.events.facts import Fact

EVERYONE = "everyone"
HIDDEN = "hidden"


class Event(NamedTuple):
    """Something that happened.

    `seq` counts from 1 without gaps; `t` is simulated seconds since the start, to the millisecond; `actor`
    is a person's id or the part of the program (`engine`, `world`, `prometheus`, `alertmanager`, `pager`);
    `cause` is the `seq` of the event that this one follows from; `to` is `everyone`, `hidden` (the truth, for
    judgement only) or the id of the only person who sees it.
    """

    seq: int
    t: float
    actor: str
    cause: int | None
    to: str
    fact: Fact

    def visible_to(self, person: str) -> bool:
        """Whether the seat of `person` may see it."""
        return self.to in (EVERYONE, person)
