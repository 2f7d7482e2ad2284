"""What a probe's output may be piped into: grep, head, tail, wc, sort, uniq, cut down to what people type."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import re2

from drillbook.world.shell.answer import Complaint
from drillbook.world.shell.words import Flags, Line, read

_GREP = Flags(
    values={
        "-e": "pattern", "--regexp": "pattern", "-m": "max", "-A": "after", "-B": "before", "-C": "around",
    },
    switches={
        "-i": "i", "--ignore-case": "i", "-v": "v", "--invert-match": "v", "-c": "c", "--count": "c",
        "-E": "E", "-P": "E", "-F": "F", "-w": "w", "-o": "o", "-n": "n", "--color": "color",
    },
)  # fmt: skip
_LINES = Flags(values={"-n": "n", "--lines": "n"})
_WC = Flags(switches={"-l": "l", "-w": "w", "-c": "c"})
_SORT = Flags(
    values={"-k": "k", "--key": "k", "-t": "t"},
    switches={"-r": "r", "-n": "n", "-h": "n", "-u": "u", "-b": "b"},
)
_VALID = re2.compile(r"v:NotBefore: (.*); NotAfter: (.*)")
_UNIQ = Flags(switches={"-c": "c"})


def apply(text: str, filters: Sequence[tuple[str, ...]]) -> str:
    """The text after all filters. Raises Complaint on one that is not known."""
    for words in filters:
        tool = _FILTERS.get(words[0])
        if tool is None:
            known = ", ".join(_FILTERS)
            raise Complaint(f"bash: cannot pipe into {words[0]!r} here; what works is {known}")
        text = "\n".join(tool(text.split("\n") if text else [], words[1:]))
    return text


def _openssl(lines: list[str], words: tuple[str, ...]) -> list[str]:
    """`openssl x509 -noout -dates|-enddate|-subject|-issuer` of what `s_client` shows."""
    found = {key: value for line in lines for key, equals, value in [line.partition("=")] if equals}
    valid = next((match for line in lines if (match := _VALID.search(line))), None)
    if words[:1] != ("x509",) or valid is None:
        raise Complaint("unable to load certificate")
    shown = {"-startdate": [f"notBefore={valid[1]}"], "-enddate": [f"notAfter={valid[2]}"]}
    shown["-dates"] = shown["-startdate"] + shown["-enddate"]
    shown |= {f"-{name}": [f"{name}={found.get(name, '')}"] for name in ("subject", "issuer")}
    return [text for word in words for text in shown.get(word, [])]


def _number(line: Line, name: str, default: int, tool: str) -> int:
    value = line.get(name, str(default))
    try:
        return int(value)
    except ValueError:
        raise Complaint(f"{tool}: invalid number of lines: '{value}'") from None


def _grep(lines: list[str], words: tuple[str, ...]) -> list[str]:
    line = read(words, _GREP, "grep")
    pattern = line.get("pattern") or (line.words[0] if line.words else "")
    if not pattern and not line.words:
        raise Complaint("Usage: grep [OPTION]... PATTERNS [FILE]...")
    if len(line.words) > (0 if line.has("pattern") else 1):
        raise Complaint("grep: there are no files here; it filters what the command before it prints")
    search = _regex(pattern, line)
    hits = [i for i, text in enumerate(lines) if (search(text) is None) == line.has("v")]
    hits = hits[: _number(line, "max", len(lines), "grep")]
    if line.has("c"):
        return [str(len(hits))]
    if line.has("o") and not line.has("v"):
        return [match[0] for i in hits if (match := search(lines[i])) is not None]
    around = _number(line, "around", 0, "grep")
    before, after = (_number(line, name, around, "grep") for name in ("before", "after"))
    wanted = sorted({j for i in hits for j in range(max(i - before, 0), min(i + after + 1, len(lines)))})
    return [f"{i + 1}:{lines[i]}" if line.has("n") else lines[i] for i in wanted]


def _regex(pattern: str, line: Line) -> Callable[[str], Any]:
    """RE2 in grep's dialects: without -E, `| ( ) { } + ?` are literal unless escaped."""
    if line.has("F"):
        pattern = re2.escape(pattern)
    elif not line.has("E"):
        pattern = _basic(pattern)
    if line.has("w"):
        pattern = rf"\b(?:{pattern})\b"
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 1 << 20
    options.case_sensitive = not line.has("i")
    try:
        search: Callable[[str], Any] = re2.compile(pattern, options=options).search
    except re2.error as error:
        raise Complaint(f"grep: invalid regular expression: {_words(error)}") from error
    return search


