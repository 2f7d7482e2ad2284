"""`drillbook study run`: all alternatives of a study, on all cores or on a cluster."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from drillbook.cli.study_files import open_study

if TYPE_CHECKING:
    from drillbook.study.executors import Place
    from drillbook.study.manifest import Manifest

_INTERRUPTED = 130


@click.command()
@click.argument("file")
@click.option("--workers", type=click.IntRange(1, 1024), help="Processes; as many as processors by default.")
@click.option(
    "--cluster", metavar="ADDR", help="Run on the workers of a Dask scheduler, such as 10.0.0.5:8786."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the results; NAME-results by default.",
)
@click.option("--resume", is_flag=True, help="Go on with what an interrupted run left in the folder.")
def run(file: str, workers: int | None, cluster: str | None, out: Path | None, resume: bool) -> int:
    """Run a study.

    Runs are kept block by block: after Ctrl-C, a crash or a power cut `--resume` goes on without repeating
    them. Results are the same to the byte whatever number of workers made them.

    The folder then holds rows.parquet, one row for each run, manifest.json and copies of all inputs.
    """
    from drillbook.cli.study_progress import Progress
    from drillbook.study.rules import rule_of
    from drillbook.study.running import begin
    from drillbook.study.running import run as run_study

    if workers is not None and cluster is not None:
        raise click.UsageError("--workers is for this computer; a cluster has its own: leave one out")
    setup = open_study(file)
    study = setup.material.model
    folder = out or Path(f"{study.name}-results")
    rule = rule_of(study)
    begin(setup, folder, resume=resume)
    progress = Progress()
    try:
        found = run_study(setup, folder, rule, _place(workers, cluster), progress.tell)
    except KeyboardInterrupt:
        progress.clear()
        again = f"drillbook study run {file} --out {folder} --resume"
        click.echo(
            f"Stopped; {progress.done} of {progress.target} runs are kept. Go on with:\n  {again}", err=True
        )
        return _INTERRUPTED
    finally:
        progress.clear()
    _say(found, folder)
    return 0


def _place(workers: int | None, address: str | None) -> Place:
    from drillbook.study.executors import cluster, local

    return local(workers) if address is None else cluster(address)


def _say(found: Manifest, folder: Path) -> None:
    for number, each in enumerate(found.alternatives):
        today = "  (today)" if number == found.baseline else ""
        click.echo(f"{each.runs:>8} runs  {each.id}{today}")
    click.echo(f"{found.rows:>8} in all, digest {found.digest}")
    click.echo(f"Results in {folder}")
