"""Numbers as Go prints them."""

from __future__ import annotations

import math
from decimal import Decimal


def plain(value: float) -> str:
    """The shortest decimal that reads back the same, without an exponent (Go: FormatFloat(v, 'f', -1)."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    text = format(Decimal(repr(value)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def general(value: float, precision: int | None = None) -> str:
    """Go's %v (shortest, exponent from 1e21 on) or, with a precision, %.Ng."""
    if math.isnan(value) or math.isinf(value):
        return plain(value)
    if precision is None:
        magnitude = abs(value)
        if magnitude and (magnitude < 1e-4 or magnitude >= 1e21):
            return _exponent(repr(value) if "e" in repr(value) else f"{Decimal(repr(value)):e}")
        return plain(value)
    return _exponent(f"{value:.{precision}g}")


def _exponent(text: str) -> str:
    mantissa, mark, exponent = text.partition("e")
    if not mark:
        return text
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    sign, digits = exponent[0] if exponent[0] in "+-" else "+", exponent.lstrip("+-")
    return f"{mantissa}e{sign}{digits.zfill(2)}"
