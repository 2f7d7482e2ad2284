"""Files of another tool into a part of a playbook or scenario, or into a whole one that there is already."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path as File
from types import MappingProxyType
from typing import Any

from drillbook.errors import InvalidInput, Problem
from drillbook.loading.document import Document, data
from drillbook.loading.files import document as read_text
from drillbook.loading.files import read_playbook, read_rules, read_scenario
from drillbook.loading.foreign.alertmanager_parts import alertmanager_parts
from drillbook.loading.foreign.casting import cast_levels, cast_people, people
from drillbook.loading.foreign.emit import comment, to_yaml
from drillbook.loading.foreign.goalert_parts import goalert_parts
from drillbook.loading.foreign.leftover import Note
from drillbook.loading.foreign.opsgenie_parts import opsgenie_parts
from drillbook.loading.foreign.pagerduty_parts import pagerduty_parts
from drillbook.loading.foreign.pairing import Pairing, pair_base, pair_routing
from drillbook.loading.foreign.part import read_part
from drillbook.loading.foreign.parts import Parts, slug
from drillbook.loading.foreign.prometheus import prometheus_parts
from drillbook.loading.foreign.reader import read_any
from drillbook.loading.foreign.recognise import READERS
from drillbook.loading.foreign.splice import replaced_blocks
from drillbook.loading.foreign.tools import TITLES, Tool, normalised, tool_of
from drillbook.loading.shown import file_name, listed, quoted
from drillbook.loading.validate import Authored
from drillbook.loading.wording import guess

_PAGER_BLOCKS = ("services", "escalation_policies", "schedules", "rotations", "teams")
_GONE = ("maintenance_windows", "policy_changes")
"""Blocks about services and policies that an import replaces."""

_CONVERT: Mapping[Tool, Callable[[Sequence[Authored[Any]]], Parts]] = MappingProxyType(
    {"pagerduty": pagerduty_parts, "goalert": goalert_parts, "opsgenie": opsgenie_parts}
)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What an import is told beyond its files."""

    by_name: Mapping[str, str] = field(default_factory=dict)
    """People's names in the files, and whom of a scenario they become."""
    by_level: Sequence[str] = ()
    """Who stands for everybody on the first level, the second, and so on."""
    services: Mapping[str, str] = field(default_factory=dict)
    """Receivers, and the services that they page."""


@dataclass(frozen=True, slots=True)
class Imported:
    """YAML that holds together, and what of the files it does not have."""

    text: str
    notes: tuple[Note, ...]
    people: tuple[str, ...]
    """Everybody whom the imported policies and schedules name."""


def import_files(tool: Tool, files: Sequence[File], wishes: Wishes, base: Document | None = None) -> Imported:
    """The files' content as a part, or within the playbook (Prometheus: scenario) that `base` holds.

    InvalidInput with every problem of the files, or of what would come out; NotFound, Unreadable.
    """
    parts = read_parts(tool, files)
    _known_people(wishes.by_name, people(parts))
    cast_people(parts, wishes.by_name)
    if wishes.by_level:
        cast_levels(parts, wishes.by_level, tuple(wishes.by_name.values()))
    text = _as_part(tool, parts, wishes, files) if base is None else _within(tool, parts, wishes, base)
    _hold(text, tool, base)
    return Imported(text, tuple(sorted(parts.notes)), tuple(people(parts)))


def _known_people(by_name: Mapping[str, str], known: Sequence[str]) -> None:
    """InvalidInput for people who are in none of the files."""
    problems = [
        Problem(
            "--person", 0, 0, f"there is nobody called {quoted(name)}{guess(slug(name), list(known))}", hint
        )
        for name in by_name
        for hint in (f"people of the files: {listed(list(known)) or 'none'}",)
        if slug(name) not in known
    ]
    if problems:
        raise InvalidInput(problems)


def read_parts(tool: Tool, files: Sequence[File]) -> Parts:
    """What the files come to. InvalidInput with the problems of all of them, NotFound, Unreadable."""
    documents = [(file, normalised(_of_tool(read_any(file), tool), tool)) for file in files]
    if tool == "prometheus":
        return prometheus_parts(documents)
    authored: list[Authored[Any]] = []
    problems: list[Problem] = []
    for _, document in documents:
        try:
            authored.append(READERS[tool](document))
        except InvalidInput as error:
            problems += error.problems
    if problems:
        raise InvalidInput(problems)
    if tool != "alertmanager":
        return _CONVERT[tool](authored)
    if len(authored) > 1:
        again = "a playbook has one routing; import one file"
        raise InvalidInput(
            [each.document.problem((), "a second Alertmanager file", again) for each in authored[1:]]
        )
    return alertmanager_parts(authored[0])


def _of_tool(document: Document, tool: Tool) -> Document:
    found = tool_of(document)
    if found == tool:
        return document
    if found is None:
        message, hint = (
            f"nothing of {TITLES[tool]} is in this file",
            "`drillbook import --help` says what is read",
        )
    else:
        source = document.source
        message, hint = f"this is a file of {TITLES[found]}", f"`drillbook import {found} {source}`"
    raise InvalidInput([*document.problems, document.problem((), message, hint)])


def _as_part(tool: Tool, parts: Parts, wishes: Wishes, files: Sequence[File]) -> str:
    pairing = Pairing(parts.notes, wishes.services, [each["id"] for each in parts.services])
    if parts.routing:
        pair_routing(parts.routing, pairing)
    else:
        pairing.check([])
    made = {"groups": parts.groups} if tool == "prometheus" else {"on_call": parts.on_call()}
    names = listed([file_name(file) for file in files])
    return comment(f"Imported from {TITLES[tool]}: {names}") + "\n" + to_yaml(made)


def _within(tool: Tool, parts: Parts, wishes: Wishes, base: Document) -> str:
    if tool == "prometheus":
        return replaced_blocks(base, (), {"rules": parts.groups})
    on_call = data(base.root).get("on_call") or {}
    if tool == "alertmanager":
        services = [str(each["id"]) for each in on_call.get("services", [])]
        pairing = Pairing(parts.notes, wishes.services, services)
        routing = parts.routing or {}
        pair_routing(routing, pairing)
        return replaced_blocks(base, ("on_call",), {"routing": routing})
    if not parts.services:
        raise InvalidInput([base.problem(("on_call",), "the files hold no policy that could take its place")])
    pairing = Pairing(parts.notes, wishes.services, [each["id"] for each in parts.services])
    changed = pair_base(base, pairing)
    made = parts.on_call()
    blocks = {key: made.get(key) for key in _PAGER_BLOCKS}
    for key in _GONE:
        if key in on_call:
            blocks[key] = None
            pairing.note(
                base.problem(("on_call", key), f"{quoted(key)} was about what is replaced", "taken out")
            )
    return replaced_blocks(changed, ("on_call",), blocks)


def _hold(text: str, tool: Tool, base: Document | None) -> None:
    """Nothing is given out that drillbook itself would refuse."""
    made = read_text(text, f"{base.source} with the import" if base else "the import")
    if tool == "prometheus":
        (read_scenario if base else read_rules)(made)
    else:
        (read_playbook if base else read_part)(made)
