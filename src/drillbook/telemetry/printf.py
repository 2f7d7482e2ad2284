"""Go's Sprintf for what templates hand to it: texts, numbers, truth values, maps. Source: Go, package fmt."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

from drillbook.telemetry.numbers import general

_VERB = re.compile(
    r"%([-+# 0]*)(?:\[(\d+)\])?(\d{1,4}|\*)?(?:(\.)(?:\[(\d+)\])?(\d{1,4}|\*)?)?(?:\[(\d+)\])?(.?)", re.DOTALL
)
_WIDEST = 1000
_TYPES = {bool: "bool", int: "int", float: "float64", str: "string"}
_ESCAPES = {"\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v"}


class Struct(dict[str, Any]):
    """A value with named fields, in their order: `{{ . }}` of an alert, or a sample."""


def show(value: Any) -> str:
    """A value as Go's %v prints it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "<nil>"
    if isinstance(value, float):
        return general(value)
    if isinstance(value, Struct):
        return "{" + " ".join(map(show, value.values())) + "}"
    if isinstance(value, dict):
        return "map[" + " ".join(f"{key}:{show(value[key])}" for key in sorted(value)) + "]"
    if isinstance(value, list | tuple):
        return "[" + " ".join(map(show, value)) + "]"
    return str(value)


@dataclass(frozen=True, slots=True)
class _Spec:
    """Flags, width and precision of a verb."""

    flags: str
    width: int
    precision: int | None

    def padded(self, text: str) -> str:
        if "-" in self.flags:
            return text.ljust(self.width)
        return text.rjust(self.width, "0" if "0" in self.flags else " ")

    def signed(self, text: str) -> str:
        """A number whose text begins with its sign, zeros going between the two."""
        sign, digits = text[0], text[1:]
        if sign == "+" and "+" not in self.flags:
            sign = " " if " " in self.flags else ""
        if "0" in self.flags and "-" not in self.flags:
            return sign + digits.rjust(self.width - len(sign), "0")
        return self.padded(sign + digits)


class _Arguments:
    """What is still to be printed."""

    def __init__(self, values: tuple[Any, ...]) -> None:
        self.values, self.at, self.reordered = values, 0, False

    def jump(self, number: str | None) -> None:
        if number is not None:
            self.at, self.reordered = int(number) - 1, True

    def take(self) -> Any:
        self.at += 1
        return self.values[self.at - 1]

    @property
    def left(self) -> bool:
        return 0 <= self.at < len(self.values)

    def number(self, text: str | None) -> int | None:
        """A width or precision, which `*` takes from the arguments."""
        if text != "*":
            return None if text is None else min(int(text), _WIDEST)
        value = self.take() if self.left else None
        return min(value, _WIDEST) if isinstance(value, int) else None


def printf(layout: str, *values: Any) -> str:
    """The text with its verbs filled in; what does not fit is said in the text, as Go does."""
    arguments = _Arguments(values)
    text = _VERB.sub(lambda match: _filled(match, arguments), layout)
    if arguments.left and not arguments.reordered:
        text += f"%!(EXTRA {', '.join(map(_typed, values[arguments.at :]))})"
    return text


def _filled(match: re.Match[str], arguments: _Arguments) -> str:
    flags, first, width, point, second, precision, third, verb = match.groups()
    arguments.jump(first)
    wide = arguments.number(width)
    arguments.jump(second)
    exact = arguments.number(precision) if point is None or precision is not None else 0
    arguments.jump(third)
    if not verb:
        return "%!(NOVERB)"
    if verb == "%":
        return "%"
    if not arguments.left:
        return f"%!{verb}(BADINDEX)" if arguments.reordered else f"%!{verb}(MISSING)"
    if wide is not None and wide < 0:
        flags, wide = flags + "-", -wide
    return _printed(verb, arguments.take(), _Spec(flags, wide or 0, exact))


def _typed(value: Any) -> str:
    return "<nil>" if value is None else f"{_type(value)}={show(value)}"


def _type(value: Any) -> str:
    return _TYPES.get(type(value), "map[string]string")


def _printed(verb: str, value: Any, spec: _Spec) -> str:
    if verb == "T":
        return spec.padded(_type(value))
    if verb == "v":
        spec = _Spec(spec.flags.replace("+", ""), spec.width, spec.precision)
    text: str | None = None
    if isinstance(value, bool):
        text = spec.padded(show(value)) if verb in "tv" else None
    elif isinstance(value, int):
        text = _whole(verb, value, spec)
    elif isinstance(value, float):
        text = _real(verb, value, spec)
    elif isinstance(value, str):
        text = _string(verb, value, spec)
    elif verb in "vs" and value is not None:
        text = spec.padded(show(value))
    elif verb == "v":
        text = spec.padded("<nil>")
    if text is not None:
        return text
    return (
        f"%!{verb}({_type(value)}={_printed('v', value, spec)})" if value is not None else f"%!{verb}(<nil>)"
    )


def _whole(verb: str, value: int, spec: _Spec) -> str | None:
    if verb in "vdbox" or verb == "X":
        digits = format(abs(value), "d" if verb == "v" else verb)
        if spec.precision is not None:
            digits = digits.rjust(spec.precision, "0")
        if "#" in spec.flags and verb in "xX":
            digits = f"0{verb}{digits}"
        return spec.signed(("-" if value < 0 else "+") + digits)
    if verb in "cq" and 0 <= value < 0x110000:
        return spec.padded(chr(value) if verb == "c" else "'" + quoted(chr(value))[1:-1] + "'")
    return spec.padded(f"U+{value:04X}") if verb == "U" and value >= 0 else None


def _real(verb: str, value: float, spec: _Spec) -> str | None:
    if verb not in "vgGeEfFxXb":
        return None
    if not math.isfinite(value):
        plain = _Spec(spec.flags.replace("0", ""), spec.width, None)
        if math.isinf(value):
            positive = " Inf" if " " in spec.flags and "+" not in spec.flags else "+Inf"
            return plain.padded(positive if value > 0 else "-Inf")
        return plain.padded("+NaN" if "+" in spec.flags else " NaN" if " " in spec.flags else "NaN")
    text = _digits(verb, abs(value), spec.precision)
    return spec.signed(("-" if math.copysign(1.0, value) < 0 else "+") + text)


def _digits(verb: str, value: float, precision: int | None) -> str:
    if verb in "vgG":
        text = general(value, precision)
        return text.upper() if verb == "G" else text
    if verb == "b":
        mantissa, exponent = math.frexp(value)
        return f"{int(mantissa * 2**53)}p{exponent - 53:+d}" if value else "0p-1074"
    if verb in "xX":
        mantissa_text, _, power = value.hex().partition("p")
        text = f"{mantissa_text.rstrip('0').rstrip('.') if value else '0x0'}p{power[0]}{power[1:].zfill(2)}"
        return text.upper() if verb == "X" else text
    return format(value, f".{6 if precision is None else precision}{verb}")


def _string(verb: str, value: str, spec: _Spec) -> str | None:
    text = value[: spec.precision]
    if verb in "vs":
        return spec.padded(quoted(value) if verb == "v" and "#" in spec.flags else text)
    if verb == "q":
        return spec.padded(quoted(text))
    if verb in "xX":
        shown = text.encode().hex()
        return spec.padded(shown.upper() if verb == "X" else shown)
    return None


def quoted(text: str) -> str:
    """A text as a Go literal in double quotes."""
    return '"' + "".join(map(_character, text)) + '"'


def _character(char: str) -> str:
    if char in '\\"':
        return "\\" + char
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char.isprintable():
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x80 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
