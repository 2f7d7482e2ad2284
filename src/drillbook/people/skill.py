"""What tells an expert responder from an average one and a novice: one table.

Error multipliers are SPAR-H's (evidence.md §3) and response times rest on evidence.md §2; the factors between
the three levels, and all other values, are assumptions, tuned so that levels differ as in life.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from drillbook.model.stages import Stages

Level = Literal["expert", "average", "novice"]

SPREAD = 0.35
"""Standard deviation of the logarithm of a single act's time (assumption)."""
SEVERE_SHARE = 0.25
"""Failing share of requests from which a service counts as lost, the highest severity (assumption)."""
MAJOR_SHARE = 0.02
"""Failing share from which a service counts as majorly degraded: the second severity (assumption)."""
TEMPTING = ("restart", "scale", "pool-size", "db-restart")
"""Remedies that people try without a diagnosis, most tempting first (assumption)."""


@dataclass(frozen=True, slots=True)
class Skill:
    """A level of experience; times are medians in seconds, chances from 0 to 1."""

    answer: float
    """Factor on the time to acknowledge (1: evidence.md §2)."""
    answer_sigma: float
    """Standard deviation of its logarithm (1.1: evidence.md §2)."""
    never: float
    """Chance to miss the first notification (5-10 %: evidence.md §2)."""
    diagnose: float
    """Factor on the scenario's time to diagnose (assumption)."""
    think: float
    """Time before a short command (assumption)."""
    write: float
    """Time to write an update (assumption)."""
    disorder: float
    """How far the order of looks strays from an experienced engineer's, in places (assumption)."""
    trust: float
    """Exponent on a clue's weight: below 1 weak clues look stronger than they are (assumption)."""
    convinced: float
    """Support at which somebody acts on a belief (assumption)."""
    jumps: float
    """Chance to try a tempting remedy before any diagnosis (assumption)."""
    careful: bool
    """Thinks again when the consequence of an action speaks against it (assumption)."""
    stress: float
    """SPAR-H stress (evidence.md §3: high 2)."""
    experience: float
    """SPAR-H experience for diagnosis (evidence.md §3: low 10, high 0.5)."""
    experience_acting: float
    """SPAR-H experience for actions (evidence.md §3: low 3, high 0.5)."""
    procedures: float
    """SPAR-H procedures where a runbook fits (evidence.md §3: symptom-based 0.5)."""
    wrong_severity: float
    """Chance to misjudge the severity by one (assumption)."""
    brings_in: float
    """Chance to page each person whom the playbook names for the severity (assumption)."""
    assigns: float
    """Chance to assign the roles of the highest severity (assumption)."""
    follows_runbook: float
    """Chance to open the runbook and tick its steps (assumption)."""
    states_cause: float
    """Chance to state the cause for the record (assumption)."""
    reads_history: float
    """Chance to look at the revisions before going back past one's own changes (assumption)."""
    cadence: float
    """When an update is written, as a part of the playbook's interval (assumption)."""
    forgets: float
    """Chance to forget an audience other than the responders themselves (assumption)."""
    phase_updates: float
    """Chance per audience to tell it of a phase change (assumption)."""
    jargon: float
    """Chance that an update for laymen has technical words (assumption)."""
    omits: float
    """Chance that an update lacks the action and the time of the next one (assumption)."""
    replies: float
    """Chance to answer a question (assumption)."""
    stuck_after: float
    """Time without relief after which help is called (playbook: 30 min at the latest; assumption)."""
    patience: float
    """How long a remedy that is in place may take to show (assumption)."""
    healthy_below: float
    """Failing share below which the service counts as restored (assumption)."""
    watches: float
    """How long it must stay restored before resolving (assumption)."""
    waits_for_alerts: float
    """Chance to wait until no critical alert fires before resolving (assumption)."""
    closes: float
    """Chance for each of post-mortem note and handoff (assumption)."""
    stages: Stages | None = None
    """Times that each incident is given by stage; none for the three levels."""


SKILLS: dict[Level, Skill] = {
    "expert": Skill(
        answer=0.45, answer_sigma=0.6, never=0.0, diagnose=0.3, think=7, write=22, disorder=0.6, trust=1.1,
        convinced=0.6, jumps=0.0, careful=True, stress=2, experience=0.5, experience_acting=0.5,
        procedures=0.5,
        wrong_severity=0.03, brings_in=0.95, assigns=0.95, follows_runbook=0.85, states_cause=0.95,
        reads_history=1.0, cadence=0.9,
        forgets=0.06, phase_updates=0.85, jargon=0.12, omits=0.12, replies=0.95, stuck_after=720,
        patience=420, healthy_below=0.01, watches=300, waits_for_alerts=1.0, closes=0.92,
    ),
    "average": Skill(
        answer=1.0, answer_sigma=1.1, never=0.05, diagnose=0.9, think=15, write=45, disorder=1.5, trust=0.8,
        convinced=0.5, jumps=0.12, careful=False, stress=2, experience=1, experience_acting=1, procedures=1,
        wrong_severity=0.2, brings_in=0.75, assigns=0.6, follows_runbook=0.6, states_cause=0.85,
        reads_history=0.9, cadence=1.15,
        forgets=0.3, phase_updates=0.5, jargon=0.3, omits=0.3, replies=0.8, stuck_after=1320, patience=420,
        healthy_below=0.02, watches=210, waits_for_alerts=0.8, closes=0.65,
    ),
    "novice": Skill(
        answer=1.5, answer_sigma=1.1, never=0.1, diagnose=1.8, think=25, write=70, disorder=4.0, trust=0.5,
        convinced=0.42, jumps=0.5, careful=False, stress=2, experience=10, experience_acting=3, procedures=1,
        wrong_severity=0.5, brings_in=0.4, assigns=0.2, follows_runbook=0.4, states_cause=0.4,
        reads_history=0.4, cadence=1.7,
        forgets=0.55, phase_updates=0.2, jargon=0.75, omits=0.6, replies=0.5, stuck_after=1800, patience=300,
        healthy_below=0.05, watches=75, waits_for_alerts=0.3, closes=0.3,
    ),
}  # fmt: skip
"""The three levels."""
