"""`drillbook catalog`: the drills and playbooks that there are, and what a playbook says."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from drillbook.cli.packs import list_packs, open_catalog
from drillbook.errors import NotFound
from drillbook.model.nearest import nearest

if TYPE_CHECKING:
    from drillbook.loading.index import Entry

_HEADINGS = (
    ("scenario", "Scenarios"),
    ("playbook", "Playbooks"),
    ("study", "Studies"),
    ("people", "Responders of your own"),
)


@click.command()
@click.argument("playbook", required=False)
@click.argument("page", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def catalog(playbook: str | None, page: str | None, as_json: bool) -> None:
    """List the scenarios and playbooks there are, or read a playbook.

    Without a PLAYBOOK all are listed, built in and your own. With one its pages are: rules, runbooks,
    checklists, templates and advice; with a PAGE too that page. --json gives a playbook as data, its times
    in seconds.

    Your own are in the folders that DRILLBOOK_PATH names; without it, in `packs` in drillbook's own folder.
    """
    if playbook is not None:
        _read(playbook, page, as_json=as_json)
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


def _read(name: str, wanted: str | None, *, as_json: bool) -> None:
    """A playbook's pages, or one of them."""
    from drillbook.model.handbook import find, group_lines, pages

    playbook = open_catalog().playbook(name)
    listed = pages(playbook)
    found = listed if wanted is None else find(playbook, wanted)
    if not found:
        hint = nearest(str(wanted).lower(), [each.name for each in listed])
        raise NotFound(f"{playbook.name} has no page {wanted!r}{hint}")
    if as_json:
        document = [asdict(each) for each in found] if wanted else playbook.model_dump(mode="json")
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
    elif wanted is None:
        click.echo(f"{playbook.title}\n\n{playbook.source.strip()}\n")
        click.echo("\n".join(group_lines(listed)))
        click.echo(f"\n`drillbook catalog {playbook.name} PAGE` shows one.")
    else:
        click.echo("\n\n".join(f"{each.title}\n\n{each.text}" for each in found))


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
