"""Command lines, split as a POSIX shell would, and a tool's flags. Nothing is ever executed."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from drillbook.world.shell.answer import Complaint

Stages = tuple[tuple[str, ...], ...]

_QUIET = re.compile(r"\s*(?:2>&1|[12]?>\s*/dev/null|&>\s*/dev/null|<\s*/dev/null)(?=\s|$|\|)")
_REFUSED = {
    "&&": "one command at a time: the shell does not chain with &&",
    "||": "one command at a time: the shell does not chain with ||",
    ";": "one command at a time: the shell does not chain with ;",
    "&": "commands do not run in the background here",
    ">": "output cannot be written to a file here",
    "<": "input cannot be read from a file here; give it with -c or as an argument",
    "`": "command substitution is not available here: type the inner command by itself",
    "$(": "command substitution is not available here: type the inner command by itself",
}


@lru_cache(maxsize=1024)
def stages(text: str) -> Stages:
    """The words of a command and of what it is piped into.

    Raises Complaint on quotes that do not balance and on anything but plain pipes.
    """
    parts, start, mode = [], 0, ""
    text = text.strip().removesuffix(";").rstrip()
    if ">" in text or "<" in text:
        text = _QUIET.sub("", text)
    index = 0
    while index < len(text):
        char = text[index]
        if char == "\\" and mode != "'":
            index += 2
            continue
        if mode:
            mode = "" if char == mode else mode
        elif char in "'\"":
            mode = char
        elif char in "|;&<>`$":
            operator = next((o for o in (text[index : index + 2], char) if o in _REFUSED), "")
            if operator:
                raise Complaint(f"bash: {_REFUSED[operator]}")
            if char == "|":
                parts.append(text[start:index])
                start = index + 1
        index += 1
    if mode:
        raise Complaint(f"bash: unexpected EOF while looking for matching `{mode}'")
    parts.append(text[start:])
    return tuple(_words(part) for part in parts)


def _words(part: str) -> tuple[str, ...]:
    try:
        words = tuple(shlex.split(part))
    except ValueError as error:
        raise Complaint(f"bash: syntax error: {error}") from error
    if not words:
        raise Complaint("bash: syntax error near unexpected token `|'")
    return words


@dataclass(frozen=True, slots=True)
class Flags:
    """The flags of a command: every spelling with the name under which it is kept."""

    values: Mapping[str, str] = field(default_factory=dict)
    switches: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """A command line with its flags read. `rest` is what follows `--`."""

    words: tuple[str, ...]
    flags: Mapping[str, str]
    rest: tuple[str, ...] = ()

    def get(self, name: str, default: str = "") -> str:
        """The value of a flag; of a switch, `yes`."""
        return self.flags.get(name, default)

    def has(self, name: str) -> bool:
        """Whether the flag was given."""
        return name in self.flags


def read(words: tuple[str, ...], flags: Flags, tool: str) -> Line:
    """The positional words and flags. Raises Complaint, as the tool would, on one that it does not know."""
    plain: list[str] = []
    given: dict[str, str] = {}
    index = 0
    while index < len(words):
        word = words[index]
        index += 1
        if word == "--":
            return Line(tuple(plain), given, words[index:])
        if not word.startswith("-") or word == "-":
            plain.append(word)
            continue
        name, equals, value = word.partition("=")
        if name in flags.values:
            if not equals:
                if index == len(words):
                    raise Complaint(_needs(tool, name))
                value = words[index]
                index += 1
            given[flags.values[name]] = value
        elif name in flags.switches:
            given[flags.switches[name]] = value or "yes"
        else:
            _bundle(word, flags, given, tool)
    return Line(tuple(plain), given)


def _bundle(word: str, flags: Flags, given: dict[str, str], tool: str) -> None:
    """Short flags written together, such as `-it`, `-nshop` or `-n5`."""
    if word[:2] in flags.values and not word.startswith("--"):
        given[flags.values[word[:2]]] = word[2:]
        return
    if word.startswith("--") or len(word) < 3:
        raise Complaint(_unknown(tool, word))
    for index, letter in enumerate(word[1:], 1):
        if f"-{letter}" in flags.switches:
            given[flags.switches[f"-{letter}"]] = "yes"
        elif f"-{letter}" in flags.values and word[index + 1 :]:
            given[flags.values[f"-{letter}"]] = word[index + 1 :]
            return
        else:
            raise Complaint(_unknown(tool, word))


def _unknown(tool: str, word: str) -> str:
    if tool.startswith("kubectl"):
        short = f"shorthand flag: {word[1:2]!r} in {word}"
        kind = f"flag: {word.partition('=')[0]}" if word.startswith("--") else short
        return f"error: unknown {kind}\nSee '{tool} --help' for usage."
    return f"{tool}: unrecognized option '{word}'"


def _needs(tool: str, name: str) -> str:
    if tool.startswith("kubectl"):
        return f"error: flag needs an argument: {name}\nSee '{tool} --help' for usage."
    return f"{tool}: option '{name}' requires an argument"
