"""Who of a scenario's people plays whom of an imported policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from drillbook.loading.foreign.parts import Parts, Values, slug
from drillbook.model.policies.opsgenie import OpsgenieDelay

_SINGLE = ("user", "userID", "addUserID", "removeUserID")
_PEOPLE = ("userIDs",)
_REFERS = {
    "schedule_reference": "schedules",
    "schedule": "schedules",
    "rotation": "rotations",
    "team": "teams",
}


class Place(NamedTuple):
    """Where a person's name stands in plain values: `holder[key]`."""

    holder: Any
    key: Any

    @property
    def name(self) -> str:
        return str(self.holder[self.key])


def people(parts: Parts) -> list[str]:
    """Everybody whom policies, schedules, rotations and teams name, in their order, each once."""
    return list(dict.fromkeys(place.name for place in _places(_all(parts))))


def cast_people(parts: Parts, by_name: Mapping[str, str]) -> None:
    """Give people other names, in place; keys are names as they were or as they are shown."""
    wanted = {slug(key): value for key, value in by_name.items()}
    for place in _places(_all(parts)):
        if slug(place.name) in wanted:
            place.holder[place.key] = wanted[slug(place.name)]


def cast_levels(parts: Parts, by_level: Sequence[str], kept: Sequence[str] = ()) -> None:
    """Let one person stand for everybody on a level, in place; the last one for all further levels.

    A schedule or rotation that several levels name belongs to the first of them. Names in `kept` stay.
    """
    done: set[tuple[int, Any]] = set()
    for policy in parts.escalation_policies:
        for number, level in enumerate(levels(policy)):
            stands = by_level[min(number, len(by_level) - 1)]
            for place in _reached(parts, level):
                where = (id(place.holder), place.key)
                if where not in done and place.name not in kept:
                    done.add(where)
                    place.holder[place.key] = stands
    for holder in [*parts.schedules, *parts.rotations, *parts.teams]:
        _once_each(holder)


def levels(policy: Values) -> list[Values]:
    """A policy's levels in the order of their time, whatever its tool calls them."""
    found = policy.get("escalation_rules") or policy.get("steps")
    return list(found) if found else sorted(policy.get("rules", []), key=_delay)


def _delay(rule: Values) -> float:
    return OpsgenieDelay.model_validate(rule["delay"]).seconds


def _reached(parts: Parts, level: Any) -> Iterator[Place]:
    yield from _places(level)
    for reference in _references(level):
        defined = getattr(parts, _REFERS[reference["type"]])
        for each in defined:
            if each["id"] == reference["id"]:
                yield from _reached(parts, {key: value for key, value in each.items() if key != "id"})


def _references(values: Any) -> Iterator[Values]:
    if isinstance(values, dict):
        if values.get("type") in _REFERS and "id" in values:
            yield values
        for value in values.values():
            yield from _references(value)
    elif isinstance(values, list):
        for value in values:
            yield from _references(value)


def _all(parts: Parts) -> list[Any]:
    return [parts.escalation_policies, parts.schedules, parts.rotations, parts.teams]


def _places(values: Any) -> Iterator[Place]:
    if isinstance(values, list):
        for value in values:
            yield from _places(value)
    elif isinstance(values, dict):
        if str(values.get("type", "")) in ("user", "user_reference") and "id" in values:
            yield Place(values, "id")
        for key, value in values.items():
            if key in _SINGLE and isinstance(value, str):
                yield Place(values, key)
            elif key in _PEOPLE and isinstance(value, list):
                yield from (Place(value, number) for number in range(len(value)))
            else:
                yield from _places(value)


def _once_each(values: Any) -> None:
    """Rotations in which everybody is the same person need that person once."""
    if isinstance(values, dict):
        for key in ("users", "userIDs", "participants", "members"):
            listed = values.get(key)
            if isinstance(listed, list) and len(listed) > 1 and all(each == listed[0] for each in listed):
                del listed[1:]
        for value in values.values():
            _once_each(value)
    elif isinstance(values, list):
        for value in values:
            _once_each(value)
