"""Lines that the pods of a service log, drawn from the state by hash.

Every pod writes one line per slot of time, a number of slots per second that depends on nothing but the
service; what it says is drawn by the state of that second: an ordinary request, or one of the errors that
happened then. A line is always the same, whoever asks for it and when. Applications log a sample of their
requests (assumption).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from drillbook.model.quantities import duration_text
from drillbook.model.system import Service
from drillbook.world.fleet import PodRecord, container, manner
from drillbook.world.latency import Latency, drawn
from drillbook.world.law import Law
from drillbook.world.parts.kind import Kind
from drillbook.world.plant import Plant
from drillbook.world.pool import Row
from drillbook.world.reasons import Why
from drillbook.world.rotation import in_rotation
from drillbook.world.service import ServiceFlow
from drillbook.world.state import LogLine, Spoken

SLOT = 2.0
"""Seconds per line of one pod."""
_STARTS = 3.0
"""Seconds from a container's start to its first line (assumption)."""
_FAR = 1800.0
"""How far back lines are kept."""
RESERVED = "remaining connection slots are reserved for non-replication superuser connections"
_WORDS = {
    "timeouts": ("ERROR", "request failed: db: FATAL: query_wait_timeout after {patience}"),
    "refused": ("ERROR", "request failed: db: FATAL: no more connections allowed (max_client_conn)"),
    "server": ("ERROR", "request failed: db: FATAL: " + RESERVED),
    "down": ("ERROR", "request failed: db: server login has been failing, connect failed"),
    "cut": ("ERROR", "request failed: db: ERROR: canceling statement due to statement timeout"),
    "full": ("WARN", "rejecting request: {concurrency} requests in flight"),
    "call": ("ERROR", "request failed: POST {callee}: {why}"),
    "degraded": ("WARN", "answered without it: POST {callee}: {why}"),
    "slow": ("WARN", "slow request: {took}, waited {wait} for a database connection"),
    "ordinary": ("ERROR", "request failed: unexpected end of JSON input"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Moment:
    """What a service does at a second: chances of each kind of line, and the figures that lines mention."""

    chances: tuple[tuple[str, float], ...]
    wait: float
    patience: float
    """How long a client waits for a connection at most."""
    latency: Latency
    hold: float
    """Mean time that a query holds its connection."""
    unready: float
    calls: tuple[tuple[float, str, str], ...]
    """Of the calls that fail the requests: how many per request, what was called, and why it failed."""
    optional: tuple[tuple[float, str, str], ...]
    """The same for those without which a request is answered."""
    spoken: tuple[Spoken, ...] = ()
    """What is said of other things than requests."""


class Logs:
    """Draws the lines of a plant's services."""

    def __init__(self, plant: Plant, kinds: Sequence[tuple[Kind, Sequence[Any]]]) -> None:
        """`kinds` are those that the system has components of, with these."""
        self._plant, self._kinds = plant, kinds

    def last(self, service: str, t: float, count: int, pod: str = "") -> list[LogLine]:
        """The last `count` lines of all pods of a service up to `t`, oldest first.

        With `pod`, those lines among them that this pod wrote; the others' texts are not worked out.
        """
        spec = self._plant.law.fleets[service].spec
        pods = [each for each in self._plant.pods if each.service == service]
        lines: list[tuple[float, PodRecord, int, _Moment]] = []
        slot = math.floor(t / SLOT)
        while len(lines) < count and slot * SLOT > t - _FAR and slot * SLOT >= self._plant.first:
            moment = self._moment(spec, slot * SLOT)
            found = [(at, each) for each in pods if (at := self._written(each, slot, moment)) <= t]
            found.sort(key=lambda line: (line[0], line[1].name), reverse=True)
            lines += [(at, each, slot, moment) for at, each in found]
            slot -= 1
        shown = [line for line in reversed(lines[:count]) if pod in ("", line[1].name)]
        return [self._line(at, each, spec, slot, moment) for at, each, slot, moment in shown]

    def _written(self, pod: PodRecord, slot: int, moment: _Moment) -> float:
        """When a pod writes its line of a slot; never where it writes none."""
        second = slot * SLOT
        if second > pod.removed or slot < _first(pod, slot):
            return math.inf
        at = round(second + SLOT * self._plant.draws.uniform("log", "at", pod.name, slot), 3)
        life = container(pod, second)
        if at > pod.removed or at > life.died_at:
            return math.inf
        if slot == _first(pod, slot):
            return at
        return at if at > life.ready_at and in_rotation(pod, second, moment.unready) else math.inf

    def _line(self, at: float, pod: PodRecord, spec: Service, slot: int, moment: _Moment) -> LogLine:
        if slot == _first(pod, slot):
            return LogLine(at, pod.name, "INFO", f"{spec.name} {pod.template.version} starting")
        level, text = self._text(pod, spec, slot, moment)
        return LogLine(at, pod.name, level, text)  # type: ignore[arg-type]

    def _text(self, pod: PodRecord, spec: Service, slot: int, moment: _Moment) -> tuple[str, str]:
        draws = self._plant.draws
        u = draws.uniform("log", "kind", pod.name, slot)
        for said in moment.spoken:
            if u < said.part:
                return said.level, said.text
            u -= said.part
        for kind, chance in moment.chances:
            if u < chance:
                among = moment.optional if kind == "degraded" else moment.calls
                callee, why = _pick(among, draws.uniform("log", "why", pod.name, slot))
                wait = moment.wait * (0.9 + 0.1 * draws.uniform("log", "wait", pod.name, slot))
                held = -moment.hold * math.log1p(-draws.uniform("log", "held", pod.name, slot))
                level, text = _WORDS[kind]
                return level, text.format(
                    wait=_text_of(wait), concurrency=spec.concurrency, callee=callee, why=why,
                    patience=duration_text(moment.patience), took=_text_of(wait + moment.latency.m0 + held),
                )  # fmt: skip
            u -= chance
        key = pod.name, slot
        took = drawn(
            moment.latency,
            spec.spread,
            draws.uniform("log", "class", *key),
            draws.normal("log", "took", *key),
            draws.uniform("log", "tail", *key),
        )
        number = draws.bits("log", "request", pod.name, slot) % 16**8
        return "INFO", f"request {number:08x} completed status=200 duration={duration_text(took)}"

    def _moment(self, spec: Service, t: float) -> _Moment:
        second = float(math.floor(t))
        row, law = self._plant.trajectory.at(second), self._plant.history.at(second)
        k = self._plant.network.services[spec.name].column
        outcomes = max(row[k + ServiceFlow.OUTCOMES], 1e-9)
        rates, wait, patience, hold = self._pool_rates(spec, law, row)
        rates["full"] = row[k + ServiceFlow.REFUSED]
        rates["call"] = row[k + ServiceFlow.LATE]
        ordinary = manner(spec, law.fleets[spec.name].template).error_ratio
        rates["ordinary"] = ordinary * row[k + ServiceFlow.ADMITTED]
        rates["slow"] = 0.5 * row[k + ServiceFlow.ADMITTED] if wait > 1 else 0.0
        failed = Why(self._plant, spec.name, law, row, second, self._kinds).failing()
        needed, optional = (
            tuple(
                (call.weight * reason.part, call.url, reason.text)
                for call in failed
                if call.optional is wanted
                for reason in call.reasons
            )
            for wanted in (False, True)
        )
        rates["degraded"] = row[k + ServiceFlow.ADMITTED] * sum(part for part, _, _ in optional)
        spoken = tuple(
            said
            for of_kind, specs in self._kinds
            for said in of_kind.spoken(self._plant, specs, spec.name, row, second)
        )
        taken = {said.instead for said in spoken}
        chances = tuple((k, rate / outcomes) for k, rate in rates.items() if rate > 0 and k not in taken)
        latency = Latency(*row[k + ServiceFlow.M0 : k + ServiceFlow.M0 + 7])
        return _Moment(chances, wait, patience, latency, hold, row[k + ServiceFlow.UNREADY],
                       needed, optional, spoken)  # fmt: skip

    def _pool_rates(self, spec: Service, law: Law, row: Row) -> tuple[dict[str, float], float, float, float]:
        """Failures per second that the pool gives the service, and three spans.

        How long its clients wait, how long they would at most, how long a connection is held on average.
        """
        if spec.uses is None:
            return {}, 0.0, 0.0, 0.0
        pool = self._plant.network.pools[spec.uses.pool]
        user = next(user for user in pool.users if user.service == spec.name)
        timeouts, refused, errors = row[pool.column + 5 : pool.column + 8]
        total = max(timeouts + refused + errors, 1e-9)
        dropped = row[user.column + 6]
        up = law.postgres[law.pools[spec.uses.pool].server].up
        rates = {"timeouts": dropped * timeouts / total, "refused": dropped * refused / total}
        rates["server" if up else "down"] = dropped * errors / total
        rates["cut"] = max(0.0, row[user.column + 5] - dropped)
        finished = row[pool.column + 4]
        hold = row[pool.column + 1] / finished if finished > 0.0 else 0.0
        return rates, row[pool.column + 2], law.pools[spec.uses.pool].spec.query_wait_timeout, hold


def _first(pod: PodRecord, slot: int) -> int:
    """The slot of the first line of the container that a pod has in a slot: it says that it starts."""
    begun = max(pod.created, container(pod, slot * SLOT).started)
    if math.isinf(begun):  # ran for ever, or waits for a node
        return slot - 1 if begun < 0 else slot + 1
    return math.ceil((begun + _STARTS) / SLOT)


def _pick(among: tuple[tuple[float, str, str], ...], u: float) -> tuple[str, str]:
    """What was called and why it failed, by chance."""
    u *= sum(weight for weight, _, _ in among)
    for weight, callee, why in among:
        u -= weight
        if u <= 0.0:
            return callee, why
    return "", ""


def _text_of(seconds: float) -> str:
    """A span as an application measures it: three digits."""
    return duration_text(float(f"{seconds:.3g}"))
