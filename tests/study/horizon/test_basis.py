"""What a horizon rests on stands in the reference, assumptions by that name."""

from pathlib import Path

from drillbook.model.basis import Assumed
from drillbook.study.horizon.basis import GROUNDS

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "studies-horizon.md").read_text(encoding="utf-8")


def test_the_reference_lists_every_ground() -> None:
    for ground in GROUNDS:
        source = "assumption" if isinstance(ground.basis, Assumed) else ground.basis.where
        assert f"| {ground.what} | {ground.value} | {source} |" in PAGE
