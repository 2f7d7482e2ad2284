"""Functions of Prometheus's templates. Source: template/template.go and common/helpers/templates."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote_plus

import re2

from drillbook.model.quantities import seconds
from drillbook.telemetry.label_functions import expand
from drillbook.telemetry.numbers import general
from drillbook.telemetry.template_syntax import TemplateError

_VERB = re.compile(r"%([-+# 0]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])")
_GREAT: Final = ("k", "M", "G", "T", "P", "E", "Z", "Y")
_SMALL: Final = ("m", "u", "n", "p", "f", "a", "z", "y")


def show(value: Any) -> str:
    """A value as Go's %v prints it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "<no value>"
    if isinstance(value, float):
        return general(value)
    if isinstance(value, dict):
        return "map[" + " ".join(f"{key}:{show(value[key])}" for key in sorted(value)) + "]"
    if isinstance(value, list | tuple):
        return "[" + " ".join(map(show, value)) + "]"
    return str(value)


def number(value: Any) -> float:
    """A number, or text that is one."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    try:
        return float(str(value).replace("_", "x"))
    except ValueError:
        raise TemplateError(f"can't convert {show(value)} to float") from None


def _scaled(value: float, base: float, prefixes: tuple[str, ...]) -> str:
    chosen = ""
    for prefix in prefixes:
        if abs(value) < base:
            break
        chosen, value = prefix, value / base
    return general(value, 4) + chosen


def _small(value: float) -> str:
    chosen = ""
    for prefix in _SMALL:
        if abs(value) >= 1:
            break
        chosen, value = prefix, value * 1000
    return general(value, 4) + chosen


def humanize(value: Any) -> str:
    """With metric prefixes: 1234567 -> 1.235M."""
    v = number(value)
    if v == 0 or not math.isfinite(v):
        return general(v, 4)
    return _scaled(v, 1000.0, _GREAT) if abs(v) >= 1 else _small(v)


def humanize1024(value: Any) -> str:
    """With binary prefixes: 1048576 -> 1Mi."""
    v = number(value)
    if abs(v) <= 1 or not math.isfinite(v):
        return general(v, 4)
    return _scaled(v, 1024.0, ("ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"))


def humanize_percentage(value: Any) -> str:
    """A ratio as per cent: 0.1234 -> 12.34%."""
    return general(number(value) * 100, 4) + "%"


def humanize_duration(value: Any) -> str:
    """Seconds as days, hours, minutes and seconds: 3661 -> 1h 1m 1s."""
    v = number(value)
    if not math.isfinite(v):
        return general(v, 4)
    if abs(v) < 1:
        return (general(v, 4) if v == 0 else _small(v)) + "s"
    sign, v = ("-", -v) if v < 0 else ("", v)
    whole = int(v)
    days, hours, minutes = whole // 86400, whole // 3600 % 24, whole // 60 % 60
    if days:
        return f"{sign}{days}d {hours}h {minutes}m {whole % 60}s"
    if hours:
        return f"{sign}{hours}h {minutes}m {whole % 60}s"
    if minutes:
        return f"{sign}{minutes}m {whole % 60}s"
    return f"{sign}{general(v, 4)}s"


def humanize_timestamp(value: Any) -> str:
    """Unix seconds as a date in UTC."""
    v = number(value)
    return general(v, 4) if not math.isfinite(v) else show_time(v)


def show_time(v: float) -> str:
    """Unix seconds as Go prints a time."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=math.floor(v))
    fraction = f"{v - math.floor(v):.9f}"[1:].rstrip("0").rstrip(".")
    return f"{moment:%Y-%m-%d %H:%M:%S}{fraction} +0000 UTC"


def printf(layout: Any, *values: Any) -> str:
    """Go's Sprintf for texts and numbers."""
    left = list(values)

    def verb(match: re.Match[str]) -> str:
        flags, width, precision, kind = match.groups()
        if kind == "%":
            return "%"
        if not left:
            return f"%!{kind}(MISSING)"
        text = _formatted(kind, left.pop(0), flags, None if precision is None else int(precision))
        size = int(width or 0)
        if "-" in flags:
            return text.ljust(size)
        return text.zfill(size) if "0" in flags else text.rjust(size)

    text = _VERB.sub(verb, str(layout))
    if left:
        extra = ", ".join(f"{_go_type(value)}={show(value)}" for value in left)
        text += f"%!(EXTRA {extra})"
    return text


