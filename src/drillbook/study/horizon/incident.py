"""One incident of a horizon: a run of its drill at its own time, by the people who have the pager then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from drillbook.engine.parts import Agent
from drillbook.engine.prepared import Prepared
from drillbook.engine.randomness import Randomness
from drillbook.engine.simulation import Simulation
from drillbook.events import facts as f
from drillbook.model.playbook import Playbook
from drillbook.model.scenario import Scenario
from drillbook.oncall.directory import Directory
from drillbook.people.cast import Team, team_of
from drillbook.people.condition import Condition
from drillbook.people.skill import SKILLS, Skill
from drillbook.scoring.case import STAKEHOLDERS
from drillbook.world.foreseen import Foreseen


@dataclass(frozen=True, slots=True)
class Drill:
    """What an incident is made of."""

    scenario: Scenario
    playbook: Playbook
    prepared: Prepared
    skill: Skill | None
    """Of whoever responds; None where nobody is there."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Somebody was paged; seconds of the incident."""

    t: float
    person: str
    level: int
    """Of the escalation policy, from 1."""


@dataclass(frozen=True, slots=True)
class Traces:
    """What an incident was for people; seconds of the incident, people by their ids in the scenario."""

    notices: tuple[Notice, ...]
    worked: Mapping[str, tuple[float, float]]
    """From the first to the last thing that somebody did; who has the page until it is resolved."""
    owner: str
    """Who acknowledged first; nobody where empty."""
    taken: float
    """When."""
    over: float
    """When it was resolved, or given up."""


def on_path(drill: Drill) -> frozenset[str]:
    """People whom the pager may call to respond: those of the policies, and the primary."""
    named = set(drill.prepared.directory.everybody)
    return frozenset(
        person.id
        for person in drill.scenario.people
        if person.part == "primary" or (person.id in named and person.part not in STAKEHOLDERS)
    )


def run(
    drill: Drill, at: datetime, seed: int, conditions: Mapping[str, Condition], missing: Sequence[str]
) -> Simulation:
    """The incident that begins at an instant, to its end."""
    scenario = drill.scenario.model_copy(update={"start": at.astimezone(drill.scenario.start.tzinfo)})
    people = [person.id for person in scenario.people]
    # Whatever depends on the hour is made anew; rules and routes are the same at any time.
    prepared = replace(
        drill.prepared,
        directory=Directory(drill.playbook.on_call, people, scenario.start),
        foreseen=Foreseen(),
    )
    team = _team(drill, conditions, missing)

    def cast(scenario: Scenario, playbook: Playbook, draws: Randomness) -> Sequence[Agent]:
        return team_of(scenario, playbook, draws, team)

    simulation = Simulation(scenario, drill.playbook, seed, cast=cast, prepared=prepared)
    simulation.advance(scenario.duration + 1)
    return simulation


def _team(drill: Drill, conditions: Mapping[str, Condition], missing: Sequence[str]) -> Team:
    if drill.skill is not None:
        return Team(drill.skill, on_path(drill), conditions, missing)
    nobody = [person.id for person in drill.scenario.people if person.part not in STAKEHOLDERS]
    return Team(SKILLS["average"], (), {}, nobody)


def traces(simulation: Simulation) -> Traces:
    """What a run was for its people."""
    acting = {each.id for each in simulation.scenario.people if each.part not in STAKEHOLDERS}
    notices: list[Notice] = []
    first: dict[str, float] = {}
    last: dict[str, float] = {}
    owner, taken, resolved = "", 0.0, None
    for event in simulation.log:
        match event.fact:
            case f.CommandGiven() if event.actor in acting:
                first.setdefault(event.actor, event.t)
                last[event.actor] = event.t
            case f.PageChanged(change="notified", user=person, level=level):
                notices.append(Notice(event.t, person, level))
            case f.PageChanged(change="acknowledged") if not owner:
                owner, taken = event.actor, event.t
            case f.IncidentResolved():
                resolved = event.t
            case f.IncidentReopened():
                resolved = None
    over = simulation.log[-1].t if resolved is None else resolved
    ends = {**last, owner: max(last.get(owner, 0.0), over)}
    worked = {each: (begin, ends[each]) for each, begin in first.items()}
    return Traces(tuple(notices), worked, owner, taken, over)
