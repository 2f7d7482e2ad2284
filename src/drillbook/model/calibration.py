"""What simulated responders made of a scenario: measured, stored beside it, and never written by hand."""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from drillbook.model.base import Model, Name
from drillbook.model.playbook import Playbook
from drillbook.model.scenario import Scenario

LevelName: TypeAlias = Literal["expert", "average", "novice", "absent"]

LEVELS: tuple[LevelName, ...] = ("expert", "average", "novice", "absent")
"""From the one who should do best down."""
RESPONDING: tuple[LevelName, ...] = LEVELS[:-1]
SAMPLED = ("total", "acknowledge_s", "declare_s", "mitigate_s", "resolve_s", "user_minutes")
"""What is kept of each run; times in seconds, as in a scorecard's measures."""


class Estimate(Model):
    """A figure with its 95 % interval. None stands for never: the time of what did not happen."""

    value: float | None
    low: float | None
    high: float | None


class Level(Model):
    """How responders of one level did."""

    total: Estimate
    """Mean; interval by Student's t."""
    restored: Estimate
    """Part of the runs in which users were well for good at the end; Wilson's interval."""
    medians: dict[str, Estimate]
    """Medians of the other measures; interval by order statistics, which assumes no distribution."""
    sample: dict[str, list[float | None]]
    """Each run's values, in the order of the seeds."""


class Proof(Model):
    """Something that a good scenario is, shown or not."""

    id: Literal["absent-fails", "expert-restores", "expert-average", "average-novice", "novice-absent"]
    result: Literal["holds", "fails", "undecided"]
    """Undecided: the interval says neither; more runs narrow it."""
    text: str
    figure: Estimate


class Herring(Model):
    """A wrong cause that clues point to, and whom it misleads."""

    cause: Name
    clues: list[Name]
    pursued: dict[LevelName, Estimate]
    """Part of the runs in which the responder stated it or began its remedy; Wilson's interval."""


class ParTimes(Model):
    """What a good responder needs: three experts of four need no more."""

    mitigate_s: float | None
    """From the first failures until users were well for good, in seconds; None: too few experts got there."""
    user_minutes: float


class Calibration(Model):
    """What was measured of one scenario under one playbook."""

    kind: Literal["calibration"]
    scenario: Name
    playbook: Name
    fingerprint: str
    """Of the scenario and the playbook as they were; another one makes this calibration stale."""
    version: str
    """Of the program that ran it."""
    scoring_version: str
    first_seed: Annotated[int, Field(ge=0)]
    runs: Annotated[int, Field(ge=2)]
    """Seeds from the first on; each level handled every one of them."""
    levels: dict[LevelName, Level]
    par: ParTimes
    proofs: list[Proof]
    herrings: list[Herring]
    clues: dict[str, dict[LevelName, Estimate]]
    """Part of the runs in which the clue was seen."""
    expectations: dict[str, dict[LevelName, dict[str, int]]]
    """Runs by outcome, of each expectation."""


def fingerprint(scenario: Scenario, playbook: Playbook) -> str:
    """A short digest of what is written in both; comments and the order of keys do not matter."""
    digest = blake2b(digest_size=8, person=b"calibration")
    for part in (scenario, playbook):
        written = part.model_dump(mode="json", exclude_unset=True, by_alias=True)
        digest.update(json.dumps(written, sort_keys=True).encode())
    return digest.hexdigest()
