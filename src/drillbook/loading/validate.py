"""A document into a model, every problem with its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from drillbook.errors import InvalidInput, Problem
from drillbook.loading.document import KEY, Document, Path, bounded, data
from drillbook.loading.extremes import extremes
from drillbook.loading.nodes import Place, Scalar
from drillbook.loading.shape import Spot, follow
from drillbook.loading.wording import Case, label, words
from drillbook.oncall.finding import Finding

M = TypeVar("M", bound=BaseModel)

_ROUNDS = 4
"""Times that values are put back as text: what is wrong with a group hides what is wrong inside it."""


@dataclass(frozen=True, slots=True)
class Authored(Generic[M]):
    """A model together with the file that it came from."""

    model: M
    document: Document


def validate(document: Document, model: type[M]) -> M:
    """The model that the document holds; InvalidInput with all problems otherwise.

    An unquoted value that looks like something else is text where the model wants text: `version: 15.6`.
    """
    made = attempt(document, model)
    if isinstance(made, list):
        raise InvalidInput(bounded(_problem(document, case) for case in made))
    problems = [document.problem(path, f"{label(path)}: {message}") for path, message in extremes(made)]
    if problems:
        raise InvalidInput(bounded(problems))
    return made


def sound(document: Document, model: type[M], findings: Callable[[M], Iterable[Finding]]) -> Authored[M]:
    """The model that the document holds, if nothing in it is found either; InvalidInput with all problems."""
    try:
        made = validate(document, model)
    except InvalidInput as error:
        raise InvalidInput(bounded([*document.problems, *error.problems])) from None
    problems = [document.problem(each.path, each.message, each.hint) for each in findings(made)]
    if document.problems or problems:
        raise InvalidInput(bounded([*document.problems, *problems]))
    return Authored(made, document)


def attempt(document: Document, model: type[M]) -> M | list[Case]:
    """The model that the document holds, or everything that keeps it from holding one."""
    content = data(document.root)
    for last in (*(False,) * (_ROUNDS - 1), True):
        try:
            return model.model_validate(content, strict=True)
        except ValidationError as error:
            found = error.errors(include_url=False)
            if last or not _put_text_back(document, content, model, found):
                return [_case(document, model, each) for each in found]
    raise AssertionError("the last round returns")


def _put_text_back(
    document: Document, content: Any, model: type[BaseModel], found: list[ErrorDetails]
) -> bool:
    """Replace numbers and truth values by what was written, where text is wanted; whether there were any."""
    changed = False
    for error in found:
        if error["type"] != "string_type":
            continue
        path = follow(model, error["loc"]).path
        node = document.node(path)
        if isinstance(node, Scalar) and node.plain and isinstance(node.value, bool | int | float):
            _replace(content, path, node.text)
            changed = True
    return changed


def _replace(content: Any, path: Path, text: str) -> None:
    for step in path[:-1]:
        content = content[step]
    content[path[-1]] = text


def _problem(document: Document, case: Case) -> Problem:
    message, hint = words(case)
    return Problem(document.source, *_place(document, case), message, hint)


def _case(document: Document, model: type[BaseModel], error: ErrorDetails) -> Case:
    kind, context = error["type"], error.get("ctx", {})
    spot = follow(model, error["loc"])
    if kind == "extra_forbidden":
        spot = Spot(spot.path, follow(model, error["loc"][:-1]).wanted)
    elif kind in ("union_tag_invalid", "union_tag_not_found"):
        spot = Spot((*spot.path, str(context["discriminator"]).strip("'")), spot.wanted)
    if error["loc"][-1:] == (KEY,):
        key = Scalar(document.key_place(spot.path), str(spot.path[-1]), style='"')
        return Case(kind, context, error["msg"], spot, key, is_key=True)
    return Case(kind, context, error["msg"], spot, document.node(spot.path))


def _place(document: Document, case: Case) -> Place:
    if case.kind == "extra_forbidden" or case.is_key:
        return document.key_place(case.path)
    return document.place(case.path)
