"""`drillbook study replay`: a row of a study's results, run again and looked back on."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from drillbook.study.replaying import Replayed


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.argument("row", type=click.IntRange(1))
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for events.jsonl, scorecard.json and debrief.html.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def replay(folder: Path, row: int, out: Path | None, as_json: bool) -> int:
    """Run a row of a study again and look back on it.

    FOLDER holds the results, ROW is the number in the column `row` of rows.parquet, from 1. Everything comes
    from the copies in the folder. The measures must be those of the row.

    Exit status: 0 they are, 1 they are not, 2 there is no such row.
    """
    from drillbook.cli.report import debrief_of, write_out
    from drillbook.debrief.text import to_text
    from drillbook.scoring.score import score
    from drillbook.study.replaying import replay as replayed

    found = replayed(folder, row)
    run = found.run
    card = score(run.scenario, run.playbook, run.log)
    if out is not None:
        write_out(out, run, card)
    if as_json:
        click.echo(json.dumps(_document(found), indent=2, ensure_ascii=False))
    else:
        click.echo(to_text(debrief_of(run, card)))
        click.echo(
            f"\nRow {row}: {found.alternative}, {run.scenario.name}, {found.responder}, seed {found.seed}"
        )
        _compare(found)
    return 1 if found.differing else 0


def _compare(found: Replayed) -> None:
    """Say whether it came out as the results have it."""
    if not found.differing:
        click.echo("The measures are those of the row.")
        return
    from drillbook import __version__

    for name, (was, now) in found.differing.items():
        click.echo(f"{name}: {was:g} in the results, {now:g} now", err=True)
    if found.version != __version__:
        click.echo(f"The study was run by drillbook {found.version}; this is {__version__}.", err=True)
    elif not found.same_program:
        click.echo(
            f"The study was run by drillbook {found.version} with other sources than those here.", err=True
        )


def _document(found: Replayed) -> dict[str, object]:
    return {
        "row": found.row,
        "alternative": found.alternative,
        "scenario": found.run.scenario.name,
        "responder": found.responder,
        "seed": found.seed,
        "measures": {name: None if math.isnan(value) else value for name, value in found.measures.items()},
        "same": not found.differing,
    }
