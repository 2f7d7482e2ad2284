"""A script: what somebody types, and when."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from drillbook.model.base import Model
from drillbook.model.quantities import Duration


class ScriptLine(Model):
    """A line that is typed at a time."""

    at: Duration
    """Time since the drill's start."""
    type: Annotated[str, StringConstraints(min_length=1, max_length=4000)]
    """What is typed, in the command language."""


class Script(Model):
    """A file's list of lines, in the order of their times."""

    lines: Annotated[list[ScriptLine], Field(min_length=1, max_length=5000)]
