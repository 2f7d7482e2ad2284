"""What an import makes: parts of a playbook or scenario as plain values, and notes on what was left out."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from drillbook.loading.foreign.leftover import Note

Values: TypeAlias = dict[str, Any]
"""A group of keys as it will be written; under `COMMENT` stands where it came from."""
COMMENT = "#"
_LONGEST = 63


@dataclass(slots=True)
class Parts:
    """Parts of an `on_call` block and groups of alert rules; lists may be empty, and the routing missing."""

    routing: Values | None = None
    services: list[Values] = field(default_factory=list)
    escalation_policies: list[Values] = field(default_factory=list)
    schedules: list[Values] = field(default_factory=list)
    rotations: list[Values] = field(default_factory=list)
    teams: list[Values] = field(default_factory=list)
    groups: list[Values] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def add(self, other: Parts) -> None:
        """Take in what another tool's files gave."""
        self.routing = self.routing or other.routing
        for key in ("services", "escalation_policies", "schedules", "rotations", "teams", "groups", "notes"):
            getattr(self, key).extend(getattr(other, key))

    def on_call(self) -> Values:
        """The `on_call` block, as far as it is known."""
        known: Values = {"routing": self.routing} if self.routing else {}
        if self.services or self.escalation_policies:
            known["services"] = self.services
            known["escalation_policies"] = self.escalation_policies
        for key in ("schedules", "rotations", "teams"):
            if getattr(self, key):
                known[key] = getattr(self, key)
        return known


class Names:
    """Short ids for what other tools call by long names and opaque ids: each thing keeps its own."""

    def __init__(self) -> None:
        self._given: dict[tuple[str, str], str] = {}
        self._taken: set[tuple[str, str]] = set()

    def give(self, kind: str, id_: str, name: str) -> str:
        """The id of a thing, made of its name; the same thing has one id however often it is asked for."""
        if (kind, id_) not in self._given:
            wanted = slug(name) or slug(id_) or kind
            chosen, number = wanted, 2
            while (kind, chosen) in self._taken:
                chosen, number = f"{wanted[: _LONGEST - 4]}-{number}", number + 1
            self._taken.add((kind, chosen))
            self._given[kind, id_] = chosen
        return self._given[kind, id_]

    def known(self, kind: str, id_: str) -> str | None:
        """The id that a thing was given, if it was."""
        return self._given.get((kind, id_))


def slug(text: str) -> str:
    """Lower-case letters, digits, dots and dashes: `Ops on-call (EU)` -> `ops-on-call-eu`; may be empty."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9.]+", "-", plain.lower()).strip("-.")[:_LONGEST].strip("-.")
