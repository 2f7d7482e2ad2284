"""Broken and sound rule files: the text, the line at fault, and a part of what is said about it."""

from __future__ import annotations


def _rule(expr: str, more: str = "", name: str = "alert: A") -> str:
    return f"groups:\n- name: g\n  rules:\n  - {name}\n    expr: {expr}\n{more}"


def _alert(more: str) -> str:
    return _rule("up == 0", "".join(f"    {line}\n" for line in more.split("\n")))


BROKEN: dict[str, tuple[str, int, str]] = {
    # the expression
    "misspelt function": (_rule("rat(up[5m]) > 1"), 5, "did you mean rate"),
    "unknown function": (_rule("frobnicate(up)"), 5, "frobnicate"),
    "no range": (_rule("rate(up) > 1"), 5, "rate"),
    "range for sum": (_rule("sum(up[5m])"), 5, "matrix"),
    "range compared": (_rule("up[5m] > 1"), 5, "instant vector"),
    "open bracket": (_rule("sum(up"), 5, "unclosed"),
    "extra bracket": (_rule("sum(up))"), 5, ")"),
    "open brace": (_rule("'up{job=\"a\"'"), 5, "brace"),
    "open range": (_rule("'rate(up[5m)'"), 5, "bracket"),
    "bad pattern": (_rule("'up{job=~\"(\"}'"), 5, "("),
    "unquoted label": (_rule("'up{job=api}'"), 5, "api"),
    "number as label": (_rule("'up{0job=\"a\"}'"), 5, "'0'"),
    "empty selector": (_rule("'{}'"), 5, "matcher"),
    "all-embracing selector": (_rule("'{job=~\".*\"}'"), 5, "matcher"),
    "name twice": (_rule("'up{__name__=\"down\"}'"), 5, "up"),
    "no operand": (_rule("up >"), 5, "expression"),
    "two operands": (_rule("up down"), 5, "down"),
    "assignment": (_rule("up = 1"), 5, "="),
    "and with number": (_rule("up and 1"), 5, "and"),
    "comparison of numbers": (_rule("1 > 2"), 5, "BOOL"),
    "bool with plus": (_rule("up + bool up"), 5, "bool"),
    "group with and": (_rule("up and on (job) group_left () down"), 5, "and"),
    "label in on and group": (_rule("up * on (job) group_left (job) down"), 5, "job"),
    "too many arguments": (_rule("abs(up, 1)"), 5, "abs"),
    "too few arguments": (_rule("clamp(up, 1)"), 5, "clamp"),
    "number for vector": (_rule("abs(1)"), 5, "abs"),
    "no parameter": (_rule("topk(up)"), 5, "aggregate"),
    "text parameter": (_rule("'quantile(\"a\", up)'"), 5, "scalar"),
    "number as text": (_rule("count_values(1, up)"), 5, "string"),
    "bad duration": (_rule("rate(up[5x])"), 5, "5x"),
    "empty duration": (_rule("rate(up[])"), 5, "duration"),
    "no duration": (_rule("up offset"), 5, "offset"),
    "offset of a sum": (_rule("sum(up) offset 5m"), 5, "offset"),
    "offset twice": (_rule("up offset 5m offset 1m"), 5, "offset"),
    "order of durations": (_rule("rate(up[1m1h])"), 5, "1m1h"),
    "bare by": (_rule("sum by job (up)"), 5, "expression"),
    "open text": (_rule("'up{job=\"a}'"), 5, "quote"),
    "bad escape": (_rule("'up{job=\"\\d\"}'"), 5, "escape"),
    "odd character": (_rule("up > 1 $"), 5, "$"),
    "later line": (
        "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: |\n      up ==\n        nosuch(up)\n",
        7,
        "nosuch",
    ),
    "third rule": (
        _rule("up", "  - {alert: B, expr: up}\n  - {alert: C, expr: 'sum('}\n"),
        7,
        "expression",
    ),
    # the rule
    "no expression": ("groups:\n- name: g\n  rules:\n  - alert: A\n", 4, "expr"),
    "empty expression": (_rule('""'), 5, "no expression"),
    "alert and record": (_rule("up", name="alert: A\n    record: b"), 4, "either"),
    "neither": ("groups:\n- name: g\n  rules:\n  - expr: up\n", 4, "either"),
    "recording for": (_rule("up", "    for: 5m\n", "record: a"), 4, "recording"),
    "recording annotations": (_rule("up", "    annotations: {a: b}\n", "record: a"), 4, "recording"),
    "recording keep": (_rule("up", "    keep_firing_for: 5m\n", "record: a"), 4, "recording"),
    "recording name": (_rule("up", name='record: "a b"'), 4, "a b"),
    "recording label": (_rule("up", "    labels: {__name__: b}\n", "record: a"), 6, "__name__"),
    "label name": (_alert("labels: {a-b: c}"), 6, "a-b"),
    "label __name__": (_alert("labels: {__name__: c}"), 6, "__name__"),
    "annotation name": (_alert("annotations: {a b: c}"), 6, "a b"),
    "bad for": (_alert("for: 5x"), 6, "5x"),
    "number for": (_alert("for: 5"), 6, "5"),
    "fraction for": (_alert("for: 1.5m"), 6, "1.5m"),
    "negative for": (_alert("for: -5m"), 6, "-5m"),
    "disordered for": (_alert("for: 1m1h"), 6, "1m1h"),
    "bad keep": (_alert("keep_firing_for: abc"), 6, "abc"),
    "misspelt field": (_alert("annotatons: {a: b}"), 6, "did you mean annotations"),
    "list of labels": (_alert("labels: [a, b]"), 6, "labels"),
    "list of rules": ("groups:\n- name: g\n  rules: up\n", 3, "rules"),
    "template open": (_alert("annotations: {a: '{{ $value'}"), 6, "}}"),
    "template function": (_alert("annotations: {a: '{{ humanise $value }}'}"), 6, "did you mean humanize"),
    "template variable": (_alert("annotations: {a: '{{ $lables.job }}'}"), 6, "$lables"),
    "template end": (_alert("annotations: {a: '{{ if true }}x'}"), 6, "end"),
    "template bracket": (_alert("annotations: {a: '{{ (print 1 }}'}"), 6, "parenthesis"),
    "template label": (_alert("labels: {a: '{{ nosuch }}'}"), 6, "nosuch"),
    "template if": (_alert("annotations: {a: '{{ if }}x{{ end }}'}"), 6, "if"),
    "template stray end": (_alert("annotations: {a: '{{ end }}'}"), 6, "end"),
    # the group and the file
    "group twice": ("groups:\n- {name: g, rules: []}\n- {name: g, rules: []}\n", 3, "g"),
    "no group name": ("groups:\n- rules: []\n", 2, "name"),
    "empty group name": ("groups:\n- name: ''\n  rules: []\n", 2, "name"),
    "group field": ("groups:\n- name: g\n  intervall: 1m\n  rules: []\n", 3, "did you mean interval"),
    "file field": ("group:\n- name: g\n  rules: []\n", 1, "groups"),
    "bad interval": ("groups:\n- name: g\n  interval: often\n  rules: []\n", 3, "often"),
    "bad limit": ("groups:\n- name: g\n  limit: many\n  rules: []\n", 3, "many"),
    "bad indentation": ("groups:\n- name: g\n   rules: []\n", 3, ""),
    "key twice": (_alert("for: 1m\nfor: 2m"), 7, "for"),
    "tab": ("groups:\n- name: g\n\trules: []\n", 3, ""),
}
"""Promtool refuses all of them."""

