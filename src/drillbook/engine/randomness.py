"""The only source of chance: draws made by hashing the seed and a key."""

from __future__ import annotations

import math
from hashlib import blake2b
from statistics import NormalDist

_STANDARD = NormalDist()
_SCALE = 2.0**-53
_LONGEST = 8
_FORMS = tuple("\0".join(["%s"] * parts) for parts in range(_LONGEST + 1))
"""Keys as text, by how many parts they have: quicker than a join of each part's text."""


class Randomness:
    """Keyed draws (`drillbook.model.draws.Draws`) of one seed.

    Each draw is BLAKE2b of the key under the seed: no state, so that neither the order of the draws nor the
    process that makes them matters.
    """

    def __init__(self, seed: int) -> None:
        self._root = blake2b(str(seed).encode(), digest_size=8, person=b"drillbook")

    def bits(self, *key: str | int) -> int:
        """64 uniform bits."""
        digest = self._root.copy()
        parts = len(key)
        text = _FORMS[parts] % key if parts <= _LONGEST else "\0".join(map(str, key))
        digest.update(text.encode())
        return int.from_bytes(digest.digest(), "little")

    def uniform(self, *key: str | int) -> float:
        """Uniform on (0, 1), a multiple of 2^-53 shifted by half a step."""
        return ((self.bits(*key) >> 11) + 0.5) * _SCALE

    def normal(self, *key: str | int) -> float:
        """Standard normal, by inversion."""
        return _STANDARD.inv_cdf(self.uniform(*key))

    def lognormal(self, median: float, sigma: float, *key: str | int) -> float:
        """Lognormal by its median and the standard deviation of the logarithm."""
        return median * math.exp(sigma * self.normal(*key))
