"""`drillbook schema`: JSON Schemas for help and checks in an editor."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from drillbook.errors import DrillbookError

if TYPE_CHECKING:
    from drillbook.loading.kinds import Kind

_KINDS: tuple[Kind, ...] = ("scenario", "playbook", "rules", "curriculum", "study", "people")


@click.command()
@click.argument("kind", required=False, type=click.Choice(_KINDS))
@click.option("--out", type=click.Path(path_type=Path), help="Write KIND.schema.json into this folder.")
def schema(kind: Kind | None, out: Path | None) -> None:
    """Print the JSON Schema of a kind of file, or write it (all of them without KIND) into a folder.

    An editor with a YAML language server uses it where a file begins with a line such as
    `# yaml-language-server: $schema=../docs/schema/scenario.schema.json`.
    """
    if out is None:
        if kind is None:
            raise click.UsageError(f"name a kind ({', '.join(_KINDS)}), or a folder with --out")
        click.echo(_text(kind), nl=False)
        return
    for each in [kind] if kind else _KINDS:
        click.echo(str(_write(each, out)))


def _write(kind: Kind, out: Path) -> Path:
    from drillbook.loading.schema import schema_file

    path = out / schema_file(kind)
    try:
        out.mkdir(parents=True, exist_ok=True)
        path.write_text(_text(kind), encoding="utf-8")
    except OSError as error:
        raise DrillbookError(f"{path}: cannot be written: {error.strerror}") from None
    return path


def _text(kind: Kind) -> str:
    from drillbook.loading.schema import schema as schema_of

    return json.dumps(schema_of(kind), indent=2, ensure_ascii=False) + "\n"
