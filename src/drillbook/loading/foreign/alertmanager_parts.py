"""Alertmanager's configuration into a playbook's routing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from drillbook.loading.document import Document, Path
from drillbook.loading.foreign.alertmanager import AmFile, routing_values
from drillbook.loading.foreign.integrations import INTEGRATIONS
from drillbook.loading.foreign.leftover import Note, left_out, note
from drillbook.loading.foreign.parts import COMMENT, Parts, Values, slug
from drillbook.loading.shown import listed, quoted
from drillbook.loading.validate import Authored


def alertmanager_parts(authored: Authored[AmFile]) -> Parts:
    """The routing with its receivers, each with the service it pages or the channel it writes to."""
    model, document = authored.model, authored.document
    receivers = [_Receiver(document, place, each) for place, each in enumerate(model.receivers)]
    routing: Values = {
        COMMENT: f"routing from {document.source}",
        **routing_values(model),
        "receivers": [each.values() for each in receivers],
    }
    notes = left_out(document, AmFile)
    for each in receivers:
        notes += each.notes
    return Parts(routing=routing, notes=notes)


class _Receiver:
    """One receiver: what it comes to, and what of it has no counterpart."""

    def __init__(self, document: Document, place: int, given: Mapping[str, Any]) -> None:
        self._document = document
        self._path: Path = ("receivers", place)
        self._given = given
        self.name = str(given["name"])
        self.notes: list[Note] = []

    def values(self) -> Values:
        """The receiver as a playbook has it; notes are filled."""
        made: Values = {"name": self.name}
        for kind, place, config in self._configs():
            self._take(made, kind, place, config)
        return made

    def _configs(self) -> Iterator[tuple[str, int, Mapping[str, Any]]]:
        for kind in INTEGRATIONS:
            for place, config in enumerate(self._given.get(kind) or []):
                yield kind, place, config

    def _take(self, made: Values, kind: str, place: int, config: Mapping[str, Any]) -> None:
        reaches = INTEGRATIONS[kind].reaches
        read: tuple[str, ...] = ()
        if reaches == "pager" and "pager_service" not in made:
            made["pager_service"] = slug(self.name) or "pager"
        elif reaches == "chat" and "channel" not in made:
            made["channel"], read = self._channel(kind, place, config)
        else:
            self._none(kind, place, config, reaches)
            return
        rest = sorted(key for key in config if key not in read)
        if rest:
            self._note(kind, place, f"{quoted(kind)} of {quoted(self.name)}: {listed(rest)}", "left out")

    def _channel(self, kind: str, place: int, config: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
        said = str(config.get("channel") or "")
        if said and "{{" not in said:
            return f"#{said.lstrip('#@')}", ("channel",)
        channel = f"#{slug(self.name) or 'alerts'}"
        message = (
            f"the channel of {quoted(self.name)} is {'worked out by a template' if said else 'not named'}"
        )
        self._note(kind, place, message, f"the channel is called {channel}")
        return channel, ("channel",)

    def _none(self, kind: str, place: int, config: Mapping[str, Any], reaches: str) -> None:
        message = f"{quoted(kind)} of {quoted(self.name)} has no counterpart: {listed(sorted(config))}"
        instead = {
            "pager": "a receiver pages one service, the first one named",
            "chat": "a receiver writes to one channel, the first one named",
        }.get(reaches, "left out: it reaches nobody here; if it pages, say `--service RECEIVER=SERVICE`")
        self._note(kind, place, message, instead)

    def _note(self, kind: str, place: int, message: str, instead: str) -> None:
        self.notes.append(note(self._document, (*self._path, kind, place), message, instead))
