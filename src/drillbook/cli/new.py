"""`drillbook new`: a file to start from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from drillbook.errors import DrillbookError

if TYPE_CHECKING:
    from drillbook.loading.starting import StarterKind

_KINDS: tuple[StarterKind, ...] = ("scenario", "playbook", "curriculum", "study")
_TITLES = {
    "scenario": "Nobody can buy tickets",
    "playbook": "Incident response of our team",
    "curriculum": "First steps on call in our team",
    "study": "Should pages escalate sooner?",
}


@click.command()
@click.argument("kind", type=click.Choice(_KINDS))
@click.argument("name")
@click.option("--title", help="Its title; of a scenario it never gives the cause away.")
@click.option(
    "-o", "--out", type=click.Path(path_type=Path, dir_okay=False), help="Where; NAME.yaml by default."
)
def new(kind: StarterKind, name: str, title: str | None, out: Path | None) -> None:
    """Write a commented file to start from: a scenario, a playbook, a curriculum or a study.

    It holds, and can be played, or run, as it stands. A file that is there already is never overwritten.
    """
    from drillbook.loading.starting import starter

    text = starter(kind, name, title if title is not None else _TITLES[kind])
    path = out or Path(f"{name}.yaml")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise DrillbookError(f"{path}: there is such a file already; name another with --out") from None
    except OSError as error:
        raise DrillbookError(f"{path}: cannot be written: {error.strerror}") from None
    click.echo(str(path))
