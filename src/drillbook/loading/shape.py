"""Walks a model along the location of a validation error: where it is in the file, and what belongs there."""

from __future__ import annotations

from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from drillbook.loading.document import KEY, Path


class Spot(NamedTuple):
    """Where an error's location leads."""

    path: Path
    """The same in the file's own keys: without the names of union members."""
    wanted: Any
    """The annotation of what belongs there; None where nothing does."""


def follow(model: type[BaseModel], location: tuple[str | int, ...]) -> Spot:
    """The spot of a pydantic location in a file that should hold `model`."""
    wanted: Any = model
    path: list[str | int] = []
    for step in location:
        wanted = unwrapped(wanted)
        members = tagged_members(wanted)
        if members:
            wanted = members.get(str(step))
        elif step != KEY:
            wanted = _inside(wanted, step)
            path.append(step)
    return Spot(tuple(path), unwrapped(wanted))


def unwrapped(wanted: Any) -> Any:
    """The annotation less optionality and constraints; a union told apart by a tag stays whole."""
    if isinstance(wanted, FieldInfo):
        return wanted if wanted.discriminator else unwrapped(wanted.annotation)
    origin = get_origin(wanted)
    if origin is Annotated:
        return wanted if _discriminator(wanted) else unwrapped(get_args(wanted)[0])
    if origin in (Union, UnionType):
        some = [each for each in get_args(wanted) if each is not NoneType]
        return unwrapped(some[0]) if len(some) == 1 else wanted
    return wanted


def tagged_members(wanted: Any) -> dict[str, type[BaseModel]]:
    """The models of a union that is told apart by a tag, by the tag's value; empty for anything else."""
    tag = _discriminator(wanted)
    if not tag:
        return {}
    union = wanted.annotation if isinstance(wanted, FieldInfo) else get_args(wanted)[0]
    members = get_args(union)
    return {value: each for each in members for value in choices(each.model_fields[tag].annotation)}


def fields(wanted: Any) -> dict[str, FieldInfo]:
    """The fields of a model by the keys they have in files; empty for anything else."""
    if not (isinstance(wanted, type) and issubclass(wanted, BaseModel)):
        return {}
    return {info.alias or name: info for name, info in wanted.model_fields.items()}


def choices(wanted: Any) -> tuple[str, ...]:
    """The values of a Literal; empty for anything else."""
    bare = unwrapped(wanted)
    return tuple(map(str, get_args(bare))) if get_origin(bare) is Literal else ()


def _discriminator(wanted: Any) -> str:
    infos = [wanted] if isinstance(wanted, FieldInfo) else getattr(wanted, "__metadata__", ())
    found = (info.discriminator for info in infos if isinstance(info, FieldInfo))
    return next((tag for tag in found if isinstance(tag, str)), "")


def _inside(wanted: Any, step: str | int) -> Any:
    origin, arguments = get_origin(wanted), get_args(wanted)
    if origin is list and isinstance(step, int):
        return arguments[0]
    if origin is dict and isinstance(step, str):
        return arguments[1]
    return fields(wanted).get(str(step))
