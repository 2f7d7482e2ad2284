"""Silences: /silence MATCHERS DURATION COMMENT, /silence list, /silence expire ID."""

from __future__ import annotations

import re

from drillbook.engine.commands import VERBS, Command
from drillbook.engine.desk import Desk
from drillbook.engine.silencing import Wish
from drillbook.errors import DrillbookError
from drillbook.events.narrate import clock_text
from drillbook.model.quantities import seconds
from drillbook.oncall.matchers import Matcher
from drillbook.oncall.silences import typed_matchers

_WORD = re.compile(r'(?:[^\s"]|"(?:[^"\\]|\\.)*"?)+')
LONGEST = 365 * 86400.0
"""Seconds; a longer silence is taken for a slip."""


def silence(desk: Desk, person: str, command: Command, cause: int) -> None:
    """Add a silence, end one, or list those there are."""
    words = command.rest.split()
    if not words or words in (["list"], ["ls"]):
        desk.reply(person, _listing(desk), cause)
        return
    try:
        if words[0] == "expire":
            _expire(desk, person, words[1:], cause)
        else:
            desk.silencing.add(person, _wish(desk, person, command.rest), cause, lambda _: None)
    except DrillbookError as problem:
        desk.reply(person, str(problem), cause, ok=False)


def _expire(desk: Desk, person: str, names: list[str], cause: int) -> None:
    if not names:
        raise DrillbookError("usage: /silence expire ID; /silence list has the ids")
    for name in names:
        desk.silencing.expire(desk.view.now, person, name, cause)


def _wish(desk: Desk, person: str, typed: str) -> Wish:
    matchers, span, comment = taken_apart(typed)
    now = desk.view.now
    return Wish(f"/silence {typed}", matchers, now, now + span, comment, desk.names[person])


def taken_apart(typed: str) -> tuple[tuple[Matcher, ...], float, str]:
    """Matchers, seconds and comment of `MATCHERS DURATION COMMENT`; DrillbookError for anything else."""
    words = list(_WORD.finditer(typed))
    place = next((n for n, word in enumerate(words) if _span(word[0]) is not None), None)
    if place is None:
        raise DrillbookError(f"for how long? usage: {VERBS['silence'].usage}, a duration being 30m or 2h")
    span = _span(words[place][0]) or 0.0
    if not 0 < span <= LONGEST:
        raise DrillbookError(f"a silence lasts longer than 0s and at most a year, not {words[place][0]}")
    before = typed[: words[place].start()].strip()
    whole = before.startswith("{")
    texts = [before] if whole else [word[0].rstrip(",") for word in words[:place]]
    comment = typed[words[place].end() :].strip()
    return typed_matchers([text for text in texts if text]), span, comment.strip("\"'")


def _span(text: str) -> float | None:
    try:
        return seconds(text)
    except ValueError:
        return None


def _listing(desk: Desk) -> str:
    silences = desk.view.open_silences
    if not silences:
        return "no silence is active"
    lines = [
        f"{each.id[:8]}  until {clock_text(each.ends_at)}  {' '.join(each.matchers)}"
        f"  by {each.created_by}{': ' + each.comment if each.comment else ', without a comment'}"
        for each in silences
    ]
    return "\n".join(lines)
