"""Pages about the rules: severities, types, roles, chain, triggers, duties, phases."""

from __future__ import annotations

from collections.abc import Iterator

from drillbook.model.handbook.writing import bullets, joined, span, under
from drillbook.model.playbook import Cadence, Playbook, Severity
from drillbook.model.quantities import duration_text


def severities(playbook: Playbook) -> Iterator[str]:
    """What each severity means and asks for."""
    for severity in playbook.severities:
        yield f"{severity.id}  {severity.name}: {severity.definition.strip()}"
        yield from bullets(_severity(severity), "  ")
        yield from (f"  {number}. {text}" for number, text in enumerate(severity.actions, start=1))


def _severity(severity: Severity) -> Iterator[str]:
    restore = f"restore within {duration_text(severity.resolve_within)}" if severity.resolve_within else ""
    yield joined(f"respond within {duration_text(severity.respond_within)}", restore)
    if severity.examples:
        yield f"such as {', '.join(severity.examples)}"
    if severity.escalate_to:
        yield f"goes to {', '.join(severity.escalate_to)}"
    if severity.updates:
        yield f"updates: {', '.join(map(_cadence, severity.updates))}"
    if severity.remediates_itself != "no":
        word = "may act by itself" if severity.remediates_itself == "yes" else "acts under conditions"
        yield f"the automation {word}"
    if severity.post_mortem:
        yield "is reviewed afterwards"
    if severity.also_known_as:
        yield f"also known as {', '.join(severity.also_known_as)}"


def _cadence(cadence: Cadence) -> str:
    first = f" (first within {duration_text(cadence.first_within)})" if cadence.first_within else ""
    return f"{cadence.audience} every {duration_text(cadence.every)}{first}"


def types(playbook: Playbook) -> Iterator[str]:
    """Kinds of incidents by nature."""
    for each in playbook.types:
        yield f"{each.name}: {', '.join(each.examples)}"


def lifecycle(playbook: Playbook) -> Iterator[str]:
    """The phases, what is done in each and what follows."""
    for number, phase in enumerate(playbook.lifecycle, start=1):
        when = span(phase.begins, phase.ends)
        yield f"{number}. {phase.name}" + (f", {when}" if when else "")
        yield from bullets(phase.tasks, "   ")
        if phase.leads_to:
            yield f"   then {' or '.join(phase.leads_to)}"


def roles(playbook: Playbook) -> Iterator[str]:
    """Who does what, and who stands above whom."""
    for role in playbook.roles:
        above = f" (reports to {role.reports_to})" if role.reports_to else ""
        leads = f"; directs {role.leads}" if role.leads else ""
        yield f"{role.id}  {role.name}{above}{leads}"
        yield from bullets(role.duties, "  ")


def chain(playbook: Playbook) -> Iterator[str]:
    """The escalation path."""
    for number, level in enumerate(playbook.chain, start=1):
        answers = (
            "" if level.answers_within is None else f"answers within {duration_text(level.answers_within)}"
        )
        detail = joined(span(level.begins, level.ends), answers, level.when)
        yield f"Level {number}  {level.title} ({level.person})" + (f": {detail}" if detail else "")
        yield from bullets(level.scope, "  ")
        yield from (f"  - may {text}" for text in level.authority)


def triggers(playbook: Playbook) -> Iterator[str]:
    """The escalation matrix."""
    for trigger in playbook.triggers:
        by = " (the automation does it)" if trigger.automatic else ""
        yield f"- {trigger.rule} To: {', '.join(trigger.escalate_to)}{by}"


def duties(playbook: Playbook) -> Iterator[str]:
    """What the on-call engineer owes, and gets."""
    owed = playbook.duties
    yield f"Acknowledge within {duration_text(owed.acknowledge_within)}."
    yield f"Escalate what is not triaged after {duration_text(owed.escalate_untriaged_after)}."
    yield from bullets(owed.texts)
    yield from under("Compensation", playbook.compensation)
