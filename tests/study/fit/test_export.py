"""Exports of any tool are read by their columns' names; what is wrong with a row is said once."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillbook.errors import InvalidInput
from drillbook.study.fit.columns import detected
from drillbook.study.fit.export import read_export
from drillbook.study.fit.moments import Clock, Unclear, moment, span
from drillbook.study.fit.stages import samples
from drillbook.study.fit.table import rows

TEN = datetime(2026, 3, 10, 10, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("id,created_on,seconds_to_first_ack,resolved_on",
         {"created": None, "acknowledged": 1.0, "resolved": None}),
        ("TinyId,Acknowledged,CreatedAt,Report.AckTime,Report.CloseTime",
         {"created": None, "acknowledged": 0.001, "resolved": 0.001}),
        ("Alert ID,Created At,Time to Ack,Time to Close",
         {"created": None, "acknowledged": 0.0, "resolved": 0.0}),
        ("Created,Acknowledged,Mitigated,Closed",
         {"created": None, "acknowledged": None, "mitigated": None, "resolved": None}),
        ("Opened At,Acknowledged At,timeoutEscalationCount",
         {"created": None, "acknowledged": None, "escalations": None}),
    ],
)  # fmt: skip
def test_the_columns_of_each_tool_are_known_by_their_names(
    header: str, found: dict[str, float | None]
) -> None:
    assert {what: column.unit for what, column in detected(header.split(",")).items()} == found


@pytest.mark.parametrize(
    "text",
    ["2026-03-10T10:00:00Z", "2026-03-10 10:00:00 UTC", "2026-03-10T11:00:00+01:00",
     "2026-03-10 05:00:00 -0500", "1773136800", "1773136800000"],
)  # fmt: skip
def test_moments_with_their_offset_need_no_zone(text: str) -> None:
    assert moment(text, Clock()) == TEN


@pytest.mark.parametrize(
    ("text", "clock", "message", "hint"),
    [
        ("2026-03-10 10:00", Clock(), "no offset from UTC", "--time-zone Europe/Berlin"),
        ("03/10/2026 10:00", Clock(), "two ways", '"%d/%m/%Y %H:%M" (day first)'),
        ("13/10/2026 10:00:00", Clock(), "two ways", '"%m/%d/%Y %H:%M:%S" (month first)'),
        ("yesterday", Clock(), "is no moment", "ISO 8601"),
        ("10.3.2026", Clock(form="%d.%m.%y"), "not of the form", "--time-format"),
        ("2026-10-25 02:30", Clock(ZoneInfo("Europe/Berlin")), "was twice", "offsets"),
        ("2026-03-29 02:30", Clock(ZoneInfo("Europe/Berlin")), "was not", "offsets"),
    ],
)
def test_a_moment_that_could_be_two_is_refused_with_a_hint(
    text: str, clock: Clock, message: str, hint: str
) -> None:
    with pytest.raises(Unclear, match=message) as refused:
        moment(text, clock)
    assert hint in refused.value.hint


def test_a_form_and_a_zone_make_any_moment_clear() -> None:
    clock = Clock(ZoneInfo("America/New_York"), "%m/%d/%Y %I:%M %p")
    assert moment("03/10/2026 06:00 AM", clock) == TEN


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [("90", 1.0, 90), ("90000", 0.001, 90), ("0:01:30", 0.0, 90), ("PT1M30S", 0.0, 90), ("1m 30s", 0.0, 90),
     ("1 day, 0:00:01", 0.0, 86401)],
)  # fmt: skip
def test_times_come_with_their_unit(text: str, unit: float, value: float) -> None:
    assert span(text, unit) == value


@pytest.mark.parametrize("text", ["90", "-5", "soon", "", "inf", "nan"])
def test_a_bare_number_without_a_unit_is_no_time(text: str) -> None:
    with pytest.raises(Unclear, match="is no time"):
        span(text, 0.0)


def test_each_bad_row_has_one_message_with_its_place() -> None:
    text = (
        "id;created_at;acknowledged_at;resolved_at\n"
        "1;2026-03-10T10:00:00Z;2026-03-10T10:05:00Z;\n"
        '"a ""b""\nc";2026-03-10T10:00:00Z;2026-03-10T09:00:00Z;nonsense\n'
        "3;;2026-03-10T10:05:00Z;\n"
    )
    export = read_export(text, "ours.csv")
    assert len(export.incidents) == 1
    assert [str(each) for each in export.problems] == [
        (
            "ours.csv:4:25: acknowledged `2026-03-10T09:00:00Z` is 3600 s before created "
            "(order: created, acknowledged, diagnosed, mitigated, resolved)"
        ),
        "ours.csv:5:3: the row does not say when the incident was created (column created_at)",
    ]


@pytest.mark.parametrize(
    ("header", "given", "message"),
    [
        ("id,what", {}, "no column tells when"),
        ("created_at,what", {}, "no column tells what happened"),
        ("Opened,Answered", {"created": "Opend"}, "no column `Opend`, did you mean"),
        ("Opened,Answered", {"created": "Opened:s"}, "created cannot be in s"),
        ("", {}, "the file is empty"),
    ],
)
def test_a_table_without_the_needed_columns_is_refused(
    header: str, given: dict[str, str], message: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_export(header, "ours.csv", given=given)
    assert message in str(refused.value)


def test_what_has_not_happened_yet_is_censored_at_the_last_known_moment() -> None:
    text = (
        "created_at,acknowledged_at,mitigated_at,resolved_at\n"
        "2026-03-10T10:00:00Z,2026-03-10T10:00:00Z,2026-03-10T10:20:30Z,2026-03-10T11:00:00Z\n"
        "2026-03-10T10:10:00Z,,,2026-03-10T10:30:00Z\n"
        "2026-03-10T10:50:00Z,,,\n"
        "2026-03-10T10:55:00Z,2026-03-10T10:56:00Z,,\n"
        "2026-03-10T11:00:00Z,,,\n"
    )
    found = {each.stage.name: each for each in samples(read_export(text, "ours.csv"))}
    acknowledge, mitigate = found["acknowledge"], found["mitigate"]
    assert acknowledge.times.tolist() == [0.5, 1200, 600, 60]
    assert acknowledge.seen.tolist() == [True, False, False, True]
    assert (acknowledge.lifted, mitigate.times.tolist(), mitigate.seen.tolist()) == (
        1,
        [1230, 240],
        [True, False],
    )


def test_a_time_of_zero_counts_half_the_resolution_of_the_export() -> None:
    ten = "\n2026-03-10T10:00Z,2026-03-10T10:0"
    text = f"created_at,acknowledged_at{ten}0Z{ten}3Z"
    assert samples(read_export(text, "ours.csv"))[0].times.tolist() == [30, 180]


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=8)


@given(st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=5))
def test_quoted_cells_come_back_as_they_were(table: list[list[str]]) -> None:
    text = "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in table)
    kept = [[cell.strip() for cell in row] for row in table if any(cell.strip() for cell in row)]
    assert [[cell.text for cell in row] for row in rows(text, ",")] == kept


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    export = read_export("created_at,acknowledged_at\n" + text, "ours.csv")
    assert all(each.message and each.line > 1 for each in export.problems)
