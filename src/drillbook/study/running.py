"""Runs a study: rounds of blocks until its stopping rule wants no more, each block kept once it is done."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import numpy as np

from drillbook import __version__
from drillbook.errors import DrillbookError
from drillbook.loading.shown import file_name
from drillbook.model.measures import NAMES
from drillbook.study import manifest as manifests
from drillbook.study import program, results
from drillbook.study.executors import Place
from drillbook.study.manifest import AlternativeRecord, Manifest, Setting
from drillbook.study.setup import Setup
from drillbook.study.spreading import Spreader
from drillbook.study.stopping import Stopping
from drillbook.study.store import BlockStore
from drillbook.study.table import Ints, Table, empty
from drillbook.study.watching import Watch, watched
from drillbook.study.worker import Block, Done


@dataclass(frozen=True, slots=True)
class Status:
    """How far a study is."""

    done: int
    """Runs, those included that were there already."""
    target: int
    """Runs of the rounds begun so far."""
    at_most: int
    watch: Watch


Tell = Callable[[Status], None]


def begin(setup: Setup, folder: Path, *, resume: bool) -> Manifest:
    """Make the folder of results ready. DrillbookError where it holds something else."""
    inputs = setup.material.inputs
    if (folder / manifests.NAME).exists():
        found = manifests.read(folder)
        if not resume:
            hint = "--resume goes on with them, --out names another folder"
            raise DrillbookError(f"{file_name(folder)} holds results already; {hint}")
        if found.version != __version__:
            raise DrillbookError(
                f"{file_name(folder)} was begun by drillbook {found.version}; this is {__version__}"
            )
        if found.program != program.digest():
            raise DrillbookError(
                f"{file_name(folder)} was begun by drillbook {found.version} with other sources than those "
                "here, whose rows may differ; go on with that program, or name another folder with --out"
            )
        now = manifests.digests(inputs)
        changed = [
            each.path
            for each, digest, was in zip(inputs, now, found.inputs, strict=False)
            if digest != was.sha256
        ]
        if changed or len(now) != len(found.inputs):
            what = ", ".join(file_name(path) for path in changed) or "its list of files"
            raise DrillbookError(
                f"{what} changed since {file_name(folder)} was begun; name another folder with --out"
            )
        return found
    if folder.is_dir() and any(folder.iterdir()):
        raise DrillbookError(
            f"{file_name(folder)} is not empty and holds no results; name another with --out"
        )
    made = _manifest(setup, folder)
    manifests.write(folder, made)
    return made


def run(setup: Setup, folder: Path, stopping: Stopping, place: Place, tell: Tell) -> Manifest:
    """Run what is missing of a study that was begun, and write its results; the complete record.

    When it is interrupted, what is finished stays in the folder.
    """
    record = manifests.read(folder)
    if record.state == "complete":
        return record
    packed = setup.packed
    store = BlockStore(folder)
    try:
        course = _Course(setup, store, stopping, packed, tell)
        counts = course.run(place)
        record = record.model_copy(
            update={
                "alternatives": [
                    each.model_copy(update={"runs": count})
                    for each, count in zip(record.alternatives, counts, strict=True)
                ],
                "run_seconds": round(store.seconds, 3),
            }
        )
        cells = setup.cells_of(max(counts))
        rows, digest = results.write_rows(folder, record, cells, store.rows(counts))
        complete = {"state": "complete", "rows": rows, "digest": digest, "ended": _now()}
        record = record.model_copy(update=complete)
        manifests.write(folder, record)
    except BaseException:
        store.close()
        raise
    store.remove()
    return record


class _Course:
    """The rounds of a study."""

    def __init__(
        self, setup: Setup, store: BlockStore, stopping: Stopping, packed: Sequence[bytes], tell: Tell
    ) -> None:
        self._setup = setup
        self._store = store
        self._stopping = stopping
        self._packed = packed
        self._tell = tell
        self._known = store.known()
        self._done = self._target = 0
        plan = setup.plan
        self._watch = Watch(watched(setup.material.model), len(plan.alternatives), plan.baseline)

    def run(self, place: Place) -> list[int]:
        """All rounds; how many replications each alternative then has."""
        spreader = Spreader(place)
        try:
            with spreader:
                return self._rounds(spreader)
        except KeyboardInterrupt:
            for finished in spreader.leftovers():
                self._take(finished)
            raise

    def _rounds(self, spreader: Spreader) -> list[int]:
        """Run until no more is wanted; how many replications each alternative then has."""
        counts = [0] * len(self._setup.plan.alternatives)
        while True:
            wanted = self._stopping.next(self._table(counts))
            if not any(wanted):
                return counts
            targets = [count + more for count, more in zip(counts, wanted, strict=True)]
            self._round(spreader, counts, targets)
            counts = targets

    def _round(self, spreader: Spreader, counts: Sequence[int], targets: Sequence[int]) -> None:
        self._done, self._target = sum(counts), sum(targets)
        cells = self._setup.cells_of(max(targets))
        missing: list[tuple[int, int, int]] = []
        for alternative, first, count in _blocks(counts, targets, self._setup.block):
            if self._known.get((alternative, first)) == count:
                self._done += count
            else:
                missing.append((alternative, first, count))
        self._watch_known(counts, targets)
        self._say()
        batches = _together(missing, self._setup.together)
        for finished in spreader.results([self._block(each, cells) for each in batch] for batch in batches):
            self._take(finished)

    def _take(self, finished: Sequence[Done]) -> None:
        """Keep some blocks."""
        self._store.add(finished)
        for done in finished:
            self._known[done.alternative, done.first] = done.count
            values = np.frombuffer(done.rows, "<f8").reshape(-1, len(NAMES))
            self._watch.take(done.alternative, done.first, values)
            self._done += done.count
            self._say()

    def _say(self) -> None:
        at_most = self._stopping.at_most * len(self._packed)
        self._tell(Status(self._done, self._target, at_most, self._watch))

    def _block(self, place: tuple[int, int, int], cells: Sequence[int]) -> Block:
        alternative, first, count = place
        seed = self._setup.material.model.first_seed
        wanted = tuple(cells[first : first + count])
        return Block(alternative, first, wanted, seed, self._packed[alternative], program.digest())

    def _watch_known(self, counts: Sequence[int], targets: Sequence[int]) -> None:
        """Show the watch what an earlier attempt left."""
        if self._known:
            for alternative, first, values in self._store.rows(targets):
                if first >= counts[alternative]:
                    self._watch.take(alternative, first, values)

    def _table(self, counts: Sequence[int]) -> Table:
        """What the stopping rule may read of the replications so far."""
        plan = self._setup.plan
        ids = tuple(each.id for each in plan.alternatives)
        reads = self._stopping.reads
        if not any(counts):
            return empty(ids, plan.baseline, reads)
        alternative: Ints = np.repeat(np.arange(len(counts)), counts)
        replication: Ints = np.concatenate([np.arange(count) for count in counts])
        cells = np.asarray(self._setup.cells_of(max(counts)), dtype=np.int64)
        values = {name: np.full(len(alternative), np.nan) for name in reads}
        starts = np.concatenate([[0], np.cumsum(counts)])
        for number, first, block in self._store.rows(counts) if reads else ():
            begin = int(starts[number]) + first
            for name in reads:
                values[name][begin : begin + len(block)] = block[:, NAMES.index(name)]
        seeds = self._setup.material.model.first_seed + replication
        named = tuple((each.scenario, each.form, each.responder) for each in self._setup.cells)
        return Table(ids, plan.baseline, alternative, replication, seeds, cells[replication], named, values)


def _blocks(counts: Sequence[int], targets: Sequence[int], size: int) -> Iterator[tuple[int, int, int]]:
    """Alternative, first replication and size of each block of a round.

    Early replications of all alternatives come first, so that they can be compared early.
    """
    steps = max((target - count for count, target in zip(counts, targets, strict=True)), default=0)
    for step in range(0, steps, size):
        for alternative, (count, target) in enumerate(zip(counts, targets, strict=True)):
            first = count + step
            if first < target:
                yield alternative, first, min(size, target - first)


def _together(blocks: Iterable[tuple[int, int, int]], most: int) -> Iterator[list[tuple[int, int, int]]]:
    """Neighbouring blocks of the same replications, up to so many."""
    for _, group in groupby(blocks, key=itemgetter(1, 2)):
        same = list(group)
        for start in range(0, len(same), most):
            yield same[start : start + most]


def _manifest(setup: Setup, folder: Path) -> Manifest:
    study, plan = setup.material.model, setup.plan
    alternatives = [
        AlternativeRecord(
            id=each.id,
            title=each.title,
            levels=each.levels,
            changes=[Setting(path=change.path, value=change.value) for change in each.changes],
        )
        for each in plan.alternatives
    ]
    return Manifest(
        study=study.name,
        title=study.title,
        version=__version__,
        program=program.digest(),
        python=platform.python_version(),
        first_seed=study.first_seed,
        inputs=manifests.keep_inputs(folder, setup.material.inputs),
        alternatives=alternatives,
        baseline=plan.baseline,
        points=list(plan.points),
        generators=list(plan.generators),
        aliases=list(plan.aliases),
        cells=setup.cells,
        measures=list(NAMES),
        begun=_now(),
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
