"""Alertmanager's routing tree: which receivers an alert reaches, and how each groups it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from drillbook.model.labels import Labels
from drillbook.model.routing import Route, Routing
from drillbook.oncall.check import refuse
from drillbook.oncall.inhibition import Inhibition, compile_inhibition
from drillbook.oncall.intervals import Interval, compile_interval
from drillbook.oncall.matchers import Matcher, all_matchers, matches
from drillbook.oncall.routing_check import GROUP_BY_ALL, routing_findings

GROUP_WAIT = 30.0
GROUP_INTERVAL = 300.0
REPEAT_INTERVAL = 4 * 3600.0
"""Alertmanager's defaults, seconds."""


@dataclass(frozen=True, slots=True)
class RouteOptions:
    """What a route inherits from its parent unless it says otherwise; times in seconds."""

    receiver: str = ""
    group_by: frozenset[str] | None = frozenset()
    """Names of the labels that make a group; None groups by all labels (`...`)."""
    group_wait: float = GROUP_WAIT
    group_interval: float = GROUP_INTERVAL
    repeat_interval: float = REPEAT_INTERVAL


@dataclass(frozen=True, slots=True)
class RouteNode:
    """A route with its inherited options resolved."""

    index: int
    """Place in the tree, depth first, counted from 0."""
    key: str
    """The matchers from the root down, as in Alertmanager's group keys."""
    options: RouteOptions
    matchers: tuple[Matcher, ...]
    continue_: bool
    mute: tuple[Interval, ...]
    """Within any of these nobody is told."""
    active: tuple[Interval, ...] | None
    """Outside all of these nobody is told; None where there is no such limit."""
    children: tuple[RouteNode, ...]

    def match(self, of: Mapping[str, str]) -> list[RouteNode]:
        """The routes that take an alert with these labels; empty only where this route does not match.

        Depth first, children in order; the first child that matches ends the search unless it says
        `continue`; a route takes the alert itself only if no child did.
        """
        if not matches(self.matchers, of):
            return []
        found: list[RouteNode] = []
        for child in self.children:
            taken = child.match(of)
            found += taken
            if taken and not child.continue_:
                break
        return found or [self]

    @property
    def is_timed(self) -> bool:
        """Whether time intervals say when its receiver is told."""
        return bool(self.mute) or self.active is not None

    def group_labels(self, of: Labels) -> Labels:
        """The labels that tell the alert's group from the route's other groups."""
        names = self.options.group_by
        return of if names is None else tuple(pair for pair in of if pair[0] in names)

    def walk(self) -> Iterator[RouteNode]:
        """This route and all below it, in order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class RoutingPlan:
    """A routing ready to use; holds no state, so that many dispatchers may share it."""

    root: RouteNode
    inhibitions: tuple[Inhibition, ...]


def compile_routing(routing: Routing) -> RoutingPlan:
    """The routing tree and the inhibition rules; InvalidInput with every problem of the routing."""
    refuse(routing_findings(routing))
    named = [*routing.time_intervals, *routing.mute_time_intervals]
    intervals = {each.name: compile_interval(each) for each in named}
    root = _Compiler(intervals).compile(routing.route, RouteOptions(), "")
    return RoutingPlan(root, tuple(compile_inhibition(rule) for rule in routing.inhibit_rules))


class _Compiler:
    """Compiles routes depth first, counting them."""

    def __init__(self, intervals: Mapping[str, tuple[Interval, ...]]) -> None:
        self._intervals = intervals
        self._count = 0

    def compile(self, route: Route, inherited: RouteOptions, path: str) -> RouteNode:
        index = self._count
        self._count += 1
        options = _options(route, inherited)
        matchers = all_matchers(route.matchers, route.match, route.match_re)
        key = f"{path}{{{','.join(map(str, matchers))}}}"
        return RouteNode(
            index=index,
            key=key,
            options=options,
            matchers=matchers,
            continue_=route.continue_,
            mute=self._parts(route.mute_time_intervals),
            active=self._parts(route.active_time_intervals) if route.active_time_intervals else None,
            children=tuple(self.compile(child, options, f"{key}/") for child in route.routes),
        )

    def _parts(self, names: Sequence[str]) -> tuple[Interval, ...]:
        return tuple(part for name in names for part in self._intervals[name])


def _options(route: Route, inherited: RouteOptions) -> RouteOptions:
    return RouteOptions(
        receiver=route.receiver or inherited.receiver,
        group_by=_group_by(route.group_by, inherited.group_by),
        group_wait=_given(route.group_wait, inherited.group_wait),
        group_interval=_given(route.group_interval, inherited.group_interval),
        repeat_interval=_given(route.repeat_interval, inherited.repeat_interval),
    )


def _given(own: float | None, inherited: float) -> float:
    return inherited if own is None else own


def _group_by(own: list[str] | None, inherited: frozenset[str] | None) -> frozenset[str] | None:
    if own is None:
        return inherited
    return None if GROUP_BY_ALL in own else frozenset(own)