def _basic(pattern: str) -> str:
    """A basic regular expression as an extended one."""
    out, index = [], 0
    while index < len(pattern):
        char = pattern[index]
        if char == "\\" and pattern[index + 1 : index + 2] in tuple("|(){}+?"):
            out.append(pattern[index + 1])
            index += 1
        else:
            out.append("\\" + char if char in "|(){}+?" else char)
        index += 1
    return "".join(out)


def _words(error: Exception) -> str:
    reason = error.args[0] if error.args else ""
    return reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)


def _head(lines: list[str], words: tuple[str, ...]) -> list[str]:
    count = _count(words, "head")
    return lines[:count] if count >= 0 else lines[: max(len(lines) + count, 0)]


def _tail(lines: list[str], words: tuple[str, ...]) -> list[str]:
    if words[:1] == ("-f",):
        words = words[1:]
    value = next((w for w in words if w.lstrip("-n=").startswith("+")), None)
    if value is not None and value.lstrip("-n=+").isdecimal():
        return lines[int(value.lstrip("-n=+")) - 1 :]
    count = abs(_count(words, "tail"))
    return lines[-count:] if count else []


def _count(words: tuple[str, ...], tool: str) -> int:
    if words and words[0].startswith("-") and words[0][1:].isdecimal():
        return int(words[0][1:])
    return _number(read(words, _LINES, tool), "n", 10, tool)


def _wc(lines: list[str], words: tuple[str, ...]) -> list[str]:
    line = read(words, _WC, "wc")
    text = "\n".join(lines)
    sizes = {"l": len(lines), "w": len(text.split()), "c": len(text.encode()) + bool(lines)}
    return [" ".join(str(size) for name, size in sizes.items() if line.has(name) or not line.flags)]


def _sort(lines: list[str], words: tuple[str, ...]) -> list[str]:
    line = read(words, _SORT, "sort")
    field = line.get("k", "0").split(",")[0].rstrip("bdfghinr")
    if not field.isdecimal():
        raise Complaint(f"sort: invalid number at field start: invalid count at start of '{line.get('k')}'")
    wanted = int(field)
    numeric = line.has("n") or line.get("k").rstrip("r").endswith(("n", "h"))

    def key(text: str) -> tuple[float, str]:
        part = text
        if wanted:
            parts = text.split(line.get("t") or None)
            part = parts[wanted - 1] if wanted <= len(parts) else ""
        return (_leading(part) if numeric else 0.0, part)

    lines = sorted(lines, key=key, reverse=line.has("r") or line.get("k").endswith("r"))
    return list(dict.fromkeys(lines)) if line.has("u") else lines


def _leading(text: str) -> float:
    match = re2.match(r"\s*(-?\d{1,15}(?:\.\d{1,9})?)", text)
    return float(match[1]) if match else 0.0


def _uniq(lines: list[str], words: tuple[str, ...]) -> list[str]:
    line = read(words, _UNIQ, "uniq")
    runs: list[tuple[str, int]] = []
    for text in lines:
        if runs and runs[-1][0] == text:
            runs[-1] = (text, runs[-1][1] + 1)
        else:
            runs.append((text, 1))
    return [f"{count:7d} {text}" if line.has("c") else text for text, count in runs]


def _same(lines: list[str], words: tuple[str, ...]) -> list[str]:
    return lines


_FILTERS: dict[str, Callable[[list[str], tuple[str, ...]], list[str]]] = {
    "grep": _grep,
    "egrep": lambda lines, words: _grep(lines, ("-E", *words)),
    "head": _head,
    "tail": _tail,
    "wc": _wc,
    "sort": _sort,
    "uniq": _uniq,
    "less": _same,
    "more": _same,
    "cat": _same,
    "openssl": _openssl,
}
