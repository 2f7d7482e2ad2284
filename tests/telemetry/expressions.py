"""Random PromQL over the metrics of `random_metrics`, wide enough to reach every supported construct."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

from drillbook.model.labels import Labels, labels
from drillbook.telemetry.source import MISSING, STALE

_RANGES = ("30s", "1m", "90s", "2m", "5m", "7m")
_MATCHERS = (
    "",
    '{job="a"}',
    '{job!="a"}',
    '{job=~"a|b"}',
    '{code=~"5.."}',
    '{inst="2"}',
    '{zone=""}',
    '{job!~"[b-z]"}',
    '{inst!="1", zone=~".*"}',
    "{code=~`2\\d+`}",
)
_MOVED = (
    "", "", "", "", " offset 1m", " offset -30s", " @ 240", " @ 300 offset 15s", " @ end()", " @ start()",
)  # fmt: skip
_RANGE_FUNCTIONS = (
    "rate", "increase", "delta", "irate", "idelta", "deriv", "changes", "resets", "avg_over_time",
    "min_over_time", "max_over_time", "sum_over_time", "count_over_time", "last_over_time",
    "present_over_time", "stddev_over_time", "stdvar_over_time", "absent_over_time", "rate", "rate",
)  # fmt: skip
_VALUE_FUNCTIONS = (
    "abs", "ceil", "floor", "exp", "ln", "log2", "log10", "sqrt", "round", "sgn", "sort", "sort_desc",
    "absent", "timestamp", "deg", "rad",
)  # fmt: skip
_TRIGONOMETRY = (
    "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh",
)  # fmt: skip
_AGGREGATIONS = (
    "sum", "avg", "min", "max", "count", "group", "stddev", "stdvar", "topk", "bottomk", "quantile",
    "count_values",
)  # fmt: skip
_PARAMETERS = {
    "topk": ("2", "1", "0", "-1", "3.7", "scalar(sum(g)) - 1"),
    "bottomk": ("2", "1", "0", "10", "scalar(count(g)) / 2"),
    "quantile": ("0.4", "0", "1", "0.99", "-0.5", "1.5", "NaN", "scalar(count(c)) / 16"),
    "count_values": ('"v"', '"job"', '"zone"'),
}
_DATES = (
    "minute", "hour", "day_of_week", "day_of_month", "day_of_year", "days_in_month", "month", "year",
)  # fmt: skip


class Grammar:
    """Random expressions; `depth` bounds how far they nest."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def vector(self, depth: int = 3) -> str:
        """An expression that gives an instant vector."""
        if depth == 0:
            return self.selector()
        makers: list[Callable[[int], str]] = [self.over_range, self.aggregate, self.arithmetic, self.compare]
        makers += [self.sets, self.function, self.grouped, self.special, self.over_range, self.aggregate]
        return self.selector() if self.random.random() < 0.1 else self.random.choice(makers)(depth - 1)

    def selector(self, name: str = "") -> str:
        if not name and self.random.random() < 0.04:
            return self.random.choice(('{__name__=~"c|g"}', '{__name__="g",job!="b"}', '{job=~"a.*"}'))
        name = name or self.random.choice(("c", "g", "g", "c", "c", "g", "x", "w"))
        return name + self.random.choice(_MATCHERS) + self.random.choice(_MOVED)

    def range(self, depth: int, *, fixed: bool = True, exact: bool = False) -> str:
        """A range vector; `fixed` allows a fixed time, `exact` wants values without rounding errors."""
        length = self.random.choice(_RANGES)
        if depth > 0 and self.random.random() < 0.25:
            step = self.random.choice(("15s", "20s", "1m"))
            moved = self.random.choice(("", "", "", " offset 1m", " @ 400" if fixed else ""))
            # 2.42 reads too few samples for an `@` inside a subquery that has one, too.
            inside = self.inside(0 if exact else depth - 1)
            if exact and self.random.random() < 0.5:
                inside = f"{self.random.choice(('sum', 'max', 'min', 'count'))} by (job)({inside})"
            return f"({inside})[{length}:{step}]{'' if '@' in inside else moved}"
        name = self.random.choice(("c", "g", "c", "g", "c", "g", "w"))
        return f"{name}{self.random.choice(_MATCHERS)}[{length}]" + self.random.choice(
            ("", "", " offset 45s", " @ 300" if fixed else "")
        )

    def inside(self, depth: int) -> str:
        """An expression in a subquery, where `@ start()` and `@ end()` are not supported."""
        return self.vector(depth).replace(" @ end()", "").replace(" @ start()", " offset 30s")

    def over_range(self, depth: int) -> str:
        chosen = self.random.random()
        if chosen < 0.08:
            return f"predict_linear({self.range(depth, fixed=False)}, 120)"
        if chosen < 0.16:
            q = self.random.choice(("0", "0.3", "0.5", "1", "-1", "2", "NaN", "scalar(sum(g)) / 10"))
            return f"quantile_over_time({q}, {self.range(depth, fixed=False)})"
        name = self.random.choice(_RANGE_FUNCTIONS)
        # The last digits of what is calculated would look like resets of a counter.
        exact = name in ("rate", "increase", "irate", "changes", "resets")
        return f"{name}({self.range(depth, exact=exact)})"

    def by(self) -> str:
        return self.random.choice(
            ("", " by (job)", " by (job, inst)", " without (inst)", " without (code, job)", " by ()",
             " by (no)", " without ()", " by (job, zone, __name__)")
        )  # fmt: skip

    def aggregate(self, depth: int) -> str:
        name = self.random.choice(_AGGREGATIONS)
        first = ""
        if name in _PARAMETERS:
            first = self.random.choice(_PARAMETERS[name]) + ", "
        # Which of equal elements topk keeps, the last digits that count_values turns into labels and
        # deviations that are rounding errors are nothing to agree on; plain samples leave no such doubt.
        delicate = ("topk", "bottomk", "count_values", "stddev", "stdvar")
        plain = self.selector(self.random.choice("cgw" if name.startswith("std") else "cg"))
        inner = plain if name in delicate else self.vector(depth)
        if self.random.random() < 0.2:
            return f"{name}({first}{inner}){self.by()}"
        return f"{name}{self.by()}({first}{inner})"

    def number(self) -> str:
        return self.random.choice(
            ("0", "1", "2.5", "-3", "100", "time()", "scalar(sum(g))", "NaN", "Inf", "-Inf", "1e3", "0x1F",
             "-2 ^ 2", "(1 > bool 2)", "2 ^ 3 ^ 0.5", "10 - 3 - 2", "-(3 % 2)", "pi()",
             "(1 == bool 1) * 7 / 2", '-scalar(g{job="a",inst="1"})')
        )  # fmt: skip

    def arithmetic(self, depth: int) -> str:
        operator = self.random.choice((*"+-*/%^", *"/*+-", "atan2"))
        # 2.42 let atan2 keep the metric name, which was a bug.
        found = self._operation(depth, operator)
        return f"1 * ({found})" if operator == "atan2" else found

    def compare(self, depth: int) -> str:
        operator = self.random.choice((">", "<", ">=", "<=", "==", "!=")) + self.random.choice(
            (" ", " ", " bool ")
        )
        return self._operation(depth, operator)

    def _operation(self, depth: int, operator: str) -> str:
        form = self.random.random()
        if form < 0.35:
            return f"({self.vector(depth)}) {operator} {self.number()}"
        if form < 0.5:
            return f"{self.number()} {operator} ({self.vector(depth)})"
        match = self.random.choice(
            ("", "", "on (job, inst)", "ignoring (code)", "on (job)", "ignoring (zone)", "on ()",
             "ignoring (code, zone, inst)", "on (job, inst, zone, code, le)",
             "on (__name__, job, inst, zone)")
        )  # fmt: skip
        return f"({self.vector(depth)}) {operator} {match} ({self.vector(depth)})"

    def grouped(self, depth: int) -> str:
        operator = self.random.choice(("+", "*", "/", "> bool", ">", "==", ">=", "!=", "-", "<= bool", "%"))
        include = self.random.choice(("", "zone", "code", "code, zone"))
        if self.random.random() < 0.2:
            return f"c {operator} ignoring (code, le) group_left ({include}) sum by (job, inst) (g)"
        one = f"sum by (job{',' + include if include else ''})({self.vector(depth)})"
        if self.random.random() < 0.5:
            return f"({self.vector(depth)}) {operator} on (job) group_left ({include}) {one}"
        return f"{one} {operator} on (job) group_right ({include}) ({self.vector(depth)})"

    def sets(self, depth: int) -> str:
        operator = self.random.choice(("and", "or", "unless"))
        match = self.random.choice(("", "on (job)", "ignoring (code, inst)", "on ()"))
        return f"({self.vector(depth)}) {operator} {match} ({self.vector(depth)})"

    def function(self, depth: int) -> str:
        chosen = self.random.random()
        if chosen < 0.1:
            moments = ("", self.selector("g"), "vector(time() * 86400)", "vector(-1e9)", "c * 1e8")
            date = self.random.choice(moments)
            return f"{self.random.choice(_DATES)}({date})"
        if chosen < 0.2:
            return f"round({self.selector()}, {self.random.choice(('0.5', '3', '-2', '0.1', '10'))})"
        if chosen < 0.3:
            return f"clamp_min({self.vector(depth)}, {self.number()})"
        if chosen < 0.4:
            return f"clamp_max({self.vector(depth)}, {self.number()})"
        if chosen < 0.45:
            return f"{self.random.choice(_TRIGONOMETRY)}({self.selector('g')} / 4)"
        if chosen < 0.5:
            return f"clamp({self.vector(depth)}, -1, {self.number()})"
        return f"{self.random.choice(_VALUE_FUNCTIONS)}({self.vector(depth)})"

    def special(self, depth: int) -> str:
        q = self.random.choice((0.5, 0.9, 0.99, 0, 1, 1.1))
        target = self.random.choice(("inst", "new", "job"))
        text = self.random.choice(("", "${1}", "$9x", "$$", "${name}1", "$1"))
        forms = [
            f'label_replace({self.vector(depth)}, "zone", "$1-x", "job", "(a|c).*")',
            f'label_replace({self.vector(depth)}, "{target}", "{text}", "inst", "(?P<name>[12])")',
            f'label_join({self.vector(depth)}, "zone", "-", "job", "inst")',
            f'label_join({self.vector(depth)}, "new", "", "job", "no", "zone")',
            f"vector({self.number()})",
            f"-({self.vector(depth)})",
            f"histogram_quantile({q}, rate(h_bucket[{self.random.choice(_RANGES)}]))",
            "histogram_quantile(0.9, sum by (le) (rate(h_bucket[5m])))",
            "histogram_quantile(0.7, h_bucket)",
            f"histogram_quantile({q}, sum without (job) (increase(h_bucket[2m:15s])))",
            f"histogram_quantile(scalar(count(c)) / 10, h_bucket{self.random.choice(_MOVED)})",
            f'histogram_quantile(0.5, h_bucket{{le!="{self.random.choice(("1", "+Inf", "0.1"))}"}})',
            f"absent({self.random.choice(('x', 'g{job=~`q`,zone=`1`}', 'g{job=`q`,inst!=`1`}', 'sum(x)'))})",
            f"absent_over_time({self.random.choice(('x[1m]', 'g{job=`q`}[5m]', 'x{a=`1`,a=`2`}[1m:15s]'))})",
            f"({self.vector(depth)}) > bool on (job, inst, code) ({self.vector(depth)})",
        ]
        return self.random.choice(forms)


