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
    """Go's %v and %g: shortest, with an exponent below 1e-4 and from 1e6 on; with a precision %.Ng."""
    if math.isnan(value) or math.isinf(value):
        return plain(value)
    if precision is None:
        magnitude = abs(value)
        if magnitude and (magnitude < 1e-4 or magnitude >= 1e6):
            return _exponent(f"{Decimal(repr(value)).normalize():e}")
        return plain(value)
    return _exponent(f"{value:.{max(precision, 1)}g}")


def _exponent(text: str) -> str:
    mantissa, mark, exponent = text.partition("e")
    if not mark:
        return text
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    sign, digits = exponent[0] if exponent[0] in "+-" else "+", exponent.lstrip("+-")
    return f"{mantissa}e{sign}{digits.zfill(2)}"
