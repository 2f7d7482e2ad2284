"""The facts that a good update says: status, impact, action, next update.

Source: the design's evidence, training practice (status, impact, action, next-update time).
"""

from __future__ import annotations

from dataclasses import dataclass

from drillbook.scoring.text import lexicon
from drillbook.scoring.text.figures import has_figure
from drillbook.scoring.text.reading import Reading
from drillbook.scoring.text.states import StateClaim

FACTS = ("status", "impact", "action", "next-update")


@dataclass(frozen=True, slots=True)
class Facts:
    """Which facts a text says and which it lacks. An update that says it is over needs no next one."""

    present: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def share(self) -> float:
        """The part of the facts asked for that is there."""
        return len(self.present) / (len(self.present) + len(self.missing))


def facts(
    reading: Reading, claims: list[StateClaim], impacted: tuple[str, ...], state: str | None = None
) -> Facts:
    """The facts of a text; `impacted` are the phrases of the scenario, `state` the status page's state."""
    over = state == "resolved" or any(claim.kind == "over" for claim in claims)
    said = {
        "status": state is not None or reading.has_any(lexicon.STATUS_WORDS),
        "impact": reading.has_any(impacted) or reading.has_any(lexicon.IMPACT_WORDS),
        "action": reading.has_any(lexicon.ACTION_WORDS),
        "next-update": _next_update(reading),
    }
    asked = FACTS[:3] if over and not said["next-update"] else FACTS
    return Facts(tuple(name for name in asked if said[name]), tuple(name for name in asked if not said[name]))


def _next_update(reading: Reading) -> bool:
    """A next update is announced with its time: a sentence has both the words and a time."""
    if not reading.has_any(lexicon.NEXT_WORDS):
        return False
    words = [word for sentence in reading.sentences for word in sentence.words]
    return any(word[0].isdigit() or word in lexicon.NUMBERS for word in words) and any(
        _is_time(word) for word in words
    )


def _is_time(word: str) -> bool:
    if word in lexicon.TIME_WORDS:
        return True
    digits = word.rstrip("hmsz")
    if digits != word and digits.isdigit():
        return True
    hours, colon, minutes = word.rstrip("z").partition(":")
    return bool(colon) and hours.isdigit() and minutes[:2].isdigit()


def says_impact(reading: Reading, impacted: tuple[str, ...]) -> tuple[bool, bool]:
    """Whether a text says what users cannot do, and whether it gives a figure for it."""
    named = reading.has_any(impacted)
    return named, named and has_figure(reading)
