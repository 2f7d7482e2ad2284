"""`drillbook export`: an exercise for other programs."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import click


@click.group()
def export() -> None:
    """Write an exercise in the form of another program."""


@export.command()
@click.argument("exercise", required=False, default="")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="The file; else standard output."
)
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
    if output is not None:
        click.echo(f"Written to {output}")


def _write(path: Path | None, lines: Iterable[str]) -> None:
    """To standard output, or to a file that is there whole or not at all."""
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
