"""The on-call side of whatever is given: a playbook, a part of one, or files of other tools, together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path as File
from typing import NamedTuple

from drillbook.errors import InvalidInput, Problem
from drillbook.loading.document import Document
from drillbook.loading.files import document as read_text
from drillbook.loading.files import read_playbook
from drillbook.loading.foreign.emit import to_yaml
from drillbook.loading.foreign.importing import read_parts
from drillbook.loading.foreign.leftover import Note
from drillbook.loading.foreign.pairing import Pairing, pair_routing
from drillbook.loading.foreign.part import read_part
from drillbook.loading.foreign.parts import Parts
from drillbook.loading.foreign.reader import read_any
from drillbook.loading.foreign.tools import TOOLS, tool_of
from drillbook.loading.kinds import kind_of
from drillbook.loading.shown import quoted
from drillbook.model.policy import OnCall


class Whole(NamedTuple):
    """An on-call model, and what of the files it leaves out."""

    on_call: OnCall
    notes: tuple[Note, ...]


def whole_on_call(files: Sequence[File]) -> Whole:
    """Routing, services, policies and schedules of all files. InvalidInput, NotFound, Unreadable.

    Without a routing everything pages the first service; without a service each policy has one.
    """
    documents = [(file, read_any(file)) for file in files]
    if len(documents) == 1:
        own = _own(documents[0][1])
        if own is not None:
            return Whole(own, ())
    parts = _parts(documents)
    if not parts.services:
        known = "a playbook, or files of PagerDuty, GoAlert or Opsgenie, with Alertmanager's if wanted"
        raise InvalidInput(
            [documents[0][1].problem((), "there is no escalation policy in these files", known)]
        )
    if parts.routing:
        pair_routing(parts.routing, Pairing(parts.notes, {}, [each["id"] for each in parts.services]))
    elif len(parts.services) > 1:
        first = parts.services[0]["id"]
        message = f"these files have no routing: the service {quoted(first)} is paged"
        hint = f"`--service` chooses another of the {len(parts.services)}"
        parts.notes.append(Problem("--service", 0, 0, message, hint))
    made = read_part(read_text(to_yaml({"on_call": parts.on_call()}), "(imported)"))
    return Whole(made.model.on_call.completed(), tuple(sorted(parts.notes)))


def _own(document: Document) -> OnCall | None:
    """What a file of drillbook's own holds; None for another tool's."""
    if kind_of(document) == "playbook":
        return read_playbook(document).model.on_call
    if "on_call" in document.root.values:
        return read_part(document).model.on_call.completed()
    return None


def _parts(documents: Sequence[tuple[File, Document]]) -> Parts:
    """What the files come to, those of one tool together."""
    found = [(file, tool_of(document)) for file, document in documents]
    for (_, document), (_, tool) in zip(documents, found, strict=True):
        if tool in (None, "prometheus"):
            message = "this is no file with on-call schedules, policies or routing"
            raise InvalidInput([document.problem((), message, "such as an export of PagerDuty")])
    whole = Parts()
    for tool in TOOLS:
        of_tool = [file for file, other in found if other == tool]
        if of_tool:
            whole.add(read_parts(tool, of_tool))
    return whole
