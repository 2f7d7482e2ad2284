"""The packs that this user has: the built-in ones and their own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from drillbook.cli.home import home
from drillbook.loading.shown import file_name

if TYPE_CHECKING:
    from drillbook.loading.catalog import Catalog
    from drillbook.loading.index import Entry


def own_folders() -> list[Path]:
    """The folders in `DRILLBOOK_PATH`; without it `packs` in drillbook's own place, where there is one.

    A folder that is named and not there is said on standard error and left out.
    """
    named = [Path(part) for part in os.environ.get("DRILLBOOK_PATH", "").split(os.pathsep) if part]
    for path in named:
        if not path.is_dir():
            click.echo(f"DRILLBOOK_PATH: there is no folder {file_name(path)}", err=True)
    return [path for path in named or [home() / "packs"] if path.is_dir()]


def open_catalog() -> Catalog:
    """All packs that this user has."""
    return _catalog(own_folders())


def _catalog(own: list[Path]) -> Catalog:
    from drillbook.loading.catalog import Catalog

    return Catalog.standard(own)


def list_packs() -> list[Entry]:
    """What there is to choose from; only one's own packs are checked, which takes the models' import."""
    from drillbook.loading.index import Index
    from drillbook.loading.packs import Folder, built_in

    own = [path for path in own_folders() if any(Folder(path, own=True).files())]
    return _catalog(own).entries() if own else Index([built_in()]).entries()
