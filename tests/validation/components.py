"""Kafka and memory by the production code: conservation, arithmetic, and Kubernetes' back-off."""

from __future__ import annotations

import math
from typing import Any

from drillbook.model.system import Service, System
from drillbook.world.memory import at_rest
from drillbook.world.parts.kafka.state import KafkaState
from tests.validation.claims import Claim
from tests.world.builders import Play, deploy, service, system

MIB = 2.0**20
RELEASES = [{"version": "v1", "notes": "first"}, {"version": "v2", "notes": "second"}]


def shop(replicas: int, latency: str) -> System:
    """100 messages a second into 12 partitions, read by `replicas` consumers, 3 messages at a time each."""
    mailer = service("mailer", replicas=replicas, concurrency=3, latency=latency, spread=0.0)
    kafka = {
        "kind": "kafka", "name": "events", "owner": "platform",
        "topics": [{"name": "orders", "partitions": 12, "producers": [{"service": "edge"}]}],
        "groups": [{"name": "mailer", "topic": "orders", "service": "mailer"}],
    }  # fmt: skip
    edge = service("edge", calls=[{"to": "events", "share": 0.3, "timeout": "1s"}])
    return system(edge, mailer, kafka, entry="edge", rate="100/s")


def _cluster(play: Play, t: float) -> KafkaState:
    found = play.to(t).world.state(t)["events"]
    assert isinstance(found, KafkaState)
    return found


def kafka() -> list[Claim]:
    """What was written in half an hour is committed or behind, whatever is done meanwhile."""
    claims = []
    cases: tuple[tuple[str, int, str, tuple[tuple[int, str], ...]], ...] = (
        ("enough consumers", 4, "80ms", ()),
        ("too slow consumers", 4, "160ms", ()),
        ("all consumers away for 10 min", 4, "80ms", ((600, "0"), (1200, "4"))),
        ("scaled four times (rebalances)", 4, "110ms", ((300, "2"), (900, "6"), (1500, "1"), (2100, "4"))),
    )
    for name, replicas, latency, moves in cases:
        play = Play(shop(replicas, latency))
        start = _cluster(play, 0)
        for at, count in moves:
            play.at(at, "scale", "mailer", count)
        end = _cluster(play, 1800)
        written = sum(end.written["orders"]) - sum(start.written["orders"])
        before, after = start.groups[0], end.groups[0]
        committed = sum(p.committed for p in after.partitions) - sum(p.committed for p in before.partitions)
        claims.append(Claim(f"written − committed, {name}", written - committed, after.lag - before.lag,
                            allowed=0.01, digits=2, note=f"{written:.0f} written"))  # fmt: skip
    return claims


RATE, PODS, LEAK = 200.0, 4, 4096.0


def leaking(**settings: Any) -> System:
    """A service whose release v2 leaves 4 KiB of each request behind."""
    releases = [RELEASES[0], RELEASES[1] | {"leak": "4Ki"}]
    sizes = {"memory": "400Mi", "memory_limit": "600Mi", "memory_per_request": "0Mi"}
    rollout = {"max_unavailable": PODS, "ready_after": "20s"}
    one = service("api", replicas=PODS, releases=releases, rollout=rollout, **sizes)
    return system(one | settings, entry="api", rate=f"{RATE:g}/s")


def _kills(play: Play) -> list[tuple[float, str]]:
    return [(t, each.text.split()[2]) for t, each in play.happened if each.text.startswith("oom ")]


def memory() -> list[Claim]:
    """The first kill comes at the second that arithmetic says, and the pauses are Kubernetes'."""
    play = Play(leaking(), [deploy("0s", "v2", "api")]).to(3600)
    first, pod = _kills(play)[0]
    spec = play.service(10, "api").spec
    assert isinstance(spec, Service)
    record = next(each for each in play.world._plant.pods if each.name == pod)
    begin = record.past[0].ready_at if record.past else record.ready_at
    asked = begin + (600 * MIB - at_rest(spec, record)) / (RATE / PODS * LEAK)
    claims = [Claim("first container killed: s", asked, first, allowed=2.0, digits=1,
                    note="states lie on whole seconds, pods begin to serve within one")]  # fmt: skip
    higher = Play(leaking(memory_limit="700Mi"), [deploy("0s", "v2", "api")]).to(3600)
    more = 100 * MIB / (RATE / PODS * LEAK)
    claims.append(Claim("100 MiB more buy: s", more, _kills(higher)[0][0] - first, allowed=1.0, digits=1))
    return [*claims, back_off()]


def back_off() -> Claim:
    """Pauses between a kill and the next start of one container that dies a minute after each start."""
    releases = [RELEASES[0], RELEASES[1] | {"leak": "1Mi"}]
    play = Play(leaking(releases=releases, replicas=1, rollout={"max_unavailable": 1, "ready_after": "2s"}),
                [deploy("0s", "v2", "api")], duration=3600).to(3600)  # fmt: skip
    pod = _kills(play)[0][1]
    record = next(each for each in play.world._plant.fleet("api").pods if each.name == pod)
    starts = [*[life.started for life in record.past[1:]], record.started]
    pauses = [start - life.died_at for life, start in zip(record.past, starts, strict=True)]
    asked = [min(300, 10 * 2**k) for k in range(8)]
    return Claim("pauses before the restarts: s", _listed(asked), _listed(pauses[:8]))


def _listed(values: list[int] | list[float]) -> str:
    return ", ".join(f"{math.floor(value)}" for value in values)
