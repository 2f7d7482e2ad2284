"""`drillbook import`: another tool's files become parts of a playbook or scenario."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from drillbook.cli.packs import open_catalog
from drillbook.errors import DrillbookError

if TYPE_CHECKING:
    from drillbook.loading.document import Document
    from drillbook.loading.foreign.importing import Imported
    from drillbook.loading.foreign.tools import Tool
    from drillbook.loading.index import PackKind

_TOOLS = ("prometheus", "alertmanager", "pagerduty", "goalert", "opsgenie")


class Pair(click.ParamType[tuple[str, str]]):
    """Two names with an equals sign between them."""

    name = "A=B"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """The two names; a usage error where there are not two."""
        if isinstance(value, tuple):
            return value[0], value[1]
        first, equals, second = str(value).rpartition("=")
        if not (equals and first.strip() and second.strip()):
            self.fail(f"{value!r} is not two names such as `Jane Doe=primary`", param, ctx)
        return first.strip(), second.strip()


class ToolName(click.ParamType[str]):
    """A tool's name; a wrong one gets the nearest."""

    name = "TOOL"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name, any case."""
        from drillbook.model.nearest import nearest

        wanted = str(value).lower()
        if wanted not in _TOOLS:
            near = nearest(wanted[:80], _TOOLS)
            self.fail(f"there is no {value!r}{near}; known: {', '.join(_TOOLS)}", param, ctx)
        return wanted


@click.command(name="import")
@click.argument("tool", type=ToolName())
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.option(
    "--into", metavar="NAME", help="The playbook (Prometheus: scenario) that it goes into; a copy is made."
)
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), help="Where to write; standard output if left out."
)
@click.option("--force", is_flag=True, help="Overwrite the file that is there.")
@click.option(
    "--cast", metavar="A,B,...", help="Who of the scenario plays everybody on level 1, level 2, ..."
)
@click.option(
    "--person", "persons", multiple=True, type=Pair(), help="A person of the files = one of the scenario."
)
@click.option(
    "--service", "services", multiple=True, type=Pair(), help="A receiver = the service that it pages."
)
@click.option("--strict", is_flag=True, help="Exit status 1 if anything has no counterpart.")
def import_(
    tool: Tool,
    files: tuple[Path, ...],
    into: str | None,
    out: Path | None,
    force: bool,
    cast: str | None,
    persons: Sequence[tuple[str, str]],
    services: Sequence[tuple[str, str]],
    strict: bool,
) -> int:
    """Make parts of a playbook or scenario from another tool's files, as the tool writes them.

    TOOL is prometheus (rule files, prometheus.yml), alertmanager (alertmanager.yml), pagerduty, goalert or
    opsgenie (JSON as their interfaces answer, or YAML with the same keys).

    What has no counterpart is listed on standard error, with its place and what happens instead.
    Nothing is written unless all of it holds together.
    """
    from drillbook.loading.foreign.importing import Wishes, import_files

    if out is not None and out.exists() and not force:
        raise click.UsageError(f"{click.format_filename(out)} is there already; --force overwrites it")
    by_level = tuple(name.strip() for name in cast.split(",") if name.strip()) if cast is not None else ()
    wishes = Wishes(_mapping(persons, "--person"), by_level, _mapping(services, "--service"))
    base = _base(tool, into) if into is not None else None
    imported = import_files(tool, files, wishes, base)
    for note in imported.notes:
        click.echo(str(note), err=True)
    if out is not None:
        _write(out, imported.text)
    _tell(imported, out, casting=bool(into) and not (by_level or persons))
    if out is None:
        click.echo(imported.text, nl=False)
    return 1 if strict and imported.notes else 0


def _mapping(pairs: Sequence[tuple[str, str]], option: str) -> Mapping[str, str]:
    twice = next((name for place, (name, _) in enumerate(pairs) if name in dict(pairs[:place])), None)
    if twice is not None:
        raise click.UsageError(f"{option} names {twice!r} twice")
    return dict(pairs)


def _base(tool: Tool, name: str) -> Document:
    """The playbook or scenario of a name or path, sound by itself."""
    from drillbook.loading.files import read_document, read_playbook, read_scenario

    kind: PackKind = "scenario" if tool == "prometheus" else "playbook"
    document = read_document(open_catalog().index.find(kind, name))
    (read_scenario if tool == "prometheus" else read_playbook)(document)
    return document


def _tell(imported: Imported, out: Path | None, *, casting: bool) -> None:
    count = len(imported.notes)
    said = f"{count} thing{'' if count == 1 else 's'} listed above" if count else "nothing was left out"
    where = f"; written to {click.format_filename(out)}" if out else ""
    click.echo(f"{said}{where}", err=True)
    if casting and imported.people:
        names = ", ".join(imported.people[:8]) + (", ..." if len(imported.people) > 8 else "")
        click.echo(f"people: {names}", err=True)
        click.echo(
            "for a drill, `--cast primary,secondary,team-lead` says who of the scenario plays them", err=True
        )


def _write(path: Path, text: str) -> None:
    """The whole file or nothing: what was there stays until the new one is complete."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(text, encoding="utf-8", newline="\n")
        draft.replace(path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink()
        shown = click.format_filename(path)
        raise DrillbookError(f"{shown}: cannot be written: {error.strerror}") from None