def _go_type(value: Any) -> str:
    kinds = {bool: "bool", int: "int", float: "float64", str: "string"}
    return kinds.get(type(value), "map[string]string")


def _formatted(kind: str, value: Any, flags: str, precision: int | None) -> str:
    plus = "+" if "+" in flags and isinstance(value, int | float) and value >= 0 else ""
    if kind == "v" or (kind == "s" and isinstance(value, str)):
        text = general(value, precision) if isinstance(value, float) else show(value)
        return plus + (text[:precision] if isinstance(value, str) and precision is not None else text)
    if kind == "q" and isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if kind in "dxXob" and isinstance(value, int) and not isinstance(value, bool):
        return plus + format(value, kind)
    if kind in "fFeEgG" and isinstance(value, float):
        return plus + _float(kind, value, precision)
    if kind == "t" and isinstance(value, bool):
        return show(value)
    return f"%!{kind}({_go_type(value)}={show(value)})"


def _float(kind: str, value: float, precision: int | None) -> str:
    if kind in "gG" or not math.isfinite(value):
        return general(value, precision)
    return format(value, f".{6 if precision is None else precision}{kind}")


def _replace_all(pattern: str, replacement: str, text: str) -> str:
    return str(re2.compile(pattern).sub(lambda match: expand(replacement, match), text))


def _host(address: str) -> tuple[str, str] | None:
    match = re.fullmatch(r"(?:\[([^\]]*)\]|([^:]*)):([^:]*)", address)
    return (match[1] if match[1] is not None else match[2], match[3]) if match else None


def strip_port(address: str) -> str:
    """`host:port` less the port."""
    split = _host(address)
    return split[0] if split else address


def strip_domain(address: str) -> str:
    """The host's own name; addresses stay as they are."""
    host, port = _host(address) or (address, "")
    if re.fullmatch(r"[\d.]+|[\da-fA-F:]*:[\da-fA-F:]*", host):
        return address
    short = host.split(".")[0]
    return f"{short}:{port}" if port else short


def _title(text: str) -> str:
    return re.sub(r"\b\w", lambda match: match[0].upper(), text)


def _index(of: Any, *keys: Any) -> Any:
    for key in keys:
        of = of.get(key, "") if isinstance(of, dict) else of[int(key)]
    return of


def _first(samples: list[Any]) -> Any:
    if not samples:
        raise TemplateError("first() called on vector with no elements")
    return samples[0]


def _equal(first: Any, *others: Any) -> bool:
    return any(first == other for other in others)


def _all(*values: Any) -> Any:
    return next((value for value in values if not truth(value)), values[-1])


def _any(*values: Any) -> Any:
    return next((value for value in values if truth(value)), values[-1])


def truth(value: Any) -> bool:
    """Whether `if` takes a value for true: not zero and not empty."""
    return bool(value)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "humanize": humanize,
    "humanize1024": humanize1024,
    "humanizePercentage": humanize_percentage,
    "humanizeDuration": humanize_duration,
    "humanizeTimestamp": humanize_timestamp,
    "printf": printf,
    "print": lambda *values: "".join(map(show, values)),
    "println": lambda *values: " ".join(map(show, values)) + "\n",
    "title": _title,
    "toUpper": lambda text: str(text).upper(),
    "toLower": lambda text: str(text).lower(),
    "match": lambda pattern, text: re2.search(pattern, text) is not None,
    "reReplaceAll": _replace_all,
    "stripPort": strip_port,
    "stripDomain": strip_domain,
    "safeHtml": str,
    "parseDuration": seconds,
    "toTime": lambda value: show_time(number(value)),
    "urlquery": lambda text: quote_plus(str(text)),
    "first": _first,
    "value": lambda sample: sample["Value"],
    "label": lambda name, sample: sample["Labels"].get(name, ""),
    "strvalue": lambda sample: sample["Labels"].get("__value__", ""),
    "sortByLabel": lambda name, samples: sorted(samples, key=lambda sample: sample["Labels"].get(name, "")),
    "args": lambda *values: {f"arg{place}": value for place, value in enumerate(values)},
    "len": len,
    "index": _index,
    "and": _all,
    "or": _any,
    "not": lambda value: not truth(value),
    "eq": _equal,
    "ne": lambda a, b: a != b,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "gt": lambda a, b: not a <= b,  # as in Go: true of NaN
    "ge": lambda a, b: not a < b,
}
"""Every function but `query`, `pathPrefix` and `externalURL`, which need to know the run."""
