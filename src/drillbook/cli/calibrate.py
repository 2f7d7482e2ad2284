"""`drillbook calibrate`: simulated responders prove a scenario, and become its par."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from drillbook.model.calibration import Calibration, Estimate

_MOST_RUNS = 10_000


@click.command()
@click.argument("scenario")
@click.option(
    "--runs",
    type=click.IntRange(2, _MOST_RUNS),
    default=100,
    show_default=True,
    help="Incidents that each level handles.",
)
@click.option(
    "--seed", type=click.IntRange(0, 999_000_000), default=1, show_default=True, help="The first seed."
)
@click.option("--workers", type=click.IntRange(1, 256), help="Processes; as many as processors by default.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Store it here instead of beside the scenario.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def calibrate(
    scenario: str, runs: int, seed: int, workers: int | None, out: Path | None, as_json: bool
) -> int:
    """Prove a scenario with simulated responders.

    An expert, an average responder, a novice and nobody at all handle the same incidents. It is proven, with
    95 % intervals, that the scenario is not over by itself, that experts solve it and that skill shows; par
    times are found, and who is misled by which red herring. SCENARIO.calibration.json beside the scenario
    keeps it; debriefs then say how a trainee compares.

    Exit status: 0 all of it holds, 1 something does not or more runs are needed to tell, 2 invalid input.
    """
    from drillbook.batch.calibrate import calibrate as measured
    from drillbook.cli.drill import open_drill
    from drillbook.cli.packs import open_catalog
    from drillbook.loading.calibrated import calibration_path, calibration_text, save_calibration
    from drillbook.model.calibration import LEVELS

    drill = open_drill(scenario, None, ())
    path = out or calibration_path(open_catalog().index.find("scenario", scenario))
    seeds = range(seed, seed + runs)
    with_all = workers or os.cpu_count() or 1
    progress = _progress(len(LEVELS) * runs)
    try:
        found = measured(drill.scenario, drill.playbook, seeds, with_all, progress)
    finally:
        _clear()
    save_calibration(path, found)
    if as_json:
        click.echo(calibration_text(found), nl=False)
    else:
        for line in report(found, drill.scenario.needs.par_mitigate, drill.scenario.needs.par_user_minutes):
            click.echo(line)
        click.echo(f"\nStored in {path}")
    return 0 if all(proof.result == "holds" for proof in found.proofs) else 1


def report(found: Calibration, par_mitigate: float, par_user_minutes: float) -> Iterator[str]:
    """What a calibration says, and how far the scenario's own par is from it."""
    from drillbook.model.calibration import LEVELS

    last = found.first_seed + found.runs - 1
    yield f"{found.scenario} under {found.playbook}: seeds {found.first_seed}..{last}, each level once"
    yield ""
    yield f"{'':<10}{'mean total':<22}{'restored':<23}{'to mitigate':<28}user minutes lost"
    for name in LEVELS:
        level = found.levels[name]
        mitigate, lost = level.medians["mitigate_s"], level.medians["user_minutes"]
        yield (
            f"{name:<10}{_shown(level.total, _one):<22}{_shown(level.restored, _share):<23}"
            f"{_shown(mitigate, _time):<28}{_shown(lost, _many)}"
        )
    yield "(means, parts of the runs and medians, with 95 % intervals)"
    yield ""
    for proof in found.proofs:
        shown = _shown(proof.figure, _share if "-fails" in proof.id or "-restores" in proof.id else _signed)
        yield f"{proof.result:<10}{proof.text}: {shown}"
    yield ""
    yield f"{'Red herrings: who pursued them':<36}{'expert':<10}{'average':<10}novice"
    for herring in found.herrings:
        cells = "".join(f"{_share(each.value):<10}" for each in herring.pursued.values())
        yield f"  {herring.cause:<34}{cells}".rstrip()
    yield ""
    within, cost = _time(found.par.mitigate_s), _many(found.par.user_minutes)
    yield f"Three experts of four mitigate within {within} (par_mitigate says {_time(par_mitigate)})"
    yield f"and lose at most {cost} user minutes (par_user_minutes says {_many(par_user_minutes)})."


def _shown(estimate: Estimate, write: Callable[[float | None], str]) -> str:
    low, high = write(estimate.low), write(estimate.high)
    return write(estimate.value) if low == high else f"{write(estimate.value)} ({low} to {high})"


def _one(value: float | None) -> str:
    return f"{value:.1f}"


def _signed(value: float | None) -> str:
    return f"{value:+.1f}"


def _share(value: float | None) -> str:
    return f"{100 * (value or 0):.0f} %"


def _many(value: float | None) -> str:
    return f"{value:,.0f}"


def _time(value: float | None) -> str:
    return "never" if value is None else f"{int(value // 60)}m{int(value % 60):02}s"


def _progress(total: int) -> Callable[[int], None]:
    """Tells on a terminal how far it is and how long it will take; silent elsewhere."""
    if not sys.stderr.isatty():
        return _silent
    began = time.monotonic()

    def tell(done: int) -> None:
        left = (time.monotonic() - began) / done * (total - done)
        click.echo(f"\r{done} of {total} runs, {_time(left)} left \x1b[K", nl=False, err=True)

    return tell


def _silent(done: int) -> None:
    pass


def _clear() -> None:
    if sys.stderr.isatty():
        click.echo("\r\x1b[K", nl=False, err=True)