def _walk(random: Random, *, counter: bool, apart: float = 0.0) -> list[float]:
    value, found = float(random.randint(0, 5)), []
    gaps = random.random() < 0.5
    for _ in range(60):
        if counter:
            value = (
                float(random.randint(0, 3))
                if random.random() < 0.06
                else value + random.choice((0, 0, 1, 2, 7.5))
            )
        else:
            value = random.choice((value, value + random.randint(-3, 3), float(random.randint(-5, 9))))
        kind = random.random()
        odd = STALE if kind < 0.04 else MISSING if kind < 0.12 else value
        found.append((odd if gaps else value) + apart if kind >= 0.12 or not gaps else odd)
    return found


def _wild(random: Random) -> list[float]:
    """What Prometheus stores like anything else: infinities, NaN, the smallest."""
    odd = (math.nan, math.inf, -math.inf, 1e-300, 0.0, -0.0, 1.0, 2.0, 3.5)
    return [random.choice(odd[:4]) if random.random() < 0.15 else random.choice(odd[4:]) for _ in range(60)]


def _rows(random: Random, series: list[Labels], *, counter: bool) -> list[tuple[Labels, list[float]]]:
    return [
        (each, _walk(random, counter=counter, apart=row / 1024))
        for row, each in enumerate(series)
        if random.random() < 0.8
    ]


