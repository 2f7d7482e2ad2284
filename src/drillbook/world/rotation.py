"""Which pods get requests when a part of them fails its readiness probe."""

from __future__ import annotations

import math

import numpy as np

from drillbook.world.fleet import PodRecord
from drillbook.world.noise import bits, uniform

PROBE = 20.0
"""Seconds for which a pod keeps its place in or out of rotation under saturation (assumption)."""


def in_rotation(pod: PodRecord, t: float, unready: float) -> bool:
    """Whether a started pod passes its readiness probe when the part `unready` of them fails it."""
    if unready <= 0.02:
        return True
    number = np.array([math.floor(t / PROBE)], dtype=np.int64)
    return bool(uniform(bits(np.array([pod.bits], dtype=np.uint64), number))[0, 0] >= unready)
