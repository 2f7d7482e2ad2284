"""What all authored models share."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]{0,62}$")]
"""An identifier: lower-case letters, digits, dots and dashes, as Kubernetes names are."""

DatabaseName = Annotated[str, StringConstraints(pattern=r"^[a-z_][a-z0-9_]{0,62}$")]
"""A name as PostgreSQL has it for roles and databases."""

Text = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
"""Prose for people to read; never markup."""


class Model(BaseModel):
    """A frozen model that refuses unknown keys; defaults are left out of the files."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)
