"""Which runbook fits, and which of its steps are looks."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache

from rapidfuzz import fuzz

from drillbook.model.runbook import Runbook, Step

_WORDS = re.compile(r"[a-z0-9_.-]+")
_CHANGES = re.compile(r"terminate|cancel|alter|restart|delete|scale|undo|drop|\bset\b|<", re.IGNORECASE)
_ALIKE = 85
"""Likeness of their words, in per cent, from which two commands are the same look (assumption)."""


def fitting(runbooks: Sequence[Runbook], firing: Collection[str]) -> Runbook | None:
    """The runbook that most of the firing alerts point to; None where none does."""
    best = max(runbooks, key=lambda each: len(set(each.alerts) & set(firing)), default=None)
    return best if best is not None and set(best.alerts) & set(firing) else None


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
