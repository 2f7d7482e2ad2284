"""Quantities as kubectl shows them."""

from __future__ import annotations


def cores(value: float) -> str:
    """CPU: `250m`."""
    return f"{round(value * 1000)}m"


def mebibytes(value: float) -> str:
    """Memory: `487Mi`."""
    return f"{int(value / 2**20)}Mi"


def kibibytes(value: float) -> str:
    """Memory of nodes: `32466260Ki`."""
    return f"{int(value / 2**10)}Ki"
