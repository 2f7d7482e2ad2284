"""Which receiver pages which service, where routing and services come from different tools."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from drillbook.errors import InvalidInput, Problem
from drillbook.loading.document import Document, Path, data
from drillbook.loading.files import document as read_text
from drillbook.loading.foreign.leftover import Note
from drillbook.loading.foreign.parts import Values
from drillbook.loading.foreign.splice import replaced_words
from drillbook.loading.shown import quoted
from drillbook.loading.wording import guess


@dataclass(frozen=True, slots=True)
class Pairing:
    """The services there are, what was wished, and where to note what was chosen instead."""

    notes: list[Note]
    wished: Mapping[str, str]
    services: Sequence[str]
    """Empty where they are not known: then every receiver keeps the service that it names."""

    def note(self, note: Note) -> None:
        """Say what was chosen."""
        self.notes.append(note)

    def service(self, receiver: str, named: str) -> str:
        """The service that a receiver pages: the one wished for it, the one it names, or the first."""
        if receiver in self.wished:
            return self.wished[receiver]
        return named if named in self.services or not self.services else self.services[0]

    def check(self, receivers: Sequence[str]) -> None:
        """InvalidInput for a wish about a receiver or a service that there is not."""
        problems = []
        for receiver, service in self.wished.items():
            if receiver not in receivers:
                known = list(receivers)
                problems.append(_unknown("receiver", receiver, known))
            if self.services and service not in self.services:
                problems.append(_unknown("service", service, list(self.services)))
        if problems:
            raise InvalidInput(problems)


def pair_routing(routing: Values, pairing: Pairing) -> None:
    """Give the receivers of an imported routing the services there are, in place."""
    pairing.check([each["name"] for each in routing["receivers"]])
    for receiver in routing["receivers"]:
        name = receiver["name"]
        if "pager_service" not in receiver and name not in pairing.wished:
            continue
        named = receiver.get("pager_service", "")
        receiver["pager_service"] = chosen = pairing.service(name, named)
        if chosen != named and name not in pairing.wished:
            message = (
                f"the receiver {quoted(name)} pages the service {quoted(chosen)}, as none is called {named}"
            )
            pairing.note(Problem("--service", 0, 0, message, f"`--service {name}=SERVICE` chooses another"))


def pair_base(base: Document, pairing: Pairing) -> Document:
    """The playbook with receivers that page the imported services instead of its own."""
    receivers = data(base.root)["on_call"]["routing"]["receivers"]
    pairing.check([str(each["name"]) for each in receivers])
    words: dict[Path, str] = {}
    for place, receiver in enumerate(receivers):
        name, named = str(receiver["name"]), receiver.get("pager_service")
        if named is None:
            continue
        chosen = pairing.service(name, str(named))
        if chosen != named:
            path: Path = ("on_call", "routing", "receivers", place, "pager_service")
            words[path] = chosen
            if name not in pairing.wished:
                message = (
                    f"the receiver {quoted(name)} pages {quoted(chosen)} instead of {quoted(str(named))}"
                )
                pairing.note(base.problem(path, message, f"`--service {name}=SERVICE` chooses another"))
    return read_text(replaced_words(base, words), base.source)


def _unknown(kind: str, name: str, known: list[str]) -> Problem:
    hint = f"known: {', '.join(known) or 'none'}"
    return Problem("--service", 0, 0, f"there is no {kind} {quoted(name)}{guess(name, known)}", hint)
