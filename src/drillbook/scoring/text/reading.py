"""A text taken apart into sentences, clauses and words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

LONGEST = 10_000
"""Characters of a text that are read; the rest is passed over."""

# Each alternative begins with another character and none can match in two ways, so scanning is linear.
_WORD = re.compile(r"\w+(?:(?:['’-](?=\w)|(?<=\d)[.,:](?=\d))\w+)*|[%.!?;\n,:()—–]|(?<=\s)-(?=\s)")
_ENDING = re.compile(r"['’\u02bc]s$")
_STOPS = frozenset(".!?;\n")
_PAUSES = frozenset(",:()—–-")
_TURNS = frozenset({"but", "however", "although", "though", "while"})


@dataclass(frozen=True, slots=True)
class Sentence:
    """The clauses of a sentence, each a list of words in lower case; `%` is a word of its own."""

    clauses: tuple[tuple[str, ...], ...]
    question: bool = False

    @property
    def words(self) -> list[str]:
        """All its words."""
        return [word for clause in self.clauses for word in clause]


@dataclass(frozen=True, slots=True)
class Reading:
    """A text, read."""

    text: str
    sentences: tuple[Sentence, ...]
    padded: str
    """All words with one space around each, so that ` word ` finds whole words and phrases."""

    def has(self, phrase: str) -> bool:
        """Whether a phrase (as `phrases` makes them) occurs."""
        return phrase in self.padded

    def has_any(self, wanted: Iterable[str]) -> bool:
        """Whether one of the phrases occurs."""
        padded = self.padded
        return any(phrase in padded for phrase in wanted)

    @property
    def length(self) -> int:
        """Number of words."""
        return sum(len(clause) for sentence in self.sentences for clause in sentence.clauses)


def read(text: str) -> Reading:
    """Take a text apart."""
    text = text[:LONGEST]
    sentences: list[Sentence] = []
    clauses: list[tuple[str, ...]] = []
    clause: list[str] = []
    for word in _WORD.findall(text.lower()):
        if word in _STOPS or word in _PAUSES or word in _TURNS:
            if clause:
                clauses.append(tuple(clause))
                clause = []
            if word in _STOPS and clauses:
                sentences.append(Sentence(tuple(clauses), question=word == "?"))
                clauses = []
        else:
            bare = _bare(word)
            if bare:
                clause.append(bare)
    if clause:
        clauses.append(tuple(clause))
    if clauses:
        sentences.append(Sentence(tuple(clauses)))
    words = [word for sentence in sentences for part in sentence.clauses for word in part]
    return Reading(text, tuple(sentences), f" {' '.join(words)} ")


def _bare(word: str) -> str:
    """A word without a possessive and without marks of emphasis: of `_v2.3.1's_` remains `v2.3.1`."""
    return _ENDING.sub("", word.strip("_")).rstrip("_") if word[-1] in "s_" or word[0] == "_" else word


@lru_cache(maxsize=1024)
def phrases(words: tuple[str, ...]) -> tuple[str, ...]:
    """Words and phrases in the form in which `Reading.has` finds them; empty ones are left out."""
    found = (read(word).padded for word in words)
    return tuple(phrase for phrase in found if phrase.strip())
