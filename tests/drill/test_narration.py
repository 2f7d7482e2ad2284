"""An expert's run of each drill is the one that was last read in a review."""

from __future__ import annotations

import pytest

from tests.drill.narration import KEPT, narration


@pytest.mark.parametrize("name", sorted(path.stem for path in KEPT.glob("*.txt")))
def test_an_experts_run_is_as_it_was_last_read(name: str) -> None:
    """Where the change is meant, `python -m tests.drill.narration` renews them; read the difference."""
    assert narration(name) == (KEPT / f"{name}.txt").read_text(encoding="utf-8")
