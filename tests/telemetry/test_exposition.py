"""Metrics as text, in both formats."""

from __future__ import annotations

import math
import re
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillbook.model.labels import labels
from drillbook.telemetry.exposition import Format, Head, Sample, label_text, negotiate, number, render

PROMETHEUS_2 = (
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
)
PROMETHEUS_3 = (
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
    "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
    "text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
)
REQUESTS = (
    Head("http_requests_total", "counter", 'Requests, "all"\nof them.'),
    [Sample("http_requests_total", labels(job="api", path='a"b\\c\nd'), 3.0)],
)


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("", "text"),
        ("*/*", "text"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text"),
        (PROMETHEUS_2, "openmetrics"),
        (PROMETHEUS_3, "openmetrics"),
        ("application/openmetrics-text;version=2.0.0,text/plain;q=0.1", "text"),
        ("text/plain;q=0.9, application/openmetrics-text;q=0.2", "text"),
        ("application/openmetrics-text;q=nonsense", "text"),
        (";;,,;q=", "text"),
    ],
)
def test_the_scraper_chooses_the_format(accept: str, form: Format) -> None:
    assert negotiate(accept) == form


def test_the_text_format_escapes_help_and_labels() -> None:
    assert render([REQUESTS], "text") == (
        '# HELP http_requests_total Requests, "all"\\nof them.\n'
        "# TYPE http_requests_total counter\n"
        'http_requests_total{job="api",path="a\\"b\\\\c\\nd"} 3\n'
    )


def test_openmetrics_names_the_family_without_total_and_ends_with_eof() -> None:
    assert render([REQUESTS], "openmetrics") == (
        '# HELP http_requests Requests, \\"all\\"\\nof them.\n'
        "# TYPE http_requests counter\n"
        'http_requests_total{job="api",path="a\\"b\\\\c\\nd"} 3\n'
        "# EOF\n"
    )


def test_a_counter_that_openmetrics_would_rename_keeps_its_name_and_has_no_type() -> None:
    family = (Head("pgbouncer_errors_count", "counter", ""), [Sample("pgbouncer_errors_count", (), 2.0)])
    assert render([family], "openmetrics") == (
        "# TYPE pgbouncer_errors_count unknown\npgbouncer_errors_count 2\n# EOF\n"
    )
    assert render([family], "text").startswith("# TYPE pgbouncer_errors_count counter\n")


@given(st.floats())
def test_a_number_reads_back_the_same(value: float) -> None:
    again = float(number(value).replace("Inf", "inf"))
    assert math.isnan(again) if math.isnan(value) else again == value


@given(st.text())
def test_no_label_value_breaks_out_of_its_quotes(value: str) -> None:
    text = label_text((("name", value),))
    assert "\n" not in text
    assert re.fullmatch(r'\{name="(?:[^"\\\n]|\\["\\n])*"\}', text, re.DOTALL)


@pytest.mark.skipif(
    not shutil.which("promtool"), reason="promtool is not installed (Debian: apt-get install prometheus)"
)
def test_promtool_reads_the_text_format() -> None:
    texts = ["", "a", 'quo"te', "back\\slash", "li\nne", "{}", "ü☃", " ", "#"]
    samples = [Sample("x_seconds", labels(a=text or "-", n=str(k)), 1.5) for k, text in enumerate(texts)]
    samples += [Sample("x_seconds", labels(n=f"v{k}"), v) for k, v in enumerate([math.nan, math.inf, -1e300])]
    page = render([(Head("x_seconds", "gauge", 'with \\ and "\n'), samples)], "text")
    done = subprocess.run(
        ["promtool", "check", "metrics"], input=page, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
