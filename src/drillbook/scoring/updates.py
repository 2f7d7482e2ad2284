"""Updates: those statements that inform an audience, with what they say and how."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from drillbook.scoring.statement import Statement
from drillbook.scoring.text.facts import Facts, facts
from drillbook.scoring.text.fit import Fit, fit

OUTSIDERS = frozenset({"executives", "status-page", "customer-success"})
"""Audiences that do not run the system: plain words are owed to them."""

_FACTS_OF_A_MESSAGE = 2
"""From this many facts a line in a channel counts as an update."""


@dataclass(frozen=True, slots=True)
class Update:
    """A statement that reaches an audience as a whole."""

    statement: Statement
    facts: Facts
    fit: Fit

    @property
    def t(self) -> float:
        """When it was sent."""
        return self.statement.event.t

    @property
    def informs(self) -> bool:
        """Whether the audience learns anything: at least one of the facts."""
        return bool(self.facts.present)

    @property
    def is_more_than_chat(self) -> bool:
        """Whether it was sent as an update, or says as much as one."""
        return self.statement.formal or len(self.facts.present) >= _FACTS_OF_A_MESSAGE

    @property
    def owes_all(self) -> bool:
        """Whether it owes all the facts; what engineers write among themselves does not."""
        outside = self.statement.audience in OUTSIDERS
        return self.statement.formal or (outside and self.is_more_than_chat)


def updates(
    statements: Iterable[Statement], impacted: tuple[str, ...], glossary: Mapping[str, str]
) -> list[Update]:
    """The updates among the statements, in order."""
    return [
        Update(each, facts(each.reading, each.claims, impacted, each.state), fit(each.reading, glossary))
        for each in statements
        if each.audience
    ]
