"""Silencing what is noise, and not what tells of the fault."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from drillbook.events import facts as f
from drillbook.events.event import Event
from drillbook.model.labels import Labels, get
from drillbook.model.playbook import Expectation
from drillbook.model.quantities import duration_text
from drillbook.scoring.case import Case
from drillbook.scoring.grade import Grade, not_applicable, seqs
from drillbook.scoring.graders.diagnosis import names_cause

LONGEST = 7200.0
"""Seconds that a silence may last where the playbook gives no `within` (assumption)."""
_NEGATIVE = re.compile(r"[\w:]+!")
_SOME_TEXT = 3
"""Characters that make a comment."""


@dataclass(frozen=True, slots=True)
class _Silence:
    event: Event
    fact: f.SilenceAdded
    covered: tuple[tuple[Event, Labels], ...]
    """The alerts that it kept from people while they fired."""


def silence(case: Case, expectation: Expectation) -> Grade:
    """Silences are narrow, short and commented, and none hides the fault before its cause is known."""
    own = [each for each in _silences(case) if each.event.actor == case.person]
    if not own:
        return not_applicable("You silenced nothing.")
    hidden = [(each, found) for each in own if (found := _hidden(case, each))]
    if hidden:
        first, alerts = hidden[0]
        names = ", ".join(dict.fromkeys(get(labels, "alertname") for _, labels in alerts))
        reason = f"{_name(first)} kept {names} from everybody, which told of the fault."
        proofs = [event for each, found in hidden for event in (each.event, *(event for event, _ in found))]
        return Grade("violated", reason, seqs(proofs))
    longest = expectation.within or LONGEST
    flaws = [(each, words) for each in own if (words := list(_flaws(each, longest)))]
    if flaws:
        first, words = flaws[0]
        quality = round(1 - len(flaws) / len(own), 3)
        reason = f"{_name(first)} {' and '.join(words)}."
        return Grade("partly", reason, seqs(each.event for each, _ in flaws), quality=quality)
    count = f"{len(own)} silence{'' if len(own) == 1 else 's'}"
    reason = f"{count}, none of which hid the fault; each narrow, short and with a comment."
    return Grade("met", reason, seqs(each.event for each in own))


def _silences(case: Case) -> list[_Silence]:
    covered: dict[str, list[tuple[Event, Labels]]] = {}
    for event, fact in case.of(f.AlertSilenced):
        covered.setdefault(fact.silence, []).append((event, fact.labels))
    return [
        _Silence(event, fact, tuple(covered.get(fact.silence, ()))) for event, fact in case.of(f.SilenceAdded)
    ]


def _name(of: _Silence) -> str:
    return f"Your silence of {' '.join(of.fact.matchers)}"


def _hidden(case: Case, of: _Silence) -> list[tuple[Event, Labels]]:
    """What it kept from people that told of the fault, as long as nobody knew the cause."""
    known = _known_from(case)
    early = [each for each in of.covered if known is None or each[0].seq < known.seq]
    return [(event, labels) for event, labels in early if _tells(case, labels)]


def _known_from(case: Case) -> Event | None:
    """When the true cause was stated, or a remedy for it begun: what fires from then on is no news."""
    true = next(each for each in case.scenario.needs.causes if each.id == case.scenario.needs.cause)
    stated = [
        each.event
        for each in case.statements
        if isinstance(each.event.fact, f.CauseStated) and names_cause(each, true)
    ]
    begun = [work.event for work in case.works if work.verdict == "right"]
    return min([*stated[:1], *begun[:1]], key=lambda event: event.seq, default=None)


def _tells(case: Case, of: Labels) -> bool:
    """Whether an alert tells of the fault: the scenario's own but its noise, of others critical ones."""
    name = get(of, "alertname")
    if name in case.scenario.needs.noise:
        return False
    own = {rule.alert for group in case.scenario.rules for rule in group.rules}
    return name in own or get(of, "severity") == "critical"


def _flaws(of: _Silence, longest: float) -> Iterator[str]:
    fact = of.fact
    if len(fact.comment.strip()) < _SOME_TEXT:
        yield "has no comment that says why"
    span = fact.ends_at - fact.starts_at
    if span > longest:
        yield f"lasts {duration_text(span)}, longer than {duration_text(longest)}"
    if _is_broad(of):
        yield "is too broad: it names no alert, or silences several that it does not name"


def _is_broad(of: _Silence) -> bool:
    positive = [text for text in of.fact.matchers if not _NEGATIVE.match(text)]
    if not positive:
        return True
    named = any(text.startswith("alertname=") for text in positive)
    return not named and len({get(labels, "alertname") for _, labels in of.covered}) > 1
