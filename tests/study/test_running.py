"""Results are the same whoever ran them, in whatever order, and however often it was killed meanwhile."""

import gc
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from drillbook.errors import DrillbookError
from drillbook.model.study import Measure
from drillbook.study import running
from drillbook.study.executors import Place, local
from drillbook.study.manifest import Manifest, read
from drillbook.study.program import digest_of
from drillbook.study.replaying import replay
from drillbook.study.results import load
from drillbook.study.running import Status, begin, run
from drillbook.study.setup import Setup
from drillbook.study.stopping import FixedRuns, Stopping
from drillbook.study.table import Table
from drillbook.study.worker import Block, made_ready, together, work
from drillbook.telemetry.vectors import Index
from tests.study.small import HERE, STUDY, edited, setup


@pytest.fixture(scope="module", autouse=True)
def short_blocks() -> Iterator[None]:
    """Blocks of two runs of each of two alternatives, so that few runs are many blocks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("drillbook.study.setup.BLOCK", 4)
        yield


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Setup:
    return setup(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def alone(small: Setup, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of the small study, run in this process."""
    folder = tmp_path_factory.mktemp("alone")
    whole(small, folder, FixedRuns(6), local(1))
    return folder


def whole(made: Setup, folder: Path, rule: Stopping, place: Place) -> Manifest:
    begin(made, folder, resume=True)
    return run(made, folder, rule, place, lambda status: None)


def test_alternatives_meet_the_same_incidents_with_the_same_chance(alone: Path) -> None:
    table = load(alone).table
    matrix = table.matrix("detect_s")
    assert matrix.shape == (6, 2)
    assert (matrix[:, 0] == matrix[:, 1]).all()  # what they differ in comes after the first page
    for column in ("seed", "cell", "replication"):
        values = getattr(table, column).reshape(2, 6)
        assert (values[0] == values[1]).all()
    assert [int(cell) for cell in table.cell[:6]] == [0, 1, 0, 0, 1, 0]
    assert (table.matrix("acknowledge_s")[:, 0] != table.matrix("acknowledge_s")[:, 1]).any()


def test_a_time_that_never_came_counts_as_long_as_it_was_waited_for(alone: Path) -> None:
    results = load(alone)
    table, measure = results.table, Measure(measure="mitigate_s")
    never = np.isnan(table.column("mitigate_s"))
    assert never.any()
    assert (table.column(measure)[never] == table.column("observed_s")[never]).all()
    assert (table.column(measure)[~never] == table.column("mitigate_s")[~never]).all()


def test_a_replayed_row_has_the_measures_of_the_row(alone: Path) -> None:
    found = replay(alone, 9)
    assert found.differing == {}
    assert (found.alternative, found.seed) == ("short", 3)
    assert len(found.run.log) > 50


def test_a_replay_goes_by_the_copies_and_refuses_changed_ones(small: Setup, tmp_path: Path) -> None:
    whole(small, tmp_path, FixedRuns(2), local(1))
    copy = next(tmp_path.glob("inputs/scenario-*.yaml"))
    copy.write_text(copy.read_text().replace("duration: 12m", "duration: 13m"))
    with pytest.raises(DrillbookError, match="changed since the study was run"):
        replay(tmp_path, 1)


BEGIN = """\
import sys
from drillbook.study import setup
setup.BLOCK = 4
from drillbook.cli.main import main
main(sys.argv[1:])
"""


