"""How likely people are to err: SPAR-H (NUREG/CR-6883), as evidence.md §3 gives it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

ErrorKind = Literal["diagnosis", "action"]

NOMINAL = {"diagnosis": 0.01, "action": 0.001}
"""Nominal error probabilities (evidence.md §3)."""
NEGATIVES = 3
"""From so many shaping factors above 1 the composite formula holds (evidence.md §3)."""


@dataclass(frozen=True, slots=True)
class Shaping:
    """Performance shaping factors, as multipliers; 1 is nominal (evidence.md §3)."""

    time: float = 1.0
    """Barely enough 10, extra 0.1, expansive 0.01."""
    stress: float = 1.0
    """High 2, extreme 5."""
    complexity: float = 1.0
    """Moderate 2, high 5, obvious 0.1."""
    experience: float = 1.0
    """Low 10 (3 for actions), high 0.5."""
    procedures: float = 1.0
    """None 50, incomplete 20, poor 5, symptom-based 0.5."""
    interface: float = 1.0
    """Misleading 50, poor 10, good 0.5."""
    fitness: float = 1.0
    """Degraded 5."""
    work_process: float = 1.0
    """Poor 2, good 0.8."""

    def factors(self) -> tuple[float, ...]:
        """All eight multipliers."""
        return (
            self.time,
            self.stress,
            self.complexity,
            self.experience,
            self.procedures,
            self.interface,
            self.fitness,
            self.work_process,
        )


def error_probability(kind: ErrorKind, shaping: Shaping) -> float:
    """Chance that one task of a kind goes wrong; composite formula from three negative factors on."""
    nominal, factors = NOMINAL[kind], shaping.factors()
    product = math.prod(factors)
    if sum(factor > 1 for factor in factors) >= NEGATIVES:
        return nominal * product / (nominal * (product - 1) + 1)
    return min(1.0, nominal * product)


def dependent(probability: float, degree: Literal["low", "moderate"]) -> float:
    """Chance to err again after an error in the task before, at a degree of dependence."""
    return (1 + 19 * probability) / 20 if degree == "low" else (1 + 6 * probability) / 7
