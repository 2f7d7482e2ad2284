"""Who plays: simulated people for the seats that nobody holds."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from drillbook.errors import NotFound
from drillbook.model.draws import Draws
from drillbook.model.people import Part
from drillbook.model.playbook import Playbook
from drillbook.model.scenario import Scenario
from drillbook.people.agent import Absent, Agent
from drillbook.people.automation.automaton import Automaton
from drillbook.people.colleagues.colleague import Colleague, Surroundings
from drillbook.people.colleagues.commander import Commander
from drillbook.people.colleagues.communicator import Communicator
from drillbook.people.colleagues.executive import Executive
from drillbook.people.colleagues.helper import Helper
from drillbook.people.colleagues.support import Support
from drillbook.people.condition import USUAL, Condition
from drillbook.people.mind import Mind
from drillbook.people.responder import Responder
from drillbook.people.skill import SKILLS, Skill
from drillbook.people.standby import Later, Standby

_PLAYS: dict[Part, type[Colleague]] = {
    "secondary": Helper,
    "specialist": Helper,
    "lead": Helper,
    "commander": Commander,
    "communications": Communicator,
    "executive": Executive,
    "support": Support,
}
_OUTSIDE: tuple[Part, ...] = ("executive", "support")
"""Parts that suffer the incident instead of responding to it."""


def colleagues(
    scenario: Scenario,
    playbook: Playbook,
    draws: Draws,
    *,
    seats: Collection[str],
    absent: bool = False,
) -> list[Agent]:
    """Simulated people for everybody whose seat nobody holds, in the scenario's order; then the automation.

    `seats` are the person ids of held seats. The primary is never among them: see `responder`. With `absent`
    nobody responds; executives and support still ask.
    """
    around = Surroundings(scenario, playbook, draws)
    cast: list[Agent] = [
        _PLAYS[person.part](person, around)
        for person in scenario.people
        if person.id not in seats and person.part != "primary" and (person.part in _OUTSIDE or not absent)
    ]
    rules = playbook.automation
    return [*cast, Automaton(scenario, playbook, rules)] if rules is not None else cast


def responder(level: str, scenario: Scenario, playbook: Playbook, draws: Draws) -> Agent:
    """A synthetic responder in the primary's seat: expert, average, novice, or absent, who does nothing.

    NotFound for any other level.
    """
    person = next(each.id for each in scenario.people if each.part == "primary")
    if level == "absent":
        return Absent(person)
    skill = next((skill for name, skill in SKILLS.items() if name == level), None)
    if skill is None:
        raise NotFound(f"no responder {level!r}; there are {', '.join(SKILLS)}, absent")
    return skilled(skill, scenario, playbook, draws)


def skilled(skill: Skill, scenario: Scenario, playbook: Playbook, draws: Draws) -> Agent:
    """A synthetic responder of any skill in the primary's seat."""
    person = next(each.id for each in scenario.people if each.part == "primary")
    return Responder(Mind(scenario, playbook, draws, skill, person))


@dataclass(frozen=True, slots=True)
class Team:
    """Who is there in an incident in which anybody on the escalation path may respond."""

    skill: Skill
    """Of whoever responds."""
    path: Collection[str]
    """People whom the pager may call; who acknowledges first responds."""
    conditions: Mapping[str, Condition]
    """By person, where it is no usual one."""
    missing: Collection[str] = ()
    """People who are not there at all."""


def team_of(scenario: Scenario, playbook: Playbook, draws: Draws, team: Team) -> list[Agent]:
    """Everybody simulated: whoever of the escalation path acknowledges first responds, the others help."""
    around = Surroundings(scenario, playbook, draws)
    cast: list[Agent] = []
    for person in scenario.people:
        if person.id in team.missing:
            continue
        plays, condition = _PLAYS.get(person.part), team.conditions.get(person.id, USUAL)
        helper: Agent = plays(person, around) if plays else Absent(person.id)
        if condition.free_at > 0:
            helper = Later(helper, condition.free_at)
        if person.part not in _OUTSIDE and person.id in team.path:
            mind = Mind(scenario, playbook, draws, team.skill, person.id, condition)
            helper = Standby(Responder(mind), helper)
        cast.append(helper)
    rules = playbook.automation
    return [*cast, Automaton(scenario, playbook, rules)] if rules is not None else cast
