"""Replication as a kind of component: what can be done to a cluster, and what its servers log."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import cast

from drillbook.model.base import Model
from drillbook.model.quantities import duration_text
from drillbook.model.replication import Replication, ReplicationChange
from drillbook.model.system import System
from drillbook.world import law as laws
from drillbook.world.crash import crash
from drillbook.world.fate import Fated
from drillbook.world.metrics.family import Family
from drillbook.world.metrics.rows import Keys
from drillbook.world.outcome import ends, fails, hidden
from drillbook.world.parts.disk.tree import human
from drillbook.world.parts.replication import manager, shell
from drillbook.world.parts.replication.flow import LAG, RECEIVED, WRITTEN, ReplicationFlow
from drillbook.world.parts.replication.manager import COPYING, DIVERGED, REMOVED, put
from drillbook.world.parts.replication.metrics import families
from drillbook.world.parts.replication.state import flow_of, health_of, state_of
from drillbook.world.plant import Plant
from drillbook.world.pool import Row
from drillbook.world.replication import Due, ReplicationLaw, ReplicationState, initial, settings
from drillbook.world.service import ServiceFlow
from drillbook.world.shell.answer import Answer
from drillbook.world.shell.look import Look
from drillbook.world.state import Action, Happening, Health, Spoken
from drillbook.world.writes import doing, users_of

_QUERIES = (
    (
        "SELECT application_name, state, sent_lsn, replay_lsn, replay_lag FROM pg_stat_replication;",
        "replicas as their leader sees them",
    ),
    ("SELECT slot_name, active, retained FROM pg_replication_slots;", "what slots keep on the leader"),
)
_NO_CANDIDATE = "details: 412, {verb} is not possible: no good candidates have been found"


class ReplicationKind:
    """Clusters of PostgreSQL servers."""

    tools: Mapping[str, str] = shell.TOOLS

    def initial(self, spec: Replication) -> ReplicationLaw:
        """The settings as the author has them."""
        return initial(spec)

    def flow(self, spec: Replication, system: System, column: int) -> ReplicationFlow:
        """A cluster's flow."""
        return ReplicationFlow(spec, system, column)

    def families(self, plant: Plant, keys: Keys, specs: Sequence[Replication]) -> list[Family]:
        """What postgres_exporter and Patroni show."""
        return families(plant, keys, specs)

    def state(self, plant: Plant, spec: Replication, row: Row, t: float) -> ReplicationState:
        """A cluster at `t`."""
        return state_of(plant, spec, row, t)

    def health(self, state: ReplicationState) -> tuple[Health, str]:
        """Who leads, and how far the last is behind."""
        return health_of(state)

    def depends(self, spec: Replication) -> tuple[str, ...]:
        """On its members."""
        return (spec.primary, *(replica.server for replica in spec.replicas))

    def changed(self, own: ReplicationLaw, changes: Model, t: float) -> ReplicationLaw:
        """A member, with its site, is cut off for a time."""
        if not isinstance(changes, ReplicationChange) or changes.isolate is None:
            return own
        second, server = float(math.floor(t)), changes.isolate
        return replace(own, isolated=server).plan(Due(second + math.ceil(changes.lasts), "heal"))

    def controller(self, plant: Plant, spec: Replication) -> Fated:
        """What the manager does by itself."""
        return Fated(partial(manager.fate, plant, spec))

    def bars(self, plant: Plant, spec: Replication, server: str, t: float) -> str:
        """A member that diverged, or is being copied, does not start."""
        own = settings(plant.law, spec)
        member = next((each for each in own.members if each.server == server), None)
        if member is None or own.leader == server:
            return ""
        return {"diverged": DIVERGED.format(old=own.timeline - 1), "copying": COPYING}.get(member.state, "")

    def journal(self, look: Look, spec: Replication, server: str) -> list[tuple[float, str]]:
        """What a member logs about the others."""
        state = look.states[spec.name]
        if not isinstance(state, ReplicationState) or server not in flow_names(state):
            return []
        own, member = state.own, state.member(server)
        lines = [
            (at, f"LOG:  selected new timeline ID: {timeline}")
            for timeline, at, leader in own.switches
            if leader == server
        ]
        lines += [(at + 1, "LOG:  database system is ready to accept connections") for at, _ in lines]
        text = {"diverged": DIVERGED.format(old=own.timeline - 1), "removed": REMOVED}.get(
            member.member.state
        )
        if text is not None:
            lines += [
                (look.t // 5 * 5 - 5 * n, text) for n in range(10) if look.t - 5 * n > member.member.since
            ]
        return lines

    def act(self, plant: Plant, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
        """Fail over, promote, copy anew, restart a replica, drop a slot, or set how commits wait."""
        spec = cast("Replication", plant.system.component(action.target))
        return _ACTS[action.kind](plant, t, spec, action.value, id)

    def warn(self, plant: Plant, action: Action, t: float) -> str | None:
        """What is lost, and what does not work meanwhile."""
        spec = cast("Replication", plant.system.component(action.target))
        second = float(math.floor(t))
        state = state_of(plant, spec, plant.trajectory.at(second), second)
        if action.kind == "failover":
            return _moves(state, action.value)
        if action.kind == "promote":
            return (
                f"Makes {action.value} the leader at once, with what it has. {_behind(state, action.value)}"
            )
        if action.kind in {"reinit", "replica-restart"}:
            return _stops(plant, state, action)
        if action.kind == "slot-drop":
            return (
                f"What {action.value} has not read is kept no longer; whoever reads it has to be copied anew."
            )
        return (
            "Commits wait for nobody: a failover may lose what was just saved."
            if action.value == "off"
            else None
        )

    def run(self, look: Look, words: tuple[str, ...], specs: Sequence[Replication]) -> Answer | None:
        """patronictl, and commands on members."""
        return shell.run(look, words, specs)

    def spoken(
        self, plant: Plant, specs: Sequence[Replication], service: str, row: Row, t: float
    ) -> Iterator[Spoken]:
        """Pods complain of answers that are too old."""
        then = plant.history.at(t)
        for spec in specs:
            flow = flow_of(plant, spec)
            for server in flow.names:
                lag = row[flow.at(server, LAG)]
                if lag < 1 or not then.postgres[server].up or service not in users_of(then, server):
                    continue
                if doing(then.fleets[service], t).stale(lag) > 0:
                    column = plant.network.services[service].column
                    text = f"request failed: stale read: {server} is {lag:.0f} s behind the last write"
                    yield Spoken(min(1.0, row[column + ServiceFlow.ERROR]), "ERROR", text, "cut")

    def examples(self, spec: Replication) -> Iterator[tuple[str, str]]:
        """What can be typed about it."""
        name, first = spec.name, spec.replicas[0].server
        yield f"patronictl list {name}", "members, who leads, timelines, lag"
        for query, what in _QUERIES:
            yield f'psql -h {spec.primary} -c "{query}"', what
        yield (
            f'psql -h {first} -c "SELECT now() - pg_last_xact_replay_timestamp() AS lag;"',
            f"how far {first} is behind",
        )
        yield f"patronictl switchover {name} --candidate {first}", "moves the leader, in good order"
        yield f"patronictl failover {name} --candidate {first} --force", "moves the leader, whatever is lost"
        yield f"patronictl reinit {name} {first}", f"copies {first} anew from the leader"
        for slot in spec.slots:
            query = f"SELECT pg_drop_replication_slot('{slot.name}');"
            yield f'psql -h {spec.primary} -c "{query}"', "drops a slot"


def flow_names(state: ReplicationState) -> set[str]:
    """The servers of a cluster."""
    return {member.server for member in state.members}


def _behind(state: ReplicationState, server: str) -> str:
    missing = max(0.0, state.written - state.member(server).received)
    if missing < 1.0:
        return "It has received everything."
    lag = duration_text(max(1.0, float(round(state.member(server).lag))))
    return (
        f"It is {human(missing)} of write-ahead log ({lag}) behind; transactions in it are lost: data loss."
    )


def _moves(state: ReplicationState, value: str) -> str:
    server, _, clean = value.partition(" ")
    took = duration_text(state.spec.promotes_in)
    text = f"Nothing can be written for about {took} while {server} takes over."
    return text if clean else f"{text} {_behind(state, server)}"


def _stops(plant: Plant, state: ReplicationState, action: Action) -> str:
    server = action.value
    users = ", ".join(users_of(plant.law, server))
    if action.kind == "reinit":
        took = duration_text(float(math.ceil(state.spec.data / state.spec.copies)))
        text = (
            f"Deletes the data of {server} and copies {human(state.spec.data)} from the leader; about {took}."
        )
        if state.member(server).member.state == "diverged":
            text += " What it has and the leader has not is gone then."
    else:
        took = duration_text(plant.law.postgres[server].spec.restart)
        text = f"{server} is down for {took} at least, and replays again what it did since its restart point."
    return f"{text} {users} cannot read meanwhile." if users else text


def _failover(plant: Plant, t: float, spec: Replication, value: str, id: str) -> list[Happening]:  # noqa: A002
    server, _, clean = value.partition(" ")
    own, flow, second = settings(plant.law, spec), flow_of(plant, spec), float(math.floor(t))
    row = plant.trajectory.at(second)
    member = next((each for each in own.members if each.server == server), None)
    verb = "switchover" if clean else "failover"
    up = member is not None and plant.law.postgres[server].up
    alive = own.leader != "" and plant.law.postgres[own.leader].up
    missing = row[flow.column + WRITTEN] - row[flow.at(server, RECEIVED)] if member is not None else 0.0
    good = member is not None and member.state == "streaming" and up and not own.cut_off(server)
    if not good or (alive and missing > spec.maximum_lag):
        return fails(id, f"{verb.capitalize()} failed, {_NO_CANDIDATE.format(verb=verb)}")
    former, at = own.leader or own.former, manager.ready(plant, spec, server, t)
    if alive:
        crash(plant, t, former)
    put(plant, t, spec, replace(own, leader="", former=former).without("elect", "lead"))
    before = alive and missing <= spec.maximum_lag

    def over(now: float) -> list[Happening]:
        happened = manager.lead(plant, now, spec, server, clean=before)
        return [*happened, *ends(id, f'Successfully failed over to "{server}"')]

    plant.later(at, over)
    return [hidden(f"{verb} to {server} begins")]


def _promote(plant: Plant, t: float, spec: Replication, value: str, id: str) -> list[Happening]:  # noqa: A002
    own = settings(plant.law, spec)
    member = next((each for each in own.members if each.server == value), None)
    if (
        member is None
        or value == own.leader
        or not plant.law.postgres[value].up
        or member.state in {"copying", "promoting"}
    ):
        return fails(id, "pg_ctl: cannot promote server; server is not running in standby mode")
    put(plant, t, spec, own.turn(value, "promoting", t))
    at = manager.ready(plant, spec, value, t)

    def over(now: float) -> list[Happening]:
        return [*manager.lead(plant, now, spec, value), *ends(id, "server promoted")]

    plant.later(at, over)
    return [hidden(f"promotion of {value} begins")]


def _reinit(plant: Plant, t: float, spec: Replication, value: str, id: str) -> list[Happening]:  # noqa: A002
    own = settings(plant.law, spec)
    if value == own.leader or value not in {member.server for member in own.members}:
        text = (
            f"Failed: reinitialize for member {value}, status code=503, (Leader can not reinitialize itself)"
        )
        return fails(id, text)
    if not own.leader or not plant.law.postgres[own.leader].up or own.cut_off(value):
        text = f"Failed: reinitialize for member {value}, (Cluster has no leader, can not reinitialize)"
        return fails(id, text)
    if own.member(value).state == "copying":
        return fails(id, f"Failed: reinitialize for member {value}, (reinitialize already in progress)")
    crash(plant, t, value, COPYING)
    end = float(math.ceil(t + spec.data / spec.copies))
    put(plant, t, spec, own.turn(value, "copying", float(math.floor(t))).plan(Due(end, "copied", value)))
    took = duration_text(end - math.floor(t))
    return [
        hidden(f"reinit {value}"),
        *ends(id, f"{value}: creating replica, pg_basebackup from {own.leader}, about {took}"),
    ]


def _restart(plant: Plant, t: float, spec: Replication, value: str, id: str) -> list[Happening]:  # noqa: A002
    own, server = settings(plant.law, spec), plant.law.postgres[value]
    if not server.up and not server.fault:
        return fails(id, "Job for postgresql.service is already running.")
    second, flow = float(math.floor(t)), flow_of(plant, spec)
    k = flow.at(value, 1)
    then = max(plant.first, second - spec.redo)
    again = plant.trajectory.value(second, k) - plant.trajectory.value(then, k)
    crash(plant, t, value)

    def back(now: float) -> list[Happening]:
        here = plant.law.postgres[value]
        member = settings(plant.law, spec).member(value)
        why = {"diverged": DIVERGED.format(old=own.timeline - 1), "copying": COPYING}.get(member.state, "")
        started = here._replace(up=not why, fault=why, started_at=float(math.floor(now)))
        plant.set(now, laws.with_postgres(plant.law, started))
        return [
            hidden(f"replica-restart {value}"),
            *(fails(id, why) if why else ends(id, "consistent recovery state reached")),
        ]

    plant.later(float(math.ceil(t + server.spec.restart + max(0.0, again) / flow.pace[value][1])), back)
    text = f"{value}: redo starts, {human(max(0.0, again))} of write-ahead log to replay again"
    return [Happening("advanced", text, id, done=0, of=1)]


def _drop_slot(plant: Plant, t: float, spec: Replication, value: str, id: str) -> list[Happening]:  # noqa: A002
    own = settings(plant.law, spec)
    if value in own.slots:
        put(plant, t, spec, replace(own, slots=tuple(name for name in own.slots if name != value)))
        return [hidden(f"slot-drop {value}"), *ends(id, "(1 row)")]
    owner = next(
        (m for m in own.members if m.server.replace("-", "_") == value and m.server != own.leader), None
    )
    if owner is None:
        return fails(id, f'ERROR:  replication slot "{value}" does not exist')
    if owner.state == "copying" or (owner.state == "streaming" and plant.law.postgres[owner.server].up):
        return fails(id, f'ERROR:  replication slot "{value}" is active for PID 2211')
    put(plant, t, spec, own.turn(owner.server, "removed", t))
    return [hidden(f"slot-drop {value}"), *ends(id, "(1 row)")]


def _synchronous(plant: Plant, t: float, spec: Replication, value: str, id: str) -> list[Happening]:  # noqa: A002
    own = settings(plant.law, spec)
    put(plant, t, spec, replace(own, synchronous=value == "on"))
    return [hidden(f"synchronous {spec.name} {value}"), *ends(id, "ALTER SYSTEM")]


_ACTS: dict[str, Callable[[Plant, float, Replication, str, str], list[Happening]]] = {
    "failover": _failover, "promote": _promote, "reinit": _reinit, "replica-restart": _restart,
    "slot-drop": _drop_slot, "synchronous": _synchronous,
}  # fmt: skip
