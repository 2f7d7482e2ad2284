"""A recommendation in a sentence, with its reasons and what speaks against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from drillbook.study.analysis import constraints as constrained
from drillbook.study.analysis import wording
from drillbook.study.analysis.findings import (
    ConstraintFound,
    Difference,
    MeasureFound,
    Recommendation,
    SelectionFound,
    Tier,
)
from drillbook.study.analysis.subject import Subject

_NAMED = 3
"""Alternatives that a sentence names."""
_FEW = 30
"""Runs below which a caveat says that they are few."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a recommendation rests on."""

    subject: Subject
    measures: Mapping[str, MeasureFound]
    constraints: Sequence[ConstraintFound]
    tiers: Sequence[Tier]
    selection: SelectionFound | None

    @property
    def today(self) -> str:
        """The baseline's id."""
        return self.subject.id(self.subject.baseline)

    def difference(self, key: str, alternative: str) -> Difference | None:
        """An alternative against the baseline in a measure."""
        found = (each for each in self.measures[key].differences if each.alternative == alternative)
        return next(found, None)

    def called(self, alternative: str) -> str:
        """Title and id, as a sentence has them."""
        title = next(each.title for each in self.subject.options if each.id == alternative)
        return f"“{title}” ({alternative})" if title and title != alternative else f"“{alternative}”"


def recommend(evidence: Evidence) -> Recommendation:
    """What to do, no stronger than the runs allow."""
    if int(evidence.subject.table.counts.min()) < 2:
        return _plain("no-data", "There are too few runs to recommend anything.")
    if evidence.subject.screens:
        return _screened(evidence)
    if not evidence.subject.study.objectives:
        text = (
            "The study names no objective, so nothing is recommended; the differences stand for themselves."
        )
        return _plain("no-objective", text)
    if not evidence.tiers:
        text = "No alternative keeps all constraints, so none is recommended."
        empty = _plain("none-allowed", text)
        return empty.model_copy(update={"reasons": _broken(evidence)})
    left = _alike(evidence)
    if evidence.today in left:
        return _stay(evidence, left)
    return _change(evidence, left)


def _screened(evidence: Evidence) -> Recommendation:
    """The factors by their influence on the measure that the study is about."""
    study = evidence.subject.study
    measure = evidence.measures[study.objectives[0].measure if study.objectives else study.measures[0].key]
    told = [each.factor for each in measure.influences if (each.strength.low or 0) > (each.noise or 0)]
    text = "This design tells which factors matter, not which alternative is best. "
    if not measure.influences:
        return _plain("factors", text + f"There are too few runs to tell it for {measure.title}.")
    if not told:
        return _plain("factors", text + f"None is seen to matter for {measure.title}.")
    order = ", the strongest first" if len(told) > 1 else ""
    return _plain("factors", text + f"For {measure.title} these do: {wording.listing(told)}{order}.")


def _plain(kind: str, text: str) -> Recommendation:
    empty: dict[str, object] = {"kind": kind, "alternative": None, "text": text, "reasons": [], "caveats": []}
    return Recommendation.model_validate(empty)


def _alike(evidence: Evidence) -> list[str]:
    """The alternatives that may be best, best first; without the baseline where one is better for sure."""
    left = [each.alternative for each in evidence.tiers[-1].ranked if each.alike]
    goal = evidence.subject.study.objectives
    single = min(goal, key=lambda each: each.priority).measure if len(evidence.tiers) == 1 else None
    if single is not None and len(left) > 1:
        found = evidence.difference(single, left[0])
        if found is not None and found.verdict == "better":
            return [each for each in left if each != evidence.today]
    return left


def _stay(evidence: Evidence, left: Sequence[str]) -> Recommendation:
    today = evidence.called(evidence.today)
    others = [each for each in left if each != evidence.today]
    if not others:
        text = f"Keep {today}: every other alternative that may be chosen is worse."
        return _made("keep", evidence, evidence.today, text)
    names = _some([evidence.called(each) for each in others])
    if _identical(evidence, others):
        text = f"Keep {today}: {names} did the same in every run, by {_judged(evidence)}."
        return _made("no-difference", evidence, evidence.today, text)
    text = (
        f"No difference detectable: these runs cannot tell {names} from {today}, which is done today. "
        f"Keep it, or choose by something else than {_judged(evidence)}{_hope(evidence, others)}."
    )
    return _made("no-difference", evidence, evidence.today, text)


