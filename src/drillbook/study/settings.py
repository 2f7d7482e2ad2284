"""What a study itself lays down and its factors may vary: the responders, the horizon, pay and objective."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from drillbook.model.base import Model
from drillbook.model.horizon import Horizon, Objective, Pay
from drillbook.model.quantities import precise_text
from drillbook.model.responders import Responders
from drillbook.people.delays import ANSWER_MEDIAN, DIAGNOSE_MEDIAN
from drillbook.people.skill import SKILLS, Skill

_FIGURES = {each.name for each in fields(Skill)} - {"stages"}


class Settings(Model):
    """The study's own parameters, ready to be used."""

    responders: dict[str, Responders]
    """By level or by the name of the people file; none for absent ones."""
    horizon: Horizon | None = None
    pay: Pay = Pay()
    slo: Objective = Objective()


def written(level: str) -> dict[str, Any]:
    """A level's responders as a people file would have them."""
    skill = next(skill for name, skill in SKILLS.items() if name == level)
    answer = {
        "median": precise_text(skill.answer * ANSWER_MEDIAN),
        "sigma": skill.answer_sigma,
        "never": skill.never,
    }
    names = {"kind": "people", "name": level, "source": "drillbook", "like": level}
    return {**names, "answer": answer}


def skill_of(people: Responders) -> Skill:
    """What the responders can: their level's figures, and what the file says instead."""
    skill = SKILLS[people.like]
    other: dict[str, Any] = {name: value for name, value in people.skill.items() if name in _FIGURES}
    skill = replace(skill, **other, stages=people.stages)
    if people.answer is not None:
        factor = people.answer.median / ANSWER_MEDIAN
        skill = replace(skill, answer=factor, answer_sigma=people.answer.sigma, never=people.answer.never)
    if people.diagnose is not None:
        skill = replace(skill, diagnose=people.diagnose / DIAGNOSE_MEDIAN)
    return skill
