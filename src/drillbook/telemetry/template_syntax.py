"""The part of Go's text/template that alert rules use: texts, outputs, if, with, range, variables."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, TypeAlias

_QUOTED = re.compile(r"""\}\}|"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\]|\\.)'""")
_DIGITS = 40
LONGEST = 20_000
"""Characters of a template."""
_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*"|`[^`]*`)|(?P<char>'(?:[^'\\]|\\.)')"""
    r"""|(?P<number>[+-]?(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?))"""
    r"""|(?P<variable>\$\w*)|(?P<field>\.\w+)|(?P<dot>\.)|(?P<name>\w+)|(?P<mark>:=|=|\||\(|\)|,))"""
)


class TemplateError(ValueError):
    """A template that cannot be read, or that cannot be expanded."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant."""

    value: Any


@dataclass(frozen=True, slots=True)
class Variable:
    """`$name`; the empty name is the data the template began with."""

    name: str


@dataclass(frozen=True, slots=True)
class Dot:
    """The current value."""


@dataclass(frozen=True, slots=True)
class Field:
    """`.name` of something."""

    of: Operand
    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function and its arguments; a pipeline's value so far comes last."""

    name: str
    arguments: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class Pipe:
    """Commands that each hand their value to the next."""

    commands: tuple[Operand, ...]


Operand: TypeAlias = Literal | Variable | Dot | Field | Call | Pipe


@dataclass(frozen=True, slots=True)
class Output:
    """Print a value; with a name, keep it as a variable instead, one that is new or one that there is."""

    value: Pipe
    name: str = ""
    declares: bool = True


@dataclass(frozen=True, slots=True)
class Block:
    """`if`, `with` or `range`, with what to do and what to do otherwise."""

    kind: str
    value: Pipe
    names: tuple[str, ...]
    body: tuple[Part, ...]
    otherwise: tuple[Part, ...]


Part: TypeAlias = str | Output | Block


def _number(text: str) -> int | float:
    """A constant; whole unless it has a point or an exponent."""
    if len(text) > _DIGITS:
        raise TemplateError(f"a number with more than {_DIGITS} characters")
    if "x" in text.lower():
        return int(text, 16)
    return int(text) if text.lstrip("+-").isdigit() else float(text)


_ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_ESCAPE = re.compile(r"\\(?:x(\w{2})|u(\w{4})|U(\w{8})|([0-7]{3})|(.))", re.DOTALL)


def unquoted(text: str) -> str:
    """What a Go literal in quotes stands for."""

    def character(match: re.Match[str]) -> str:
        *codes, octal, other = match.groups()
        code = next((code for code in codes if code), "")
        try:
            if code or octal:
                return chr(int(code, 16) if code else int(octal, 8))
        except (ValueError, OverflowError):
            raise TemplateError(f"{match[0]!r} is no character") from None
        if other not in _ESCAPES and other not in "\\'\"":
            raise TemplateError(f"{match[0]!r} is no character")
        return _ESCAPES.get(other, other)

    return _ESCAPE.sub(character, text[1:-1])


class _Tokens:
    """The tokens of one action."""

    def __init__(self, body: str) -> None:
        self.body = body
        self.items: list[tuple[str, str, bool]] = []
        end = 0
        while token := _TOKEN.match(body, end):
            spaced = end == 0 or body[token.start() : token.start(token.lastgroup or 0)] != ""
            self.items.append((token.lastgroup or "", token[token.lastgroup or 0], spaced))
            end = token.end()
        if body[end:].strip():
            raise TemplateError(f"unexpected {body[end:].strip()[:20]!r} in {{{{{body}}}}}")
        self.at = 0

    def peek(self) -> tuple[str, str, bool]:
        return self.items[self.at] if self.at < len(self.items) else ("", "", True)

    def take(self) -> tuple[str, str, bool]:
        token = self.peek()
        self.at += 1
        return token

    def pipe(self) -> Pipe:
        commands = [self._command()]
        while self.peek()[1] == "|":
            self.take()
            commands.append(self._command())
        return Pipe(tuple(commands))

    def _command(self) -> Operand:
        kind, text, _ = self.peek()
        if kind == "name" and text not in ("true", "false", "nil"):
            self.take()
            arguments = []
            while self.peek()[0] and self.peek()[1] not in ("|", ")"):
                arguments.append(self._operand())
            return Call(text, tuple(arguments))
        found = self._operand()
        if self.peek()[0] and self.peek()[1] not in ("|", ")"):
            raise TemplateError(f"unexpected {self.peek()[1]!r} in {{{{{self.body}}}}}")
        return found

    def _operand(self) -> Operand:
        kind, text, _ = self.take()
        found: Operand
        if kind == "text":
            found = Literal(text[1:-1] if text[0] == "`" else unquoted(text))
        elif kind == "char":
            found = Literal(ord(unquoted(text)))
        elif kind == "number":
            found = Literal(_number(text))
        elif kind == "variable":
            found = Variable(text[1:])
        elif kind == "field":
            found = Field(Dot(), text[1:])
        elif kind == "dot":
            found = Dot()
        else:
            found = self._other(kind, text)
        while self.peek()[0] == "field" and not self.peek()[2]:
            found = Field(found, self.take()[1][1:])
        return found

    def _other(self, kind: str, text: str) -> Operand:
        if text == "(":
            inner = self.pipe()
            if self.take()[1] != ")":
                raise TemplateError(f"unclosed parenthesis in {{{{{self.body}}}}}")
            return inner
        if kind == "name":
            words = {"true": True, "false": False, "nil": None}
            return Literal(words[text]) if text in words else Call(text, ())
        raise TemplateError(f"missing value in {{{{{self.body}}}}}")

    def names(self) -> tuple[str, ...]:
        """Variables that are declared here (`$x :=` or `$i, $x :=`), if any."""
        marks = [text for kind, text, _ in self.items[self.at : self.at + 4] if kind == "mark"]
        if not (":=" in marks or "=" in marks) or self.peek()[0] != "variable":
            return ()
        found = []
        while self.peek()[0] == "variable":
            found.append(self.take()[1][1:])
            if self.take()[1] in (":=", "="):
                break
        return tuple(found)

    def finish(self) -> None:
        if self.peek()[0]:
            raise TemplateError(f"unexpected {self.peek()[1]!r} in {{{{{self.body}}}}}")


