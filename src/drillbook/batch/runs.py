"""One run of a drill by a simulated responder, and what is kept of it."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from functools import lru_cache

from drillbook.batch.cast import of_level
from drillbook.engine.prepared import Prepared, prepare
from drillbook.engine.simulation import Simulation
from drillbook.events import facts as f
from drillbook.events.log import EventLog
from drillbook.model.playbook import Playbook
from drillbook.model.scenario import Cause, Scenario
from drillbook.scoring.case import Case
from drillbook.scoring.graders.diagnosis import names_cause
from drillbook.scoring.score import primary, score
from drillbook.scoring.work import asks_for, shows


@dataclass(frozen=True, slots=True)
class Task:
    """A run to be made; `drill` is what `packed` made of a scenario and a playbook."""

    drill: bytes
    level: str
    seed: int


@dataclass(frozen=True, slots=True)
class Run:
    """What is kept of a run."""

    level: str
    seed: int
    total: float
    measures: dict[str, float | int | None]
    outcomes: dict[str, str]
    """By expectation."""
    pursued: frozenset[str]
    """Wrong causes that the responder stated, or whose remedy they began."""
    seen: frozenset[str]
    """Clues that somebody of the response side saw."""

    @property
    def restored(self) -> bool:
        """Whether users were well for good at the end."""
        return self.measures["mitigate_s"] is not None


def packed(scenario: Scenario, playbook: Playbook) -> bytes:
    """A drill as it travels to another process."""
    return pickle.dumps((scenario, playbook), protocol=5)


def play(task: Task) -> Run:
    """Make a run; those of one seed that follow each other share what they have in common."""
    scenario, playbook, prepared = _drill(task.drill)
    prepared.keep(task.seed)
    simulation = Simulation(scenario, playbook, task.seed, cast=of_level(task.level), prepared=prepared)
    simulation.advance(scenario.duration + 1)
    return told(task, simulation)


def told(task: Task, simulation: Simulation) -> Run:
    """What is kept of a run that is over."""
    scenario, playbook, log = simulation.scenario, simulation.playbook, simulation.log
    card = score(scenario, playbook, log)
    case = Case(scenario, playbook, log, primary(scenario))
    measures = card.measures.to_dict()
    if between_waves(log, scenario.needs.stable_for):
        measures["mitigate_s"] = None
    return Run(
        task.level,
        task.seed,
        card.total,
        measures,
        {each.id: each.outcome for each in card.expectations},
        pursued(case),
        seen(case),
    )


def pursued(case: Case) -> frozenset[str]:
    """Wrong causes that the trainee stated, or whose remedy (unless it is a right one) they began."""
    needs = case.scenario.needs
    wrong = [cause for cause in needs.causes if cause.id != needs.cause]
    true = next(cause for cause in needs.causes if cause.id == needs.cause)
    stated = [
        each
        for each in case.statements
        if each.event.actor == case.person
        and isinstance(each.event.fact, f.CauseStated)
        and not names_cause(each, true)
    ]
    own = [work.remedy for work in case.works if work.event.actor == case.person and work.remedy]

    def tried(cause: Cause) -> bool:
        remedy = needs.remedies[cause.remedy] if cause.remedy is not None else None
        return remedy is not None and remedy.verdict != "right" and any(each is remedy for each in own)

    return frozenset(
        cause.id for cause in wrong if tried(cause) or any(names_cause(each, cause) for each in stated)
    )


def seen(case: Case) -> frozenset[str]:
    """Clues that a look of the response side showed."""
    return frozenset(
        clue.id
        for clue in case.scenario.needs.clues
        if any(asks_for(look, clue.probe) and shows(clue.shows, look) for look in case.looks)
    )


@lru_cache(maxsize=1)
def _drill(drill: bytes) -> tuple[Scenario, Playbook, Prepared]:
    """The drill, compiled once in each process."""
    scenario, playbook = pickle.loads(drill)  # noqa: S301  made by `packed`, in the parent of this process
    return scenario, playbook, prepare(scenario, playbook)


def between_waves(log: EventLog, stable_for: float) -> bool:
    """Whether time ran out too soon after users last suffered to say that they are well for good."""
    end = log[-1]
    if not isinstance(end.fact, f.Ended) or end.fact.why != "time":
        return False
    ends = [each.t for each in log if isinstance(each.fact, f.ImpactChanged) and not each.fact.suffering]
    return bool(ends) and end.t - ends[-1] < stable_for
