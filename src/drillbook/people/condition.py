"""What somebody brings to an incident beside their skill: sleep, the hour where they are, other incidents."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from drillbook.model.scenario import Scenario
from drillbook.people import delays, fatigue

ACCEPTANCE = 0.7
"""Factor on the chance to take a page, for each alert that is there already (evidence.md §2)."""


@dataclass(frozen=True, slots=True)
class Condition:
    """Somebody's state at one incident; as it stands, that of a usual day with one incident.

    Times are seconds of the drill.
    """

    ahead: float = 0.0
    """Hours that their clock is ahead of the scenario's."""
    sleepiness: Callable[[float, float], float] | None = None
    """Karolinska sleepiness by when they came to work and now; of a usual night before where left out."""
    threshold: float = fatigue.DEGRADED
    """Sleepiness from which on fitness is degraded."""
    unfit: float = fatigue.FITNESS
    """Multiplier on error probabilities then."""
    night: float = delays.NIGHT
    """Factor on times at night."""
    mistakes: float = 1.0
    """Factor on all error probabilities; 0 for somebody who never errs."""
    concurrent: int = 0
    """Other incidents that are open when this one begins."""
    free_at: float = 0.0
    """Until then they are busy with another incident, and take no page."""

    def hour(self, scenario: Scenario, t: float) -> float:
        """The hour of the day where they are."""
        return (delays.hour(scenario, t) + self.ahead) % 24

    def slowed(self, hour: float) -> float:
        """Factor on their times at an hour of the day."""
        return self.night if delays.night_factor(hour) > 1 else 1.0

    def kss(self, scenario: Scenario, engaged: float, now: float) -> float:
        """Sleepiness now, for somebody who came to work at `engaged`."""
        if self.sleepiness is None:
            # A usual night, a quarter of an hour after the page: taken for the whole incident.
            return fatigue.on_call(self.hour(scenario, engaged), 0.25)
        return self.sleepiness(engaged, now)

    def fitness(self, kss: float) -> float:
        """The SPAR-H fitness multiplier at a sleepiness."""
        return self.unfit if kss >= self.threshold else 1.0

    def misses(self, never: float, notification: int) -> float:
        """Chance to miss a notification, the first one being 1; `never` is that of the first one alone."""
        alone = never if notification == 1 else 0.0
        return 1 - (1 - alone) * ACCEPTANCE**self.concurrent if self.concurrent else alone


USUAL = Condition()
"""A usual day, with one incident."""
