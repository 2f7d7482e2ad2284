"""RabbitMQ as a kind of component: what can be done to a cluster, and what its workers log."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from drillbook.model.base import Model
from drillbook.model.rabbitmq import Rabbitmq, RabbitmqChange
from drillbook.model.system import System
from drillbook.world import law as laws
from drillbook.world.metrics.family import Family
from drillbook.world.metrics.rows import Keys
from drillbook.world.outcome import fails, hidden
from drillbook.world.parts.rabbitmq import shell
from drillbook.world.parts.rabbitmq.flow import RabbitmqFlow, RabbitmqLaw, initial
from drillbook.world.parts.rabbitmq.state import (
    QueueState,
    RabbitmqState,
    families,
    flow_of,
    health_of,
    settings,
    state_of,
)
from drillbook.world.plant import Plant
from drillbook.world.pool import Row
from drillbook.world.shell.answer import Answer
from drillbook.world.shell.look import Look
from drillbook.world.state import Action, Happening, Health, Spoken


class RabbitmqKind:
    """RabbitMQ clusters."""

    tools: Mapping[str, str] = shell.TOOLS

    def initial(self, spec: Rabbitmq) -> RabbitmqLaw:
        """The settings as the author has them."""
        return initial(spec)

    def flow(self, spec: Rabbitmq, system: System, column: int) -> RabbitmqFlow:
        """A cluster's flow."""
        return RabbitmqFlow(spec, column)

    def families(self, plant: Plant, keys: Keys, specs: Sequence[Rabbitmq]) -> list[Family]:
        """What the Prometheus plugin shows."""
        return families(plant, keys, specs)

    def state(self, plant: Plant, spec: Rabbitmq, row: Row, t: float) -> RabbitmqState:
        """A cluster at `t`."""
        return state_of(plant, spec, row, t)

    def health(self, state: RabbitmqState) -> tuple[Health, str]:
        """The queue in which messages wait longest."""
        return health_of(state)

    def depends(self, spec: Rabbitmq) -> tuple[str, ...]:
        """The services whose pods work the queues off."""
        return tuple(group.service for group in spec.workers)

    def changed(self, own: RabbitmqLaw, changes: Model, t: float) -> RabbitmqLaw:
        """Another time limit, another version."""
        if not isinstance(changes, RabbitmqChange):
            return own
        timeout, version = changes.consumer_timeout, changes.version
        return RabbitmqLaw(
            own.consumer_timeout if timeout is None else timeout, own.version if version is None else version
        )

    def act(self, plant: Plant, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
        """Set the time limit, or empty a queue."""
        spec = plant.system.component(action.target)
        if not isinstance(spec, Rabbitmq):
            return fails(id, f"{action.target} is no RabbitMQ cluster")
        if action.kind == "rabbitmq-purge":
            return _purge(plant, t, spec, action, id)
        seconds = int(action.value) / 1000 if action.value.isdecimal() else 0.0
        own = settings(plant.law, spec)._replace(consumer_timeout=seconds)
        plant.set(t, laws.with_part(plant.law, spec.name, own))
        law = hidden(f"rabbitmq-timeout {action.value}")
        return [law, Happening("finished", f"{spec.name}: consumer_timeout is {action.value}", id)]

    def warn(self, plant: Plant, action: Action, t: float) -> str | None:
        """What would be thrown away."""
        spec = plant.system.component(action.target)
        if action.kind != "rabbitmq-purge" or not isinstance(spec, Rabbitmq):
            return None
        second = float(math.floor(t))
        queues = state_of(plant, spec, plant.trajectory.at(second), second).queues
        waiting = next((queue.ready for queue in queues if queue.spec.name == action.value), 0.0)
        return f"About {waiting:,.0f} messages are thrown away and never worked on." if waiting >= 1 else None

    def run(self, look: Look, words: tuple[str, ...], specs: Sequence[Rabbitmq]) -> Answer | None:
        """The answer to rabbitmqctl."""
        return shell.run(look, words, specs)

    def examples(self, spec: Rabbitmq) -> Iterator[tuple[str, str]]:
        """What can be typed about a cluster."""
        columns = "name messages_ready messages_unacknowledged consumers"
        yield f"rabbitmqctl list_queues {columns}", f"what waits and is worked on in {spec.name}"
        yield "rabbitmqctl status", f"version, alarms and totals of {spec.name}"
        yield "rabbitmqctl environment", f"settings of {spec.name}"
        command = "application:set_env(rabbit, consumer_timeout, 7200000)."
        yield f"rabbitmqctl eval '{command}'", "two hours for an acknowledgement, until the next restart"
        for queue in spec.queues:
            yield f"rabbitmqctl purge_queue {queue.name}", f"throws away what waits in {queue.name}"

    def spoken(
        self, plant: Plant, specs: Sequence[Rabbitmq], service: str, row: Row, t: float
    ) -> Iterator[Spoken]:
        """What workers log of their work, and when the broker takes a delivery back."""
        for spec in specs:
            state = state_of(plant, spec, row, t)
            for queue in state.queues:
                if queue.service == service and queue.unacked > 0:
                    yield from _logged(state, queue)


def _logged(state: RabbitmqState, queue: QueueState) -> Iterator[Spoken]:
    name = queue.spec.name
    part = 0.2 * queue.returned / max(queue.rate + queue.returned, 1e-9)
    yield Spoken(0.3, "INFO", f"[{name}] step finished, next one")
    limit = shell.timeout(state)
    text = (
        "PRECONDITION_FAILED - delivery acknowledgement on channel 1 timed out. "
        f"Timeout value used: {limit} ms. This timeout value can be configured, see consumers doc guide"
    )
    if part > 0.002:
        yield Spoken(part, "ERROR", f"[{name}] Channel closed by server: 406 ({text})")
        yield Spoken(part, "WARN", f"[{name}] redelivered=true, starting over")


def _purge(plant: Plant, t: float, spec: Rabbitmq, action: Action, id: str) -> list[Happening]:  # noqa: A002
    if action.value not in [queue.name for queue in spec.queues]:
        return fails(id, f"Error: no queue '{action.value}' in vhost '/'")
    flow = flow_of(plant, spec)
    plant.strike(t, lambda row: flow.purge(row, action.value))
    law = hidden(f"rabbitmq-purge {action.value}")
    return [law, Happening("finished", f"queue {action.value} is empty", id)]
