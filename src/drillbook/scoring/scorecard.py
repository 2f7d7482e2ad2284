"""The scorecard: every grade with its reason, its rule and the events that prove it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from drillbook.model.playbook import Area
from drillbook.scoring.grade import Outcome
from drillbook.scoring.measure import Measures
from drillbook.scoring.points import Rating


@dataclass(frozen=True, slots=True)
class AreaScore:
    """How an area went: 0 to 100, and the rating."""

    rating: Rating
    score: float


@dataclass(frozen=True, slots=True)
class Judged:
    """One expectation, judged. `late_by_s` is None without a target, or where it never happened."""

    id: str
    area: Area
    outcome: Outcome
    late_by_s: float | None
    quality: float | None
    points: float
    max: float
    reason: str
    rule: str
    evidence: tuple[int, ...]

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "id": self.id,
            "area": self.area,
            "outcome": self.outcome,
            "late_by_s": self.late_by_s,
            "quality": self.quality,
            "points": self.points,
            "max": self.max,
            "reason": self.reason,
            "rule": self.rule,
            "evidence": list(self.evidence),
        }


@dataclass(frozen=True, slots=True)
class Communication:
    """One update, with what was good and bad about it.

    `charged` says whether it counts for the trainee; what simulated colleagues wrote is listed only.
    `cadence_gap_s` is the time since the audience heard last, from the declaration for the first update.
    """

    seq: int
    t: float
    author: str
    audience: str
    text: str
    charged: bool
    facts_present: tuple[str, ...]
    facts_missing: tuple[str, ...]
    contradictions: tuple[str, ...]
    jargon: tuple[str, ...]
    words: int
    cadence_gap_s: float
    quality: float

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "seq": self.seq,
            "t": self.t,
            "author": self.author,
            "audience": self.audience,
            "text": self.text,
            "charged": self.charged,
            "grades": {
                "facts": {"present": list(self.facts_present), "missing": list(self.facts_missing)},
                "contradictions": list(self.contradictions),
                "jargon": list(self.jargon),
                "length": self.words,
                "cadence_gap_s": self.cadence_gap_s,
                "quality": self.quality,
            },
        }


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence for the debrief about one expectation; `points` are those won, or those still to win."""

    expectation: str
    points: float
    text: str

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {"expectation": self.expectation, "points": self.points, "text": self.text}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the trainee stands among simulated responders: per cent of them who did worse, by measure."""

    runs: int
    better_than: dict[str, float]
    texts: tuple[str, ...]
    levels: dict[str, dict[str, float]] = field(default_factory=dict)
    """The same among the responders of each level."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "runs": self.runs,
            "better_than": self.better_than,
            "levels": self.levels,
            "texts": list(self.texts),
        }


@dataclass(frozen=True, slots=True)
class Scorecard:
    """The judgement of one run; `total` is for ranking only."""

    scenario: str
    playbook: str
    seed: int
    form: int
    scoring_version: str
    person: str
    total: float
    rating: Rating
    areas: dict[str, AreaScore]
    """Areas in the playbook's order; those where nothing was applicable are left out."""
    expectations: tuple[Judged, ...]
    measures: Measures
    communications: tuple[Communication, ...] = ()
    strengths: tuple[Remark, ...] = ()
    next: tuple[Remark, ...] = ()
    """What to practise, the most points first."""
    par: Standing | None = field(default=None)

    def to_dict(self) -> dict[str, Any]:
        """The scorecard as JSON has it."""
        return {
            "scenario": self.scenario,
            "playbook": self.playbook,
            "seed": self.seed,
            "form": self.form,
            "scoring_version": self.scoring_version,
            "person": self.person,
            "total": self.total,
            "rating": self.rating,
            "areas": {
                name: {"rating": area.rating, "score": area.score} for name, area in self.areas.items()
            },
            "expectations": [each.to_dict() for each in self.expectations],
            "measures": self.measures.to_dict(),
            "communications": [each.to_dict() for each in self.communications],
            "strengths": [each.to_dict() for each in self.strengths],
            "next": [each.to_dict() for each in self.next],
            "par": self.par.to_dict() if self.par else None,
        }