def test_killed_and_resumed_nothing_is_run_twice_and_nothing_differs(alone: Path, tmp_path: Path) -> None:
    made = setup(tmp_path, edited(STUDY, "runs: 12", "runs: 6"))
    command = [sys.executable, "-c", BEGIN, "study", "run", "small.yaml", "--workers", "1"]
    victim = subprocess.Popen(
        command, cwd=tmp_path, env=HERE, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    folder = tmp_path / "small-results"
    deadline = time.monotonic() + 60
    while not blocks(folder / "blocks.db") and time.monotonic() < deadline:
        time.sleep(0.01)
    victim.send_signal(signal.SIGKILL)
    victim.wait()
    kept = blocks(folder / "blocks.db")
    assert 1 <= kept < 6
    begin(made, folder, resume=True)
    seen: list[int] = []
    found = run(made, folder, FixedRuns(6), local(1), lambda status: seen.append(status.done))
    assert seen == list(range(2 * kept, 14, 2))
    assert not (folder / "blocks.db").exists()
    assert found.digest == read(alone).digest


def blocks(store: Path) -> int:
    try:
        with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as connection:
            return int(connection.execute("SELECT count(*) FROM blocks").fetchone()[0])
    except sqlite3.Error:
        return 0


@dataclass(frozen=True)
class MoreOfTheLouder:
    """Two runs each; then four more, once, of the alternative that pages more."""

    reads: tuple[str, ...] = ("notifications",)
    at_most: int = 6

    def next(self, table: Table) -> Sequence[int]:
        if not len(table):
            return [2, 2]
        if max(table.counts) > 2:
            return [0, 0]
        means = [float(np.mean(table.sample("notifications", number))) for number in (0, 1)]
        return [4 * (mean == max(means)) for mean in means]


def test_a_rule_that_looks_at_results_decides_alike_after_a_break(small: Setup, tmp_path: Path) -> None:
    """It is asked again from the start, with the rows that it saw then, whatever was stored since."""
    unbroken = whole(small, tmp_path / "a", MoreOfTheLouder(), local(1))
    assert sorted(each.runs for each in unbroken.alternatives) == [2, 6]
    folder = tmp_path / "b"
    begin(small, folder, resume=False)

    def stop(status: Status) -> None:
        if status.done >= 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(small, folder, MoreOfTheLouder(), local(1), stop)
    seen: list[int] = []
    begin(small, folder, resume=True)
    resumed = run(small, folder, MoreOfTheLouder(), local(1), lambda status: seen.append(status.done))
    assert seen == [4, 6, 8]
    assert resumed.digest == unbroken.digest


def test_two_workers_of_which_one_is_killed_and_replaced_make_the_same_rows_as_one(
    small: Setup, alone: Path, tmp_path: Path
) -> None:
    begin(small, tmp_path, resume=False)
    killed: list[object] = []

    def strike(status: Status) -> None:
        if status.done and not killed:
            import multiprocessing

            worker = multiprocessing.active_children()[0]
            worker.kill()
            killed.append(worker)

    found = run(small, tmp_path, FixedRuns(6), local(2), strike)
    assert killed
    assert found.digest == read(alone).digest


def test_a_folder_with_results_is_not_overwritten(small: Setup, alone: Path, tmp_path: Path) -> None:
    with pytest.raises(DrillbookError, match="holds results already; --resume goes on"):
        begin(small, alone, resume=False)
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(DrillbookError, match="is not empty and holds no results"):
        begin(small, tmp_path, resume=True)


def test_a_run_is_not_resumed_with_other_inputs(alone: Path, tmp_path: Path) -> None:
    other = setup(tmp_path, edited(STUDY, "value: 1}", "value: 2}"))
    with pytest.raises(DrillbookError, match=r"small\.yaml changed since .* was begun"):
        begin(other, alone, resume=True)


def test_a_run_is_not_resumed_with_other_sources(
    small: Setup, alone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("drillbook.study.program.digest", lambda: "another")
    with pytest.raises(DrillbookError, match="with other sources than those here"):
        begin(small, alone, resume=True)
    assert not replay(alone, 1).same_program


def test_a_worker_with_other_sources_refuses_blocks(small: Setup) -> None:
    with pytest.raises(DrillbookError, match=r"a worker runs drillbook .* with other sources"):
        work([Block(0, 0, (0,), 1, small.packed[0], "another")])


def test_any_change_of_the_sources_is_another_program(tmp_path: Path) -> None:
    (tmp_path / "engine").mkdir()
    module = tmp_path / "engine" / "loop.py"
    module.write_text("STEP = 1")
    before = digest_of(tmp_path)
    assert digest_of(tmp_path) == before
    (tmp_path / "notes.txt").write_text("no source")
    assert digest_of(tmp_path) == before
    module.write_text("STEP = 2")
    changed = digest_of(tmp_path)
    module.rename(tmp_path / "loop.py")
    assert len({before, changed, digest_of(tmp_path)}) == 3


def test_a_process_keeps_as_much_after_many_runs_as_after_few(small: Setup) -> None:
    """Label sets differ by seed: those of runs that are over are let go, as is all the rest."""
    ready = [made_ready(small.bundle(number)) for number in (0, 1)]

    def kept(seeds: range) -> tuple[int, int]:
        for seed in seeds:
            assert len(list(together(ready, 0, seed))) == 2
        gc.collect()
        objects = gc.get_objects()
        return sum(isinstance(each, Index) for each in objects), len(objects)

    kept(range(2))  # what all runs share
    (few, before), (many, after) = kept(range(2, 4)), kept(range(4, 8))
    assert few == many
    assert after - before < 400  # a run makes some 100,000


def test_early_replications_of_all_alternatives_come_first() -> None:
    found = list(running._blocks([0, 10], [25, 25], 10))
    assert found == [(0, 0, 10), (1, 10, 10), (0, 10, 10), (1, 20, 5), (0, 20, 5)]


def test_blocks_of_the_same_replications_are_run_together_as_far_as_alternatives_are_kept_ready() -> None:
    blocks = [(0, 0, 2), (1, 0, 2), (2, 0, 2), (0, 2, 2), (2, 2, 2), (1, 4, 2), (1, 6, 2)]
    assert list(running._together(blocks, 2)) == [
        blocks[:2],
        blocks[2:3],
        blocks[3:5],
        blocks[5:6],
        blocks[6:],
    ]
