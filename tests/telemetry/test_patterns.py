"""Regular expressions from files and from people cannot hang the program."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from time import process_time

import numpy as np
import pytest

from drillbook.errors import InvalidInput
from drillbook.loading.checks.findings import bad_regex
from drillbook.model.labels import labels
from drillbook.oncall.matchers import Operator, matcher, matches
from drillbook.telemetry.patterns import LONGEST
from drillbook.telemetry.query import compile_query
from drillbook.telemetry.template_syntax import TemplateError
from drillbook.telemetry.templates import Surroundings, Template
from drillbook.world.shell.pipes import _regex
from tests.telemetry.series import MemorySource

SOURCE = Path(__file__).parents[2] / "src" / "drillbook"
CATASTROPHIC = (
    "(a+)+b",
    "(a|aa)+$x",
    "(a*)*b",
    "(.*.*.*.*)*z",
    "([a-zA-Z]+)*!",
    "^(([a-z])+.)+[A-Z]([a-z])+$",
)
VICTIM = "a" * 20_000


def _matcher(pattern: str) -> object:
    source = MemorySource({"up": [(labels(job=VICTIM), [1.0])]})
    return compile_query(f"up{{job=~`{pattern}`}}").instant(source, 0.0)


def _label_replace(pattern: str) -> object:
    source = MemorySource({"up": [(labels(job=VICTIM), [1.0])]})
    return compile_query(f"label_replace(up, 'x', '$1', 'job', `{pattern}`)").instant(source, 0.0)


def _template(text: str) -> str:
    around = Surroundings((), lambda _: [])
    return Template(text).expand(labels(job=VICTIM), 1.0, around)


class _Plain:
    def has(self, name: str) -> bool:
        return name == "E"


USES: dict[str, Callable[[str], object]] = {
    "matcher of a query": _matcher,
    "label_replace": _label_replace,
    "match in a template": lambda pattern: _template(f"{{{{ match `{pattern}` $labels.job }}}}"),
    "reReplaceAll in a template": lambda pattern: _template(
        f"{{{{ reReplaceAll `{pattern}` `b` $labels.job }}}}"
    ),
    "matcher of a route": lambda pattern: matches(
        (matcher("job", Operator("=~"), pattern),), {"job": VICTIM}
    ),
    "grep": lambda pattern: _regex(pattern, _Plain())(VICTIM),  # type: ignore[arg-type]
    "checks of files": lambda pattern: list(bad_regex((), pattern)),
}


@pytest.mark.parametrize("pattern", CATASTROPHIC)
@pytest.mark.parametrize("use", USES)
def test_a_catastrophic_pattern_takes_no_time(use: str, pattern: str) -> None:
    """With Python's own engine each of them would take longer than the universe has existed."""
    begun = process_time()
    USES[use](pattern)
    assert process_time() - begun < 1.0


@pytest.mark.parametrize("pattern", ["a" * (LONGEST + 1), "((a{100}){100}){100}", "(?=a)", r"(a)\1"])
def test_patterns_that_are_too_large_or_not_re2_are_refused(pattern: str) -> None:
    for text in (f"up{{job=~`{pattern}`}}", f"label_replace(up, 'x', '$1', 'job', `{pattern}`)"):
        with pytest.raises(InvalidInput):
            compile_query(text)
    assert "error expanding template" in _template(f"{{{{ match `{pattern}` `a` }}}}")


_LONG_TEMPLATES = (
    "{{" * 9_000, "{{ " + "(" * 15_000, "{{" + " " * 15_000, "{{ - " * 3_000, "{{ `" * 4_000,
    '{{ "' + "\\a" * 9_000, "{{ 1" + "0" * 15_000 + " }}", "{{ printf `" + "%-0" * 6_000 + "` }}",
    "{{ $" + "a" * 15_000 + " }}", "{{/*" * 4_000, "{{ '" * 4_000, "{{ " + "- " * 9_000 + "}}",
)  # fmt: skip


@pytest.mark.parametrize("text", _LONG_TEMPLATES)
def test_no_template_takes_long_to_read(text: str) -> None:
    begun = process_time()
    with suppress(TemplateError, RecursionError):  # files with so many brackets are refused before
        Template(text)
    assert process_time() - begun < 2.0


def test_a_template_has_a_greatest_length() -> None:
    with pytest.raises(TemplateError, match="longer than"):
        Template("x" * 20_001)


@pytest.mark.parametrize(
    "text",
    ["'" * 20_001, "up{job='" + "\\a" * 20_000, "up " * 20_000, "`" * 20_001, "up @" + " " * 40_000],
)  # fmt: skip
def test_no_query_takes_long_to_read(text: str) -> None:
    begun = process_time()
    with pytest.raises(InvalidInput):
        compile_query(text)
    assert process_time() - begun < 2.0


def _calls() -> Iterator[tuple[str, ast.expr]]:
    """Patterns that are given to Python's own engine anywhere in the program."""
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "re"
                and node.func.attr != "escape"
            ):
                yield f"{path.relative_to(SOURCE)}:{node.lineno}", node.args[0]


def test_pythons_own_engine_sees_the_programs_own_patterns_only() -> None:
    """They are literals, or put together from constants and escaped words."""
    composed = []
    for place, pattern in _calls():
        names = {each.id for each in ast.walk(pattern) if isinstance(each, ast.Name)}
        own = all(
            re.fullmatch(r"re|_?[A-Z_]+|map|longest|construct|unknown|unit|inner|_whole_word|name", name)
            for name in names
        )
        if not isinstance(pattern, ast.Constant):
            composed.append(place)
        assert own, f"{place}: {ast.unparse(pattern)}"
    assert len(composed) < 12


def test_a_pattern_is_checked_once_and_matches_whole_values() -> None:
    source = MemorySource({"up": [(labels(job="a\nb"), [1.0]), (labels(job="ab"), [1.0])]})
    found = compile_query("up{job=~`a.b|x`}").instant(source, 0.0)
    assert np.shape(found.values) == (1, 1)