REFUSED_HERE: dict[str, tuple[str, int, str]] = {
    "text alone": (_rule("'\"up\"'"), 5, "instant vector"),
    "range alone": (_rule("up[5m]"), 5, "instant vector"),
    "holt_winters": (_rule("holt_winters(up[5m], 0.5, 0.5)"), 5, "holt_winters"),
    "rule twice": (_rule("up", "  - {alert: A, expr: up}\n"), 6, "twice"),
    "future": (_rule("up offset -5m"), 5, "future"),
    "fixed time": (_rule("up @ 1000"), 5, "fixed time"),
    "template define": (_alert("annotations: {a: '{{ define `x` }}y{{ end }}'}"), 6, "define"),
    "template break": (_alert("annotations: {a: '{{ range $labels }}{{ break }}{{ end }}'}"), 6, "break"),
    "quick interval": ("groups:\n- name: g\n  interval: 100ms\n  rules: []\n", 3, "interval"),
}
"""What Prometheus 2.42 has and drillbook has not; the documentation says so."""

NEWER: dict[str, tuple[str, int, str]] = {
    "double_exponential_smoothing": (
        _rule("double_exponential_smoothing(up[5m], 0.5, 0.5)"),
        5,
        "double_exp",
    ),
    "mad_over_time": (_rule("mad_over_time(up[5m])"), 5, "mad_over_time"),
    "sort_by_label": (_rule("sort_by_label(up, 'job')"), 5, "sort_by_label"),
    "limitk": (_rule("limitk(2, up)"), 5, "limitk"),
    "info": (_rule("info(up)"), 5, "info"),
    "histogram_avg": (_rule("histogram_avg(up)"), 5, "histogram_avg"),
    "ts_of_max": (_rule("ts_of_max_over_time(up[5m])"), 5, "ts_of_max_over_time"),
}
"""Experimental functions of 3.x, and native histograms: promtool 2.42 does not know them, we name them."""

SOUND: dict[str, str] = {
    "one name for two rules": _rule("up", "  - {alert: A, expr: down}\n"),
    "empty": "groups: []\n",
    "no rules": "groups:\n- name: g\n",
    "alert": _alert(
        "for: 5m\nkeep_firing_for: 1m\nlabels: {severity: page}\nannotations: {a: '{{ $value }}'}"
    ),
    "recording": _rule("sum by (job) (up)", "    labels: {a: b}\n", "record: 'job:up:sum'"),
    "durations": _alert("for: 1d2h3m4s5ms"),
    "zero": _alert("for: 0"),
    "zero seconds": _alert("for: 0s"),
    "number": _rule("1"),
    "literals": _rule("0x1F + 1e3 - .5 + Inf * NaN > bool 3"),
    "keywords": _rule("SUM(up) BY (job) and ON(job) AVG(up) by (job)"),
    "names like words": _rule("sum + by + offset"),
    "group fields": "groups:\n- name: g\n  limit: 5\n  interval: 1m\n  rules:\n  - {alert: A, expr: up}\n",
    "backticks": _rule("'up{job=~`a\\d+`}'"),
    "comment": "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: |\n      up # it's (here\n      == 0\n",
    "nested": _rule("max_over_time(rate(http_requests_total[5m])[1h:1m])"),
    "template of everything": _alert(
        "annotations: {a: '{{ range query `up` }}{{ .Value | humanize }}{{ end }}'}"
    ),
    "same name in two groups": (
        "groups:\n- {name: g, rules: [{alert: A, expr: up}]}\n- {name: h, rules: [{alert: A, expr: up}]}\n"
    ),
    "same alert, other labels": _rule("up", "  - {alert: A, expr: up, labels: {a: b}}\n"),
    "quoted numbers as labels": _alert("labels: {a: '1'}"),
    "numbers as labels": _alert("labels: {a: 1, b: true, c: 1.50}"),
}
