"""The command language: process verbs begin with a slash, everything else goes to the shell."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

LONGEST = 4000
"""Characters of a command that are read; the rest is cut off."""


@dataclass(frozen=True, slots=True)
class Verb:
    """A process verb: how it is written and what it does."""

    name: str
    usage: str
    help: str
    words: int = 0
    """Arguments it cannot do without; the last one takes the rest of the line."""


VERBS: dict[str, Verb] = {
    verb.name: verb
    for verb in (
        Verb("ack", "/ack [PAGE|ALERT]", "acknowledge a page; all of your open pages when none is named"),
        Verb("declare", "/declare SEV TEXT", "declare an incident, such as /declare SEV-2 carts fail", 2),
        Verb("severity", "/severity SEV", "change the severity", 1),
        Verb(
            "assign",
            "/assign ROLE PERSON",
            "give a role to somebody, such as /assign communications comms",
            2,
        ),
        Verb("page", "/page PERSON|TEAM [TEXT]", "call somebody in", 1),
        Verb("escalate", "/escalate [LEVEL]", "hand the page to the next or a named level"),
        Verb("reassign", "/reassign PERSON", "give the open pages to somebody by name", 1),
        Verb("post", "/post #CHANNEL TEXT", "write in a channel, or to @PERSON", 2),
        Verb("ask", "/ask #CHANNEL TEXT", "ask a question in a channel, or @PERSON", 2),
        Verb(
            "status",
            "/status STATE TEXT",
            "public page: investigating, identified, monitoring or resolved",
            2,
        ),
        Verb("update", "/update AUDIENCE TEXT", "inform executives, customer-success, incidents or team", 2),
        Verb("note", "/note TEXT", "write a line into the incident's record", 1),
        Verb("cause", "/cause TEXT", "say what you hold for the cause", 1),
        Verb("runbook", "/runbook [NAME]", "list the runbooks and checklists, or open one"),
        Verb("check", "/check STEP", "tick a step of the open runbook or checklist", 1),
        Verb(
            "guide",
            "/guide [PAGE]",
            "the playbook's pages: rules, checklists, templates (filled in), advice; or one of them",
        ),
        Verb("mitigated", "/mitigated TEXT", "declare that users no longer suffer", 1),
        Verb("resolve", "/resolve TEXT", "declare the incident resolved", 1),
        Verb("handoff", "/handoff PERSON TEXT", "hand over with a written summary", 2),
        Verb("join", "/join [TEXT]", "say that you are here"),
        Verb("yes", "/yes", "do what was asked for confirmation"),
        Verb("no", "/no", "leave it"),
        Verb(
            "silence",
            "/silence MATCHERS DURATION COMMENT",
            "silence alerts, such as /silence team=data 1h known noise; /silence list, /silence expire ID",
        ),
        Verb("wait", "/wait 2m", "let time pass (plain mode and scripts)"),
        Verb("hint", "/hint", "a hint; it is noted"),
        Verb("help", "/help [TOPIC]", "this list, or more about a verb, a tool or a component"),
        Verb("end", "/end", "end the drill and go to the debrief"),
    )
}


@dataclass(frozen=True, slots=True)
class Command:
    """What somebody typed, taken apart. `verb` is None for the shell."""

    verb: str | None
    rest: str

    def split(self, words: int) -> list[str]:
        """The first `words - 1` words and the rest of the line; fewer where the line ends early."""
        return self.rest.split(None, words - 1) if words else []


def clean(text: str) -> str:
    """Typed text without control characters (never escape codes), cut to a sane length, trimmed."""
    typed = text[:LONGEST]
    if typed.isprintable():  # nothing that `_printable` refuses is
        return typed.strip()
    kept = "".join(
        " " if char in "\t\r\n" else char for char in typed if _printable(char) or char in "\t\r\n"
    )
    return kept.strip()


def _printable(char: str) -> bool:
    return unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def parse(text: str) -> Command:
    """Take typed (cleaned) text apart; `yes` and `no` alone mean `/yes` and `/no`.

    Help on a verb is the program's, and help on anything else the shell's, with the slash or without.
    """
    if text.lower() in {"yes", "y", "no", "n"}:
        return Command("yes" if text.lower().startswith("y") else "no", "")
    name, _, rest = text.removeprefix("/").partition(" ")
    name, rest = name.lower(), rest.strip()
    if name == "help" and rest:
        wanted = rest.lstrip("/").lower()
        return Command("help", wanted) if wanted in VERBS else Command(None, f"help {rest}")
    return Command(name, rest) if text.startswith("/") else Command(None, text)
