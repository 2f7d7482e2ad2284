"""`drillbook catalog`: what there is to play, read and follow."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from drillbook.cli.packs import list_packs

if TYPE_CHECKING:
    from drillbook.loading.index import Entry

_HEADINGS = (
    ("scenario", "Scenarios"),
    ("playbook", "Playbooks"),
    ("curriculum", "Curricula"),
    ("study", "Studies"),
    ("people", "Responders"),
)


@click.command()
@click.argument("name", required=False)
@click.argument("page", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def catalog(name: str | None, page: str | None, as_json: bool) -> None:
    """List the scenarios, playbooks and curricula there are, or read a playbook or a curriculum.

    Without a NAME all are listed, built in and your own. With that of a playbook its pages are: rules,
    runbooks, checklists, templates and advice; with that of a curriculum its modules. With a PAGE too that
    page or module. --json gives it as data, its times in seconds; of a curriculum with the right answers.

    Your own are in the folders that DRILLBOOK_PATH names; without it, in `packs` in drillbook's own folder.
    """
    if name is not None:
        from drillbook.cli.reading import read

        read(name, page, as_json=as_json)
        return
    entries = list_packs()
    if as_json:
        click.echo(json.dumps([_record(entry) for entry in entries], indent=2, ensure_ascii=False))
        return
    sound = [entry for entry in entries if not entry.problem]
    for kind, heading in _HEADINGS:
        _print(heading, [entry for entry in sound if entry.kind == kind])
    broken = [entry for entry in entries if entry.problem]
    if broken:
        click.echo("Broken")
        for entry in broken:
            click.echo(f"  {entry.name}: {entry.problem}")
        click.echo()
    click.echo("`drillbook play NAME` starts a drill.")


def _print(heading: str, entries: Sequence[Entry]) -> None:
    if not entries:
        return
    click.echo(heading)
    rows = [(entry.name, entry.difficulty, entry.duration) for entry in entries]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for entry, row in zip(entries, rows, strict=True):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True) if width]
        click.echo(f"  {'  '.join(cells)}  {entry.title}" + ("  (your own)" if entry.own else ""))
    click.echo()


def _record(entry: Entry) -> dict[str, Any]:
    shown = ("kind", "name", "title", "difficulty", "duration", "playbook", "own", "problem")
    return {**{key: getattr(entry, key) for key in shown}, "file": str(entry.path)}
