"""Regular expressions of other people, in RE2: linear time on any text, bounded memory, nothing printed."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import re2

_MEMORY = 1 << 20
LONGEST = 2000
"""Characters of a pattern."""


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> Any:
    """The pattern, ready to be used; re2.error where it is none, or too involved."""
    if len(pattern) > LONGEST:
        raise re2.error(f"the pattern is longer than {LONGEST} characters")
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MEMORY
    return re2.compile(pattern, options)
