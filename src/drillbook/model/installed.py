"""What installed packages bring along, by entry points."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import Any

from drillbook.errors import DrillbookError


def installed(group: str) -> dict[str, Any]:
    """The objects of an entry point group by name, in the order of names.

    Raises DrillbookError, with the package's name, for one that cannot be loaded.
    """
    found = {}
    for point in sorted(entry_points(group=group), key=lambda point: (point.name, point.value)):
        try:
            found[point.name] = point.load()
        except Exception as error:
            package = point.dist.name if point.dist else point.value
            raise DrillbookError(f"the package {package} cannot be used: {point.value}: {error}") from error
    return found
