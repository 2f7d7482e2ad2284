"""The world of one run: what happens in it, what can be done to it, and what can be seen of it."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from datetime import datetime
from typing import Any

from drillbook.model.draws import Draws
from drillbook.model.labels import Labels
from drillbook.model.scenario import Happening as Planned
from drillbook.model.scenario import Say
from drillbook.model.system import System
from drillbook.world import chart, consequences, timeline
from drillbook.world.foreseen import Foreseen
from drillbook.world.logs import Logs
from drillbook.world.metrics.catalog import Metrics
from drillbook.world.metrics.present import Reading
from drillbook.world.parts.table import KINDS, used
from drillbook.world.plant import Plant
from drillbook.world.queueing import Floats
from drillbook.world.remedies.act import act
from drillbook.world.remedies.deployments import leads_to
from drillbook.world.state import Action, ComponentState, Happening, LogLine, Node, Truth
from drillbook.world.truth import Ledger
from drillbook.world.views import Views


class World:
    """The simulated system from `-history` to `duration` seconds around `start`.

    `next_time` and `take` move its own happenings on, `act` begins a remediation. All that is read tells
    what is so if nothing further happens: a change at t alters states and samples at the whole seconds after
    t only.
    """

    def __init__(
        self,
        system: System,
        planned: Sequence[Planned],
        draws: Draws,
        *,
        duration: float,
        start: datetime,
        foreseen: Foreseen | None = None,
    ) -> None:
        """`foreseen` is shared by runs of the same system, duration and start, which go faster so.

        What was drawn, if there is any in it, must be of the same draws.
        """
        self.system = system
        self.start = start
        self._plant = Plant(system, draws, duration, start, foreseen, KINDS)
        self._views = Views(self._plant)
        self.kinds = tuple(used(system))
        """The kinds of further components, with these."""
        self._logs = Logs(self._plant, self.kinds)
        self._drawn = None if foreseen is None else foreseen.drawn
        self._metrics = Metrics(self._plant, self.kinds, self._drawn)
        self.interval = self._metrics.interval
        self.first = self._metrics.first
        self._ledger = Ledger(self._plant.trajectory, self._plant.network.entry, system.workload)
        self._crossing: tuple[bool, float] = (False, 0.0)
        self._crossed: tuple[object, float, float | None] = (None, 0.0, None)
        timeline.schedule(self._plant, planned)

    # --- what happens -------------------------------------------------------------------------------------

    def next_time(self) -> float | None:
        """When something happens by itself."""
        return self._plant.next_time()

    def take(self, t: float) -> list[Happening]:
        """What happens at `t`."""
        return self._plant.take(t)

    def act(self, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
        """Begin a remediation; later phases come from `take`, the last is a `finished` of that id."""
        return self._plant.intervene(t, lambda: act(self._plant, t, action, id))

    def inject(self, t: float, planned: Planned, id: str) -> list[Happening]:  # noqa: A002
        """Let something of the scenario that had no time happen at `t`."""
        if isinstance(planned, Say):  # changes nothing that other runs foresee
            self._plant.back_to(t)
            return timeline.begin(self._plant, t, planned, id)
        return self._plant.intervene(t, lambda: timeline.begin(self._plant, t, planned, id))

    def leads_to(self, action: Action) -> str:
        """The version that a roll-back would go to now; any other action's value as it is."""
        self._plant.rewind()
        return leads_to(self._plant, action)

    def consequence(self, action: Action, t: float) -> str | None:
        """What a careful colleague would say before this at `t`; None where there is nothing to say."""
        self._plant.rewind()
        return consequences.of(self._plant, action, t)

    # --- what is so ---------------------------------------------------------------------------------------

    def state(self, t: float) -> Mapping[str, ComponentState]:
        """Every component at the whole second before `t`."""
        self._plant.ahead(t)
        return self._views.all(t)

    def map(self, t: float) -> tuple[Node, ...]:
        """The system map at `t`."""
        return chart.nodes(self.system, self.state(t))

    def logs(self, service: str, t: float, lines: int, pod: str = "") -> list[LogLine]:
        """The last lines of all pods of a service up to `t`, oldest first; of `pod` those among them."""
        self._plant.ahead(t)
        return self._logs.last(service, t, lines, pod)

    def truth(self, t: float) -> Truth:
        """What users suffer at `t`, and have suffered since 0."""
        self._plant.ahead(t)
        return self._ledger.at(t)

    def error_ratio(self, t: float) -> float:
        """The failed part of users' requests at `t`."""
        self._plant.ahead(t)
        return self._ledger.error_ratio(t)

    def truth_series(self, step: float, t: float) -> tuple[Floats, Floats, Floats]:
        """Request rate, failed part and 99th percentile every `step` seconds from 0 to `t`."""
        self._plant.ahead(t)
        return self._ledger.series(step, t)

    def next_crossing(self, level: float, above: bool) -> float | None:  # noqa: FBT001
        """When the failed part of users' requests next crosses `level`, as things stand.

        `above` says on which side it is taken to be now; when that flips, the crossing returned last has
        been taken, and the next one is looked for after it. Only what comes before `next_time` is told: ask
        again afterwards.
        """
        was, since = self._crossing
        if above != was:
            since = since if self._crossed[2] is None else self._crossed[2]
            self._crossing = (above, since)
        due = self._plant.next_time()
        until = self._plant.duration if due is None else min(due, self._plant.duration)
        key = (self._plant.revision, level, above, since)
        known, searched, found = self._crossed
        if known != key:
            searched, found = since, None
        if known != key or (found is None and until > searched):
            found = self._ledger.next_crossing(searched, until, level, above=above)
            self._crossed = (key, until, found)
        return found

    # --- what is scraped ----------------------------------------------------------------------------------

    def names(self) -> tuple[str, ...]:
        """Metric names, in a fixed order. Scrape k, from `first` on, is taken at k · `interval` seconds."""
        return self._metrics.names()

    def matrix(self, name: str, first: int, last: int) -> tuple[tuple[Labels, ...], Floats]:
        """Label sets and samples, shape (series, scrapes), of the scrapes `first` to `last`, both included.

        Rows are append-only. Where there is no sample there is Prometheus's staleness marker (at the first
        scrape after a series ended) or telemetry's pattern for a missing one. NotFound where there is no
        such metric.
        """
        return self._metrics.matrix(name, first, last)

    def divided(self, name: str) -> bool:
        """Whether `matrix_of` can read a metric's rows by job."""
        return self._metrics.divided(name)

    def matrix_of(self, name: str, job: str, first: int, last: int) -> tuple[tuple[Labels, ...], Floats]:
        """As `matrix`, with the rows of one job only; nothing of the others is worked out."""
        return self._metrics.matrix_of(name, job, first, last)

    def present(self, t: float) -> tuple[Reading, ...]:
        """Every series as an exporter would show it at the whole second before `t`, not between scrapes.

        Times go forward. Counters go on from second to second, with noise of their own.
        """
        self._plant.ahead(t)
        return self._metrics.present.at(math.floor(t))

    def shared(self) -> dict[Hashable, Any] | None:
        """Where what follows from the samples alone is kept for other runs; None once somebody intervened."""
        return None if self._drawn is None or self._plant.revision else self._drawn.results

    def version(self, name: str) -> int:
        """A number that changes whenever samples after the last change of the law may have changed."""
        return self._metrics.version(name)
