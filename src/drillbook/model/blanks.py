"""Templates filled in: `{field}` are the blanks."""

from __future__ import annotations

import re
from collections.abc import Mapping

_BLANK = re.compile(r"\{([a-z][a-z0-9_]*)\}")


def fill(text: str, known: Mapping[str, str]) -> str:
    """Every blank once; what is filled in is never read as a template again.

    What is not known stays a blank that can be seen.
    """

    def blank(match: re.Match[str]) -> str:
        return known.get(match[1]) or f"[to fill in: {match[1].replace('_', ' ')}]"

    return _BLANK.sub(blank, text).rstrip("\n")
