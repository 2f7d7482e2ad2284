"""Where exercises are kept on this computer."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import click

from drillbook.errors import NotFound
from drillbook.model.nearest import nearest


def home() -> Path:
    """`DRILLBOOK_HOME`, or the platform's place for an application's data."""
    chosen = os.environ.get("DRILLBOOK_HOME")
    return Path(chosen) if chosen else Path(click.get_app_dir("drillbook"))


def exercises() -> list[Path]:
    """The stored exercises, the one used last first."""
    found = (home() / "exercises").glob("*.db")
    return sorted(found, key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True)


def new_exercise(scenario: str, seed: int) -> Path:
    """A file for an exercise that begins now."""
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    folder = home() / "exercises"
    path = folder / f"{stamp}-{scenario}-{seed}.db"
    number = 2
    while path.exists():
        path = folder / f"{stamp}-{scenario}-{seed}-{number}.db"
        number += 1
    return path


def find_exercise(name: str) -> Path:
    """The exercise of a name, or of the beginning of one; the last one used for an empty name."""
    known = exercises()
    if not known:
        raise NotFound("there is no exercise yet; `drillbook play db-pool-exhaustion` begins one")
    if not name:
        return known[0]
    hits = [path for path in known if path.stem == name] or [path for path in known if name in path.stem]
    if not hits:
        names = [path.stem for path in known]
        listed = "\n  ".join(names[:10])
        raise NotFound(f"there is no exercise {name!r}{nearest(name, names)}; the latest are\n  {listed}")
    return hits[0]
