"""What the importers of paging tools share: objects once each, ids made of names, notes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel

from drillbook.loading.document import Document, Path
from drillbook.loading.foreign.leftover import left_out, note
from drillbook.loading.foreign.parts import COMMENT, Names, Parts, Values
from drillbook.loading.shown import quoted
from drillbook.loading.validate import Authored

F = TypeVar("F", bound=BaseModel)

ACKNOWLEDGEMENT_TIMEOUT = "30m"
AUTO_RESOLVE_TIMEOUT = "4h"
"""Of a PagerDuty service that is made up because no file has one: PagerDuty's own defaults."""


class Named(Protocol):
    """Something with an id and a name."""

    @property
    def id(self) -> str:
        """What other objects call it."""
        ...

    @property
    def title(self) -> str:
        """What people call it."""
        ...


class Making:
    """Goes through files kind by kind; what an earlier kind defined, a later one can refer to."""

    tool = ""

    def __init__(self, files: Sequence[Authored[Any]]) -> None:
        self.parts = Parts()
        self.files = files
        self.names = Names()

    def each(self, kind: str, key: str) -> Iterator[tuple[Document, Path, Any]]:
        """Every object of a kind, from the lists under a key, once: the first that is met counts."""
        for file in self.files:
            for place, each in enumerate(getattr(file.model, key)):
                path = (_key(file.model, key), place)
                if self.names.known(kind, each.id):
                    message = f"the {kind} {quoted(each.title)} is in an earlier file already"
                    self.note(file.document, path, message, "that one counts")
                    continue
                self.names.give(kind, each.id, each.title)
                yield file.document, path, each

    def head(self, kind: str, document: Document, path: Path, of: Named) -> Values:
        """The id and name that an object gets, and the comment that says where it comes from."""
        own = "" if of.id == of.title else f" {of.id}"
        return {
            COMMENT: f"{self.tool}{own}, {document.source}:{document.place(path).line}",
            "id": self.names.give(kind, of.id, of.title),
            "name": of.title,
        }

    def serve_every_policy(self, timeouts: Values) -> None:
        """Where no file has a service, make one for each policy."""
        if self.parts.services:
            return
        for policy in self.parts.escalation_policies:
            made_up = {
                COMMENT: "made up: no service is in the files",
                "id": policy["id"],
                "name": policy["name"],
            }
            self.parts.services.append({**made_up, "escalation_policy": policy["id"], **timeouts})

    def list_the_rest(self, model: type[BaseModel]) -> None:
        """Note every key of the files that has no counterpart."""
        for file in self.files:
            self.parts.notes += left_out(file.document, model)

    def note(self, document: Document, path: Path, message: str, instead: str) -> None:
        """Note what is not carried over."""
        self.parts.notes.append(note(document, path, message, instead))


def dumped(model: BaseModel) -> Values:
    """A part of a file as it was written: its own key names, defaults left out."""
    made: Values = model.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return made


def _key(model: BaseModel, name: str) -> str:
    return type(model).model_fields[name].alias or name
