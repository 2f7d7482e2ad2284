"""Which alternatives a study compares."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from drillbook.model.base import Model, Name

MOST = 10_000
"""Alternatives of one study."""


class Level(Model):
    """One setting of a factor."""

    id: Name
    title: str = ""
    value: JsonValue = None
    """What all of the factor's paths are set to, written as in the file that they are in."""
    set: dict[str, JsonValue] = {}
    """Paths of this level's own and what each is set to. A level with neither changes nothing."""


class Range(Model):
    """Values from one to another, for designs that fill a space."""

    low: JsonValue
    high: JsonValue
    """Written alike: two numbers, or two quantities with a unit such as 1m and 15m."""
    scale: Literal["linear", "log"] = "linear"
    whole: bool = False
    """Whole numbers (of the unit that `low` is written in) only."""


class Factor(Model):
    """Something that the study varies."""

    id: Name
    title: str = ""
    paths: list[str] = []
    """What `value` of a level, or the range, is put in."""
    levels: list[Level] = []
    """Two or more; a factor has either levels or a range."""
    range: Range | None = None


class FullFactorial(Model):
    """Every combination of levels."""

    kind: Literal["full"]


class FractionalFactorial(Model):
    """A part of the combinations of factors with two levels each, balanced."""

    kind: Literal["fractional"]
    generators: list[str] = []
    """Such as `e = a b c`: the factor on the left is set by the product of those on the right."""
    resolution: Annotated[int, Field(ge=3, le=8)] | None = None
    """Without generators: the smallest such design in which main effects are mixed up with interactions of
    this many factors less one, at least."""


class LatinHypercube(Model):
    """Alternatives spread so that each takes a stratum of every factor of its own."""

    kind: Literal["latin-hypercube"]
    alternatives: Annotated[int, Field(ge=2, le=MOST)]
    seed: Annotated[int, Field(ge=0)] = 1


class Morris(Model):
    """Trajectories that change one factor at a time, for screening."""

    kind: Literal["morris"]
    trajectories: Annotated[int, Field(ge=2, le=500)] = 10
    grid: Annotated[int, Field(ge=2, le=16)] = 4
    """Points of each factor's range; an even number."""
    seed: Annotated[int, Field(ge=0)] = 1


class Sobol(Model):
    """Saltelli's sample, for the parts of the variance that factors and their interactions cause."""

    kind: Literal["sobol"]
    base: Annotated[int, Field(ge=2, le=4096)]
    """Points of the base sample; there are base x (factors + 2) alternatives."""
    seed: Annotated[int, Field(ge=0)] = 1


class Listed(Model):
    """One alternative of a list."""

    id: Name
    title: str = ""
    levels: dict[Name, Name]
    """Levels by factor; a factor that is left out has the baseline's."""


class ExplicitList(Model):
    """The alternatives that are listed, besides the baseline."""

    kind: Literal["list"]
    alternatives: Annotated[list[Listed], Field(min_length=1, max_length=MOST)]


Design = Annotated[
    FullFactorial | FractionalFactorial | LatinHypercube | Morris | Sobol | ExplicitList,
    Field(discriminator="kind"),
]
