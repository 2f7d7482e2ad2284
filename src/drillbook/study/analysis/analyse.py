"""From a study and the table of its runs to its findings."""

from __future__ import annotations

from collections.abc import Sequence

from drillbook.batch.bounds import LEVEL
from drillbook.study.analysis import findings as f
from drillbook.study.analysis import wording
from drillbook.study.analysis.choosing import tiers
from drillbook.study.analysis.constraints import allowed, constraint
from drillbook.study.analysis.differences import differences
from drillbook.study.analysis.goals import objectives
from drillbook.study.analysis.influences import influences
from drillbook.study.analysis.measured import Measured, measured
from drillbook.study.analysis.recommending import Evidence, recommend
from drillbook.study.analysis.selecting import front, selected
from drillbook.study.analysis.subject import Subject

_METHODS = {
    "mean": "means of the runs that count; the hull of Student's t and Hall's, in pairs for differences",
    "share": "parts of the runs that count; Wilson's score, in pairs Tango's for differences",
    "quantile": "order statistics; the percentile bootstrap over pairs for differences",
}
_ASSUMED = """
Every run is simulated: the figures say what the model does, as far as the scenarios, the playbook and the
simulated people are like yours.

Replication n of every alternative has the same seed, scenario and responder (common random numbers), so
alternatives are compared in pairs.

An interval holds the true figure with the stated level by itself; verdicts on the alternatives in one measure
hold together (Holm), verdicts on different measures do not.
"""


def analyse(subject: Subject) -> f.Findings:
    """Everything that the runs say. DrillbookError where a library that the design needs is missing."""
    study, table = subject.study, subject.table
    known = {each.key: each for each in measured(study, table)}
    found = {key: _measure(subject, each) for key, each in known.items()}
    goals = [] if subject.screens else objectives(study, known, subject.baseline)
    limits = [constraint(subject, known[each.measure], each) for each in study.constraints]
    ranked = tiers(subject, goals, _candidates(subject, limits)) if _enough(subject) else []
    selection = None if subject.screens else selected(subject, goals)
    return f.Findings(
        study=study.name,
        title=study.title,
        question=study.question,
        level=LEVEL,
        runs=len(table),
        design=study.design.kind,
        baseline=subject.id(subject.baseline),
        options=_options(subject),
        measures=list(found.values()),
        constraints=limits,
        tiers=ranked,
        selection=selection,
        pareto=front(subject, goals),
        aliases=list(subject.aliases),
        recommendation=recommend(Evidence(subject, found, limits, ranked, selection)),
        assumptions=[" ".join(each.split()) for each in _ASSUMED.strip().split("\n\n")],
    )


def _enough(subject: Subject) -> bool:
    return int(subject.table.counts.min()) > 1


def _candidates(subject: Subject, limits: Sequence[f.ConstraintFound]) -> list[int]:
    """The alternatives that keep all constraints; those that may keep them where none surely does."""
    status = {number: allowed(limits, subject.id(number)) for number in subject.numbers}
    sure = [number for number in subject.numbers if status[number] == "kept"]
    return sure or [number for number in subject.numbers if status[number] == "undecided"]


def _options(subject: Subject) -> list[f.Option]:
    counts = subject.table.counts
    return [
        f.Option(
            id=each.id,
            title=each.title,
            levels=dict(each.levels),
            baseline=number == subject.baseline,
            runs=int(counts[number]),
        )
        for number, each in enumerate(subject.options)
    ]


def _measure(subject: Subject, each: Measured) -> f.MeasureFound:
    factors = influences(subject, each)
    return f.MeasureFound(
        key=each.key,
        title=each.title,
        unit=each.unit,
        better=each.better,
        statistic=each.statistic,
        part=each.measure.quantile,
        treatment=_treatment(each),
        method=_METHODS[each.statistic],
        estimates=[_estimated(subject, each, number) for number in subject.numbers],
        differences=[] if subject.screens else differences(subject, each),
        effects=factors.effects,
        interactions=factors.interactions,
        influences=factors.influences,
        influences_method=factors.method,
    )


def _treatment(each: Measured) -> str:
    if not each.timed:
        return "runs that it does not apply to are left out"
    if each.measure.never == "omit":
        return (
            "runs in which it never happened are left out: a mean of the others flatters whoever often fails"
        )
    if each.statistic == "quantile":
        return "where it never happened it counts as later than all times"
    return "where it never happened it counts as lasting until the end of the run (restricted mean)"


def _estimated(subject: Subject, each: Measured, number: int) -> f.Estimated:
    found, never = each.estimate(number), each.never(number)
    return f.Estimated(
        alternative=subject.id(number),
        runs=found.n,
        figure=wording.figure(found),
        never=wording.figure(never) if never is not None else None,
    )
