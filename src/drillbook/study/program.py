"""Which program runs here: the same version may have other sources, and those give other rows."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from pathlib import Path

import drillbook


@cache
def digest() -> str:
    """The digest of the installed package's sources."""
    return digest_of(Path(drillbook.__file__).parent)


def digest_of(package: Path) -> str:
    """The digest of all modules below a folder: their names, sizes and contents."""
    found = blake2b(digest_size=16)
    for path in sorted(package.rglob("*.py"), key=lambda path: path.relative_to(package).parts):
        content = path.read_bytes()
        found.update(f"{path.relative_to(package).as_posix()}\n{len(content)}\n".encode())
        found.update(content)
    return found.hexdigest()
