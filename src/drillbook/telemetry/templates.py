"""Templates in alert rules' labels and annotations, expanded with an alert's labels and value."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import re2

from drillbook.model.labels import Labels
from drillbook.model.nearest import nearest
from drillbook.telemetry.printf import Struct, show
from drillbook.telemetry.template_functions import FUNCTIONS, truth
from drillbook.telemetry.template_syntax import (
    Block,
    Call,
    Dot,
    Field,
    Literal,
    Operand,
    Output,
    Part,
    Pipe,
    TemplateError,
    Variable,
    read,
)

Samples = list[dict[str, Any]]
_GIVEN = ("", "labels", "value", "externalLabels", "externalURL")
_RUN_FUNCTIONS = ("query", "pathPrefix", "externalURL")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a template may ask of the run: `query` answers a PromQL text at the time of the evaluation."""

    external_labels: Labels
    query: Callable[[str], Samples]


class Template:
    """A text with `{{ … }}` in it. TemplateError where it cannot be read or names an unknown function."""

    def __init__(self, text: str) -> None:
        self.source = text
        self.parts = read(text)
        fixed = [part for part in self.parts if isinstance(part, str)]
        self.fixed = "".join(fixed) if len(fixed) == len(self.parts) else None
        """The text where it is the same for all alerts."""
        operands = [operand for part in self.parts for operand in _operands(part)]
        for operand in operands:
            if isinstance(operand, Call) and operand.name not in (*FUNCTIONS, *_RUN_FUNCTIONS):
                near = nearest(operand.name, [*FUNCTIONS, *_RUN_FUNCTIONS])
                raise TemplateError(f"function {operand.name!r} is not supported in templates{near}")
        _check_variables(self.parts, frozenset(_GIVEN))
        self.constant = not any(map(_varies, operands))
        """Whether the text depends on nothing but the labels."""

    @classmethod
    def verbatim(cls, text: str) -> Template:
        """A text in which braces mean nothing, as in recording rules' labels."""
        template = cls("")
        template.source, template.parts, template.fixed = text, (text,), text
        return template

    def expand(self, labels: Labels, value: float, around: Surroundings) -> str:
        """The text for an alert; what cannot be expanded becomes a message in the text, as in Prometheus."""
        if self.fixed is not None:
            return self.fixed
        data = Struct(
            Labels=dict(labels), ExternalLabels=dict(around.external_labels), ExternalURL="", Value=value
        )
        try:
            return _Expansion(data, around).text(self.parts, data)
        except (TemplateError, TypeError, ValueError, LookupError, re2.error) as error:
            return f"<error expanding template: {error}>"


def _check_variables(parts: tuple[Part, ...], known: frozenset[str]) -> frozenset[str]:
    """The variables known after these parts; TemplateError for one that is used and not known."""
    for part in parts:
        if isinstance(part, str):
            continue
        for operand in _operands(part.value):
            if isinstance(operand, Variable) and operand.name not in known:
                near = nearest(operand.name, sorted(known - {""}))
                raise TemplateError(f"undefined variable ${operand.name}{near}")
        if isinstance(part, Output):
            known |= {part.name} if part.name else set()
        else:
            inner = known | set(part.names)
            _check_variables(part.body, inner)
            _check_variables(part.otherwise, inner)
    return known


def _varies(operand: Operand) -> bool:
    match operand:
        case Variable(name):
            return name not in ("labels", "externalLabels", "externalURL")
        case Dot():
            return True
        case Field(Dot(), name):
            return name not in ("Labels", "ExternalLabels", "ExternalURL")
        case Call(name):
            return name == "query"
    return False


def _operands(part: Part | Operand) -> Iterator[Operand]:
    """All operands below a part."""
    below: tuple[Part | Operand, ...] = ()
    match part:
        case str():
            return
        case Output(value):
            below = (value,)
        case Block(_, value, _, body, otherwise):
            below = (value, *body, *otherwise)
        case Pipe(commands):
            below = commands
        case Call(_, arguments):
            yield part
            below = arguments
        case Field(of):
            yield part
            below = () if isinstance(of, Dot) else (of,)
        case _:
            yield part
    for each in below:
        yield from _operands(each)


class _Expansion:
    """One expansion of one template."""

    def __init__(self, data: dict[str, Any], around: Surroundings) -> None:
        self.around = around
        names = {
            "": data,
            "labels": data["Labels"],
            "value": data["Value"],
            "externalLabels": data["ExternalLabels"],
            "externalURL": data["ExternalURL"],
        }
        self.variables: ChainMap[str, Any] = ChainMap(names)

    def text(self, parts: tuple[Part, ...], dot: Any) -> str:
        return "".join(self._part(part, dot) for part in parts)

    def _part(self, part: Part, dot: Any) -> str:
        if isinstance(part, str):
            return part
        value = self.pipe(part.value, dot)
        if isinstance(part, Block):
            return self._block(part, value, dot)
        if part.name:
            if part.declares:
                self.variables[part.name] = value
            else:
                self._assign(part.name, value)
            return ""
        if value is None:
            raise TemplateError("nil is not a value to print")
        return show(value)

    def _assign(self, name: str, value: Any) -> None:
        scope = next((scope for scope in self.variables.maps if name in scope), None)
        if scope is None:
            raise TemplateError(f"undefined variable ${name}")
        scope[name] = value

    def _block(self, block: Block, value: Any, dot: Any) -> str:
        outer = self.variables
        self.variables = outer.new_child()
        try:
            return self._inside(block, value, dot)
        finally:
            self.variables = outer

    def _inside(self, block: Block, value: Any, dot: Any) -> str:
        if not truth(value):
            return self.text(block.otherwise, dot)
        if block.kind == "range":
            items = sorted(value.items()) if isinstance(value, dict) else list(enumerate(value))
            return "".join(self._round(block, key, item) for key, item in items)
        if block.names:
            self.variables[block.names[0]] = value
        return self.text(block.body, value if block.kind == "with" else dot)

    def _round(self, block: Block, key: Any, item: Any) -> str:
        self.variables.update(zip(block.names[-2:], (key, item)[-len(block.names) :], strict=False))
        return self.text(block.body, item)

    def pipe(self, pipe: Pipe, dot: Any) -> Any:
        value = self._value(pipe.commands[0], dot, ())
        for command in pipe.commands[1:]:
            if not isinstance(command, Call):
                raise TemplateError("only a function can take a pipeline's value")
            value = self._value(command, dot, (value,))
        return value

    def _value(self, operand: Operand, dot: Any, piped: tuple[Any, ...]) -> Any:
        match operand:
            case Literal(value):
                return value
            case Variable(name):
                if name not in self.variables:
                    raise TemplateError(f"undefined variable ${name}")
                return self.variables[name]
            case Dot():
                return dot
            case Field(of, name):
                return self._field(self._value(of, dot, ()), name)
            case Pipe():
                return self.pipe(operand, dot)
            case Call(name, arguments):
                return self._call(name, (*(self._value(each, dot, ()) for each in arguments), *piped))

    def _field(self, of: Any, name: str) -> Any:
        if not isinstance(of, dict) or (isinstance(of, Struct) and name not in of):
            raise TemplateError(f"can't evaluate field {name}")
        return of.get(name, "")

    def _call(self, name: str, arguments: tuple[Any, ...]) -> Any:
        if name == "query":
            return [Struct(sample) for sample in self.around.query(str(arguments[0]))]
        if name in ("externalURL", "pathPrefix"):
            return ""
        return FUNCTIONS[name](*arguments)
