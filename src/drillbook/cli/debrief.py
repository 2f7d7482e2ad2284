"""`drillbook debrief`: look back at an exercise."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command()
@click.argument("exercise", required=False, default="")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Write the page to this file.")
@click.option(
    "--unfinished", is_flag=True, help="Show it although the drill is not over; it tells the cause."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def debrief(exercise: str, html: Path | None, unfinished: bool, as_json: bool) -> None:
    """Look back: what happened, how it was judged.

    EXERCISE is the name that `play` printed, or a part of it; the last exercise where it is left out.
    """
    from drillbook.cli.live import look_back
    from drillbook.cli.report import charts, write
    from drillbook.debrief.build import build
    from drillbook.debrief.page import to_html
    from drillbook.debrief.text import to_text
    from drillbook.scoring.score import score

    drill, log, live = look_back(exercise, unfinished=unfinished)
    card = score(drill.scenario, drill.playbook, log, par=drill.par)
    told = build(drill.scenario, drill.playbook, log, card, charts(live) if live else [])
    if live:
        live.close()
    if html is not None:
        write(html, to_html(told))
    if as_json:
        click.echo(json.dumps(told.to_dict(), indent=2))
    elif html is None:
        click.echo(to_text(told))
    else:
        click.echo(f"Written to {html}")
