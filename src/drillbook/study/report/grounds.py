"""What a study rests on: the figures of its horizon, pay and objectives, with source or as assumptions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, get_args

from pydantic import BaseModel

from drillbook.model.basis import Assumed, Basis, Sourced
from drillbook.model.horizon import Horizon
from drillbook.model.quantities import Duration, duration_text
from drillbook.model.study import Study
from drillbook.study.horizon.basis import GROUNDS
from drillbook.study.report.people import people


class Given(NamedTuple):
    """A figure that the study uses."""

    what: str
    value: str
    basis: str
    """Where it comes from, in words."""
    assumed: bool


def grounds(study: Study) -> list[Given]:
    """In the order of the file's sections, then of people; those of weeks where the study has a horizon."""
    rules = [*people(study), *(GROUNDS if isinstance(study.horizon, Horizon) else ())]
    told = [
        Given(each.what, each.value, _words(each.basis), isinstance(each.basis, Assumed)) for each in rules
    ]
    return [*_given(study, ""), *told]


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
        shown = duration_text(value) if _TIME in field.metadata else _shown(value)
        yield Given(where, shown, words, not stated and isinstance(basis, Assumed))


_TIME = get_args(Duration)[1]
"""What a field of seconds has, and no other."""


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return f"{len(value)} entries"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _words(basis: Basis) -> str:
    if isinstance(basis, Sourced):
        return basis.where
    return f"assumption: {basis.why}" if basis.why else "assumption"
