"""Alertmanager's configuration file: its shape, and what Alertmanager itself would refuse.

Source: Alertmanager 0.33, `config/config.go`. What is refused here is what `amtool check-config` refuses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field

from drillbook.errors import InvalidInput
from drillbook.loading.document import KEY, Document, Path, bounded
from drillbook.loading.foreign.durations import GoDuration
from drillbook.loading.foreign.integrations import GLOBAL, INTEGRATIONS, Need
from drillbook.loading.foreign.leftover import Left
from drillbook.loading.foreign.reader import without_nothing
from drillbook.loading.shown import listed, quoted
from drillbook.loading.validate import Authored, validate
from drillbook.loading.wording import guess
from drillbook.model.base import Model
from drillbook.model.routing import InhibitRule, Routing, TimeInterval
from drillbook.oncall.check import Finding
from drillbook.oncall.matchers import is_label_name
from drillbook.oncall.routing_check import routing_findings

_ALL = "..."
_ROUTING = ("route", "inhibit_rules", "time_intervals", "mute_time_intervals")


class AmRoute(Model):
    """A node of the routing tree."""

    receiver: str = ""
    group_by: list[str] | None = None
    match: dict[str, str] = {}
    """Labels that must be equal; the old way to write matchers."""
    match_re: dict[str, str] = {}
    matchers: list[str] = []
    mute_time_intervals: list[str] = []
    active_time_intervals: list[str] = []
    continue_: bool = Field(default=False, alias="continue")
    group_wait: GoDuration | None = None
    group_interval: GoDuration | None = None
    repeat_interval: GoDuration | None = None
    labels: Annotated[dict[str, str], Left("labels of a route are for Alertmanager's own listings")] = {}
    routes: list[AmRoute] = []


class AmInhibitRule(InhibitRule):
    """Alerts that keep others quiet."""

    name: Annotated[str, Left("a name for Alertmanager's own listings")] = ""


class AmFile(Model):
    """A whole `alertmanager.yml`."""

    global_: Annotated[
        dict[str, Any], Left("addresses and credentials of other services: nothing is sent anywhere")
    ] = Field(default={}, alias="global")
    route: AmRoute | None = None
    inhibit_rules: list[AmInhibitRule] = []
    receivers: list[dict[str, Any]] = []
    templates: Annotated[list[str], Left("pages and messages have Alertmanager's own default texts")] = []
    mute_time_intervals: list[TimeInterval] = []
    """The old name of `time_intervals`."""
    time_intervals: list[TimeInterval] = []
    tracing: Annotated[dict[str, Any], Left()] = {}
    event_recorder: Annotated[dict[str, Any], Left()] = {}


def read_alertmanager(document: Document) -> Authored[AmFile]:
    """The configuration in a document. InvalidInput with every problem."""
    document = without_nothing(document)
    try:
        model = validate(document, AmFile)
    except InvalidInput as error:
        raise InvalidInput(bounded([*document.problems, *error.problems])) from None
    problems = [document.problem(each.path, each.message, each.hint) for each in _findings(model)]
    if document.problems or problems:
        raise InvalidInput(bounded([*document.problems, *problems]))
    return Authored(model, document)


def routing_values(model: AmFile) -> dict[str, Any]:
    """The routing as a playbook has it, its receivers by name only."""
    values = model.model_dump(mode="json", by_alias=True, exclude_unset=True)
    kept = {key: values[key] for key in _ROUTING if key in values}
    for rule in kept.get("inhibit_rules", []):
        rule.pop("name", None)
    without_labels(kept.get("route", {}))
    return {**kept, "receivers": [{"name": str(each.get("name") or "")} for each in model.receivers]}


def without_labels(route: dict[str, Any]) -> None:
    """Take the labels of routes out, in place."""
    route.pop("labels", None)
    for child in route.get("routes", []):
        without_labels(child)


def _findings(model: AmFile) -> Iterator[Finding]:
    yield from _keys(("global",), model.global_, GLOBAL)
    yield from _both(("global",), model.global_)
    yield from _receivers(model)
    if model.route is None:
        yield Finding((), "`route` is missing", "the routing tree, which begins with a default receiver")
    elif not model.receivers:
        yield Finding(
            ("route", "receiver"), f"there is no receiver {quoted(model.route.receiver)}, nor any other"
        )
    else:
        yield from routing_findings(Routing.model_validate(routing_values(model), strict=True))
        yield from _grouping(("route",), model.route)


def _keys(path: Path, given: Mapping[str, Any], known: frozenset[str]) -> Iterator[Finding]:
    for key in given:
        if key not in known:
            near = guess(key, sorted(known))
            group = next(step for step in reversed(path) if isinstance(step, str))
            message = f"the key {quoted(key)} is not known in {quoted(group)}{near}"
            yield Finding((*path, key, KEY), message, f"known: {listed(sorted(known))}")


def _receivers(model: AmFile) -> Iterator[Finding]:
    names = [str(receiver.get("name") or "") for receiver in model.receivers]
    for place, receiver in enumerate(model.receivers):
        path: Path = ("receivers", place)
        if not names[place]:
            yield Finding((*path, "name"), "a receiver needs a `name`")
        known = frozenset(("name", "labels", *INTEGRATIONS))
        yield from _keys(path, receiver, known)
        for kind in INTEGRATIONS:
            if kind in receiver:
                yield from _configs((*path, kind), kind, receiver[kind], model.global_)


def _configs(path: Path, kind: str, configs: Any, of_all: Mapping[str, Any]) -> Iterator[Finding]:
    if not isinstance(configs, list):
        if configs is not None:
            yield Finding(path, f"{quoted(kind)} must be a list", "each entry after `- `")
        return
    for place, config in enumerate(configs):
        here = (*path, place)
        if not isinstance(config, dict):
            yield Finding(here, f"an entry of {quoted(kind)} must be a group of keys")
            continue
        yield from _keys(here, config, INTEGRATIONS[kind].keys)
        yield from _both(here, config)
        for need in INTEGRATIONS[kind].needs:
            yield from _needed(here, kind, need, config, of_all)


def _needed(
    path: Path, kind: str, need: Need, config: Mapping[str, Any], of_all: Mapping[str, Any]
) -> Iterator[Finding]:
    if any(config.get(key) for key in need.keys) or any(of_all.get(key) for key in need.in_global):
        return
    wanted = " or ".join(f"`{key}`" for key in need.keys)
    also = f"in this entry, or in `global` {', '.join(need.in_global)}" if need.in_global else "in this entry"
    yield Finding(path, f"{quoted(kind)} needs {wanted}", also)


def _both(path: Path, config: Mapping[str, Any]) -> Iterator[Finding]:
    """A value and the file that holds it: Alertmanager takes one of them."""
    for key in config:
        file = f"{key}_file"
        if config[key] and config.get(file):
            yield Finding((*path, file, KEY), f"{quoted(key)} and {quoted(file)} exclude each other")


def _grouping(path: Path, route: AmRoute) -> Iterator[Finding]:
    group_by = route.group_by or []
    for place, name in enumerate(group_by):
        here = (*path, "group_by", place)
        if name != _ALL and not is_label_name(name):
            yield Finding(here, f"{quoted(name)} is not a label name")
        elif name in group_by[:place]:
            yield Finding(here, f"{quoted(name)} is there twice")
    for place, child in enumerate(route.routes):
        yield from _grouping((*path, "routes", place), child)
