"""What all runs of one drill have in common, compiled once: rules, routes, rotas and queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from drillbook import __version__
from drillbook.model.playbook import Playbook
from drillbook.model.rules import RuleGroup
from drillbook.model.scenario import Scenario
from drillbook.oncall.directory import Directory
from drillbook.oncall.routing import RoutingPlan, compile_routing
from drillbook.telemetry.query import Query
from drillbook.telemetry.rules import CompiledRules, compile_rules
from drillbook.world.foreseen import Foreseen

MOST_QUERIES = 64
"""Compiled queries that `trim` leaves alone."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A drill ready to be run any number of times; holds no state of a run."""

    rules: CompiledRules
    routing: RoutingPlan
    directory: Directory
    horizon: float
    """Simulated seconds after which no run goes on."""
    version: str
    form: int = 0
    """The number of the form that the scenario is in, for the record."""
    queries: dict[str, Query] = field(default_factory=dict)
    """PromQL that was asked before, compiled."""
    foreseen: Foreseen = field(default_factory=Foreseen)
    """What the system does as long as nobody intervenes, as far as some run solved it."""

    def keep(self, seed: int) -> None:
        """Runs with this seed follow: keep what they have in common, and nothing of those before."""
        if self.foreseen.drawn is None or self.foreseen.drawn.seed != seed:
            self.trim()
        self.foreseen.keep(seed)

    def trim(self) -> None:
        """Let go of what only the last runs needed; to be called between runs, or those of different seeds.

        Names of pods and addresses differ by seed: label sets of one run, and the plans for them, are of no
        use to the next. Of queries there are few, unless people make up their own for each run.
        """
        self.foreseen.trim()
        self.rules.interner.clear()
        if len(self.queries) > MOST_QUERIES:
            self.queries.clear()


def prepare(
    scenario: Scenario,
    playbook: Playbook,
    rules: Sequence[RuleGroup] | CompiledRules | None = None,
    form: int = 0,
) -> Prepared:
    """Compile what runs of a drill share; `rules` replace the scenario's own alert rules.

    InvalidInput when a rule, a route or a schedule is not what it should be.
    """
    people = [person.id for person in scenario.people]
    if not isinstance(rules, CompiledRules):
        rules = compile_rules(scenario.rules if rules is None else rules)
    return Prepared(
        rules=rules,
        routing=compile_routing(playbook.on_call.routing),
        directory=Directory(playbook.on_call, people, scenario.start),
        horizon=scenario.duration,
        version=__version__,
        form=form,
    )
