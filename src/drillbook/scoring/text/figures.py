"""Claims by figures: what part of the requests or users is affected, and how many."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from drillbook.scoring.text import lexicon
from drillbook.scoring.text.reading import Reading, Sentence

_NUMBER = re.compile(r"(\d{1,12}(?:[.,]\d{1,6})*)([km]?)")
_SCALE = {"": 1.0, "k": 1e3, "m": 1e6}
_RATES = frozenset({"s", "per", "second", "minute", "a", "every", "each", "hour"})


@dataclass(frozen=True, slots=True)
class Figure:
    """A text says that so much fails.

    `kind` is share (0 to 1) or count; `of` is requests or people; `bound` is about, at-most or at-least.
    `comparable` is false for figures about the past or about something that the truth does not measure.
    """

    kind: str
    value: float
    of: str
    bound: str
    comparable: bool
    words: str


def number(word: str) -> float | None:
    """The number that a word says: `12`, `12.5`, `1,200`, `20k`, `ten`; None where it says none."""
    if word in lexicon.NUMBERS:
        return float(lexicon.NUMBERS[word])
    match = _NUMBER.fullmatch(word)
    if match is None:
        return None
    digits, scale = match[1], _SCALE[match[2]]
    head, *groups = digits.replace(".", ",").split(",")
    if len(groups) == 1 and ("." in digits or len(groups[0]) != 3):
        return float(f"{head}.{groups[0]}") * scale
    if all(len(group) == 3 for group in groups):
        return float("".join([head, *groups])) * scale
    return None


def figures(reading: Reading, other: frozenset[str] = frozenset()) -> list[Figure]:
    """The figures of a text; `other` are names whose figures the truth does not measure."""
    return [
        figure
        for sentence in reading.sentences
        if not sentence.question
        for figure in _of_sentence(sentence, other)
    ]


def _of_sentence(sentence: Sentence, other: frozenset[str]) -> Iterator[Figure]:
    words = frozenset(sentence.words)
    fails = not lexicon.FAILURE.isdisjoint(words)
    works = not fails and not lexicon.SUCCESS.isdisjoint(words)
    if not fails and not works:
        return
    of_sentence = _of(words)
    previous: tuple[str, ...] = ()
    for clause in sentence.clauses:
        apart = any(
            not of.isdisjoint(clause) for of in (lexicon.OTHER_MEASURES, lexicon.PAST, other)
        ) or not other.isdisjoint(previous)  # "catalog-api fails next to nothing (0.1 %)"
        previous = clause
        partial = not lexicon.PARTS_OF_THE_SITE.isdisjoint(clause)
        for at, end, value in _shares(clause):
            share = 1 - value if works else value
            of = _of(frozenset(clause[end : end + 4])) or of_sentence or "requests"
            bound = _bound(clause[max(0, at - 3) : at], turned=works)
            if partial:  # more of those who want to pay may fail than of all users, hardly fewer
                bound = "at-most"
            comparable = not apart and not (partial and of == "requests") and 0 <= share <= 1
            yield Figure("share", share, of, bound, comparable, " ".join(clause[at:end]))
        if fails:
            yield from _counts(clause, apart=apart)


def _of(words: frozenset[str]) -> str:
    if not lexicon.REQUESTS.isdisjoint(words):
        return "requests"
    return "people" if not lexicon.PEOPLE.isdisjoint(words) else ""


def _bound(before: tuple[str, ...], *, turned: bool) -> str:
    text = f" {' '.join(before)} "
    most = any(word in lexicon.AT_MOST for word in before)
    least = any(word in lexicon.AT_LEAST for word in before)
    if most or " up to " in text or " less than " in text or " at most " in text or " fewer than " in text:
        return "at-least" if turned else "at-most"
    if least or " more than " in text or " at least " in text:
        return "at-most" if turned else "at-least"
    return "about"


def _shares(clause: tuple[str, ...]) -> Iterator[tuple[int, int, float]]:
    """(first word, end, value) of each share that a clause says."""
    for at, word in enumerate(clause):
        following = clause[at + 1 : at + 4]
        if _is_percent(following):
            # Of a range such as 10-15 the middle is compared.
            values = [number(part) for part in word.split("-")]
            known = [value for value in values if value is not None]
            if known and len(known) == len(values) <= 2:
                yield at, at + 2, sum(known) / len(known) / 100
        elif word in lexicon.PARTS and following[:1] not in (("an",), ("hour",), ("a",)):
            many = number(clause[at - 1]) if at else None
            if many is not None or word == "half" or (at and clause[at - 1] == "a"):
                value = (many or 1) / lexicon.PARTS[word]
                if value <= 1:
                    yield at, at + 1, value
        else:
            yield from _ratio(clause, at)


def _is_percent(following: tuple[str, ...]) -> bool:
    return following[:1] in (("%",), ("percent",), ("pct",)) or following[:2] == ("per", "cent")


def _ratio(clause: tuple[str, ...], at: int) -> Iterator[tuple[int, int, float]]:
    """`1 in 10` and `nine out of ten`."""
    gap = 1 if clause[at + 1 : at + 2] == ("in",) else 2 if clause[at + 1 : at + 3] == ("out", "of") else 0
    if not gap or at + gap + 1 >= len(clause):
        return
    many, whole = number(clause[at]), number(clause[at + gap + 1])
    after = clause[at + gap + 2 : at + gap + 3]
    if many and whole and many <= whole and not (after and after[0] in lexicon.TIME_WORDS):
        yield at, at + gap + 2, many / whole


def _counts(clause: tuple[str, ...], *, apart: bool) -> Iterator[Figure]:
    for at, word in enumerate(clause):
        value = number(word) if word[0].isdigit() else None
        if value is None or value < 10:
            continue
        following = clause[at + 1 : at + 4]
        place = next((i for i, each in enumerate(following) if _of(frozenset({each}))), None)
        if place is None or _is_percent(following) or following[0] in ("in", "out"):
            continue
        if at and clause[at - 1] in ("in", "of"):  # the whole of a ratio
            continue
        then = clause[at + place + 2 : at + place + 3]
        comparable = not apart and not (then and then[0] in _RATES)
        bound = _bound(clause[max(0, at - 3) : at], turned=False)
        of = _of(frozenset({following[place]}))
        yield Figure("count", value, of, bound, comparable, f"{word} {following[place]}")


def has_figure(reading: Reading) -> bool:
    """Whether a text says how much or how many: a share, or a number of ten or more that is no time."""
    for sentence in reading.sentences:
        for clause in sentence.clauses:
            if any(True for _ in _shares(clause)):
                return True
            for at, word in enumerate(clause):
                value = number(word)
                after = clause[at + 1 : at + 2]
                if value is not None and value >= 10 and not (after and after[0] in lexicon.TIME_WORDS):
                    return True
    return False
