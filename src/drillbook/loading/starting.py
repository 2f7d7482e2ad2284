"""Files to start from: commented, sound, and of use as they stand."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import Literal, TypeAlias

from drillbook.errors import InvalidInput, Problem
from drillbook.loading.shown import quoted

StarterKind: TypeAlias = Literal["scenario", "playbook", "curriculum", "study"]

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,62}")


def starter(kind: StarterKind, name: str, title: str) -> str:
    """The file of a kind for somebody's own name and title; InvalidInput where the name cannot be one."""
    if not _NAME.fullmatch(name):
        hint = "lower-case letters, digits, dots and dashes, as in db-pool-exhaustion"
        raise InvalidInput([Problem("", 0, 0, f"{quoted(name)} cannot be the name of a {kind}", hint)])
    text = (files("drillbook.loading") / "starters" / f"{kind}.yaml").read_text(encoding="utf-8")
    # JSON text is YAML text, whatever is in it.
    return text.replace("NEW-NAME", name, 1).replace("NEW-TITLE", json.dumps(title), 1)
