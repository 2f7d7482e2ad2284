"""Expressions: what is refused and where, what differs by version, and the three kinds of NaN."""

from __future__ import annotations

import math

import numpy as np
import pytest

from drillbook.errors import InvalidInput
from drillbook.model.labels import labels
from drillbook.telemetry.evaluation import EvaluationError
from drillbook.telemetry.format import format_instant, format_range
from drillbook.telemetry.parsing import Place
from drillbook.telemetry.query import compile_query
from drillbook.telemetry.source import MISSING, STALE, is_missing, is_sample, is_stale
from tests.telemetry.series import MemorySource

UP = MemorySource(
    {
        "up": [(labels(job="a", pod="1"), [1.0] * 60), (labels(job="a", pod="2"), [0.0] * 60)],
        "odd": [
            (labels(kind="stale"), [1.0, 2.0, STALE, *[MISSING] * 57]),
            (labels(kind="missing"), [1.0, 2.0, *[MISSING] * 58]),
            (labels(kind="nan"), [1.0, math.nan, *[math.nan] * 58]),
        ],
        "limit": [(labels(job="a"), [2.0] * 60)],
        "requests_total": [(labels(job="a"), [float(number) for number in range(60)])],
    }
)


def values(text: str, t: float) -> dict[str, float]:
    vector = compile_query(text).instant(UP, t)
    shown = [" ".join(value for name, value in of if name != "__name__") for of in vector.labels]
    return dict(zip(shown, vector.values[:, 0].tolist(), strict=True))


def test_a_stale_marker_ends_a_series_at_once_and_a_missing_scrape_does_not() -> None:
    assert values("odd", 30.0).keys() == {"missing", "nan"}
    assert math.isnan(values("odd", 30.0)["nan"])


def test_a_sample_is_current_for_less_than_five_minutes() -> None:
    assert "missing" in values("odd", 15.0 + 299.999)
    assert "missing" not in values("odd", 15.0 + 300.0)


def test_nan_is_a_value_and_absent_is_none() -> None:
    assert values('count_over_time(odd{kind="nan"}[1m])', 60.0) == {"nan": 4.0}
    assert values("absent(odd)", 60.0) == {}
    assert values('absent(odd{kind="other"})', 60.0) == {"other": 1.0}


def test_the_markers_survive_numpy() -> None:
    marks = np.array([STALE, MISSING, math.nan, 1.0])
    assert is_stale(marks).tolist() == [True, False, False, False]
    assert is_missing(marks).tolist() == [False, True, False, False]
    assert is_sample(marks).tolist() == [False, False, True, True]


def test_ranges_are_left_open_from_version_3_on() -> None:
    new, old = (compile_query("count_over_time(up[1m])", compat=version) for version in ("3", "2.42"))
    assert new.instant(UP, 300.0).values.tolist() == [[4.0], [4.0]]
    assert old.instant(UP, 300.0).values.tolist() == [[5.0], [5.0]]


def test_extrapolation_to_zero_is_half_an_interval_at_most_from_version_2_51_on() -> None:
    """The first window reaches back before the series; 2.42 looked for zero before it shortened the reach."""
    new = compile_query("increase(requests_total[5m])").instant(UP, 60.0).values[0, 0]
    old = compile_query("increase(requests_total[5m])", compat="2.42").instant(UP, 60.0).values[0, 0]
    assert (new, old) == (4.0, 4.0)
    late = MemorySource({"c": [(labels(), [MISSING] * 10 + [9.0 + n for n in range(20)])]})
    assert compile_query("increase(c[5m])").instant(late, 240.0).values[0, 0] == pytest.approx(6.5)


def test_each_time_of_a_range_is_a_query_of_its_own() -> None:
    query, times = (
        compile_query("max_over_time(requests_total[1m]) - requests_total offset 1m"),
        np.arange(60.0, 500.0, 7.5),
    )
    whole = query.range(UP, times)
    single = [query.instant(UP, t).values[:, 0].tolist() for t in times.tolist()]
    assert whole.values.T.tolist() == single


def test_results_are_in_order_of_labels_or_of_values() -> None:
    assert list(values("up", 60.0)) == ["a 1", "a 2"]
    assert list(values("sort(up)", 60.0)) == ["a 2", "a 1"]
    assert list(values("(topk(2, up))", 60.0)) == ["a 1", "a 2"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("up / limit", ""),
        ("up / on (job) limit", "many-to-one matching must be explicit"),
        ("limit / on (job) up", "many-to-many"),
        ("limit / on (job) group_left () up", "many-to-many"),
        ('label_replace(up, "pod", "", "", "")', "same labelset"),
    ],
)
def test_what_has_no_answer_says_why(text: str, message: str) -> None:
    if not message:
        assert values(text, 60.0) == {}
        return
    with pytest.raises(EvaluationError, match=message):
        compile_query(text).instant(UP, 60.0)


