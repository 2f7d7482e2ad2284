"""Whose file is it? Told by what is in it, never by its name, and brought into one shape for each tool."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as AnyMapping
from dataclasses import replace
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias

from drillbook.loading.document import Document
from drillbook.loading.foreign.reader import ITEMS
from drillbook.loading.nodes import Mapping, Node, Place, Sequence

Tool: TypeAlias = Literal["prometheus", "alertmanager", "pagerduty", "goalert", "opsgenie"]

TOOLS: tuple[Tool, ...] = ("prometheus", "alertmanager", "pagerduty", "goalert", "opsgenie")
TITLES: AnyMapping[Tool, str] = MappingProxyType(
    {
        "prometheus": "Prometheus",
        "alertmanager": "Alertmanager",
        "pagerduty": "PagerDuty",
        "goalert": "GoAlert",
        "opsgenie": "Opsgenie",
    }
)


class _Kind(NamedTuple):
    """A kind of object: the key of its lists, of a single one, and keys that only such objects have."""

    tool: Tool
    plural: str
    singular: str
    marks: tuple[str, ...]
    """`steps.delayMinutes` is a key of the first entry of a list."""


_KINDS = (
    _Kind("pagerduty", "escalation_policies", "escalation_policy", ("escalation_rules",)),
    _Kind("pagerduty", "schedules", "schedule", ("schedule_layers",)),
    _Kind("pagerduty", "schedules", "schedule", ("name", "time_zone")),
    _Kind("pagerduty", "services", "service", ("id", "escalation_policy")),
    _Kind("goalert", "rotations", "rotation", ("shiftLength",)),
    _Kind("goalert", "schedules", "schedule", ("id", "timeZone")),
    _Kind("goalert", "escalationPolicies", "escalationPolicy", ("steps.delayMinutes",)),
    _Kind("goalert", "services", "service", ("id", "escalationPolicyID")),
    _Kind("goalert", "services", "service", ("id", "escalationPolicy")),
    _Kind("goalert", "userOverrides", "userOverride", ("addUserID",)),
    _Kind("opsgenie", "escalations", "escalation", ("rules.condition",)),
    _Kind("opsgenie", "schedules", "schedule", ("id", "timezone")),
    _Kind("opsgenie", "teams", "team", ("id", "members.user")),
    _Kind("pagerduty", "users", "user", ("id", "email")),
)
_UNMISTAKABLE: AnyMapping[str, Tool] = MappingProxyType(
    {"escalation_policies": "pagerduty", "escalationPolicies": "goalert", "escalations": "opsgenie"}
)
"""Keys at the top that only one tool's files have."""
_PROMETHEUS = frozenset(("scrape_configs", "rule_files", "alerting", "remote_write", "scrape_config_files"))
_ALERTMANAGER = frozenset(("route", "receivers", "inhibit_rules", "mute_time_intervals"))


def tool_of(document: Document) -> Tool | None:
    """The tool whose file it is; None where nothing tells. Rule files (`groups`) are Prometheus's."""
    keys = document.root.values
    if "kind" in keys:
        return None
    if "groups" in keys or _PROMETHEUS & keys.keys():
        return "prometheus"
    if _ALERTMANAGER & keys.keys():
        return "alertmanager"
    root = _unwrapped(document.root)
    for key in root.values:
        if key in _UNMISTAKABLE:
            return _UNMISTAKABLE[key]
    for kind in _KINDS:
        if any(_is(each, kind) for each in _objects(root)):
            return kind.tool
    return "prometheus" if keys.keys() == {"global"} else None


def normalised(document: Document, tool: Tool) -> Document:
    """The document as lists of objects under the names of their kinds, whatever an answer is wrapped in.

    Single objects, bare lists, GraphQL's `data` and `nodes` and Opsgenie's `data` become such
    lists. Places stay.
    """
    if tool in ("prometheus", "alertmanager"):
        return document
    root = _unwrapped(document.root)
    made = Mapping(root.place)
    kinds = [kind for kind in _KINDS if kind.tool == tool]
    bare = next((kind for kind in kinds if _is(root, kind)), None)
    if bare:
        _put(made, bare.plural, Sequence(root.place, [root]), root.place)
    around = [(key, node) for key, node in document.root.values.items() if root is not document.root]
    inside = [] if bare else list(root.values.items())
    for key, node in [*inside, *(each for each in around if each[0] != "data")]:
        _take(made, key, node, {**document.root.keys, **root.keys}[key], kinds)
    return replace(document, root=made)


def _take(made: Mapping, key: str, node: Node, place: Place, kinds: list[_Kind]) -> None:
    listed = _listed(node)
    if key == ITEMS and isinstance(listed, Sequence):
        for item in listed.items:
            kind = next((kind for kind in kinds if _is(item, kind)), None)
            _put(made, kind.plural if kind else ITEMS, Sequence(node.place, [item]), place)
        return
    single = next((kind for kind in kinds if kind.singular == key and isinstance(node, Mapping)), None)
    if single:
        _put(made, single.plural, Sequence(node.place, [node]), place)
    else:
        _put(made, key, listed, place)


def _put(made: Mapping, key: str, node: Node, place: Place) -> None:
    there = made.values.get(key)
    if isinstance(there, Sequence) and isinstance(node, Sequence):
        there.items.extend(node.items)
        return
    made.keys[key] = place
    made.values[key] = Sequence(node.place, list(node.items)) if isinstance(node, Sequence) else node


def _unwrapped(root: Mapping) -> Mapping:
    """What is inside `data`; a list in it stands under `items`."""
    inside = root.values.get("data")
    if isinstance(inside, Sequence):
        return Mapping(root.place, {ITEMS: root.keys["data"]}, {ITEMS: inside})
    return inside if isinstance(inside, Mapping) else root


def _listed(node: Node) -> Node:
    """GraphQL answers a list as `{nodes: [...]}`."""
    if isinstance(node, Mapping) and isinstance(node.values.get("nodes"), Sequence):
        return node.values["nodes"]
    return node


def _objects(root: Mapping) -> Iterator[Node]:
    """The file's root as an object, and what stands first in its lists and under its keys."""
    yield root
    for node in root.values.values():
        inside = _listed(node)
        if isinstance(inside, Sequence):
            yield from inside.items[:1]
        elif isinstance(inside, Mapping):
            yield inside


def _is(node: Node, kind: _Kind) -> bool:
    return isinstance(node, Mapping) and all(_has(node, mark) for mark in kind.marks)


def _has(node: Mapping, mark: str) -> bool:
    key, _, inner = mark.partition(".")
    found = node.values.get(key)
    if not inner or found is None:
        return found is not None
    first = found.items[0] if isinstance(found, Sequence) and found.items else None
    return isinstance(first, Mapping) and inner in first.values
