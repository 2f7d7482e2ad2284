"""Claims about the state of things: over, harmless, everybody, hardly anybody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from drillbook.scoring.text import lexicon
from drillbook.scoring.text.reading import Reading, Sentence

_STATES = lexicon.by_first_word(
    [
        ("over", lexicon.OVER),
        ("harmless", lexicon.HARMLESS),
        ("everybody", lexicon.EVERYBODY),
        ("total", lexicon.TOTAL),
        ("few", lexicon.FEW),
        ("vague", lexicon.VAGUE),
    ]
)
_BEFORE, _AFTER = 5, 3
_THE = frozenset({"the", "a", "an", "our", "its", "their", "some", "one"})
_OF_USERS = ("all ", "every", "nobody", "no one")
_USERS = frozenset({"users", "customers", "user", "customer", "our", "the", "any", "anyone", "people"})


@dataclass(frozen=True, slots=True)
class StateClaim:
    """A text says that the state is so. `kind` is over, harmless, everybody, few or vague."""

    kind: str
    words: str


def states(reading: Reading) -> list[StateClaim]:
    """The state claims of a text, in order; questions claim nothing."""
    return [
        claim for sentence in reading.sentences if not sentence.question for claim in _of_sentence(sentence)
    ]


def _of_sentence(sentence: Sentence) -> list[StateClaim]:
    claims = [claim for clause in sentence.clauses for claim in _of_clause(clause)]
    kinds = {claim.kind for claim in claims}
    fails = not lexicon.FAILURE.isdisjoint(sentence.words)
    kept = []
    for claim in claims:
        if claim.kind == "everybody" and (not fails or "over" in kinds):
            continue
        if claim.words.startswith(_OF_USERS) and _is_about_a_part(sentence):
            continue
        kept.append(StateClaim("everybody", claim.words) if claim.kind == "total" else claim)
    return kept


def _is_about_a_part(sentence: Sentence) -> bool:
    """Whether a sentence also says what works, or what part fails: then nobody is told that all is down."""
    words = sentence.words
    share = any(word in lexicon.PARTS for word in words) or any(
        after == "%" and word != "100" for word, after in pairwise(words)
    )
    return share or any(
        not lexicon.WORKS.isdisjoint(clause) and lexicon.DENIALS.isdisjoint(clause)
        for clause in sentence.clauses
    )


def _of_clause(clause: tuple[str, ...]) -> Iterator[StateClaim]:
    for at, word in enumerate(clause):
        for phrase, kind in _STATES.get(word, ()):
            end = at + len(phrase)
            if clause[at:end] == phrase and _is_claimed(kind, clause, at, end):
                yield StateClaim(kind, " ".join(phrase))
        if word == "again" and "can" in clause[max(0, at - _BEFORE) : at]:
            can = at - 1 - clause[:at][::-1].index("can")
            if not _doubted(clause, can, can + 1) and "not" not in clause[can:at]:
                yield StateClaim("over", " ".join(clause[can : at + 1]))


def _is_claimed(kind: str, clause: tuple[str, ...], at: int, end: int) -> bool:
    if kind == "everybody":
        # "A third of all requests" is a share, and compared as such.
        return at == 0 or clause[at - 1] != "of"
    if kind == "harmless":
        # "no impact on payments" says nothing about users at large.
        rest = clause[end : end + 2]
        return len(rest) < 2 or rest[0] not in ("on", "to", "for") or rest[1] in _USERS
    if kind == "over":
        # "We fixed the pool size" is about a part, "we fixed the problem" about the whole.
        what = clause[end : end + 2]
        partial = len(what) == 2 and what[0] in _THE and what[1] not in lexicon.WHOLE
        return not partial and not _doubted(clause, at, end)
    return True


def _doubted(clause: tuple[str, ...], at: int, end: int) -> bool:
    before = clause[max(0, at - _BEFORE) : at]
    if "and" in before:  # "no errors and back to normal": the "no" is about something else
        cut = len(before) - before[::-1].index("and")
        before = tuple(word for word in before[:cut] if word != "no") + before[cut:]
    if any(word in lexicon.DOUBTS or word.endswith(("n't", "n’t")) for word in before):
        return True
    return "to" in before[-2:] or not lexicon.SOON.isdisjoint(clause[end : end + _AFTER])
