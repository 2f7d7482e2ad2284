"""`drillbook study report`: what a study found."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def report(folder: Path, as_json: bool) -> None:
    """Tell what a study found, from the results in FOLDER.

    Exit status: 0 done, 2 there are no results.
    """
    from drillbook.study.analysis.analyse import analyse
    from drillbook.study.analysis.opening import opened
    from drillbook.study.report.summary import summary
    from drillbook.study.results import load

    results = load(folder)
    found = analyse(opened(results))
    if as_json:
        click.echo(found.model_dump_json(indent=2))
    else:
        click.echo(summary(found, results.manifest))
