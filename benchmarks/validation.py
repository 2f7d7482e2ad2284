"""The physics against closed forms and published experiments: writes docs/validation.md and its figures.

    python benchmarks/validation.py [--check]

Deterministic to the byte. With --check nothing is written; it fails where anything would change.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.validation.page import figures, page


def main() -> int:
    """Write or compare."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--check", action="store_true", help="compare only")
    chosen = options.parse_args()
    files = {ROOT / "docs" / "validation.md": page()}
    files |= {ROOT / "docs" / "images" / "validation" / name: text for name, text in figures().items()}
    changed = [path for path, text in files.items() if not path.exists() or path.read_text("utf-8") != text]
    for path in changed:
        print(("differs: " if chosen.check else "wrote ") + str(path.relative_to(ROOT)))
        if not chosen.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(files[path], encoding="utf-8")
    return 1 if chosen.check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
