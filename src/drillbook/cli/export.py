"""`drillbook export`: an exercise or a scenario's rules for other programs."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import click

_output = click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="The file; else standard output."
)


@click.group()
def export() -> None:
    """Write an exercise, or a scenario's alert rules, in the form of another program."""


@export.command()
@click.argument("exercise", required=False, default="")
@_output
def openmetrics(exercise: str, output: Path | None) -> None:
    r"""Every series of an exercise over its whole time, ALERTS included, for promtool.

    EXERCISE is the name that `play` printed, or a part of it; the last exercise where it is left out. Of one
    that is not over, all up to now.

    \b
      promtool tsdb create-blocks-from openmetrics FILE DATA
    """
    from drillbook.cli.live import look_back
    from drillbook.errors import StoreError
    from drillbook.events.facts import Started
    from drillbook.exercise.history import openmetrics as lines

    _, log, live = look_back(exercise, unfinished=True)
    if live is None:
        version = next((fact.version for _, fact in log.of(Started)), "unknown")
        raise StoreError(f"recorded by another version ({version}); its metrics cannot be worked out again")
    try:
        _write(output, lines(live.history(), live.now))
    finally:
        live.close()


@export.command()
@click.argument("scenario")
@_output
def rules(scenario: str, output: Path | None) -> None:
    """The alert rules of SCENARIO as a rule file for a real Prometheus."""
    from drillbook.cli.packs import open_catalog
    from drillbook.loading.rule_file import rule_file

    _write(output, [rule_file(open_catalog().scenario(scenario).rules)])


def _write(path: Path | None, lines: Iterable[str]) -> None:
    """To standard output, or to a file that is there whole or not at all; says which."""
    from drillbook.errors import DrillbookError

    if path is None:
        sys.stdout.writelines(lines)
        return
    part = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("w", encoding="utf-8", errors="replace", newline="\n") as file:
            file.writelines(lines)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise DrillbookError(f"{path}: cannot be written: {error.strerror}") from error
    click.echo(f"Written to {path}")