def random_metrics(random: Random) -> dict[str, list[tuple[Labels, list[float]]]]:
    """Counters `c`, gauges `g` (with gaps and stale markers), wild `w`, a histogram `h_bucket`."""
    counters = [
        labels(job=job, inst=inst, code=code) for job in "ab" for inst in "12" for code in ("200", "503")
    ]
    gauges = [
        labels(job=job, inst=inst, zone=zone)
        for job, zone in (("a", ""), ("b", "z"), ("c", "z"))
        for inst in "12"
    ]
    found: dict[str, list[tuple[Labels, list[float]]]] = {
        "w": [(each, _wild(random)) for each in gauges[:4]],
        "c": _rows(random, counters, counter=True),
        "g": _rows(random, gauges, counter=False),
        "h_bucket": [],
    }
    for job in "ab":
        total = [0.0] * 60
        for bound in ("0.1", "0.5", "1", "2.5", "+Inf"):
            walk = _walk(Random(random.random()), counter=True)
            clean = [max(walk[: at + 1], default=0.0) if at % 7 else 0.0 for at in range(60)]
            steps = [abs(value) if value == value else 0.0 for value in clean]  # noqa: PLR0124  NaN is not itself
            total = [a + b * (at + 1) / 64 for at, (a, b) in enumerate(zip(total, steps, strict=True))]
            kept = [MISSING if random.random() < 0.03 else value for value in total]
            found["h_bucket"].append((labels(job=job, le=bound), kept))
    return {name: rows for name, rows in found.items() if rows}
