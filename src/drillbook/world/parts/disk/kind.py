"""Disks as a kind of component: what can be done to one, and what a full one does."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import cast

from drillbook.model.base import Model
from drillbook.model.disk import Disk, File
from drillbook.model.system import System
from drillbook.world import law as laws
from drillbook.world.crash import crash
from drillbook.world.fate import Fate, Fated
from drillbook.world.metrics.family import Family
from drillbook.world.metrics.rows import Keys
from drillbook.world.outcome import ends, fails, hidden
from drillbook.world.parts.disk import law, shell
from drillbook.world.parts.disk.flow import OWN, PAGE, USED, DiskFlow
from drillbook.world.parts.disk.law import DiskLaw, settings
from drillbook.world.parts.disk.metrics import families
from drillbook.world.parts.disk.state import DiskState, flow_of, health_of, serves, state_of
from drillbook.world.parts.disk.tree import human
from drillbook.world.plant import Plant
from drillbook.world.pool import Row
from drillbook.world.service import ServiceFlow
from drillbook.world.shell.answer import Answer
from drillbook.world.shell.look import Look
from drillbook.world.state import Action, Happening, Health, Spoken
from drillbook.world.writes import doing, users_of

SEGMENT = 16777216.0
"""Bytes of a file of the write-ahead log."""
_RESTART = 2.0
"""Seconds that a unit takes to stop or to start (assumption)."""
_NO_SPACE = "No space left on device"
NO_WAL = "PANIC:  could not locate a valid checkpoint record"
NO_DATA = 'postgres: could not access directory "/var/lib/postgresql/15/main": No such file or directory'
FULL = f'FATAL:  could not write lock file "postmaster.pid": {_NO_SPACE}'


class DiskKind:
    """File systems."""

    tools: Mapping[str, str] = shell.TOOLS

    def initial(self, spec: Disk) -> DiskLaw:
        """The settings as the author has them."""
        return law.initial(spec)

    def flow(self, spec: Disk, system: System, column: int) -> DiskFlow:
        """A disk's flow."""
        return DiskFlow(spec, system, column)

    def families(self, plant: Plant, keys: Keys, specs: Sequence[Disk]) -> list[Family]:
        """What node_exporter shows."""
        return families(plant, keys, specs)

    def state(self, plant: Plant, spec: Disk, row: Row, t: float) -> DiskState:
        """A disk at `t`."""
        return state_of(plant, spec, row, t)

    def health(self, state: DiskState) -> tuple[Health, str]:
        """How full it is."""
        return health_of(state)

    def depends(self, spec: Disk) -> tuple[str, ...]:
        """On nothing: what is on it depends on it."""
        return ()

    def changed(self, own: DiskLaw, changes: Model, t: float) -> DiskLaw:
        """Nothing of the law changes by itself."""
        return own

    def controller(self, plant: Plant, spec: Disk) -> Fated:
        """A server that needs new files of the write-ahead log stops when there is no room for them."""
        return Fated(partial(self._fate, plant, spec))

    def _fate(self, plant: Plant, spec: Disk, since: float, until: float) -> Fate | None:
        if not serves(plant, spec) or not plant.law.postgres[spec.host].up or until <= since:
            return None
        flow = flow_of(plant, spec)
        if not flow.keeps():
            return None
        times, rows = plant.trajectory.between(since, until)
        size = settings(plant.law, spec).size
        for t, row in zip(times, rows, strict=True):
            if since < t <= until and row[flow.column + USED] > size - PAGE and flow.kept_at(row) > SEGMENT:
                return t, partial(_panic, plant, spec)
        return None

    def bars(self, plant: Plant, spec: Disk, server: str, t: float) -> str:
        """Why a server on it cannot start; empty where nothing hinders."""
        if spec.host != server:
            return ""
        own = settings(plant.law, spec)
        gone = {file.holds for file in spec.files if file.path in own.removed}
        if "data" in gone:
            return NO_DATA
        if "wal" in gone and not own.corrupt:
            return NO_WAL
        return FULL if flow_of(plant, spec).full(plant.trajectory.at(float(math.floor(t)))) else ""

    def act(self, plant: Plant, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
        """Empty, delete, grow, stop, restart or quieten."""
        spec = cast("Disk", plant.system.component(action.target))
        return _ACTS[action.kind](plant, t, spec, action.value, id)

    def warn(self, plant: Plant, action: Action, t: float) -> str | None:
        """What would be lost, and what would not be free."""
        spec = cast("Disk", plant.system.component(action.target))
        second = float(math.floor(t))
        state = state_of(plant, spec, plant.trajectory.at(second), second)
        if action.kind in {"file-remove", "file-truncate"}:
            return _loss(plant, state, action)
        if action.kind == "disk-grow":
            left = state.own.spare - float(action.value or 0)
            return f"Leaves {human(left)} in the volume group for the next time." if left >= 0 else None
        if action.kind == "unit-stop":
            unit = next((unit for unit in spec.units if unit.name == action.value), None)
            return f"{unit.does}: stops until it is started again." if unit is not None else None
        if action.kind == "wal-reset":
            return (
                f"Throws away the write-ahead log of {spec.host}: transactions are lost, and what is left "
                "may contradict itself. Data loss."
            )
        return None

    def run(self, look: Look, words: tuple[str, ...], specs: Sequence[Disk]) -> Answer | None:
        """A command on a host."""
        return shell.run(look, words, specs)

    def journal(self, look: Look, spec: Disk, server: str) -> list[tuple[float, str]]:
        """What a server on it logs because of it."""
        state = look.states[spec.name]
        if spec.host != server or not isinstance(state, DiskState):
            return []
        every = 1.0 / min(4.0, state.errors) if state.errors > 0 else 0.0
        times = [look.t // 1 - every * n for n in range(12)] if every else []
        return [(at, extended(look, at)) for at in times if at > 0]

    def spoken(
        self, plant: Plant, specs: Sequence[Disk], service: str, row: Row, t: float
    ) -> Iterator[Spoken]:
        """Pods complain of writes that fail."""
        law_then = plant.history.at(t)
        for spec in specs:
            if service not in users_of(law_then, spec.host) if serves(plant, spec) else True:
                continue
            state = state_of(plant, spec, row, t)
            what = doing(law_then.fleets[service], t)
            column = plant.network.services[service].column
            if state.full and what.writes > 0 and law_then.postgres[spec.host].up:
                text = f'request failed: db: ERROR: could not extend file "base/16385/16413": {_NO_SPACE}'
                yield Spoken(min(1.0, row[column + ServiceFlow.ERROR]), "ERROR", text, "cut")

    def examples(self, spec: Disk) -> Iterator[tuple[str, str]]:
        """What can be typed about it."""
        host = f"ssh {spec.host}"
        yield f"{host} df -h", f"room on the disks of {spec.host}"
        yield f"{host} du -h --max-depth=1 {spec.mount}", f"what takes the room on {spec.mount}"
        yield f"{host} lsof +L1", "deleted files that are still open"
        folders = dict.fromkeys(file.path.rpartition("/")[0] for file in spec.files if file.holds == "log")
        for folder in folders:
            yield f"{host} ls -lh {folder}", f"files in {folder}"
        for unit in spec.units:
            yield f"{host} systemctl status {unit.name}", unit.does
            if unit.quiet is not None:
                yield unit.quiet, f"{unit.name} logs no more, and begins its log anew"
            yield f"{host} systemctl stop {unit.name}", f"stops {unit.name}"
        for file in spec.files:
            if file.unit is not None:
                yield f"{host} truncate -s 0 {file.path}", "empties a file"
        if spec.spare > 0:
            yield f"{host} lvextend -r -L +{human(spec.spare)} {spec.device}", f"grows {spec.mount}"


def extended(look: Look, at: float) -> str:
    """PostgreSQL's words for a file that cannot be extended."""
    relation = look.pick(16400, 16460, "relation", round(at * 1000))
    blocks = look.pick(12000, 190000, "block", round(at * 1000))
    return (
        f'ERROR:  could not extend file "base/16385/{relation}": {_NO_SPACE}\n'
        f"\tHINT:  Check free disk space.  (block {blocks})"
    )


def _covered(spec: Disk, path: str) -> list[tuple[int, File]]:
    inside = path.rstrip("/") + "/"
    return [(k, f) for k, f in enumerate(spec.files) if f.path == path or f.path.startswith(inside)]


def _loss(plant: Plant, state: DiskState, action: Action) -> str | None:
    found = [(k, f) for k, f in _covered(state.spec, action.value) if f.path not in state.own.removed]
    holds = {file.holds for _, file in found}
    host, size = state.spec.host, human(sum(state.sizes[k] for k, _ in found))
    if holds & {"data", "wal"} and serves(plant, state.spec):
        what = (
            "the database itself"
            if "data" in holds
            else "the write-ahead log, without which it does not start"
        )
        return f"Deletes {size} of {action.value} on {host}: {what}. The data are lost."
    return f"Deletes {size} for good." if "backup" in holds else None


def _put(plant: Plant, t: float, spec: Disk, own: DiskLaw) -> None:
    plant.set(t, laws.with_part(plant.law, spec.name, own))


def _empty(plant: Plant, t: float, spec: Disk, places: Sequence[int], *, held: bool = False) -> None:
    """Take what lies under the names away; with `held` it goes on taking room."""
    k = plant.network.parts[spec.name].column

    def blow(row: list[float]) -> None:
        for place in places:
            name, ghost = k + OWN + 2 * place, k + OWN + 2 * place + 1
            if held:
                row[ghost] += row[name]
            else:
                row[k + USED] -= row[name] + row[ghost]
                row[ghost] = 0.0
            row[name] = 0.0

    plant.strike(t, blow)


def _truncate(plant: Plant, t: float, spec: Disk, value: str, id: str) -> list[Happening]:  # noqa: A002
    found = _covered(spec, value)
    if not found:
        return fails(id, f"truncate: cannot open '{value}'")
    _empty(plant, t, spec, [k for k, _ in found])
    return [
        hidden(f"file-truncate {spec.name} {value}"),
        *_destroyed(plant, t, spec, found),
        *ends(id, f"{value}: 0 bytes"),
    ]


def _remove(plant: Plant, t: float, spec: Disk, value: str, id: str) -> list[Happening]:  # noqa: A002
    own, found = settings(plant.law, spec), _covered(spec, value)
    held = [k for k, f in found if f.unit is not None and own.unit(f.unit) != "stopped"]
    _put(plant, t, spec, replace(own, removed=own.removed | {file.path for _, file in found}))
    _empty(plant, t, spec, held, held=True)
    _empty(plant, t, spec, [k for k, _ in found if k not in held])
    return [
        hidden(f"file-remove {spec.name} {value}"),
        *_destroyed(plant, t, spec, found),
        *ends(id, f"removed '{value}'"),
    ]


def _destroyed(plant: Plant, t: float, spec: Disk, found: Sequence[tuple[int, File]]) -> list[Happening]:
    """A server without its files stops."""
    holds = {file.holds for _, file in found}
    if not holds & {"data", "wal"} or not serves(plant, spec):
        return []
    own = settings(plant.law, spec)
    _put(
        plant,
        t,
        spec,
        replace(own, removed=own.removed | {f.path for _, f in found if f.holds in {"data", "wal"}}),
    )
    crash(plant, t, spec.host, NO_DATA if "data" in holds else NO_WAL)
    return [hidden(f"{spec.host} lost its {'data' if 'data' in holds else 'write-ahead log'}")]


def _panic(plant: Plant, spec: Disk, t: float) -> list[Happening]:
    fault = f'PANIC:  could not write to file "pg_wal/xlogtemp.812": {_NO_SPACE}'
    crash(plant, t, spec.host, fault)
    return [hidden(f"{spec.host} panics: its disk is full")]


def _grow(plant: Plant, t: float, spec: Disk, value: str, id: str) -> list[Happening]:  # noqa: A002
    own, more = settings(plant.law, spec), float(value or 0)
    if more > own.spare:
        blocks = f"{more / 4194304:.0f} required extents, {own.spare / 4194304:.0f} available"
        return fails(id, f"  Insufficient free space: {blocks}")

    def grown(now: float) -> list[Happening]:
        here = settings(plant.law, spec)
        _put(plant, now, spec, replace(here, size=here.size + more, spare=here.spare - more))
        text = f"  Logical volume resized; {spec.mount} has {human(here.size + more)}"
        return [hidden(f"disk-grow {spec.name} {value}"), *ends(id, text)]

    plant.later(float(math.ceil(t) + 20), grown)
    return []


def _stop(plant: Plant, t: float, spec: Disk, value: str, id: str) -> list[Happening]:  # noqa: A002
    def stopped(now: float) -> list[Happening]:
        _put(plant, now, spec, settings(plant.law, spec).set_unit(value, "stopped"))
        _close(plant, now, spec, value)
        return [
            hidden(f"unit-stop {spec.name} {value}"),
            *ends(id, f"{value}.service: Deactivated successfully."),
        ]

    plant.later(float(math.ceil(t) + _RESTART), stopped)
    return []


def _restart(plant: Plant, t: float, spec: Disk, value: str, id: str) -> list[Happening]:  # noqa: A002
    def back(now: float) -> list[Happening]:
        own = settings(plant.law, spec)
        own = own if own.unit(value) == "quiet" else own.set_unit(value, "running")
        names = {file.path for file in spec.files if file.unit == value}
        _put(plant, now, spec, replace(own, removed=own.removed - names))
        _close(plant, now, spec, value)
        return [hidden(f"unit-restart {spec.name} {value}"), *ends(id, f"{value}.service: Started.")]

    plant.later(float(math.ceil(t) + _RESTART), back)
    return []


def _quiet(plant: Plant, t: float, spec: Disk, value: str, id: str) -> list[Happening]:  # noqa: A002
    def quiet(now: float) -> list[Happening]:
        own = settings(plant.law, spec).set_unit(value, "quiet")
        names = {file.path for file in spec.files if file.unit == value}
        _put(plant, now, spec, replace(own, removed=own.removed - names))
        _empty(plant, now, spec, [k for k, file in enumerate(spec.files) if file.unit == value])
        return [
            hidden(f"unit-quiet {spec.name} {value}"),
            *ends(id, f"{value}: logs nothing, log begun anew"),
        ]

    plant.later(float(math.ceil(t) + _RESTART), quiet)
    return []


def _close(plant: Plant, t: float, spec: Disk, unit: str) -> None:
    """Nothing that was deleted is open any more: its room is free."""
    k = plant.network.parts[spec.name].column
    ghosts = [k + OWN + 2 * place + 1 for place, file in enumerate(spec.files) if file.unit == unit]

    def blow(row: list[float]) -> None:
        for ghost in ghosts:
            row[k + USED] -= row[ghost]
            row[ghost] = 0.0

    plant.strike(t, blow)


def _reset(plant: Plant, t: float, spec: Disk, value: str, id: str) -> list[Happening]:  # noqa: A002
    server = plant.law.postgres[spec.host]
    if server.up or server.fault == NO_DATA:
        return fails(id, f"pg_resetwal: error: {server.fault or 'is a server running?'}")
    own = settings(plant.law, spec)
    wal = {file.path for file in spec.files if file.holds == "wal"}
    _put(plant, t, spec, replace(own, corrupt=True, removed=own.removed - wal))
    _empty(plant, t, spec, [k for k, file in enumerate(spec.files) if file.holds == "wal"])
    return [hidden(f"wal-reset {spec.host}"), *ends(id, "Write-ahead log reset")]


_ACTS: dict[str, Callable[[Plant, float, Disk, str, str], list[Happening]]] = {
    "file-truncate": _truncate, "file-remove": _remove, "disk-grow": _grow, "unit-stop": _stop,
    "unit-restart": _restart, "unit-quiet": _quiet, "wal-reset": _reset,
}  # fmt: skip
