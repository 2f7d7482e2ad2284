"""What an unquoted value means: only what YAML 1.1, YAML 1.2 and common sense agree on.

`true`, `6`, `0.5`, `1e3` and `null` are what they seem. Whatever YAML versions read differently stays text,
for the model to take or refuse: `on`, `yes`, `12:30` (750 in YAML 1.1), `017`, `0o17`, `1_000`, `.inf`,
dates.
"""

from __future__ import annotations

import re
from math import isfinite
from typing import TypeAlias

Value: TypeAlias = str | int | float | bool | None

_WORDS: dict[str, bool | None] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_WHOLE = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_NUMBER = re.compile(r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_ODD_NUMBER = re.compile(
    r"[-+]?(?:[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?|0[oxb][0-9a-fA-F_]+|[0-9]+(?::[0-9]{1,2})+|\.inf|\.nan)",
    re.IGNORECASE,
)
YES_AND_NO = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}
"""What YAML 1.1 reads as a truth value and YAML 1.2 as a word, any case."""


def resolve(text: str) -> Value:
    """The value of an unquoted scalar."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789":
        return text
    if _WHOLE.fullmatch(text):
        return int(text)
    if _NUMBER.fullmatch(text) and isfinite(number := float(text)):
        return number
    return text


def is_odd_number(text: str) -> bool:
    """Whether the text is a number to some readers of YAML, and something else to others."""
    return _ODD_NUMBER.fullmatch(text) is not None
