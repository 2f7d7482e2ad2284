"""Ages, intervals, tables and flags as the tools print and read them."""

from __future__ import annotations

from typing import Any

import pytest

from drillbook.world.selection import Selection
from drillbook.world.shell.ages import age, interval
from drillbook.world.shell.answer import Complaint
from drillbook.world.shell.psql.values import milliseconds, seconds, setting_text
from drillbook.world.shell.table import Table, aligned, columns
from drillbook.world.shell.words import Flags, read, stages


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0s"), (45, "45s"), (119, "119s"), (120, "2m"), (130, "2m10s"), (599, "9m59s"), (720, "12m"),
        (10799, "179m"), (10800, "3h"), (18420, "5h7m"), (93600, "26h"), (442800, "5d3h"), (691200, "8d"),
        (34560000, "400d"), (94608000 + 864000, "3y10d"),
    ],
)  # fmt: skip
def test_ages_are_written_as_kubernetes_does(value: Any, text: str) -> None:
    assert age(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "00:00:00"), (12.345678, "00:00:12.345678"), (9.5, "00:00:09.5"), (93784, "1 day 02:03:04"),
        (172800, "2 days"), (-2, "-00:00:02"),
    ],
)  # fmt: skip
def test_intervals_are_written_as_postgresql_does(value: Any, text: str) -> None:
    assert interval(value) == text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5 minutes", 300.0), ("1 min", 60.0), ("30s", 30.0), ("00:05:00", 300.0), ("1 day 02:00:00",
        93600.0),
        ("1 hour 30 min", 5400.0), ("10", 10.0), ("soon", None), ("", None), ("5 parsecs", None),
    ],
)  # fmt: skip
def test_intervals_are_read_as_postgresql_does(text: str, value: Any) -> None:
    assert seconds(text) == value


@pytest.mark.parametrize(
    ("text", "value"), [("5s", 5.0), ("250ms", 0.25), ("2min", 120.0), ("1500", 1.5), ("x", None)]
)
def test_time_settings_default_to_milliseconds(text: str, value: Any) -> None:
    assert milliseconds(text) == value


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (5, "5s"), (0.25, "250ms"), (120, "2min"), (90, "90s")]
)
def test_time_settings_are_shown_in_the_largest_whole_unit(value: Any, text: str) -> None:
    assert setting_text(value) == text


def test_psql_centres_names_and_puts_numbers_to_the_right() -> None:
    table = Table(("pid", "state"), [("1497", "active"), ("7", "idle in transaction")], [True, False])
    assert aligned(table) == (
        " pid  |        state\n"
        "------+---------------------\n"
        " 1497 | active\n"
        "    7 | idle in transaction\n"
        "(2 rows)"
    )


def test_kubectl_pads_columns_by_three() -> None:
    assert columns(("NAME", "READY"), [("a-long-name", "1/1")]) == "NAME          READY\na-long-name   1/1"


def test_flags_may_be_joined_split_or_bundled() -> None:
    flags = Flags(values={"-n": "n", "--name": "n"}, switches={"-i": "i", "-t": "t"})
    for words in (("-n", "x", "-it"), ("-nx", "-t", "-i"), ("--name=x", "-ti"), ("-itn", "x")):
        try:
            line = read(words, flags, "tool")
        except Complaint:
            assert words == ("-itn", "x")  # a value does not follow a bundle here
            continue
        assert (line.get("n"), line.has("i"), line.has("t")) == ("x", True, True)


def test_words_are_split_as_a_shell_does() -> None:
    assert stages("psql -c 'a | b' | grep \"x y\"") == (("psql", "-c", "a | b"), ("grep", "x y"))


def test_selections_survive_their_text() -> None:
    for one in (
        Selection(),
        Selection(user="a b", older=60.5, count=3),
        Selection(query="select 'x' || \"y\""),
    ):
        assert Selection.parse(one.text()) == one
    with pytest.raises(ValueError, match="colour"):
        Selection.parse("colour=red")
