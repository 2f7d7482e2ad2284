"""Which runbook fits, which of its steps are looks, and opening it."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache

from rapidfuzz import fuzz

from drillbook.model.runbook import Runbook, Step
from drillbook.people.mind import Mind
from drillbook.people.moves import Line, Say

_WORDS = re.compile(r"[a-z0-9_.-]+")
_CHANGES = re.compile(r"terminate|cancel|alter|restart|delete|scale|undo|drop|\bset\b|<", re.IGNORECASE)
_ALIKE = 85
"""Likeness of their words, in per cent, from which two commands are the same look (assumption)."""


def fitting(runbooks: Sequence[Runbook], firing: Collection[str]) -> Runbook | None:
    """The runbook that most of the firing alerts point to; None where none does."""
    best = max(runbooks, key=lambda each: len(set(each.alerts) & set(firing)), default=None)
    return best if best is not None and set(best.alerts) & set(firing) else None


def consult(mind: Mind) -> Line[Runbook | None]:
    """Open the runbook that alerts point to which began to fire since one was looked for."""
    firing = {alert.name for alert in mind.view.firing}
    book = fitting(mind.playbook.runbooks, firing - mind.consulted)
    mind.consulted |= firing
    if book is None or book.name in mind.opened or not mind.happens("runbook", mind.skill.follows_runbook):
        return None
    mind.opened.add(book.name)
    yield Say(mind.takes("think", mind.skill.think), (f"/runbook {book.name}",))
    return book


def is_look(step: Step) -> bool:
    """Whether the step is a command that only looks, without blanks to fill in."""
    return _looks(step.command)


@cache
def _looks(command: str) -> bool:
    return bool(command) and not _CHANGES.search(command)


@cache
def does(command: str, step_command: str) -> bool:
    """Whether typing `command` does what a step's command does."""
    typed, wanted = (" ".join(_WORDS.findall(text.lower())) for text in (command, step_command))
    return bool(wanted) and fuzz.token_sort_ratio(typed, wanted) >= _ALIKE
