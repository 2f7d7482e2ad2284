"""What a calibration says against a scenario."""

from __future__ import annotations

from collections.abc import Iterable

from drillbook.loading.checks.findings import Findings
from drillbook.loading.shown import quoted
from drillbook.model.calibration import LEVELS, RESPONDING, Calibration
from drillbook.model.playbook import Playbook
from drillbook.model.quantities import duration_text
from drillbook.model.scenario import Scenario
from drillbook.oncall.check import Finding
from drillbook.scoring.graders.restoration import ABOUT
from drillbook.scoring.par import is_current

_AGAIN = "`drillbook calibrate` runs it"


def scenario_findings(scenario: Scenario, playbook: Playbook, calibration: Calibration | None) -> Findings:
    """Proofs that do not hold, herrings that mislead nobody, par that nobody or everybody meets."""
    if calibration is None:
        yield Finding(
            ("name",), "the scenario is not calibrated: nobody knows whether it is solvable", _AGAIN
        )
        return
    if not is_current(calibration, scenario, playbook):
        message = "the calibration is of the scenario, its playbook or the scoring as they once were"
        yield Finding(("name",), message, f"{_AGAIN} again")
        return
    for proof in calibration.proofs:
        if proof.result != "holds":
            what = "is not so" if proof.result == "fails" else "is not shown by so few runs"
            yield Finding(("name",), f"that {proof.text} {what}", "by the calibration")
    ids = [cause.id for cause in scenario.needs.causes]
    for herring in calibration.herrings:
        if not any(each.value for each in herring.pursued.values()):
            message = f"{quoted(herring.cause)} misled nobody in {calibration.runs} runs of each level"
            yield Finding(("needs", "causes", ids.index(herring.cause)), message, "clues that point to it")
    yield from _par(scenario, calibration)


def expectation_findings(playbook: Playbook, scenario: Scenario, calibration: Calibration) -> Findings:
    """Expectations of the playbook that nobody can meet, or nobody can miss; paths start at the playbook."""
    for number, expectation in enumerate(playbook.expectations):
        runs = calibration.expectations.get(expectation.id)
        if runs is None:
            continue
        asked = [name for level in LEVELS for name in _names(runs[level]) if name != "not-applicable"]
        among = f"of {len(asked)} simulated runs of {scenario.name}"
        path = ("expectations", number)
        if asked and "met" not in asked and "partly" not in asked:
            yield Finding(path, f"nobody meets {quoted(expectation.id)}: none {among}")
        elif asked and set(asked) == {"met"}:
            yield Finding(path, f"nobody can miss {quoted(expectation.id)}: all {among} met it")


def _names(outcomes: dict[str, int]) -> Iterable[str]:
    return (name for name, count in outcomes.items() for _ in range(count))


def _par(scenario: Scenario, calibration: Calibration) -> Findings:
    needs = scenario.needs
    for key, measure, limit, found in (
        ("par_mitigate", "mitigate_s", needs.par_mitigate, calibration.par.mitigate_s),
        ("par_user_minutes", "user_minutes", ABOUT * needs.par_user_minutes, calibration.par.user_minutes),
    ):
        values = [each for level in RESPONDING for each in calibration.levels[level].sample[measure]]
        within = sum(value is not None and value <= limit for value in values)
        hint = ""
        if found is not None:
            shown = duration_text(float(round(found))) if key == "par_mitigate" else f"{found:.0f}"
            hint = f"three experts of four need at most {shown}"
        if within == 0:
            yield Finding(
                ("needs", key), f"no simulated responder in {len(values)} meets {quoted(key)}", hint
            )
        elif within == len(values):
            yield Finding(("needs", key), f"all {len(values)} simulated responders meet {quoted(key)}", hint)
