"""The first lines of a pack, read without reading the rest: enough for a list."""

from __future__ import annotations

from collections.abc import Collection

import yaml

from drillbook.loading.yaml import Reader


def headline(text: str, wanted: Collection[str]) -> dict[str, str]:
    """The wanted keys at the top level of the file that have single values.

    Stops reading when all were found, and at what is not YAML: what stands before that still counts.
    """
    found: dict[str, str] = {}
    depth, key = 0, ""
    try:
        for event in yaml.parse(text, Loader=Reader):
            if isinstance(event, yaml.CollectionStartEvent):
                depth, key = depth + 1, ""
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            elif depth == 1 and isinstance(event, yaml.ScalarEvent):
                key = _pair(found, key, event.value, wanted)
                if len(found) == len(wanted):
                    break
    except yaml.YAMLError:
        pass
    return found


def _pair(found: dict[str, str], key: str, value: str, wanted: Collection[str]) -> str:
    """Take a scalar as a key, or as the value of the key that is open; returns the key open then."""
    if not key:
        return value
    if key in wanted:
        found.setdefault(key, value)
    return ""
