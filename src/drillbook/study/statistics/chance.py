"""Chance for resampling: blocks of hashed draws of one key."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from drillbook.engine.randomness import Randomness
from drillbook.study.statistics.interval import Floats
from drillbook.world import noise

_AT_ONCE = 2_000_000
"""Draws in one block: 16 MB."""


def uniforms(count: int, seed: int, *key: str | int) -> Floats:
    """Uniform on (0, 1): SplitMix64 of the key's bits and the draw's number."""
    return noise.uniform(_bits(count, Randomness(seed).bits(*key), 0))


def resamples(rows: int, times: int, seed: int, *key: str | int) -> Iterator[NDArray[np.intp]]:
    """Indices of `times` samples of `rows` rows with replacement, in blocks shaped (samples, rows)."""
    root = Randomness(seed).bits(*key)
    done = 0
    while done < times:
        samples = min(times - done, max(1, _AT_ONCE // rows))
        drawn = noise.uniform(_bits(samples * rows, root, done * rows))
        yield (drawn * rows).astype(np.intp).reshape(samples, rows)
        done += samples


def _bits(count: int, root: int, first: int) -> noise.Bits:
    numbers = np.arange(first, first + count, dtype=np.int64)
    return np.asarray(noise.bits(np.array([root], dtype=np.uint64), numbers)[0])
