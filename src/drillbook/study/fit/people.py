"""A people file from what was found in an export."""

from __future__ import annotations

from typing import Any

from drillbook.errors import DrillbookError
from drillbook.loading.foreign.emit import comment, to_yaml
from drillbook.model.quantities import duration_text
from drillbook.study.fit.fit import FEWEST, Fit, StageFit

DIAGNOSIS_SHARE = 38 / 93
"""Diagnosis as a part of the time from acknowledgement to mitigation (evidence.md §1: 38 and 55 %)."""
NEVER = 0.05
"""Chance to miss a notification where the export does not count it (evidence.md §2; assumption)."""
_WIDEST = 3.0
"""The largest sigma that a people file may have."""


def people_file(found: Fit, name: str, source: str, like: str) -> str:
    """The file's text; DrillbookError where there is too little to say anything."""
    if not any(each.law for each in found.stages):
        raise DrillbookError(f"no people file: no time has {FEWEST} incidents in which it ended")
    values: dict[str, Any] = {"kind": "people", "name": name, "source": source, "like": like}
    values |= _answer(found) | _diagnose(found)
    verify = found.stage("verify")
    if verify and verify.law:
        values["skill"] = {"watches": round(verify.law.median, 1)}
    values["fits"] = [_fit(each) for each in found.stages if each.law]
    notes = [comment(text) for text in assumptions(found)]
    return "\n".join([*notes, to_yaml(values)])


def assumptions(found: Fit) -> list[str]:
    """What in the file is no estimate."""
    notes = []
    if found.stage("acknowledge") and found.never is None:
        notes.append(f"answer.never {NEVER:g} is an assumption: the export counts no escalations")
    if found.stage("diagnose") is None and (found.stage("mitigate") or found.stage("resolve")):
        since = "mitigate" if found.stage("mitigate") else "resolve"
        notes.append(
            f"diagnose is {100 * DIAGNOSIS_SHARE:.0f} % of the median time to {since} (evidence.md §1)"
        )
    return notes


def _answer(found: Fit) -> dict[str, Any]:
    answered = found.stage("acknowledge")
    if answered is None or answered.law is None:
        return {}
    never = NEVER if found.never is None else round(found.never, 4)
    law = answered.law
    return {
        "answer": {"median": _time(law.median), "sigma": round(min(law.sigma, _WIDEST), 3), "never": never}
    }


def _diagnose(found: Fit) -> dict[str, Any]:
    exact = found.stage("diagnose")
    if exact and exact.law:
        return {"diagnose": _time(exact.law.median)}
    whole = found.stage("mitigate") or found.stage("resolve")
    return {"diagnose": _time(DIAGNOSIS_SHARE * whole.law.median)} if whole and whole.law else {}


def _fit(of: StageFit) -> dict[str, Any]:
    law = of.law
    if law is None:
        return {}
    return {
        "times": of.sample.stage.name,
        "count": len(of.sample),
        "censored": len(of.sample) - of.sample.events,
        "median": _time(law.median),
        "sigma": round(law.sigma, 4),
        "distance": round(of.distance, 4),
        "p_value": round(of.p_value, 4),
    }


def _time(seconds: float) -> str:
    return duration_text(seconds) if seconds < 1 or seconds >= 60 else f"{seconds:.1f}s"
