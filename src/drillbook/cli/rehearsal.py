"""A dry run with what is weak in it, and what people are known to take to answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from drillbook.model.labels import Labels
from drillbook.model.people import Answer
from drillbook.model.policy import OnCall
from drillbook.oncall.directory import Directory
from drillbook.oncall.dry_run import DryRun, dry_run
from drillbook.oncall.holes import Hole, holes, unanswered
from drillbook.oncall.page import ChangeKind
from drillbook.people.delays import night_factor

SOURCE = (
    "times to acknowledge: lognormal, median 2 min, sigma 1.1, from published post-mortems;"
    " 1.25 times as long from 22 to 8 o'clock; that 5 % of pages get no answer is an assumption"
)


class Chance(NamedTuple):
    """How likely it is that nobody has answered when the policy gives up; times in seconds."""

    until: float
    chance: float
    median: float
    sigma: float
    never: float
    night_factor: float
    source: str = SOURCE


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Everything that a dry run tells."""

    of: str
    at: datetime
    """When the alert fires, in the zone of the first schedule."""
    alert: Labels
    ack_after: float | None
    run: DryRun
    holes: tuple[Hole, ...]
    """Of the run in which nobody acknowledges."""
    chance: Chance | None
    """None where the policy never gives up."""


def rehearse(of: str, on_call: OnCall, at: datetime, alert: Labels, ack_after: float | None) -> Rehearsal:
    """The dry run of an alert that fires at a moment. InvalidInput with every problem of the model."""
    everybody = Directory(on_call, (), at).everybody
    directory = Directory(on_call, everybody, at)
    plain = dry_run(on_call, directory, alert)
    run = plain if ack_after is None else dry_run(on_call, directory, alert, ack_after=ack_after)
    answer, factor = Answer(), night_factor(at.hour)
    found = tuple(holes(plain, on_call, directory, answer, factor))
    return Rehearsal(of, at, alert, ack_after, run, found, _chance(plain, answer, factor))


def _chance(run: DryRun, answer: Answer, factor: float) -> Chance | None:
    until = run.first(ChangeKind.EXHAUSTED)
    if until is None:
        return None
    chance = unanswered(run, until, answer, factor)
    return Chance(until, round(chance, 4), answer.median, answer.sigma, answer.never, factor)