def _closed(text: str, start: int) -> int:
    """Where the action ends that begins before `start`; braces in quotes do not count."""
    if text[start:].lstrip("- ").startswith("/*"):
        start = max(start, text.find("*/", start))
    while (found := _QUOTED.search(text, start)) is not None:
        start = found.end()
        if found[0] == "}}":
            return start
    raise TemplateError("unclosed action: {{ without }}")


class _Reader:
    """Reads texts and actions into a tree."""

    def __init__(self, text: str) -> None:
        if len(text) > LONGEST:
            raise TemplateError(f"it is longer than {LONGEST} characters")
        self.pieces: list[tuple[str, str]] = []
        end, trim = 0, False
        while (start := text.find("{{", end)) >= 0:
            before = text[end:start].lstrip() if trim else text[end:start]
            end = _closed(text, start + 2)
            body = text[start + 2 : end - 2]
            trim = body[-1:] == "-" and body[-2:-1].isspace()
            if body[:1] == "-" and body[1:2].isspace():
                before, body = before.rstrip(), body[1:]
            self.pieces += [("text", before), ("action", (body[:-1] if trim else body).strip())]
        self.pieces.append(("text", text[end:].lstrip() if trim else text[end:]))
        self.at = 0

    def parts(self, closing: tuple[str, ...] = ()) -> tuple[tuple[Part, ...], str]:
        """Parts up to a closing action, and that action."""
        found: list[Part] = []
        while self.at < len(self.pieces):
            kind, text = self.pieces[self.at]
            self.at += 1
            word = text.split(maxsplit=1)[0] if kind == "action" and text else ""
            if kind == "text":
                found.append(text)
            elif word in closing:
                return tuple(found), text
            elif word in ("if", "with", "range"):
                found.append(self._block(word, text[len(word) :]))
            elif not text.startswith("/*"):
                found.append(self._output(text))
        if closing:
            raise TemplateError("missing {{ end }}")
        return tuple(found), ""

    def _output(self, text: str) -> Output:
        if text.split(maxsplit=1)[:1] in (["end"], ["else"], ["define"], ["template"], ["block"], ["break"]):
            raise TemplateError(f"{{{{ {text} }}}} is not supported here")
        tokens = _Tokens(text)
        names = tokens.names()
        declares = bool(names) and tokens.items[tokens.at - 1][1] == ":="
        output = Output(tokens.pipe(), names[0] if names else "", declares)
        tokens.finish()
        return output

    def _block(self, kind: str, text: str) -> Block:
        tokens = _Tokens(text)
        names = tokens.names()
        if not tokens.peek()[0]:
            raise TemplateError(f"missing value for {kind}")
        value = tokens.pipe()
        tokens.finish()
        body, closed = self.parts(("else", "end"))
        otherwise: tuple[Part, ...] = ()
        rest = closed[len("else") :].strip() if closed.startswith("else") else ""
        if rest:
            word, _, more = rest.partition(" ")
            if word not in ("if", "with"):
                raise TemplateError(f"{{{{ {closed} }}}} is not supported")
            otherwise = (self._block(word, more),)
        elif closed.startswith("else"):
            otherwise, _ = self.parts(("end",))
        return Block(kind, value, names, body, otherwise)


def read(text: str) -> tuple[Part, ...]:
    """The parts of a template; TemplateError says what is wrong with it."""
    return _Reader(text).parts()[0]
