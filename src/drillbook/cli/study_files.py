"""Studies by name or file, as commands are given them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from drillbook.cli.packs import open_catalog

if TYPE_CHECKING:
    from drillbook.study.setup import Setup


def open_study(name: str) -> Setup:
    """A sound study, ready to be run. InvalidInput with all that is wrong, NotFound, Unreadable."""
    from drillbook.study.check import sound
    from drillbook.study.material import finder
    from drillbook.study.setup import Setup

    catalog = open_catalog()
    path = Path(catalog.index.find("study", name))
    return Setup.of(sound(path, finder(path, catalog)))
