"""Which function serves which verb."""

from __future__ import annotations

from collections.abc import Callable

from drillbook.engine.commands import Command
from drillbook.engine.desk import Desk
from drillbook.engine.verbs import guide, incident, paging, silence, talking

Handler = Callable[[Desk, str, Command, int], None]

HANDLERS: dict[str, Handler] = {
    "ack": paging.acknowledge,
    "escalate": paging.escalate,
    "reassign": paging.reassign,
    "page": paging.call,
    "join": paging.join,
    "assign": paging.assign,
    "declare": incident.declare,
    "severity": incident.severity,
    "cause": incident.cause_stated,
    "note": incident.note,
    "mitigated": incident.mitigated,
    "resolve": incident.resolve,
    "handoff": incident.hand_off,
    "post": talking.post,
    "ask": talking.ask,
    "status": talking.status,
    "update": talking.update,
    "runbook": guide.runbook,
    "check": guide.check,
    "guide": guide.guide,
    "hint": guide.hint,
    "help": guide.help_,
    "silence": silence.silence,
    "wait": guide.wait,
}
