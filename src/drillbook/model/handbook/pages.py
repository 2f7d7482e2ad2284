"""Which pages there are, and finding one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType

from drillbook.model.guidance import Advice
from drillbook.model.handbook import automated, rules, team, work
from drillbook.model.handbook.writing import bullets
from drillbook.model.playbook import Playbook


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the handbook."""

    name: str
    title: str
    group: str
    text: str
    """What it says, in lines; of a template the text with its blanks."""
    is_template: bool = False


_RULES = MappingProxyType(
    {
        "severities": ("Severities", rules.severities),
        "types": ("Types of incidents", rules.types),
        "lifecycle": ("Phases of an incident", rules.lifecycle),
        "roles": ("Roles", rules.roles),
        "duties": ("Duties on call", rules.duties),
        "chain": ("Escalation path", rules.chain),
        "triggers": ("Escalation matrix", rules.triggers),
        "automation": ("What the automation does", automated.automation),
        "channels": ("Channels", team.channels),
        "contacts": ("Contacts", team.contacts),
        "review": ("Review", team.review),
        "targets": ("Targets and figures", team.targets),
        "limits": ("Working time and breaks", team.wellness),
    }
)
_Write = Callable[[Playbook], Iterator[str]]


def pages(playbook: Playbook) -> list[Page]:
    """All pages of a playbook that say something, those of a group together."""
    return [*_rules(playbook), *_procedures(playbook), *_texts(playbook)]


def find(playbook: Playbook, name: str) -> list[Page]:
    """The pages of that name, any case; a template and a runbook may share one."""
    wanted = name.strip().lower()
    return [page for page in pages(playbook) if page.name == wanted]


def group_lines(listed: Sequence[Page]) -> list[str]:
    """A list of contents: each page by name and title, under its group."""
    width = max((len(page.name) for page in listed), default=0)
    lines: list[str] = []
    for group, members in groupby(listed, key=lambda page: page.group):
        lines.append(group)
        lines += [f"  {page.name:<{width}}  {page.title}" for page in members]
    return lines


def _rules(playbook: Playbook) -> Iterator[Page]:
    for name, (title, write) in _RULES.items():
        text = _text(write, playbook)
        if text:
            yield Page(name, title, "Rules", text)


def _text(write: _Write, playbook: Playbook) -> str:
    return "\n".join(write(playbook))


def _procedures(playbook: Playbook) -> Iterator[Page]:
    for runbook in playbook.runbooks:
        yield Page(runbook.name, runbook.title, "Runbooks", "\n".join(work.page(runbook)))
    for checklist in playbook.checklists:
        yield Page(checklist.name, checklist.title, "Checklists", "\n".join(work.page(checklist)))


def _texts(playbook: Playbook) -> Iterator[Page]:
    for template in playbook.templates:
        only = f" ({', '.join(template.severities)})" if template.severities else ""
        text = template.text.rstrip("\n")
        yield Page(template.id, f"{template.title}{only}", "Templates", text, is_template=True)
    for advice in playbook.advice:
        yield Page(advice.id, advice.title, "Advice", "\n".join(_advice(advice)))


def _advice(advice: Advice) -> Iterator[str]:
    if advice.audience:
        yield f"For: {advice.audience}"
    yield from bullets(advice.points)
    if advice.example:
        yield f"Example: {advice.example.strip()}"
