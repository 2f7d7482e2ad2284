"""Alertmanager's inhibition: alerts that nobody hears of while a graver one fires.

Source: Alertmanager `inhibit/inhibit.go`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from drillbook.model.labels import Labels
from drillbook.model.routing import InhibitRule
from drillbook.oncall.matchers import Matcher, all_matchers, matches


@dataclass(frozen=True, slots=True)
class Inhibition:
    """An inhibition rule, ready to match."""

    source: tuple[Matcher, ...]
    target: tuple[Matcher, ...]
    equal: tuple[str, ...]

    def applies(self, source: Mapping[str, str], target: Mapping[str, str]) -> bool:
        """Whether a firing alert that matches the source inhibits an alert that matches the target.

        Labels named in `equal` must be the same in both, where missing in both is the same. An alert that
        matches both sides is not inhibited by another that does, so that none inhibits itself.
        """
        if any(source.get(name, "") != target.get(name, "") for name in self.equal):
            return False
        return not (matches(self.source, target) and matches(self.target, source))


def compile_inhibition(rule: InhibitRule) -> Inhibition:
    """The rule with the matchers of all their spellings."""
    return Inhibition(
        source=all_matchers(rule.source_matchers, rule.source_match, rule.source_match_re),
        target=all_matchers(rule.target_matchers, rule.target_match, rule.target_match_re),
        equal=tuple(rule.equal),
    )


class Inhibitor:
    """Which alerts are inhibited, given those that fire."""

    def __init__(self, rules: Sequence[Inhibition]) -> None:
        self._rules = [(rule, dict[Labels, dict[str, str]]()) for rule in rules]

    def alert(self, of: Labels, *, firing: bool) -> bool:
        """Take in an alert's state; whether others may now be inhibited that were not, or the reverse."""
        changed = False
        for rule, sources in self._rules:
            if firing and of not in sources and matches(rule.source, values := dict(of)):
                sources[of] = values
                changed = True
            elif not firing and sources.pop(of, None) is not None:
                changed = True
        return changed

    def inhibited_by(self, of: Labels) -> Labels | None:
        """The alert on whose account nobody hears of this one; None where they do."""
        going = [(rule, sources) for rule, sources in self._rules if sources]
        if not going:
            return None
        target = dict(of)
        for rule, sources in going:
            if matches(rule.target, target):
                for labels, source in sources.items():
                    if rule.applies(source, target):
                        return labels
        return None
