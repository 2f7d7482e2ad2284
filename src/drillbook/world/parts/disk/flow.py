"""What lies on a file system. Bytes, and bytes per second.

With g_i what is written per second to file i and S the size of the volume:

    used' = Σ g_i,  used never above S            full at t = (S - used) / Σ g_i

What does not fit is not written: each file gets its part of the room. A file that is deleted while a unit
holds it open goes on growing and takes room under no name, until the unit is restarted or stopped. Writes of
the database on the host fail from the second on after which nothing is left, and come to a good end again as
soon as anything is. A store that is called refuses to write from `read_only_at` on until less than
`writes_again_below` is used.

The write-ahead log takes what its own files take, and what is kept for replicas and slots.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from drillbook.model.disk import Disk, File
from drillbook.model.system import Postgres, System
from drillbook.world.latency import Latency
from drillbook.world.law import Law
from drillbook.world.parts.disk.law import DiskLaw, initial
from drillbook.world.pool import Past, Row, User
from drillbook.world.service import ServiceFlow
from drillbook.world.writes import Doing, doing, users_of

PAGE = 4096.0
"""Less than this is nothing: no file can be extended by it."""
USED, WRITTEN, REFUSING, ERRORS, OWN = range(5)
"""Columns: bytes in use; bytes per second; whether a called store refuses; writes per second that fail.

Two per file follow: what lies under its name, and what was deleted and is still open."""
CORRUPT = 0.08
"""Part of the queries that fail on a database that was forced to start (assumption)."""
_READ_ONLY = 0.002
"""Seconds after which a store says that it cannot write."""


class Flowing(NamedTuple):
    """What a file grows by: bytes per second, and bytes per request and per failure by service."""

    rate: float
    requests: tuple[tuple[str, float], ...]
    failures: tuple[tuple[str, float], ...]
    removed: bool


class DiskTerms(NamedTuple):
    """What a disk's steps depend on."""

    size: float
    files: tuple[Flowing, ...]
    writers: tuple[tuple[str, Doing], ...]
    """Services that write to the database on the host."""
    readers: tuple[str, ...] = ()
    """All that use that database, where it is corrupt."""


