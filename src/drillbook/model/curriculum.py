"""A curriculum: modules of drills, quizzes, exercises, readings and shadowing that lead to a certificate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from drillbook.model.base import Model, Name, Text
from drillbook.model.playbook import Area
from drillbook.model.quantities import Duration

PassRating = Literal["P", "S", "M"]
"""A rating that can be asked for, best first: without, with some, with major challenges."""

Attempts = Annotated[int, Field(ge=1, le=100)]
Months = Annotated[int, Field(ge=1, le=120)]


class PageReference(Model):
    """A page of a playbook, as `drillbook catalog PLAYBOOK` lists them."""

    playbook: str | None = None
    """Its name, or the path of its file; the curriculum's where left out."""
    page: Name


class Item(Model):
    """What the items of a module have in common."""

    id: Name
    """Of its own in the whole curriculum: records of what somebody passed are kept by it."""
    title: Text
    takes: Duration | None = None
    """About how long it takes."""
    optional: bool = False
    """Whether the module is passed without it."""


class PassMark(Model):
    """What a scorecard must show; all of it."""

    total: Annotated[float, Field(ge=0, le=100)] | None = None
    """Points of 100 at least."""
    areas: dict[Area, PassRating] = {}
    """Rating by area, that or a better one."""


class DrillItem(Item):
    """An incident to play."""

    kind: Literal["drill"]
    scenario: str
    """Its name, or the path of its file."""
    playbook: str | None = None
    """Name or path; the curriculum's where left out, and without one the scenario's own."""
    forms: Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=1)] = [0]
    """Forms that an attempt may have; 0 is the scenario as written."""
    choose: Literal["in-order", "drawn"] = "in-order"
    """Whether attempts take the forms one after the other, beginning again after the last, or by chance."""
    pass_mark: PassMark
    attempts: Attempts | None = None
    """How many there are at most; any number where left out."""


class Question(Model):
    """A question with choices."""

    text: Text
    choices: Annotated[dict[Name, Text], Field(min_length=2)]
    """What there is to choose from, by a short key such as a, b, c."""
    right: Annotated[list[Name], Field(min_length=1)]
    """Keys of the right choices; the answer is right that has all of them and no other."""
    explanation: Text
    """Shown after the answer, right or wrong."""
    see: PageReference | None = None
    """Where it can be read."""


class Quiz(Item):
    """Questions to answer."""

    kind: Literal["quiz"]
    questions: Annotated[list[Question], Field(min_length=1)]
    pass_mark: Annotated[int, Field(ge=1)] | None = None
    """Right answers that are needed; all where left out."""
    attempts: Attempts | None = None
    """How many there are at most; any number where left out."""


class Criterion(Model):
    """Something that a good answer holds."""

    text: Text
    points: Annotated[int, Field(ge=1, le=100)] = 1


class Exercise(Item):
    """Something to write or to do, which a person judges by a rubric."""

    kind: Literal["exercise"]
    form: Literal["written", "hands-on"] = "written"
    task: Text
    steps: list[Text] = []
    rubric: Annotated[list[Criterion], Field(min_length=1)]
    pass_mark: Annotated[int, Field(ge=1)] | None = None
    """Points that are needed; those of the whole rubric where left out."""
    template: PageReference | None = None
    """A template of a playbook to fill in."""
    text: Text | None = None
    """Something to work on, or a template of its own."""
    judged_by: Literal["mentor", "peer", "self"] = "mentor"


class Reading(Item):
    """Something to read: a page of a playbook, or a text."""

    kind: Literal["reading"]
    page: PageReference | None = None
    text: Text | None = None


class Shadow(Item):
    """Time beside somebody on call, for hours or rotations, until somebody signs it off."""

    kind: Literal["shadow"]
    role: Literal["observer", "secondary", "primary"] = "observer"
    """What one is meanwhile: looks on, or is on call under supervision."""
    hours: Annotated[float, Field(gt=0, le=2000)] | None = None
    rotations: Annotated[int, Field(ge=1, le=52)] | None = None
    """Whole turns of the rota."""
    tasks: list[Text] = []
    signed_off_by: Text
    """Who says that it was done."""


AnyItem: TypeAlias = DrillItem | Quiz | Exercise | Reading | Shadow


class Module(Model):
    """A part of a curriculum: passed when each of its items is that is not optional."""

    id: Name
    title: Text
    objectives: Annotated[list[Text], Field(min_length=1)]
    """What one can do afterwards."""
    requires: list[Name] = []
    """Modules that come first."""
    when: Literal["course", "ongoing", "renewal"] = "course"
    """Needed for the certificate; or goes on after it; or needed to renew it."""
    every_months: Months | None = None
    """How often an ongoing module comes round."""
    items: Annotated[list[Annotated[AnyItem, Field(discriminator="kind")]], Field(min_length=1)]


class Certificate(Model):
    """What a curriculum leads to."""

    name: Text
    valid_months: Months = 12
    """Calendar months after which it expires."""
    renewable_months: Months = 1
    """How long before it expires it can be renewed."""


class Repetition(Model):
    """Items that come back before they are forgotten.

    R = (1 + F t/S)^-w with F = 0.9^(-1/w) - 1 (FSRS-6): t since the last time, S the item's stability.
    """

    scheduler: Literal["fsrs-6"] = "fsrs-6"
    target: Annotated[float, Field(ge=0.7, le=0.99)] = 0.9
    """The chance R that somebody still knows it, at which it comes back."""
    kinds: Annotated[list[Literal["drill", "quiz"]], Field(min_length=1)] = ["drill", "quiz"]
    """The kinds of items that come back."""
    at_most: Duration = 31_536_000.0
    """The longest time between two times."""


class Curriculum(Model):
    """A training programme."""

    kind: Literal["curriculum"]
    name: Name
    title: Text
    audience: Text
    """Whom it is for."""
    source: Text | None = None
    """Where it comes from, and what was added."""
    playbook: str | None = None
    """The playbook of its drills and pages, by name or path."""
    certificate: Certificate | None = None
    repetition: Repetition | None = None
    modules: Annotated[list[Module], Field(min_length=1)]
    """In the order in which they are taken."""

    def items(self) -> Iterator[tuple[tuple[str | int, ...], AnyItem]]:
        """Every item with its path in the file, in order."""
        for place, module in enumerate(self.modules):
            for number, item in enumerate(module.items):
                yield ("modules", place, "items", number), item
