"""What runs of one scenario have in common: the solution as long as nobody intervenes.

It depends on the laws that the network is bound to and on the workload, not on a run's own draws (names,
addresses, noise). A tree of segments, each from one change of the law to the next and as long as any run has
solved it, lets every further run take the knots over instead of solving them again. Runs with the same seed
have their samples in common too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from typing import Any, NamedTuple

from drillbook.world.pool import Row
from drillbook.world.sampling import Sampler

MOST_SEGMENTS = 40
"""Segments of a tree that `trim` leaves alone, some 5 MB; a drill that shares everything has about 25."""
MOST_SAMPLERS = 4
"""Samplers that a segment keeps: those of the rules' windows, not each of people's queries."""
MOST_RESULTS = 64
"""Results that a segment keeps: those for times that come again in every run."""


class Pace(NamedTuple):
    """How the steps go on from a knot: the next one's length, how many are short, until when, by what."""

    dt: float
    young: int
    end: float
    watched: list[tuple[int, float]]


class Knot(NamedTuple):
    """A time, the state then, and how the steps go on."""

    time: float
    row: Row
    pace: Pace


class Segment:
    """The solution after a change of the law; the first knot is the state at that change."""

    def __init__(self, begin: Knot) -> None:
        self.begin = begin
        self.knots: list[Knot] = []
        """Those after the first one, as far as any run went."""
        self.after: dict[Hashable, Segment] = {}
        self.samplers: dict[tuple[int, bytes], Sampler] = {}
        """The solution at times of which the last ones lie here, by the knots used and the times."""
        self.results: dict[Hashable, Any] = {}
        """What else follows from the solution, as long as this is the last segment."""


class Drawn:
    """What runs with one seed have in common besides: the samples, as long as nobody intervenes."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.samples: defaultdict[Hashable, list[Any]] = defaultdict(list)
        """Samples of each metric, as they were drawn."""
        self.results: dict[Hashable, Any] = {}
        """What was worked out from the samples alone."""


class Foreseen:
    """The segments of one scenario; give the same one to all of its runs."""

    def __init__(self) -> None:
        self.begins: dict[Hashable, Segment] = {}
        self.drawn: Drawn | None = None
        """What runs with one seed drew, where several of them follow each other."""

    def keep(self, seed: int) -> None:
        """Runs with this seed follow: keep what they draw, and nothing of those before."""
        if self.drawn is None or self.drawn.seed != seed:
            self.drawn = Drawn(seed)

    def of(self, seed: int) -> Foreseen:
        """What a run with this seed shares: not the samples, where those of another seed are kept."""
        if self.drawn is None or self.drawn.seed == seed:
            return self
        other = Foreseen()
        other.begins = self.begins
        return other

    def trim(self) -> None:
        """Let samples go, and begin anew once there is too much; to be called between runs.

        Where a run's own draws are in its laws (which message is poisoned, say) every run adds a branch that
        no other takes.
        """
        self.drawn = None
        count, rest = 0, list(self.begins.values())
        while rest and count <= MOST_SEGMENTS:
            count += 1
            rest += rest.pop().after.values()
        if count > MOST_SEGMENTS:
            self.begins.clear()
