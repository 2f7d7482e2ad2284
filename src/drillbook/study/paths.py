"""Paths into what authors write: `on_call.services.api.acknowledgement_timeout`, checked against the model.

Steps are keys, ids of list entries, numbers of list entries from 1, or `*` for every entry that has the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args, get_origin

from drillbook.loading.document import Path
from drillbook.loading.shape import fields, tagged_members, unwrapped

_NAMED_BY = ("id", "name", "alert", "record", "incident", "person", "audience")
"""Keys by which an entry of a list is called, the first that it has."""
EVERY = "*"
_DEEPEST = 12


@dataclass(frozen=True, slots=True)
class Stuck:
    """A path that leads nowhere: how far it came, the step that is not there, and what is."""

    reached: str
    step: str
    known: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _End:
    """Where a walk along a path ends too early: what is left of it, and what could have followed."""

    rest: str
    known: tuple[str, ...]


def resolve(data: Any, wanted: Any, path: str) -> list[Path] | Stuck:
    """The places that a path means in `data`, written for the annotation `wanted`; Stuck where there is none.

    Places need not be written yet where the model has a field for them.
    """
    found: list[Path] = []
    end = _walk(data, wanted, path, (), found)
    if found or end is None:
        return found or Stuck("", path, ())
    return Stuck(path[: len(path) - len(end.rest)].rstrip("."), end.rest.partition(".")[0], end.known)


def known_paths(data: Any, wanted: Any) -> Iterator[str]:
    """Every path to a single value that is there or that the model has a field for."""
    return _paths(data, wanted, 0)


def _walk(data: Any, wanted: Any, rest: str, path: Path, found: list[Path]) -> _End | None:
    """Go on along the rest of a path; the furthest that it came where it leads nowhere."""
    if not rest:
        found.append(path)
        return None
    inside = _inside(data, wanted)
    head, _, tail = rest.partition(".")
    if head == EVERY and isinstance(data, list):
        each = {place: kind for _, place, kind in inside if isinstance(place, int)}
        ends = [_walk(data[place], kind, tail, (*path, place), found) for place, kind in each.items()]
        return next((end for end in ends if end is not None), None)
    matches = [each for each in inside if rest == each[0] or rest.startswith(f"{each[0]}.")]
    if not matches:
        if _takes_any(wanted):
            return _walk(_get(data, head), None, tail, (*path, head), found)
        return _End(rest, tuple(name for name, _, _ in inside if not name.isdigit()))
    name, step, kind = max(matches, key=lambda each: len(each[0]))
    return _walk(_get(data, step), kind, rest[len(name) + 1 :], (*path, step), found)


def _inside(data: Any, wanted: Any) -> list[tuple[str, str | int, Any]]:
    """What may follow: the step as written, as it is in the data, and its annotation."""
    wanted = _member(data, unwrapped(wanted))
    if isinstance(data, list):
        kind = get_args(wanted)[0] if get_origin(wanted) is list else None
        numbered = [(str(place + 1), place, kind) for place in range(len(data))]
        named = [(_name(item), place, kind) for place, item in enumerate(data)]
        return [*((name, place, kind) for name, place, kind in named if name), *numbered]
    known = fields(wanted)
    if known:
        return [(name, name, info) for name, info in known.items()]
    if isinstance(data, Mapping):
        kind = get_args(wanted)[1] if get_origin(wanted) is dict else None
        return [(str(key), str(key), kind) for key in data]
    return []


def _member(data: Any, wanted: Any) -> Any:
    """The member of a tagged union that the data is of."""
    members = tagged_members(wanted)
    if members and isinstance(data, Mapping):
        tags = (members.get(str(value)) for value in data.values() if isinstance(value, str))
        # A policy without `profile` is PagerDuty's, as its loader has it.
        return next((kind for kind in tags if kind is not None), members.get("pagerduty"))
    return wanted


def _name(item: Any) -> str:
    if not isinstance(item, Mapping):
        return ""
    return next((str(item[key]) for key in _NAMED_BY if isinstance(item.get(key), str)), "")


def _get(data: Any, step: str | int) -> Any:
    if isinstance(step, int):
        return data[step]
    return data.get(step) if isinstance(data, Mapping) else None


def _takes_any(wanted: Any) -> bool:
    """Whether keys of one's own choice belong here."""
    return get_origin(unwrapped(wanted)) is dict


def _paths(data: Any, wanted: Any, depth: int) -> Iterator[str]:
    inside = _inside(data, wanted) if depth < _DEEPEST else []
    named = {step for name, step, _ in inside if isinstance(step, int) and not name.isdigit()}
    for name, step, kind in inside:
        if isinstance(step, int) and name.isdigit() and step in named:
            continue
        below = list(_paths(_get(data, step), kind, depth + 1)) if _get(data, step) is not None else []
        if below:
            yield from (f"{name}.{each}" for each in below)
        else:
            yield name