def _identical(evidence: Evidence, others: Sequence[str]) -> bool:
    keys = [goal.measure for goal in evidence.subject.study.objectives]
    found = [evidence.difference(key, each) for key in keys for each in others]
    return all(each is not None and each.verdict == "identical" for each in found)


def _some(names: Sequence[str]) -> str:
    if len(names) <= _NAMED + 1:
        return wording.listing(list(names))
    return f"{', '.join(names[:_NAMED])} and {len(names) - _NAMED} more"


def _judged(evidence: Evidence) -> str:
    return wording.listing(
        [evidence.measures[each.measure].title for each in evidence.subject.study.objectives]
    )


def _hope(evidence: Evidence, others: Sequence[str]) -> str:
    """What more runs would show in the first objective."""
    key = min(evidence.subject.study.objectives, key=lambda each: each.priority).measure
    found = [evidence.difference(key, each) for each in others]
    wanted = [each.more for each in found if each is not None and each.more is not None]
    if not wanted:
        return ""
    most = max(wanted, key=lambda each: each.runs)
    size = wording.amount(most.half_width, evidence.measures[key].unit, off=True)
    return f"; {most.runs:,} more runs of each would show ± {size}"


def _change(evidence: Evidence, left: Sequence[str]) -> Recommendation:
    best = left[0]
    why = _ground(evidence, best)
    status = constrained.allowed(evidence.constraints, evidence.today)
    if status != "kept":
        may = "breaks" if status == "broken" else "may break"
        why = f", since {evidence.called(evidence.today)} {may} a constraint{why}"
    text = f"Change to {evidence.called(best)}{why}."
    if len(left) > 1:
        text += f" These runs cannot tell it from {_some([evidence.called(each) for each in left[1:]])}."
    return _made("change", evidence, best, text)


def _ground(evidence: Evidence, best: str) -> str:
    """The first objective in which it is better; where there is none, how the first one stands."""
    goals = sorted(evidence.subject.study.objectives, key=lambda each: each.priority)
    found = [(goal.measure, evidence.difference(goal.measure, best)) for goal in goals]
    known = [(key, difference) for key, difference in found if difference is not None]
    if not known:
        return ""
    key, told = next((each for each in known if each[1].verdict == "better"), known[0])
    joined = " is" if told.verdict in {"better", "worse"} else ":"
    return f": {evidence.measures[key].title}{joined} {told.text}"


def _made(kind: str, evidence: Evidence, best: str, text: str) -> Recommendation:
    reasons = [
        f"{evidence.measures[goal.measure].title}: {found.text}"
        for goal in evidence.subject.study.objectives
        if (found := evidence.difference(goal.measure, best)) is not None and found.verdict != "worse"
    ]
    reasons += [f"kept: {each.text}" for each in evidence.constraints if _status(each, best) == "kept"]
    if evidence.selection is not None:
        reasons.append(evidence.selection.text)
    return Recommendation.model_validate(
        {
            "kind": kind,
            "alternative": best,
            "text": text,
            "reasons": reasons,
            "caveats": _caveats(evidence, best),
        }
    )


def _caveats(evidence: Evidence, best: str) -> list[str]:
    found = [
        f"it is not sure that {evidence.called(best)} keeps: {each.text}"
        for each in evidence.constraints
        if _status(each, best) != "kept"
    ]
    ranked = {each.alternative for each in evidence.tiers[0].ranked}
    doubtful = [
        evidence.called(each.id)
        for each in evidence.subject.options
        if each.id not in ranked and constrained.allowed(evidence.constraints, each.id) == "undecided"
    ]
    if doubtful:
        found.append(f"not considered, as it is not sure that all constraints are kept: {_some(doubtful)}")
    for measure in evidence.measures.values():
        difference = evidence.difference(measure.key, best)
        if difference is not None and difference.verdict == "worse":
            found.append(f"{measure.title}: {difference.text}")
    selection = evidence.selection
    if selection is not None and selection.selected not in {None, best}:
        found.append(f"the procedure by itself selects {evidence.called(selection.selected or '')}")
    fewest = int(evidence.subject.table.counts.min())
    if fewest < _FEW:
        found.append(
            f"{fewest} runs of an alternative are few; intervals then rest on what their tail is like"
        )
    return found


def _status(found: ConstraintFound, alternative: str) -> str:
    return next(each.status for each in found.alternatives if each.alternative == alternative)


def _broken(evidence: Evidence) -> list[str]:
    found = []
    for each in evidence.constraints:
        names = [kept.alternative for kept in each.alternatives if kept.status == "broken"]
        if names:
            found.append(f"{each.text}: broken by {wording.listing(names)}")
    return found