class DiskFlow:
    """One file system."""

    def __init__(self, spec: Disk, system: System, column: int) -> None:
        self.spec, self.column = spec, column
        self.columns = OWN + 2 * len(spec.files)
        self.offered = self.error_ratio = self.turned_away = 0.0
        self.spread = 0.4
        self.out: Row = Latency(max(1e-4, spec.latency))
        self.part: Row = ()
        self._serves = any(isinstance(c, Postgres) and c.name == spec.host for c in system.components)
        self._terms = self.terms(initial(spec), None, 0.0)
        self._users: dict[str, User] = {}
        self._refusing = 0.0
        self._errors = 0.0
        self._logs: list[Any] = []
        """Flows that know how much write-ahead log is kept on which server."""
        self._data = next((k for k, file in enumerate(spec.files) if file.holds == "data"), 0)
        self._wal = next((k for k, file in enumerate(spec.files) if file.holds == "wal"), None)

    def bind(self, network: Any) -> None:
        """Get to know the users of pools, and who keeps write-ahead log."""
        self._users = {user.service: user for pool in network.pools.values() for user in pool.users}
        self._logs = [part for part in network.parts.values() if hasattr(part, "kept")]

    def terms(self, own: DiskLaw, law: Law | None, t: float) -> DiskTerms:
        """The settings, third parties' state and what the pods do."""
        files = tuple([_flowing(file, own, law) for file in self.spec.files])
        if law is None or not self._serves:
            return DiskTerms(own.size, files, ())
        users = list(users_of(law, self.spec.host))
        writers = [(name, doing(law.fleets[name], t)) for name in users]
        broken = tuple(users) if own.corrupt else ()
        return DiskTerms(own.size, files, tuple([each for each in writers if each[1].writes > 0]), broken)

    def use(self, terms: DiskTerms) -> None:
        """Put terms in force."""
        self._terms = terms

    def untouched(self) -> Row:
        """The files as they are at first."""
        sizes = [file.size for file in self.spec.files]
        both = [part for size in sizes for part in (size, 0.0)]
        return (sum(sizes), 0.0, 0.0, 0.0, *both)

    def full(self, row: Row) -> bool:
        """Whether nothing can be written."""
        return row[self.column + USED] > self._terms.size - PAGE

    def strain(self, row: Row, past: Past, t: float, dt: float) -> None:
        """Writes of the database fail while there is no room."""
        self._errors = 0.0
        for name in self._terms.readers:
            user = self._users[name]
            user.spoilt += (1.0 - user.spoilt) * CORRUPT
        if not self.full(row):
            return
        for name, what in self._terms.writers:
            user = self._users[name]
            user.spoilt += (1.0 - user.spoilt) * what.writes

    def feed(self, row: Row, t: float, dt: float, services: Mapping[str, ServiceFlow]) -> None:
        """A store that is called refuses or takes what comes, by how full it was."""
        self._refusing = self.error_ratio = self._refuses(row[self.column + USED], row)
        self.out = Latency(_READ_ONLY if self._refusing else max(1e-4, self.spec.latency))

    def _refuses(self, used: float, row: Row) -> float:
        """Whether a store that is called refuses with so much in use, and after `row`."""
        spec, size = self.spec, self._terms.size
        if used >= spec.read_only_at * size or used > size - PAGE:
            return 1.0
        return 0.0 if used < spec.writes_again_below * size else row[self.column + REFUSING]

    def step(self, row: Row, t: float, dt: float, services: Mapping[str, ServiceFlow]) -> None:
        """Let the files grow by what fits."""
        k, terms = self.column, self._terms
        grows = [self._growth(flowing, row, services) for flowing in terms.files]
        if self.offered > 0.0:
            grows[self._data] += self.offered * (1.0 - self._refusing) * self.spec.per_call
        sizes = list(row[k + OWN : k + self.columns])
        kept = sum([log.kept(self.spec.host) for log in self._logs])
        if self._wal is not None:
            grown = self.spec.files[self._wal].size + kept - sizes[2 * self._wal]
            grows[self._wal] = grown / dt if not terms.files[self._wal].removed else 0.0
        used = sum(sizes)
        shrink = sum([g for g in grows if g < 0.0]) * dt
        wanted = sum([g for g in grows if g > 0.0]) * dt
        room = max(0.0, terms.size - used - shrink)
        part = 1.0 if wanted <= room else room / wanted
        for place, g in enumerate(grows):
            sizes[2 * place + terms.files[place].removed] += g * dt * (part if g > 0.0 else 1.0)
        if self.full(row):
            self._errors = sum([self._users[name].done * what.writes for name, what in terms.writers])
            self._errors += self.offered
        taken = min(sum(sizes), terms.size) if part < 1.0 else sum(sizes)
        self.part = (taken, wanted * part / dt, self._refuses(taken, row), self._errors, *sizes)

    def _growth(self, flowing: Flowing, row: Row, services: Mapping[str, ServiceFlow]) -> float:
        total = flowing.rate
        for name, size in flowing.requests:
            total += services[name].opened * size
        for name, size in flowing.failures:
            flow = services[name]
            total += flow.offered * row[flow.column + ServiceFlow.ERROR] * size
        return total

    def settle(self, row: list[float]) -> None:
        """Nothing was written before the history."""
        k, written = self.column, row[self.column + WRITTEN]
        row[k : k + self.columns] = self.untouched()
        row[k + WRITTEN] = written

    def keeps(self) -> bool:
        """Whether anything keeps write-ahead log on its host."""
        return self._wal is not None and bool(self._logs)

    def kept_at(self, row: Row) -> float:
        """Bytes of write-ahead log that cannot be used again, by `row`."""
        return float(sum([log.kept_at(row, self.spec.host) for log in self._logs]))

    def watched(self, row: Row) -> list[tuple[int, float]]:
        """What is used, so that the second in which it is full is met, and what is refused."""
        k = self.column
        return [(k + USED, max(25.0 * row[k + WRITTEN], 1e-4 * self.spec.size)), (k + REFUSING, 1.0)]

    def corner(self, t: float) -> float:
        """Nothing bends by the clock."""
        return math.inf


def _failing(law: Law, name: str) -> float:
    """The part of what a third party is asked that fails, beyond what always does."""
    external = law.externals[name]
    usual = external.spec.error_ratio
    return max(0.0, external.error_ratio - usual) / (1.0 - usual) if usual < 1.0 else 0.0


def _flowing(file: File, own: DiskLaw, law: Law | None) -> Flowing:
    removed = file.path in own.removed
    if (file.unit is not None and own.unit(file.unit) != "running") or (removed and file.unit is None):
        return Flowing(0.0, (), (), removed)
    rate, grows = file.grows.rate, file.grows
    if law is not None:
        rate += sum([size * _failing(law, name) for name, size in grows.per_outage.items()])
    return Flowing(rate, tuple(grows.per_request.items()), tuple(grows.per_failure.items()), removed)
