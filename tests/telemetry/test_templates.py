"""Templates expand as Prometheus expands them."""

from __future__ import annotations

import math

import pytest

from drillbook.model.labels import labels
from drillbook.telemetry.numbers import general, plain
from drillbook.telemetry.template_functions import FUNCTIONS
from drillbook.telemetry.template_syntax import TemplateError
from drillbook.telemetry.templates import Samples, Surroundings, Template

LABELS = labels(instance="db-1:5432", job="pg")


def ask(text: str) -> Samples:
    if text == "none":
        return []
    if text == "bad(":
        raise TemplateError("not PromQL")
    return [{"Labels": {"job": "b"}, "Value": 2.0}, {"Labels": {"job": "a"}, "Value": 1.0}]


def expanded(text: str, value: float = 0.1234567) -> str:
    return Template(text).expand(LABELS, value, Surroundings(labels(region="eu"), ask))


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("nothing to do", "nothing to do"),
        ("{{ $labels.instance }} {{ .Labels.job }}", "db-1:5432 pg"),
        ("{{ $labels.nothing }}|{{ $externalLabels.region }}", "|eu"),
        ("{{ $value }} {{ .Value }}", "0.1234567 0.1234567"),
        ("{{ $labels }}", "map[instance:db-1:5432 job:pg]"),
        ("{{ $value | humanizePercentage }}", "12.35%"),
        ('{{ $value | printf "%.2f" }} {{ printf "%s=%5.1f" $labels.job $value }}', "0.12 pg=  0.1"),
        ('{{ printf "%d" $value }}', "%!d(float64=0.1234567)"),
        ('{{ printf "%q %v %t %%" $labels.job 3 true }}', '"pg" 3 true %'),
        ("a {{- 1 -}} b", "a1b"),
        ("{{/* said aside */}}x", "x"),
        ("{{ if gt $value 0.1 }}high{{ else }}low{{ end }}", "high"),
        ('{{ if eq $labels.job "x" "y" }}1{{ else if eq .Labels.job "pg" }}2{{ end }}', "2"),
        ("{{ if and $value (not false) }}yes{{ end }}", "yes"),
        ("{{ with $x := .Labels.job }}{{ . }}{{ $x }}{{ end }}", "pgpg"),
        ('{{ $x := "a" }}{{ $x | toUpper }}', "A"),
        ('{{ range query "up" }}{{ .Labels.job }}={{ .Value }} {{ end }}', "b=2 a=1 "),
        ('{{ range $i, $s := sortByLabel "job" (query "up") }}{{ $i }}{{ label "job" $s }}{{ end }}', "0a1b"),
        ('{{ query "up" | first | value }}', "2"),
        ('{{ with query "none" }}some{{ else }}none{{ end }}', "none"),
        ('{{ reReplaceAll "(.*):.*" "$1" $labels.instance }}', "db-1"),
        ("{{ stripPort $labels.instance }} {{ title `ab cd` }}", "db-1 Ab Cd"),
        ('{{ if match "^db" $labels.instance }}db{{ end }}', "db"),
        ("{{ humanizeTimestamp 1000000000.5 }}", "2001-09-09 01:46:40.5 +0000 UTC"),
        ('{{ query "bad(" }}', "<error expanding template: not PromQL>"),
        (
            '{{ first (query "none") }}',
            "<error expanding template: first() called on vector with no elements>",
        ),
    ],
)
def test_expansion(text: str, result: str) -> None:
    assert expanded(text) == result


@pytest.mark.parametrize(
    "text",
    [
        "{{ $labels.x",
        "{{ foo }}",
        "{{ if }}x{{ end }}",
        "{{ if 1 }}",
        "{{ end }}",
        '{{ template "x" }}',
        "{{ define `x` }}{{ end }}",
        "{{ range $labels }}{{ break }}{{ end }}",
        "{{ block `b` . }}{{ end }}",
        "{{ continue }}",
        "{{ tmpl `x` . }}",
        "{{ call 1 }}",
        "{{ js `x` }}",
        "{{ html `x` }}",
        "{{ slice `x` 1 }}",
    ],
)
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(TemplateError):
        Template(text)


@pytest.mark.parametrize(
    ("text", "constant"),
    [
        ("x", True),
        ("{{ $labels.a }} {{ .ExternalLabels.b }}", True),
        ("{{ $value }}", False),
        ("{{ .Value | humanize }}", False),
        ('{{ query "up" }}', False),
        ("{{ . }}", False),
    ],
)
def test_it_is_known_whether_a_text_depends_on_more_than_the_labels(text: str, *, constant: bool) -> None:
    assert Template(text).constant == constant


@pytest.mark.parametrize(
    ("function", "value", "result"),
    [
        ("humanize", 0.0, "0"),
        ("humanize", 1234567.0, "1.235M"),
        ("humanize", 0.00012, "120u"),
        ("humanize", -1500.0, "-1.5k"),
        ("humanize", math.inf, "+Inf"),
        ("humanize1024", 1048576.0, "1Mi"),
        ("humanize1024", 0.5, "0.5"),
        ("humanizeDuration", 0.0, "0s"),
        ("humanizeDuration", 59.5, "59.5s"),
        ("humanizeDuration", 3661.0, "1h 1m 1s"),
        ("humanizeDuration", -90061.0, "-1d 1h 1m 1s"),
        ("humanizeDuration", 0.0123, "12.3ms"),
        ("humanizeDuration", math.nan, "NaN"),
        ("stripDomain", "db.example.org:1", "db:1"),
        ("stripDomain", "10.0.0.1:1", "10.0.0.1:1"),
    ],
)
def test_people_can_read_numbers(function: str, value: object, result: str) -> None:
    assert FUNCTIONS[function](value) == result


@pytest.mark.parametrize(
    ("value", "short", "without_exponent"),
    [
        (1.0, "1", "1"),
        (1e20, "1e+20", "100000000000000000000"),
        (1e21, "1e+21", "1000000000000000000000"),
        (1e-5, "1e-05", "0.00001"),
        (-0.1, "-0.1", "-0.1"),
        (math.nan, "NaN", "NaN"),
        (-math.inf, "-Inf", "-Inf"),
    ],
)
def test_numbers_look_as_go_prints_them(value: float, short: str, without_exponent: str) -> None:
    assert (general(value), plain(value)) == (short, without_exponent)
