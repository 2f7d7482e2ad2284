"""Functions of Prometheus's templates. Source: template/template.go and common/helpers/templates."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote_plus

from drillbook.model.quantities import seconds
from drillbook.telemetry.label_functions import expand
from drillbook.telemetry.numbers import general
from drillbook.telemetry.patterns import compiled
from drillbook.telemetry.printf import printf, show
from drillbook.telemetry.template_syntax import TemplateError

_GREAT: Final = ("k", "M", "G", "T", "P", "E", "Z", "Y")
_SMALL: Final = ("m", "u", "n", "p", "f", "a", "z", "y")


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
    if v >= 2**63:  # Go's whole numbers end here and begin anew at the other end
        return f"{sign}-106751991167300d -15h -30m -8s"
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
    """Unix seconds as Go prints a time; whole milliseconds."""
    if not abs(v * 1e9) < 2**63:
        raise TemplateError(f"{general(v)} cannot be a time")
    ms = int(int(v * 1e9) / 1_000_000)
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=ms // 1000)
    fraction = f".{ms % 1000:03d}".rstrip("0").rstrip(".")
    return f"{moment:%Y-%m-%d %H:%M:%S}{fraction} +0000 UTC"


def _replace_all(pattern: str, replacement: str, text: str) -> str:
    """Go's ReplaceAllString: an empty match right behind another one does not count."""
    found, end = [], 0
    for match in compiled(pattern).finditer(text):
        if match.start() == match.end() == end and end > 0:
            continue
        found += [text[end : match.start()], expand(replacement, match)]
        end = match.end()
    return "".join([*found, text[end:]])


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
    if not others:
        raise TemplateError("missing argument for comparison")
    return any(_alike(first, other) and first == other for other in others)


def _alike(a: Any, b: Any) -> bool:
    """Go compares numbers with a point only with their like: `gt $value 1.0`, not `gt $value 1`."""
    if type(a) is not type(b) or not isinstance(a, bool | int | float | str):
        raise TemplateError("incompatible types for comparison (a number beside $value needs a point: 1.0)")
    return True


def _less(a: Any, b: Any) -> bool:
    if isinstance(a, bool):
        raise TemplateError("true and false have no order")
    return bool(_alike(a, b) and a < b)


def _at_most(a: Any, b: Any) -> bool:
    return _less(a, b) or _equal(a, b)


def _print(*values: Any) -> str:
    """Go's Sprint: blanks between values that are not texts."""
    text = ""
    for place, value in enumerate(values):
        apart = place and not isinstance(value, str) and not isinstance(values[place - 1], str)
        text += (" " if apart else "") + show(value)
    return text


def _of_texts(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, for texts only."""

    def checked(*values: Any) -> Any:
        for value in values:
            if not isinstance(value, str):
                raise TemplateError(f"wrong type for value; expected string; got {show(value)}")
        return function(*values)

    return checked


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
    "printf": lambda layout, *values: printf(str(layout), *values),
    "print": _print,
    "println": lambda *values: " ".join(map(show, values)) + "\n",
    "title": _of_texts(_title),
    "toUpper": _of_texts(str.upper),
    "toLower": _of_texts(str.lower),
    "match": _of_texts(lambda pattern, text: compiled(pattern).search(text) is not None),
    "reReplaceAll": _of_texts(_replace_all),
    "stripPort": _of_texts(strip_port),
    "stripDomain": _of_texts(strip_domain),
    "safeHtml": _of_texts(str),
    "parseDuration": _of_texts(seconds),
    "toTime": lambda value: show_time(number(value)),
    "urlquery": lambda text: quote_plus(str(text)),
    "graphLink": _of_texts(lambda query: f"/graph?g0.expr={quote_plus(query)}&g0.tab=0"),
    "tableLink": _of_texts(lambda query: f"/graph?g0.expr={quote_plus(query)}&g0.tab=1"),
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
    "ne": lambda a, b: not _equal(a, b),
    "lt": _less,
    "le": _at_most,
    "gt": lambda a, b: not _at_most(a, b),  # as in Go: true of NaN
    "ge": lambda a, b: not _less(a, b),
}
"""Every function but `query`, `pathPrefix` and `externalURL`, which need to know the run."""
