"""Figures are read from what the tools print, and nothing is made of what they do not."""

import pytest

from drillbook.people import reading
from tests.people.stage import OUTPUTS


@pytest.mark.parametrize(
    ("output", "share"),
    [
        ("{} => 0.3642 @[1773152400]", 0.3642),
        ("{} => 1.2e-03 @[1773152400]", 0.0012),
        ("", 0.0),
        ("{} => NaN @[1773152400]", 0.0),
        ("{} => 1.7 @[1]", 1.0),
        ("{} => -0.1 @[1]", 0.0),
        ("{} => +Inf @[1]", None),
        ("Error: parse error at char 5", None),
        ("(no answer)", None),
    ],
)
def test_a_share_is_between_nothing_and_everything(output: str, share: float | None) -> None:
    assert reading.share(output) == share


def test_rows_are_read_by_their_columns_names() -> None:
    rows = reading.table(OUTPUTS["SHOW POOLS"])
    assert [(row["cl_waiting"], row["maxwait"]) for row in rows] == [("312", "41")]
    assert reading.table("ERROR:  relation does not exist") == []
    assert reading.table("") == []


def test_the_number_of_rows_counts_those_that_the_pager_hides() -> None:
    assert reading.row_count(OUTPUTS["pg_stat_activity"]) == 262
    assert reading.row_count("nothing") is None


@pytest.mark.parametrize(("value", "said"), [(0.3642, "36%"), (0.0042, "0.4%"), (0.0, "0%"), (1.0, "100%")])
def test_people_say_percentages(value: float, said: str) -> None:
    assert reading.percent(value) == said


def test_going_back_past_a_restart_takes_the_newest_other_release() -> None:
    """A restart's revision has the cause of the release that it restarts."""
    history = "deployment.apps/api\nREVISION  CHANGE-CAUSE\n1  v1: old\n2  v2: good\n3  v3: bad\n4  v3: bad\n"
    assert reading.earlier_revision(history) == "2"
    assert reading.earlier_revision("REVISION  CHANGE-CAUSE\n1  v1: only\n") == ""
    assert reading.earlier_revision("Error from server (NotFound)") == ""
