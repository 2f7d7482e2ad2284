"""Runs of simulated responders into a scenario's calibration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Literal

from drillbook import __version__
from drillbook.batch import intervals
from drillbook.batch.pool import counted, spread
from drillbook.batch.runs import Run, Task, packed, play
from drillbook.model.calibration import (
    LEVELS,
    RESPONDING,
    SAMPLED,
    Calibration,
    Estimate,
    Herring,
    Level,
    LevelName,
    ParTimes,
    Proof,
    fingerprint,
)
from drillbook.model.playbook import Playbook
from drillbook.model.scenario import Scenario
from drillbook.scoring.points import SCORING_VERSION

BY_ITSELF = 0.2
"""Part of the runs without anybody in which service may come back all the same."""
SOLVABLE = 0.8
"""Part of the runs in which experts restore service, at least."""

_PAIRS: tuple[
    tuple[Literal["expert-average", "average-novice", "novice-absent"], LevelName, LevelName], ...
] = (
    ("expert-average", "expert", "average"),
    ("average-novice", "average", "novice"),
    ("novice-absent", "novice", "absent"),
)

Runs = dict[LevelName, list[Run]]


def calibrate(
    scenario: Scenario,
    playbook: Playbook,
    seeds: range,
    workers: int,
    tell: Callable[[int], None],
) -> Calibration:
    """Let every level handle every seed (two at least) and measure; `tell` is told how many runs are done.

    The same scenario, playbook and seeds give the same calibration, whatever the number of workers.
    """
    drill = packed(scenario, playbook)
    tasks = [Task(drill, level, seed) for seed in seeds for level in LEVELS]
    made = list(counted(spread(play, tasks, workers), tell))
    runs: Runs = {level: [run for run in made if run.level == level] for level in LEVELS}
    return Calibration(
        kind="calibration",
        scenario=scenario.name,
        playbook=playbook.name,
        fingerprint=fingerprint(scenario, playbook),
        version=__version__,
        scoring_version=SCORING_VERSION,
        first_seed=seeds[0],
        runs=len(seeds),
        levels={level: _level(runs[level]) for level in LEVELS},
        par=_par(runs["expert"]),
        proofs=[*_solvable(runs), *_ordered(runs)],
        herrings=_herrings(scenario, runs),
        clues={clue.id: _seen(runs, clue.id) for clue in scenario.needs.clues},
        expectations={
            name: {level: _outcomes(runs[level], name) for level in LEVELS} for name in made[0].outcomes
        },
    )


def _level(runs: Sequence[Run]) -> Level:
    sample = {name: [_value(run, name) for run in runs] for name in SAMPLED}
    return Level(
        total=intervals.mean([run.total for run in runs]),
        restored=_part(runs, lambda run: run.restored),
        medians={name: intervals.middle(sample[name]) for name in SAMPLED if name != "total"},
        sample=sample,
    )


def _value(run: Run, name: str) -> float | None:
    return run.total if name == "total" else run.measures[name]


def _part(runs: Sequence[Run], holds: Callable[[Run], bool]) -> Estimate:
    return intervals.share(sum(map(holds, runs)), len(runs))


def _outcomes(runs: Sequence[Run], expectation: str) -> dict[str, int]:
    return dict(sorted(Counter(run.outcomes[expectation] for run in runs).items()))


def _par(experts: Sequence[Run]) -> ParTimes:
    user_minutes = intervals.third_quartile([run.measures["user_minutes"] for run in experts])
    return ParTimes(
        mitigate_s=intervals.third_quartile([run.measures["mitigate_s"] for run in experts]),
        user_minutes=_number(user_minutes),
    )


def _solvable(runs: Runs) -> list[Proof]:
    alone = _part(runs["absent"], lambda run: run.restored)
    expert = _part(runs["expert"], lambda run: run.restored)
    return [
        Proof(
            id="absent-fails",
            result=_result(-_number(alone.high), -_number(alone.low), -BY_ITSELF),
            text=f"left alone, service comes back in at most {BY_ITSELF:.0%} of the runs",
            figure=alone,
        ),
        Proof(
            id="expert-restores",
            result=_result(_number(expert.low), _number(expert.high), SOLVABLE),
            text=f"experts restore service in at least {SOLVABLE:.0%} of the runs",
            figure=expert,
        ),
    ]


def _ordered(runs: Runs) -> list[Proof]:
    """Each level does better than the next on the same seeds; all three must hold, so none is corrected."""
    found = []
    for name, better, worse in _PAIRS:
        pairs = zip(runs[better], runs[worse], strict=True)
        gain = intervals.mean([one.total - other.total for one, other in pairs])
        found.append(
            Proof(
                id=name,
                result=_result(_number(gain.low), _number(gain.high), 0.0),
                text=f"on the same seeds {_plural(better)} score more than {_plural(worse)}",
                figure=gain,
            )
        )
    return found


def _plural(level: str) -> str:
    return {"expert": "experts", "average": "average responders", "novice": "novices"}.get(level, "nobody")


def _result(low: float, high: float, wanted: float) -> Literal["holds", "fails", "undecided"]:
    """Whether an interval lies above what is wanted, below it, or on both sides."""
    if low >= wanted and high > wanted:
        return "holds"
    return "fails" if high <= wanted else "undecided"


def _number(value: float | None) -> float:
    assert value is not None  # noqa: S101  means and parts are always numbers
    return value


def _herrings(scenario: Scenario, runs: Runs) -> list[Herring]:
    needs = scenario.needs
    return [
        Herring(
            cause=cause.id,
            clues=clues,
            pursued=_pursued(runs, cause.id),
        )
        for cause in needs.causes
        if cause.id != needs.cause
        and (clues := [clue.id for clue in needs.clues if clue.points_to == cause.id])
    ]


def _pursued(runs: Runs, cause: str) -> dict[LevelName, Estimate]:
    return {level: _part(runs[level], lambda run: cause in run.pursued) for level in RESPONDING}


def _seen(runs: Runs, clue: str) -> dict[LevelName, Estimate]:
    return {level: _part(runs[level], lambda run: clue in run.seen) for level in RESPONDING}
