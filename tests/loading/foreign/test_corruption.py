"""Whatever is changed in another tool's file, it is read, or refused with places."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from drillbook.errors import InvalidInput, Problem
from drillbook.loading.foreign.importing import Wishes, import_files
from drillbook.loading.foreign.reader import any_document
from drillbook.loading.foreign.recognise import read_foreign
from drillbook.loading.foreign.tools import Tool, tool_of
from tests.loading.foreign import samples

FILES: list[tuple[Tool, str]] = [
    ("alertmanager", samples.ALERTMANAGER),
    ("pagerduty", samples.PAGERDUTY),
    ("goalert", samples.GOALERT),
    ("opsgenie", samples.OPSGENIE_ESCALATIONS),
    ("opsgenie", samples.OPSGENIE_SCHEDULE),
    ("prometheus", samples.PROMETHEUS),
    ("prometheus", samples.RULES),
]
VALUES: list[Any] = [
    None,
    True,
    0,
    -1,
    1e300,
    10**30,
    "",
    "x",
    [],
    {},
    [None],
    ["x"],
    {"a": None},
    {"id": "a"},
    "2026",
]


def places(values: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in lists and groups that something else can be put at."""
    pairs = list(values.items()) if isinstance(values, dict) else list(enumerate(values))
    for key, value in pairs:
        yield values, key
        if isinstance(value, dict | list):
            yield from places(value)


def spoilt(text: str, draw: st.DataObject) -> str:
    values = yaml.safe_load(text)
    for _ in range(draw.draw(st.integers(1, 3))):
        found = list(places(values))
        holder, key = found[draw.draw(st.integers(0, len(found) - 1))]
        if draw.draw(st.booleans()):
            holder[key] = deepcopy(draw.draw(st.sampled_from(VALUES)))  # it may be spoilt itself
        else:
            del holder[key]
        if not values:
            break
    return json.dumps(values, indent=1)


def refused(reading: Callable[[], object]) -> tuple[Problem, ...]:
    """The problems for which a file is refused; none where it is read."""
    try:
        reading()
    except InvalidInput as error:
        return error.problems
    return ()


@pytest.mark.parametrize("number", range(len(FILES)))
@settings(max_examples=25, deadline=None)
@given(draw=st.data())
def test_a_spoilt_file_is_imported_or_refused(number: int, draw: st.DataObject) -> None:
    tool, text = FILES[number]
    with TemporaryDirectory() as folder:
        file = Path(folder) / "file.json"
        file.write_text(spoilt(text, draw))
        found = refused(lambda: import_files(tool, [file], Wishes(by_level=("a", "b"))))
        assert all(problem.source for problem in found)


@pytest.mark.parametrize("number", range(len(FILES)))
@settings(max_examples=25, deadline=None)
@given(draw=st.data())
def test_a_spoilt_file_is_checked(number: int, draw: st.DataObject) -> None:
    spoiled = any_document(spoilt(FILES[number][1], draw), "f")
    if tool_of(spoiled) is None:
        return
    found = refused(lambda: read_foreign(Path("f"), spoiled))
    assert all(problem.line for problem in found)
