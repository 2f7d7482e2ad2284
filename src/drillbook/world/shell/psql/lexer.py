"""SQL text as tokens, and PostgreSQL's way of pointing at what is wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from drillbook.world.shell.answer import Complaint

_TOKEN = re.compile(
    r"""\s+ | --[^\n]*
    | (?P<string>'(?:[^']|'')*') | (?P<quoted>"(?:[^"]|"")*") | (?P<number>\d+(?:\.\d+)?|\.\d+)
    | (?P<word>[A-Za-z_][A-Za-z0-9_$]*)
    | (?P<sign>::|<>|!=|<=|>=|!~\*|!~|~\*|\|\||[-+*/%=<>~(),.;\[\]{}$])""",
    re.VERBOSE,
)
_WIDTH, _RIGHT = 60, 10
"""Longest piece of a statement that an error shows, and what it keeps right of the place (libpq)."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token: words in lower case, strings without their quotes; `at` is its place in the text."""

    kind: Literal["word", "string", "number", "sign", "end"]
    text: str
    at: int
    raw: str


class SqlError(Complaint):
    """An error in PostgreSQL's words."""

    def __init__(self, message: str, sql: str = "", at: int | None = None, hint: str = "") -> None:
        text = f"ERROR:  {message}"
        if at is not None:
            text += "\n" + _place(sql, at)
        super().__init__(f"{text}\nHINT:  {hint}" if hint else text, 3.0)


def _place(sql: str, at: int) -> str:
    start, end = 0, len(sql)
    if end > _WIDTH:
        if at + _RIGHT <= _WIDTH:
            end = _WIDTH
        else:
            end = min(end, at + _RIGHT)
            start = max(end - _WIDTH, 0)
    before, after = "..." if start else "", "..." if end < len(sql) else ""
    head = f"LINE 1: {before}"
    return f"{head}{sql[start:end]}{after}\n{' ' * (len(head) + at - start)}^"


def tokens(sql: str) -> tuple[Token, ...]:
    """The tokens of a statement, an `end` last. Raises SqlError where the text is no SQL."""
    found: list[Token] = []
    at = 0
    while at < len(sql):
        match = _TOKEN.match(sql, at)
        if match is None:
            if sql[at] in "'\"":
                raise SqlError(f'unterminated quoted string at or near "{sql[at:]}"', sql, at)
            raise SqlError(f'syntax error at or near "{sql[at]}"', sql, at)
        raw = match[0]
        if match["string"]:
            found.append(Token("string", raw[1:-1].replace("''", "'"), at, raw))
        elif match["quoted"]:
            found.append(Token("word", raw[1:-1].replace('""', '"'), at, raw))
        elif match["number"]:
            found.append(Token("number", raw, at, raw))
        elif match["word"]:
            found.append(Token("word", raw.lower(), at, raw))
        elif match["sign"]:
            found.append(Token("sign", raw, at, raw))
        at = match.end()
    found.append(Token("end", "", len(sql), ""))
    return tuple(found)


class Reader:
    """Reads tokens one after another. Nesting is bounded, so that no text exhausts the stack."""

    DEEPEST = 50

    def __init__(self, sql: str) -> None:
        self.sql = sql
        self._tokens = tokens(sql)
        self._next = 0
        self.depth = 0

    @property
    def token(self) -> Token:
        """The token to come."""
        return self._tokens[self._next]

    def peek(self, ahead: int = 1) -> Token:
        """A later token."""
        return self._tokens[min(self._next + ahead, len(self._tokens) - 1)]

    def take(self) -> Token:
        """The token to come, which is then passed."""
        token = self.token
        if token.kind != "end":
            self._next += 1
        return token

    def at(self, *texts: str) -> bool:
        """Whether the next token is one of these words or signs."""
        return self.token.kind in {"word", "sign"} and self.token.text in texts

    def accept(self, *texts: str) -> str:
        """Passes the next token if it is one of these; its text, or the empty text."""
        return self.take().text if self.at(*texts) else ""

    def expect(self, text: str) -> None:
        """Passes this token. Raises SqlError when another one comes."""
        if not self.accept(text):
            raise self.error()

    def enter(self) -> None:
        """One level deeper. Raises SqlError when it is too deep."""
        self.depth += 1
        if self.depth > self.DEEPEST:
            raise SqlError("stack depth limit exceeded")

    def error(self) -> SqlError:
        """A syntax error at the next token."""
        if self.token.kind == "end":
            return SqlError("syntax error at end of input", self.sql, len(self.sql))
        return SqlError(f'syntax error at or near "{self.token.raw}"', self.sql, self.token.at)
