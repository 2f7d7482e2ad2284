"""Which database sessions a kill is meant for."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, fields

from drillbook.world.state import Backend


@dataclass(frozen=True, slots=True)
class Selection:
    """Sessions by what `pg_stat_activity` shows of them; empty and zero fields do not restrict.

    Written as the value of an `Action`: `user=reporting older=60 count=1`, quoted as a shell would; the empty
    text selects every session of the action's states.
    """

    state: str = ""
    """One of `active`, `idle`, `idle in transaction`."""
    user: str = ""
    application: str = ""
    database: str = ""
    query: str = ""
    """The whole text of the query."""
    older: float = 0.0
    """Seconds since the query started, at least."""
    count: int = 0
    """At most so many, oldest first; 0 means no limit."""

    def text(self) -> str:
        """The value of an action; `Selection.parse` reads it back."""
        given = [(f.name, getattr(self, f.name)) for f in fields(self) if getattr(self, f.name)]
        return " ".join(f"{name}={shlex.quote(_text(value))}" for name, value in given)

    @classmethod
    def parse(cls, text: str) -> Selection:
        """The selection that `text` writes. Raises ValueError where it is not one."""
        given = dict(part.split("=", 1) for part in shlex.split(text))
        known = {f.name for f in fields(cls)}
        if unknown := [name for name in given if name not in known]:
            raise ValueError(f"a selection of sessions has no {unknown[0]!r}")
        words = {name: value for name, value in given.items() if name not in {"older", "count"}}
        return cls(**words, older=float(given.get("older", 0)), count=int(given.get("count", 0)))

    def covers(self, group: Backend) -> bool:
        """Whether sessions of that group can be meant; their ages and number are the caller's affair."""
        return all(
            not wanted or wanted == there
            for wanted, there in (
                (self.state, group.state),
                (self.user, group.user),
                (self.application, group.application),
                (self.database, group.database),
                (self.query, group.query),
            )
        )


def _text(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.12g}"
