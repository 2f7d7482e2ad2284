"""A claim about the physics: what was asked, what the product gives, what the judge measures, the verdict."""

from __future__ import annotations

from dataclasses import dataclass

from tests.validation.judge import Interval


@dataclass(frozen=True)
class Claim:
    """One row of a table."""

    name: str
    asked: float | str
    """The closed form, or what was published."""
    product: float | str | None
    """None where the product has no such part."""
    judged: Interval | None = None
    allowed: float | None = None
    """Without a judge: how far from what was asked still counts."""
    digits: int = 4
    note: str = ""

    @property
    def verdict(self) -> str:
        """In words."""
        if self.product is None:
            return "not in the product"
        if isinstance(self.product, str) or isinstance(self.asked, str):
            return "as asked" if self.product == self.asked else "**differs**"
        off = self.product - self.asked
        if self.judged is not None:
            if self.judged.holds(self.product):
                return "inside"
            return f"**outside**, {self.product:.{self.digits}f} for {self.asked:.{self.digits}f}"
        within = self.allowed is not None and abs(off) <= self.allowed
        return f"within {self.allowed:g}" if within else f"**off by {off:.{self.digits}f}**"

    @property
    def holds(self) -> bool:
        """Whether the product does what was asked."""
        return not self.verdict.startswith(("**", "not"))

    @property
    def sound(self) -> bool:
        """Whether the judge agrees with the closed form."""
        return self.judged is None or isinstance(self.asked, str) or self.judged.holds(self.asked)

    def row(self) -> str:
        """The row in Markdown."""
        judged = "" if self.judged is None else " … ".join(self._shown(value) for value in self.judged)
        product = "–" if self.product is None else self._shown(self.product)
        cells = (self.name, self._shown(self.asked), product, judged, self.verdict, self.note)
        return "| " + " | ".join(cells) + " |"

    def _shown(self, value: float | str) -> str:
        return value if isinstance(value, str) else f"{value:.{self.digits}f}"
