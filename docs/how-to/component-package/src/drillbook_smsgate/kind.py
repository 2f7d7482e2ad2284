"""How a gateway behaves: a token bucket.

With r the quota, b the burst, λ what is offered and n the tokens left:

    n' = r - λ, between 0 and b;  refused part = max(0, 1 - r / λ) while n = 0, else 0

Rates in messages per second.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from drillbook.model.base import Model
from drillbook.model.labels import Labels, labels
from drillbook.model.system import System
from drillbook.world import law as laws
from drillbook.world.latency import Latency
from drillbook.world.metrics.family import Block, Family
from drillbook.world.metrics.rows import Keys
from drillbook.world.metrics.scrapes import Scrapes
from drillbook.world.plant import Plant
from drillbook.world.pool import Row
from drillbook.world.service import ServiceFlow
from drillbook.world.shell.answer import Answer, Output
from drillbook.world.shell.look import Look
from drillbook.world.state import Action, Happening, Health, PartState, Spoken
from drillbook_smsgate.spec import SmsGate, SmsGateChange

_TOKENS, _REFUSED, _OFFERED = 0, 1, 2


@dataclass(frozen=True)
class SmsGateState(PartState):
    """A gateway at a moment; rates per second."""

    tokens: float
    refused: float
    offered: float


class Flow:
    """A gateway while the solution is stepped; its settings are just the quota."""

    columns = 3

    def __init__(self, spec: SmsGate, column: int) -> None:
        self.spec, self.column = spec, column
        self.offered = self.error_ratio = self.turned_away = 0.0
        self.spread, self.out = 0.3, Latency(spec.latency)
        self.part: Row = ()
        self._quota = spec.quota

    def terms(self, own: float, law: laws.Law, t: float) -> float:
        """The quota."""
        return own

    def use(self, terms: float) -> None:
        """Put a quota in force."""
        self._quota = terms

    def untouched(self) -> Row:
        """A full bucket."""
        return (self.spec.burst, 0.0, 0.0)

    def feed(self, row: Row, t: float, dt: float, services: Mapping[str, ServiceFlow]) -> None:
        """It gives nobody work."""

    def step(self, row: Row, t: float, dt: float, services: Mapping[str, ServiceFlow]) -> None:
        """Take tokens out, put new ones in."""
        tokens = row[self.column + _TOKENS] + (self._quota - self.offered) * dt
        empty = tokens <= 0 and self.offered > 0
        self.error_ratio = max(0.0, 1 - self._quota / self.offered) if empty else 0.0
        self.part = (min(self.spec.burst, max(0.0, tokens)), self.offered * self.error_ratio, self.offered)

    def watched(self, row: Row) -> list[tuple[int, float]]:
        """The tokens, so that the moment at which they run out is found."""
        return [(self.column + _TOKENS, self.spec.burst)]

    def corner(self, t: float) -> float:
        """Nothing bends at a time that is known beforehand."""
        return math.inf


class Kind:
    """SMS gateways."""

    tools: Mapping[str, str] = {"smsgate": "smsgate status NAME; smsgate quota NAME MESSAGES_PER_SECOND"}

    def initial(self, spec: SmsGate) -> float:
        """The quota that the author gave."""
        return spec.quota

    def flow(self, spec: SmsGate, system: System, column: int) -> Flow:
        """A gateway's flow."""
        return Flow(spec, column)

    def families(self, plant: Plant, keys: Keys, specs: Sequence[SmsGate]) -> list[Family]:
        """Tokens left, and a counter of what was refused."""
        rows: list[Labels] = [labels(job="smsgate", instance=spec.name) for spec in specs]
        columns = [plant.network.parts[spec.name].column for spec in specs]

        def tokens(scrapes: Scrapes) -> Block:
            return Block(np.floor(np.array([scrapes.column(k + _TOKENS) for k in columns])))

        def refused(scrapes: Scrapes) -> Block:
            mean = np.array([scrapes.increments(k + _REFUSED) for k in columns])
            return Block(scrapes.poisson(mean, keys.of("smsgate_refused_total", rows)))

        return [
            Family("smsgate_tokens", lambda: rows, tokens),
            Family("smsgate_refused_total", lambda: rows, refused, counter=True),
        ]

    def state(self, plant: Plant, spec: SmsGate, row: Row, t: float) -> PartState:
        """A gateway at `t`."""
        return SmsGateState(spec, *row[plant.network.parts[spec.name].column :][: Flow.columns])

    def health(self, state: SmsGateState) -> tuple[Health, str]:
        """Whether it refuses messages."""
        part = state.refused / state.offered if state.offered > 0 else 0.0
        health: Health = "down" if part > 0.25 else "warn" if part > 0 else "ok"
        return health, f"{state.offered:.0f}/s  {part:.0%} refused  {state.tokens:.0f} tokens"

    def depends(self, spec: SmsGate) -> tuple[str, ...]:
        """On nobody."""
        return ()

    def changed(self, own: float, changes: Model, t: float) -> float:
        """Another quota."""
        return changes.quota if isinstance(changes, SmsGateChange) else own

    def act(self, plant: Plant, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
        """A quota that was bought is in force after a minute."""

        def apply(now: float) -> list[Happening]:
            plant.set(now, laws.with_part(plant.law, action.target, float(action.value)))
            return [Happening("finished", f"{action.target}: quota is {action.value} per second", id)]

        plant.later(float(math.ceil(t + 60)), apply)
        return []

    def warn(self, plant: Plant, action: Action, t: float) -> str | None:
        """It costs money."""
        return f"{action.value} messages per second are billed from now on."

    def run(self, look: Look, words: tuple[str, ...], specs: Sequence[SmsGate]) -> Answer | None:
        """`smsgate status NAME` and `smsgate quota NAME N`."""
        names = [spec.name for spec in specs]
        match words:
            case ("smsgate", "status", name) if name in names:
                state = look.states[name]
                return Output(self.health(state)[1] if isinstance(state, SmsGateState) else "", 2.0)
            case ("smsgate", "quota", name, number) if name in names and number.isdecimal():
                return look.propose("smsgate-quota", name, number, "ordered; in force in a minute")
            case ("smsgate", *_):
                return Output(f"usage: {self.tools['smsgate']}; gateways: {', '.join(names)}", 1.0)
        return None

    def spoken(
        self, plant: Plant, specs: Sequence[SmsGate], service: str, row: Row, t: float
    ) -> Iterator[Spoken]:
        """Callers log their own failures."""
        return iter(())

    def examples(self, spec: SmsGate) -> Iterator[tuple[str, str]]:
        """What can be typed."""
        yield f"smsgate status {spec.name}", "messages, refusals and tokens"
        yield f"smsgate quota {spec.name} {spec.quota * 2:.0f}", "buys more messages per second"


KIND = Kind()
