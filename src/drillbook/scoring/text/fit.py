"""Whether a text suits readers who do not run the system: plain words, short sentences, not too long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from drillbook.scoring.text.reading import Reading, phrases

JARGON_COSTS, JARGON_AT_MOST = 0.15, 0.6
LONG_SENTENCE, LONG_SENTENCE_COSTS = 25, 0.2
LONG_TEXT, LONG_TEXT_COSTS = 120, 0.2
SHORT_TEXT, SHORT_TEXT_COSTS = 4, 0.3
SHOUTING, SHOUTING_COSTS = 0.6, 0.3
_FEW_LETTERS = 20


@dataclass(frozen=True, slots=True)
class Fit:
    """How a text suits its readers: 1 is well, with what speaks against it."""

    quality: float
    jargon: tuple[str, ...]
    words: int
    reasons: tuple[str, ...]


def fit(reading: Reading, glossary: Mapping[str, str]) -> Fit:
    """Judge a text; `glossary` has the words to avoid and what to say instead."""
    jargon = _jargon(reading, tuple(glossary))
    words = reading.length
    longest = max((len(sentence.words) for sentence in reading.sentences), default=0)
    lost = [(min(JARGON_COSTS * len(jargon), JARGON_AT_MOST), _instead(jargon, glossary))]
    if longest > LONG_SENTENCE:
        lost.append((LONG_SENTENCE_COSTS, f"a sentence of {longest} words"))
    if words > LONG_TEXT:
        lost.append((LONG_TEXT_COSTS, f"{words} words where {LONG_TEXT} are enough"))
    if words < SHORT_TEXT:
        lost.append((SHORT_TEXT_COSTS, f"only {words} words"))
    if _shouts(reading.text):
        lost.append((SHOUTING_COSTS, "written in capitals"))
    quality = max(0.0, 1 - sum(cost for cost, _ in lost))
    return Fit(round(quality, 3), jargon, words, tuple(reason for cost, reason in lost if cost))


def _jargon(reading: Reading, glossary: tuple[str, ...]) -> tuple[str, ...]:
    found = [(term, phrase) for term in glossary for phrase in phrases((term,)) if reading.has(phrase)]
    return tuple(
        term for term, phrase in found if not any(phrase != other and phrase in other for _, other in found)
    )


def _instead(jargon: tuple[str, ...], glossary: Mapping[str, str]) -> str:
    said = [f"{term} (say: {glossary[term]})" for term in jargon[:3]]
    return "jargon: " + ", ".join(said) + (" and more" if len(jargon) > len(said) else "")


def _shouts(text: str) -> bool:
    letters = sum(map(str.isalpha, text))
    return letters > _FEW_LETTERS and sum(map(str.isupper, text)) > SHOUTING * letters