def test_a_failure_counts_only_where_it_happens() -> None:
    """Two series clash only while both are there."""
    source = MemorySource({
        "a": [(labels(x="1"), [1.0] * 20), (labels(x="2"), [MISSING] * 10 + [1.0] * 10)],
    })  # fmt: skip
    query = compile_query("a / ignoring (x) group_left () sum(a) + ignoring (x) sum(a)")
    assert query.range(source, np.arange(0.0, 140.0, 15.0)).present.any()
    with pytest.raises(EvaluationError):
        query.range(source, np.array([0.0, 200.0]))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("up +\n  foo(up)", "rules.yml:8:3: PromQL function `foo` is not supported"),
        ("holt_winters(up[5m], 0.1, 0.2)", "rules.yml:7:11: PromQL function `holt_winters` is not supported"),
        ("mad_over_time(up[5m])", "rules.yml:7:11: PromQL `mad_over_time` is not supported"),
        ("sum(limitk(2, up))", "rules.yml:7:15: PromQL `limitk` is not supported"),
        ("up @ -5", "rules.yml:7:14: PromQL `@` with a time before 1970 is not supported"),
        ("up + fill(0) limit", "rules.yml:7:16: PromQL `fill` is not supported"),
        ("max_over_time((up @ end())[5m:])", "rules.yml:7:31: PromQL `end` is not supported (in a subquery)"),
        ('up{job=~"("}', "rules.yml:7:11: not a PromQL expression: illegal regex"),
        ("up >", "rules.yml:7:11: not a PromQL expression: "),
        ("up[5m]", "rules.yml:7:11: the expression must give an instant vector or a scalar"),
    ],
)
def test_what_is_not_supported_is_refused_where_it_stands(text: str, place: str) -> None:
    with pytest.raises(InvalidInput) as error:
        compile_query(text, Place("rules.yml", 7, 11))
    assert str(error.value).startswith(place)


def test_backtick_strings_are_raw() -> None:
    assert (
        compile_query(r"up{pod=~`\d`}").instant(UP, 60.0).labels
        == compile_query("up").instant(UP, 60.0).labels
    )


def test_patterns_match_whole_values_and_know_go_syntax() -> None:
    assert values('up{pod=~"1|x"}', 60.0) == {"a 1": 1.0}
    assert values(r'up{pod=~"(?i)\\pN"}', 60.0).keys() == {"a 1", "a 2"}
    assert values('up{zone!~".+"}', 60.0).keys() == {"a 1", "a 2"}


def test_the_clock_is_unix_time() -> None:
    epoch = 1_773_152_400.0
    assert compile_query("hour()").instant(UP, 0.0, epoch=epoch).values.tolist() == [[14.0]]
    assert compile_query("time()").instant(UP, 15.5, epoch=epoch).values.tolist() == [[epoch + 15.5]]
    assert (
        compile_query("timestamp(up)").instant(UP, 20.0, epoch=epoch).values.tolist() == [[epoch + 15.0]] * 2
    )


def test_text_is_that_of_promtool() -> None:
    query = compile_query("up * 1.5")
    assert format_instant(query.instant(UP, 60.0), 1000.25) == (
        '{job="a", pod="1"} => 1.5 @[1000.25]\n{job="a", pod="2"} => 0 @[1000.25]'
    )
    text = format_range(compile_query('up{pod="1"}').range(UP, np.array([0.0, 15.0])), np.array([5.0, 20.0]))
    assert text == 'up{job="a", pod="1"} =>\n1 @[5]\n1 @[20]'
    assert format_instant(compile_query("vector(1)").instant(UP, 0.0), 1.0) == "{} => 1 @[1]"


@pytest.mark.parametrize(
    ("text", "new", "old"),
    [
        ("sum(parts)", 3.0, 2.0),
        ("sum_over_time(steps[5m])", 3.0, 3.0),
        ("stddev(one / 0)", math.nan, 0.0),
        ("stdvar(one)", 0.0, 0.0),
        ("avg(large)", 1.5e308, 1.5e308),
        ("stddev(flat)", 0.0, 0.0),
        ("stddev_over_time(flat[5m])", 0.0, 0.0),
    ],
)
def test_sums_means_and_deviations_keep_their_digits(text: str, new: float, old: float) -> None:
    """Compensated by now for vectors, too; a single infinite value has no deviation any more."""
    source = MemorySource({
        "one": [(labels(), [1.0] * 4)],
        "parts": [(labels(n=str(n)), [value]) for n, value in enumerate((1e16, 1.0, -1e16, 2.0))],
        "steps": [(labels(), [1e16, 1.0, -1e16, 2.0])],
        "large": [(labels(n=str(n)), [1.5e308]) for n in range(3)],
        "flat": [(labels(), [0.1] * 15)],
    })  # fmt: skip
    t = 0.0 if text.startswith(("sum(", "avg")) else 45.0
    for compat, wanted in (("3", new), ("2.42", old)):
        found = compile_query(text, compat=compat).instant(source, t).values[:, 0].tolist()  # type: ignore[arg-type]
        assert found == pytest.approx([wanted], nan_ok=True, rel=1e-12, abs=0.0)


def test_topk_of_no_number_has_no_answer() -> None:
    with pytest.raises(EvaluationError, match="no whole number"):
        compile_query("topk(NaN, up)").instant(UP, 60.0)


def test_a_query_may_read_further_back_later_on() -> None:
    """The window of the first part stays what it was while the second part has older samples read."""
    source = MemorySource({"x": [(labels(), [float(n) for n in range(100)])]})
    text = "max_over_time(x[30s]) + 0 * (x offset 10m) + max_over_time(x[30s])"
    assert compile_query(text).instant(source, 900.0).values.tolist() == [[120.0]]
