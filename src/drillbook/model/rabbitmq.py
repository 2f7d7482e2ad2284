"""A RabbitMQ cluster: queues that services publish to, worked off by the pods of others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from drillbook.model.base import Model, Name
from drillbook.model.component import ComponentSpec, Misfit, Signal, known
from drillbook.model.quantities import Duration

QueueName = Annotated[str, Field(pattern=r"^[a-zA-Z0-9._-]{1,200}$")]
"""A queue's name."""


class Publisher(Model):
    """A service that publishes to a queue."""

    service: Name
    per_request: Annotated[float, Field(gt=0, le=100)] = 1.0
    """Messages per request that it takes on."""


class WorkQueue(Model):
    """A classic queue."""

    name: QueueName
    publishers: list[Publisher] = []
    fresh_within: Duration | None = None
    """Calls to the cluster ask for results of this queue; those that wait for longer count as failed."""


class Workers(Model):
    """The pods of a service that work off queues; each runs as many consumers as its `concurrency`."""

    service: Name
    """A service that nobody calls: a request of it is the work on one message."""
    queues: Annotated[list[WorkQueue], Field(min_length=1, max_length=8)]
    """In order of rank: a free worker takes from the first that is not empty."""
    variation: Annotated[float, Field(ge=0, le=10)] = 1.0
    """Standard deviation of the work on a message over its mean: 0 always the same, 1 exponential."""
    acknowledges_early: list[str] = []
    """Versions of the service that acknowledge a message when they take it: no time limit applies to them."""
    patience: Duration | None = None
    """Mean time after which what waits is withdrawn by whoever published it (exponential, an assumption)."""
    room: Annotated[int, Field(ge=0, le=100_000)] | None = None
    """Messages that may wait in all; what comes beyond is refused (`reject-publish`)."""


class RabbitmqChange(Model):
    """What can happen to a cluster by itself."""

    consumer_timeout: Duration | None = None
    """Another time limit for acknowledgements, from an upgrade or a policy; 0 for none."""
    version: str | None = None


class Rabbitmq(ComponentSpec):
    """A RabbitMQ cluster. A call to it wants something worked on, and fails where that comes too late."""

    callable: ClassVar[bool] = True
    actions: ClassVar[dict[str, tuple[str, str]]] = {
        "rabbitmq-timeout": ("changing a time limit on {target}", "setting consumer_timeout on {target}"),
        "rabbitmq-purge": ("emptying a queue on {target}", "purging a queue on {target}"),
    }
    changes: ClassVar[type[Model] | None] = RabbitmqChange

    kind: Literal["rabbitmq"]
    name: Name
    owner: str
    version: str = "3.13.7"
    nodes: Annotated[int, Field(ge=1, le=9)] = 3
    consumer_timeout: Duration = 1800.0
    """A delivery that is not acknowledged in time goes back to its queue, to be worked on again; 0: never."""
    workers: Annotated[list[Workers], Field(min_length=1)]

    @property
    def queues(self) -> list[WorkQueue]:
        """All queues."""
        return [queue for group in self.workers for queue in group.queues]

    def signals(self) -> Iterator[Signal]:
        """What waits in each queue."""
        for queue in self.queues:
            expr = f'sum(rabbitmq_queue_messages_ready{{queue="{queue.name}"}})'
            yield Signal(f"Ready {queue.name}", "messages", expr)

    def misfits(self, others: Mapping[str, ComponentSpec]) -> Iterator[Misfit]:
        """Services that are not there, and names that occur twice."""
        services = [name for name, other in others.items() if other.kind == "service"]
        seen: set[str] = set()
        for number, group in enumerate(self.workers):
            path: tuple[str | int, ...] = ("workers", number)
            if group.service not in services:
                yield Misfit((*path, "service"), f"there is no service {group.service}", known(services))
            if group.service in [other.service for other in self.workers[:number]]:
                yield Misfit(
                    (*path, "service"),
                    f"{group.service} works off queues twice",
                    "name all its queues in one place",
                )
            if group.patience is not None and group.room is not None:
                yield Misfit(
                    (*path, "room"),
                    "`room` and `patience` together are not modelled",
                    "leave one of them out",
                )
            for place, queue in enumerate(group.queues):
                if queue.name in seen:
                    yield Misfit(
                        (*path, "queues", place, "name"), f"there are two queues called {queue.name}"
                    )
                seen.add(queue.name)
                for k, publisher in enumerate(queue.publishers):
                    if publisher.service not in services:
                        where = (*path, "queues", place, "publishers", k, "service")
                        yield Misfit(where, f"there is no service {publisher.service}", known(services))
