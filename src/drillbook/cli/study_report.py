"""`drillbook study report`: what a study found, in the terminal, as a page or as JSON."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--html", type=click.Path(path_type=Path, dir_okay=False), help="Write one HTML page to this file."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def report(folder: Path, html: Path | None, as_json: bool) -> None:
    """Tell what a study found: a recommendation, every measure with intervals, and how sure that is.

    FOLDER holds the results of `drillbook study run`. The page needs nothing else: no network, no scripts.
    """
    from drillbook.errors import DrillbookError
    from drillbook.study.analysis.analyse import analyse
    from drillbook.study.analysis.opening import opened
    from drillbook.study.report.page import to_html
    from drillbook.study.report.text import summary
    from drillbook.study.results import load

    results = load(folder)
    subject = opened(results)
    findings = analyse(subject)
    if html is not None:
        try:
            html.write_text(to_html(findings, subject, results.manifest), encoding="utf-8", newline="\n")
        except OSError as error:
            raise DrillbookError(f"{html}: cannot be written: {error.strerror}") from None
    if as_json:
        click.echo(findings.model_dump_json(indent=2))
    elif html is None:
        click.echo(summary(findings, results.manifest))
    else:
        click.echo(f"Written to {html}")
