"""A file that holds an `on_call` block, or parts of one, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from drillbook.errors import InvalidInput
from drillbook.loading.document import Document, bounded
from drillbook.loading.validate import Authored, validate
from drillbook.model.base import Model
from drillbook.model.policy import (
    EscalationPolicy,
    MaintenanceWindow,
    OnCall,
    PagerService,
    PolicyChange,
    Team,
)
from drillbook.model.routing import Receiver, Route, Routing
from drillbook.model.schedule import Rotation, Schedule
from drillbook.oncall.check import Finding, on_call_findings
from drillbook.oncall.references import references
from drillbook.oncall.routing_check import routing_findings

STAND_IN = "pager"
"""The receiver of a routing that is made up: it pages the first service."""


class OnCallPart(Model):
    """What a playbook has under `on_call`, as far as it is known."""

    routing: Routing | None = None
    services: list[PagerService] = []
    escalation_policies: list[EscalationPolicy] = []
    schedules: list[Schedule] = []
    rotations: list[Rotation] = []
    teams: list[Team] = []
    maintenance_windows: list[MaintenanceWindow] = []
    policy_changes: list[PolicyChange] = []

    def completed(self) -> OnCall:
        """The whole that it is a part of; where no routing is known, everything pages the first service."""
        service = self.services[0].id if self.services else None
        routing = self.routing or Routing(
            route=Route(receiver=STAND_IN), receivers=[Receiver(name=STAND_IN, pager_service=service)]
        )
        return OnCall(**{**dict(self), "routing": routing})


class PartFile(Model):
    """The file."""

    on_call: OnCallPart


def read_part(document: Document) -> Authored[PartFile]:
    """The part in a document. InvalidInput with every problem."""
    try:
        model = validate(document, PartFile)
    except InvalidInput as error:
        raise InvalidInput(bounded([*document.problems, *error.problems])) from None
    problems = [document.problem(each.path, each.message, each.hint) for each in _findings(model.on_call)]
    if document.problems or problems:
        raise InvalidInput(bounded([*document.problems, *problems]))
    return Authored(model, document)


def people_named(on_call: OnCall) -> list[str]:
    """Everybody whom policies, schedules and teams name, each once."""
    named = (each.id for each in references(on_call) if each.kind == "person")
    return list(dict.fromkeys(named))


def _findings(part: OnCallPart) -> Iterator[Finding]:
    whole = part.completed()
    for each in on_call_findings(whole, people_named(whole)):
        if part.services or each.path[-1] != "pager_service":
            yield Finding(("on_call", *each.path), each.message, each.hint)
    for each in routing_findings(whole.routing):
        yield Finding(("on_call", "routing", *each.path), each.message, each.hint)
