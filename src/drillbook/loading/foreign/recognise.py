"""A file of any of the known tools, read and checked as that tool would."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path as File
from types import MappingProxyType
from typing import Any

from drillbook.errors import InvalidInput
from drillbook.loading.document import Document
from drillbook.loading.foreign.alertmanager import read_alertmanager
from drillbook.loading.foreign.goalert import read_goalert
from drillbook.loading.foreign.opsgenie import read_opsgenie
from drillbook.loading.foreign.pagerduty import read_pagerduty
from drillbook.loading.foreign.prometheus import check_configuration
from drillbook.loading.foreign.tools import Tool, normalised, tool_of
from drillbook.loading.validate import Authored

READERS: Mapping[Tool, Callable[[Document], Authored[Any]]] = MappingProxyType(
    {
        "alertmanager": read_alertmanager,
        "pagerduty": read_pagerduty,
        "goalert": read_goalert,
        "opsgenie": read_opsgenie,
    }
)


def read_foreign(file: File, document: Document) -> Authored[Any]:
    """What a tool's file holds; `rule_files` are looked for from its folder. InvalidInput, all problems."""
    tool = tool_of(document)
    if tool is None:
        raise InvalidInput([document.problem((), "this is no file of a tool that is known here")])
    if tool == "prometheus":
        return check_configuration(file, document)
    return READERS[tool](normalised(document, tool))
