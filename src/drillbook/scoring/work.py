"""What people did to the system: looks at it, and remediations with what they mean in this incident."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import re2

from drillbook.events import facts as f
from drillbook.events.event import Event
from drillbook.model.scenario import Remedy

ALIKE = 0.86
"""A typed command is an authored look when it has this part of its words; another LIMIT is no matter."""

_ALIASES = {"deploy": "deployment", "namespace": "n", "po": "pods", "pod": "pods"}
_QUERIES = (["query"], ["promql"])
_WORD = re.compile(r"[\w*.]+")
_OPEN = re.compile(r"<[^>]*>|--tail[= ]\d+")
"""What an authored command leaves to whoever types it: a name to fill in, how many lines to show."""
_LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Look:
    """A probe that was answered, by whom, and the command's words."""

    event: Event
    person: str
    words: str
    output: str

    @property
    def tool(self) -> str:
        """The first word: which tool was asked."""
        return self.words.partition(" ")[0]


@dataclass(frozen=True, slots=True)
class Work:
    """A remediation of a person. `ok` is None when it did not finish; `risky` when it had to be confirmed."""

    event: Event
    action: f.ActionStarted
    remedy: Remedy | None
    ok: bool | None
    risky: bool
    prepares: bool = False
    """What a remedy needs first, or the way back from it: judged with that remedy, not by itself."""

    @property
    def verdict(self) -> str:
        """What it means in this incident; what the scenario does not know is useless."""
        return self.remedy.verdict if self.remedy else "useless"

    @property
    def why(self) -> str:
        """What the debrief says of it."""
        if self.prepares:
            return "What a remedy needs first, or the way back from it; judged with that remedy."
        return self.remedy.why.strip() if self.remedy else "The scenario says nothing about it."

    @property
    def name(self) -> str:
        """What was done, in words; where the value says little to people, what was typed."""
        if self.action.action == "fix":
            return self.action.command
        value = self.action.value
        if self.action.action == "memory-limit" and value.isdigit():
            value = f"{int(value) // 2**20}Mi"
        return " ".join(filter(None, [self.action.action, self.action.target, value]))


@lru_cache(maxsize=2048)
def command_words(command: str) -> str:
    """The words of a command, in lower case; the short form of a query as the tool would be called."""
    words = _WORD.findall(command[:_LONGEST].lower())
    return " ".join(["promtool", "query", "instant", *words[1:]] if words[:1] in _QUERIES else words)


@lru_cache(maxsize=2048)
def _vocabulary(words: str) -> frozenset[str]:
    return frozenset(_ALIASES.get(word, word) for word in words.split())


def alike(words: str, command: str) -> bool:
    """Whether a typed command (as words) is the same look as an authored one."""
    wanted = _vocabulary(command_words(_OPEN.sub(" ", command)))
    return bool(wanted) and len(wanted & _vocabulary(words)) >= ALIKE * len(wanted)


@lru_cache(maxsize=256)
def _pattern(shows: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    return re2.compile(shows, options=options)


def shows(pattern: str, look: Look) -> bool:
    """Whether the output of a look has what a clue's pattern describes."""
    return _pattern(pattern).search(look.output) is not None


def asks_for(look: Look, probe: str) -> bool:
    """Whether a look asks what an authored probe asks: alike, or the same tool about the same main objects.

    The main objects of a query of metrics are its metrics, of one in SQL its tables, of kubectl the kind of
    thing and the verb. What merely prints the same words, such as the list of all events, asks for another.
    """
    words = command_words(probe)
    if look.tool != words.partition(" ")[0]:
        return False
    wanted = _objects(words)
    return alike(look.words, probe) or (bool(wanted) and wanted <= _objects(look.words))


@lru_cache(maxsize=2048)
def _objects(words: str) -> frozenset[str]:
    """What a command is about, without its options, conditions and functions."""
    said = [_ALIASES.get(word, word) for word in words.split()]
    match said[:1]:
        case ["kubectl"]:
            return frozenset(_kubectl(said[1:]))
        case ["psql"]:
            return frozenset(after for word, after in pairwise(said) if word in {"from", "show", "join"})
        case ["promtool"]:
            return frozenset(word for word in said if "_" in word)
    return frozenset()


def _kubectl(said: list[str]) -> Iterable[str]:
    """The verb and what it is about, without options and their values."""
    options = {"n", "namespace", "tail", "o"}
    return [word for before, word in pairwise(["", *said]) if not {before, word} & options]


def looks(
    probes: Iterable[tuple[Event, f.ProbeAnswered]],
    responds: Callable[[str], bool],
    askers: Mapping[int, str],
) -> list[Look]:
    """The probes of the response side; who asked is who gave the command."""
    found = []
    for event, fact in probes:
        person = askers.get(event.cause or 0, event.to)
        if responds(person):
            found.append(Look(event, person, command_words(fact.command), fact.output[:_LONGEST]))
    return found


def works(
    started: Iterable[tuple[Event, f.ActionStarted]],
    finished: Iterable[tuple[Event, f.ActionFinished]],
    asked: Iterable[tuple[Event, f.ConfirmationAsked]],
    remedies: Sequence[Remedy],
) -> list[Work]:
    """The remediations, each with its remedy, its end and whether it had to be confirmed."""
    ends = {fact.id: fact.ok for _, fact in finished}
    confirmed = {command_words(fact.command) for _, fact in asked}
    steps = [_deed(command) for each in remedies for command in each.first]
    prepared: set[tuple[str, str]] = set()
    found = []
    for event, fact in started:
        place = (fact.action, fact.target)
        exact = _remedy(fact, [each for each in remedies if each.value is not None])
        prepares = exact is None and _deed(fact.command) in steps
        back = exact is None and (_undoes(fact) or (fact.action == "scale" and place in prepared))
        prepared = prepared | {place} if prepares else prepared - {place}
        remedy = None if prepares or back else exact or _remedy(fact, remedies)
        risky = command_words(fact.command) in confirmed
        found.append(Work(event, fact, remedy, ends.get(fact.id), risky, prepares or back))
    return found


def _undoes(fact: f.ActionStarted) -> bool:
    """Whether it lifts a limit on requests, or starts a server that is down."""
    lifts = fact.action == "rate-limit" and fact.value == "0"
    return lifts or (fact.action == "db-restart" and " start " in fact.command)


def _remedy(fact: f.ActionStarted, remedies: Sequence[Remedy]) -> Remedy | None:
    """What the scenario says of the action with this value, or with any."""
    same = [each for each in remedies if (each.action, each.target) == (fact.action, fact.target)]
    return next((each for each in same if each.fits(fact.value)), None)


def _deed(command: str) -> frozenset[str]:
    """What a command does to what, however its options stand."""
    words = command_words(command)
    return _objects(words) or _vocabulary(words)
