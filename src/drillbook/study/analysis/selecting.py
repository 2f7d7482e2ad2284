"""How sure the choice of the best is, as the study's procedure says it, and the Pareto front."""

from __future__ import annotations

import numpy as np

from drillbook.batch.bounds import LEVEL
from drillbook.model.measures import COLUMNS, Unit
from drillbook.model.study import Selection
from drillbook.study.analysis import looks, wording
from drillbook.study.analysis.findings import ParetoFound, SelectionFound, Standing
from drillbook.study.analysis.goals import Objective
from drillbook.study.analysis.measured import Measured
from drillbook.study.analysis.subject import Subject
from drillbook.study.statistics import ocba, pareto
from drillbook.study.watching import watched


def selected(subject: Subject, objectives: list[Objective]) -> SelectionFound | None:
    """The statement of KN or OCBA, or that of the runs as they are; None where there is nothing to choose."""
    asked = subject.study.replications
    if min(int(count) for count in subject.table.counts) < 2 or len(subject.options) < 2:
        return None
    if isinstance(asked, Selection):
        return _kn(subject, asked) if asked.procedure == "kn" else _ocba(subject, asked)
    single = objectives[0].single if objectives else None
    return _afterwards(subject, single) if single is not None and single.statistic != "quantile" else None


def _kn(subject: Subject, asked: Selection) -> SelectionFound:
    found = looks.selection(subject.study, asked, subject.table)
    zone = wording.amount(asked.indifference, _unit(subject), off=True)
    eliminated = {subject.id(which): n for which, n in found.eliminated.items()}
    if found.selected is None:
        left = wording.listing([subject.id(which) for which in found.left])
        text = f"KN is not done: {left} are left after {found.n:,} runs, and none of them is selected"
        return _told("kn", None, None, asked.indifference, eliminated, text)
    name = subject.id(found.selected)
    text = (
        f"with a probability of at least {wording.percent(asked.probability)}, {name} is the best or "
        f"within {zone} of it (KN, normal means, common random numbers)"
    )
    return _told("kn", name, asked.probability, asked.indifference, eliminated, text)


def _ocba(subject: Subject, asked: Selection) -> SelectionFound:
    rows = looks.costs(subject.study, asked, subject.table)
    if min(values.size for values in rows) < 2:
        return _told("ocba", None, None, asked.indifference, {}, "too few runs count to choose")
    best = subject.id(int(np.argmin([values.mean() for values in rows])))
    probability = looks.surely(asked, rows)
    zone = wording.amount(asked.indifference, _unit(subject), off=True)
    short = "" if probability >= asked.probability else f"; {wording.percent(asked.probability)} were asked"
    text = (
        f"{best} has the best mean; the chance that it is the best or within {zone} of it is estimated as at "
        f"least {wording.chance(probability)} (OCBA, an estimate and no guarantee){short}"
    )
    return _told("ocba", best, probability, asked.indifference, {}, text)


def _afterwards(subject: Subject, measured: Measured) -> SelectionFound | None:
    rows = [measured.sign * measured.values(number) for number in subject.numbers]
    if min(values.size for values in rows) < 2:
        return None
    best = subject.id(int(np.argmin([values.mean() for values in rows])))
    probability = ocba.correct(rows)
    text = (
        f"{best} has the best mean of {measured.title}; the chance that none is better is estimated as at "
        f"least {wording.chance(probability)}"
    )
    return _told("none", best, probability, None, {}, text)


def _told(
    procedure: str,
    name: str | None,
    probability: float | None,
    zone: float | None,
    out: dict[str, int],
    text: str,
) -> SelectionFound:
    return SelectionFound.model_validate(
        {
            "procedure": procedure,
            "selected": name,
            "probability": probability,
            "indifference": zone,
            "eliminated": out,
            "text": text,
        }
    )


def _unit(subject: Subject) -> Unit:
    return COLUMNS[watched(subject.study).measure].unit


def front(subject: Subject, objectives: list[Objective]) -> ParetoFound | None:
    """The Pareto front of all objectives, whatever their priority; None for fewer than two."""
    measured = [each for objective in objectives for each in objective.measured]
    if len(measured) < 2 or min(int(count) for count in subject.table.counts) < 2:
        return None
    figures = [[each.sign * each.estimate(number).value for each in measured] for number in subject.numbers]
    values = np.nan_to_num(np.array(figures), nan=np.inf, posinf=np.inf)

    def worse(number: int, other: int, level: float) -> bool:
        differ = [each for each in measured if not each.identical(number, other)]
        return bool(differ) and all(each.surely_worse(number, other, level) for each in differ)

    standings = [
        Standing(
            alternative=subject.id(number),
            standing=place.standing,
            by=[subject.id(each) for each in place.by],
        )
        for number, place in enumerate(pareto.places(values, worse))
    ]
    return ParetoFound(
        objectives=[f"{'least' if each.sign > 0 else 'most'} {each.title}" for each in measured],
        alternatives=standings,
        method=f"dominated: worse in every objective with {wording.percent(LEVEL)} for all pairs together",
    )
