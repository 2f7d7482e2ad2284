"""What Alertmanager would refuse in a routing beyond each field by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from drillbook.model.routing import InhibitRule, Route, Routing, TimeInterval
from drillbook.oncall.check import Finding, Path, doubles, unknown
from drillbook.oncall.intervals import interval_problems
from drillbook.oncall.matchers import is_label_name, parse_matchers, regexp_problem

GROUP_BY_ALL = "..."
"""In `group_by`: every label, so that each alert is a group of its own."""

_INTERVALS = ("mute_time_intervals", "active_time_intervals")


def routing_findings(routing: Routing) -> Iterator[Finding]:
    """What does not fit; paths start at the routing."""
    names = [receiver.name for receiver in routing.receivers]
    yield from doubles(("receivers",), names, "receiver")
    yield from _root(routing.route)
    known = [each.name for each in (*routing.time_intervals, *routing.mute_time_intervals)]
    yield from _route(("route",), routing.route, names, known)
    for place, rule in enumerate(routing.inhibit_rules):
        yield from _inhibit_rule(("inhibit_rules", place), rule)
    yield from _intervals(routing)


def _root(root: Route) -> Iterator[Finding]:
    if not root.receiver:
        yield Finding(("route", "receiver"), "the root route needs a receiver")
    for key in ("matchers", "match", "match_re"):
        if getattr(root, key):
            yield Finding(("route", key), "the root route takes every alert and has no matchers")
    if root.continue_:
        yield Finding(("route", "continue"), "the root route has no siblings to continue with")
    for key in _INTERVALS:
        if getattr(root, key):
            yield Finding(("route", key), "the root route takes alerts at any time; give it to a child")


def _route(path: Path, route: Route, receivers: list[str], intervals: list[str]) -> Iterator[Finding]:
    if route.receiver and route.receiver not in receivers:
        yield unknown((*path, "receiver"), "receiver", route.receiver, receivers)
    yield from _matchers(path, "matchers", route.matchers)
    yield from _older(path, "match", route.match)
    yield from _older(path, "match_re", route.match_re)
    group_by = route.group_by or []
    if GROUP_BY_ALL in group_by and len(group_by) > 1:
        yield Finding((*path, "group_by"), f"{GROUP_BY_ALL!r} groups by all labels and stands alone")
    for name, value in (("group_interval", route.group_interval), ("repeat_interval", route.repeat_interval)):
        if value is not None and value <= 0:
            yield Finding((*path, name), f"{name} must be longer than 0s")
    for key in _INTERVALS:
        for place, name in enumerate(getattr(route, key)):
            if name not in intervals:
                yield unknown((*path, key, place), "time interval", name, intervals)
    for place, child in enumerate(route.routes):
        yield from _route((*path, "routes", place), child, receivers, intervals)


def _matchers(path: Path, key: str, texts: Sequence[str]) -> Iterator[Finding]:
    for place, text in enumerate(texts):
        try:
            parse_matchers(text)
        except ValueError as problem:
            yield Finding((*path, key, place), str(problem))


def _older(path: Path, key: str, pairs: dict[str, str]) -> Iterator[Finding]:
    """The forms from before there were matchers: a mapping of labels to values or expressions."""
    for name, value in pairs.items():
        if not is_label_name(name):
            yield Finding((*path, key, name), f"{name!r} is not a name of a label")
        problem = regexp_problem(value) if key.endswith("_re") else ""
        if problem:
            yield Finding((*path, key, name), problem)


def _inhibit_rule(path: Path, rule: InhibitRule) -> Iterator[Finding]:
    for side in ("source", "target"):
        yield from _matchers(path, f"{side}_matchers", getattr(rule, f"{side}_matchers"))
        yield from _older(path, f"{side}_match", getattr(rule, f"{side}_match"))
        yield from _older(path, f"{side}_match_re", getattr(rule, f"{side}_match_re"))
    for place, name in enumerate(rule.equal):
        if not is_label_name(name):
            yield Finding((*path, "equal", place), f"{name!r} is not a name of a label")


def _intervals(routing: Routing) -> Iterator[Finding]:
    """Both lists share their names."""
    seen: set[str] = set()
    for key in ("time_intervals", "mute_time_intervals"):
        for place, interval in enumerate(getattr(routing, key)):
            if interval.name in seen:
                yield Finding((key, place), f"the time interval {interval.name!r} is already defined")
            seen.add(interval.name)
            yield from _interval((key, place), interval)


def _interval(path: Path, interval: TimeInterval) -> Iterator[Finding]:
    if not interval.name:
        yield Finding((*path, "name"), "a time interval needs a name")
    for place, spec in enumerate(interval.time_intervals):
        for below, problem in interval_problems(spec):
            yield Finding((*path, "time_intervals", place, *below), problem)
