"""Which grader serves which check."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from drillbook.model.playbook import Check, Expectation
from drillbook.scoring.case import Case
from drillbook.scoring.grade import Grade
from drillbook.scoring.graders import (
    acknowledgement,
    assessment,
    closure,
    content,
    diagnosis,
    escalation,
    informing,
    remedy,
    restoration,
    silencing,
    triggers,
)

Grader: TypeAlias = Callable[[Case, Expectation], Grade]

GRADERS: dict[Check, Grader] = {
    "acknowledge": acknowledgement.acknowledge,
    "join-in-time": acknowledgement.join_in_time,
    "declare": assessment.declare,
    "severity": assessment.severity,
    "impact": assessment.impact,
    "roles": assessment.roles,
    "diagnose-first": diagnosis.diagnose_first,
    "cause": diagnosis.cause,
    "runbook": diagnosis.runbook,
    "right-remedy": remedy.right_remedy,
    "no-harm": remedy.no_harm,
    "silence": silencing.silence,
    "trigger": triggers.trigger,
    "bring-in": escalation.bring_in,
    "escalate-when-stuck": escalation.escalate_when_stuck,
    "notify": informing.notify,
    "cadence": informing.cadence,
    "answer-questions": informing.answer_questions,
    "facts": content.facts,
    "truth": content.truth,
    "audience-fit": content.audience_fit,
    "mitigate": restoration.mitigate,
    "user-minutes": restoration.user_minutes,
    "validate": closure.validate,
    "resolve": closure.resolve,
    "post-mortem": closure.post_mortem,
    "handoff": closure.handoff,
}
