"""What a study rests on: the figures of its horizon, pay and objectives, with source or as assumptions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pydantic import BaseModel

from drillbook.model.basis import Assumed, Basis, Sourced
from drillbook.model.horizon import Horizon
from drillbook.model.study import Study
from drillbook.study.horizon.basis import GROUNDS


class Given(NamedTuple):
    """A figure that the study uses."""

    what: str
    value: str
    basis: str
    """Where it comes from, in words."""
    assumed: bool


def grounds(study: Study) -> list[Given]:
    """In the order of the file's sections; those of people and weeks where the study has a horizon."""
    found = list(_given(study, ""))
    if isinstance(study.horizon, Horizon):
        found += [
            Given(each.what, each.value, _words(each.basis), isinstance(each.basis, Assumed))
            for each in GROUNDS
        ]
    return found


def _given(of: BaseModel, path: str) -> Iterator[Given]:
    for name, field in type(of).model_fields.items():
        value, where = getattr(of, name), f"{path}.{name}".lstrip(".")
        if isinstance(value, BaseModel):
            yield from _given(value, where)
            continue
        basis = next((each for each in field.metadata if isinstance(each, Sourced | Assumed)), None)
        if basis is None:
            continue
        stated = name in of.model_fields_set
        words = "given by the study" if stated else _words(basis)
        yield Given(where, _shown(value), words, not stated and isinstance(basis, Assumed))


def _shown(value: object) -> str:
    if isinstance(value, list):
        return f"{len(value)} entries"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _words(basis: Basis) -> str:
    if isinstance(basis, Sourced):
        return basis.where
    return f"assumption: {basis.why}" if basis.why else "assumption"
