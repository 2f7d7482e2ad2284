"""Which runbook fits, and which of its steps are looks."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache

from drillbook.model.playbook import Runbook, Step

_WORDS = re.compile(r"[a-z_]{4,}")
_CHANGES = re.compile(r"terminate|cancel|alter|restart|delete|scale|undo|drop|\bset\b|<", re.IGNORECASE)
_ALIKE = 0.85
"""Part of a step's words that a command must hold to do what the step asks (assumption)."""


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
    wanted = set(_WORDS.findall(step_command.lower()))
    return bool(wanted) and len(wanted & set(_WORDS.findall(command.lower()))) >= _ALIKE * len(wanted)
