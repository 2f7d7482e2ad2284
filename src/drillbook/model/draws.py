"""Where chance comes from: draws keyed by what they are for, never by their order."""

from __future__ import annotations

from typing import Protocol


class Draws(Protocol):
    """A source of chance, the same for the same seed and key in every process.

    A key is a path such as `("answer", "dba", 2)`: entity, purpose, occurrence. Draws under different keys
    are independent, so changing one policy leaves every other draw untouched (common random numbers).
    """

    def bits(self, *key: str | int) -> int:
        """64 uniform bits, to seed a vectorised stream of the caller's own."""

    def many(self, count: int, *key: str | int) -> list[int]:
        """`bits` of the key followed by 0, 1, … count - 1."""

    def uniform(self, *key: str | int) -> float:
        """Uniform on the open interval (0, 1)."""

    def normal(self, *key: str | int) -> float:
        """Standard normal."""

    def lognormal(self, median: float, sigma: float, *key: str | int) -> float:
        """Lognormal with that median and that standard deviation of the logarithm."""
