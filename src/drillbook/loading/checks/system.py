"""A system's parts fit together: calls, pools, databases, releases and settings lead somewhere."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import TypeVar

from drillbook.loading.checks.findings import Findings, at_least, at_most, doubles, unknown
from drillbook.loading.document import KEY, Path
from drillbook.loading.shown import quoted
from drillbook.model.system import (
    Behaviour,
    CallChange,
    Component,
    External,
    Pgbouncer,
    Postgres,
    QueryChange,
    Service,
    System,
    Workload,
)
from drillbook.oncall.check import Finding

C = TypeVar("C", Service, Pgbouncer, Postgres, External)

_SCRAPE_S = 1.0
_HISTORY_S = 7 * 86400.0
_ROUNDING = 1e-9


def of_kind(system: System, kind: type[C]) -> dict[str, C]:
    """The components of a kind by name."""
    return {each.name: each for each in system.components if isinstance(each, kind)}


def names(system: System) -> list[str]:
    """The names of all components."""
    return [each.name for each in system.components]


def system_findings(system: System) -> Findings:
    """What does not fit; paths start at the system."""
    yield from doubles(("components",), names(system), "components", "name")
    yield from at_least(("scrape_interval",), system.scrape_interval, _SCRAPE_S)
    yield from at_least(("history",), system.history, system.scrape_interval)
    yield from at_most(("history",), system.history, _HISTORY_S, "a week")
    yield from _workload(system.workload, list(of_kind(system, Service)))
    for place, component in enumerate(system.components):
        yield from _component(("components", place), component, system)
    yield from _cycles(system)


def _workload(workload: Workload, services: list[str]) -> Findings:
    if workload.entry not in services:
        yield unknown(("workload", "entry"), "service", workload.entry, services)
    for place, (before, after) in enumerate(pairwise(workload.day)):
        if after.at <= before.at:
            path = ("workload", "day", place + 1, "at")
            message = f"{after.at} does not come after {before.at}"
            yield Finding(path, message, "the corners of a day stand in order")


def _component(path: Path, component: Component, system: System) -> Findings:
    if isinstance(component, Service):
        yield from _calls(path, component, system)
        yield from _releases(path, component)
        yield from _uses(path, component, system)
        yield from _capacity(path, component)
    elif isinstance(component, Pgbouncer):
        if component.server not in of_kind(system, Postgres):
            yield unknown((*path, "server"), "postgres", component.server, of_kind(system, Postgres))
        yield from at_least((*path, "query_wait_timeout"), component.query_wait_timeout, 0.1)
    elif isinstance(component, Postgres):
        yield from _connections(path, component)
    for misfit in component.misfits({each.name: each for each in system.components}):
        yield Finding((*path, *misfit.path), misfit.message, misfit.hint)


def _connections(path: Path, server: Postgres) -> Findings:
    if server.superuser_reserved_connections >= server.max_connections:
        message = "`superuser_reserved_connections` leaves no connection to anybody else"
        yield Finding((*path, "superuser_reserved_connections"), message)


def _calls(path: Path, service: Service, system: System) -> Findings:
    callable_ = [each.name for each in system.components if each.callable]
    for place, call in enumerate(service.calls):
        here = (*path, "calls", place)
        if call.to not in callable_:
            kind = "component that can be called" if call.to in names(system) else "component"
            yield unknown((*here, "to"), kind, call.to, callable_)
        yield from at_least((*here, "timeout"), call.timeout, 0.001)
        yield from _shield((*here, "cache"), call.cache, system)


def _shield(path: Path, name: str | None, system: System) -> Findings:
    shields = [each.name for each in system.components if each.shields]
    if name is not None and name not in shields:
        yield unknown(path, "cache", name, shields)


def _releases(path: Path, service: Service) -> Findings:
    versions = [release.version for release in service.releases]
    yield from doubles((*path, "releases"), versions, "releases", "version")
    if service.release not in versions:
        yield unknown((*path, "release"), "release", service.release, versions)
    for place, setting in enumerate(service.settings):
        for value, behaviour in setting.behaviours.items():
            yield from _behaviour((*path, "settings", place, "behaviours", value), behaviour)
        for value, calls in setting.calls.items():
            yield from _call_changes((*path, "settings", place, "calls", value), calls, service)
    for place, release in enumerate(service.releases):
        yield from _behaviour((*path, "releases", place), release)
        yield from _changes((*path, "releases", place, "queries"), release.queries, service)
        yield from _call_changes((*path, "releases", place, "calls"), release.calls, service)
    yield from doubles((*path, "settings"), [each.name for each in service.settings], "settings", "name")
    for place, setting in enumerate(service.settings):
        for value, changes in setting.effects.items():
            yield from _changes((*path, "settings", place, "effects", value), changes, service)


def _behaviour(path: Path, behaviour: Behaviour) -> Findings:
    yield from at_least((*path, "latency"), behaviour.latency, 0.0001)
    yield from at_least((*path, "cpu_per_request"), behaviour.cpu_per_request, 0.0001)


def _changes(path: Path, changes: Mapping[str, QueryChange], service: Service) -> Findings:
    queries = [query.name for query in service.uses.queries] if service.uses else []
    for name, change in changes.items():
        if name not in queries:
            yield unknown((*path, name, KEY), "query", name, queries)
        yield from at_least((*path, name, "hold"), change.hold, 0.001)


def _call_changes(path: Path, changes: Mapping[str, CallChange], service: Service) -> Findings:
    callees = [call.to for call in service.calls]
    for name, change in changes.items():
        if name not in callees:
            yield unknown((*path, name, KEY), "callee", name, callees)
        yield from at_least((*path, name, "timeout"), change.timeout, 0.001)


def _uses(path: Path, service: Service, system: System) -> Findings:
    if service.uses is None:
        return
    here = (*path, "uses")
    pools = of_kind(system, Pgbouncer)
    if service.uses.pool not in pools:
        yield unknown((*here, "pool"), "pgbouncer", service.uses.pool, pools)
    yield from _shield((*here, "cache"), service.uses.cache, system)
    queries = service.uses.queries
    for place, query in enumerate(queries):
        if query.cached and service.uses.cache is None:
            message = f"query {quoted(query.name)} is cached, but `uses` names no `cache`"
            yield Finding((*here, "queries", place, "cached"), message)
    yield from doubles((*here, "queries"), [query.name for query in queries], "queries", "name")
    total = 0.0
    for place, query in enumerate(queries):
        total += query.share
        if total > 1 + _ROUNDING:
            message = f"with {quoted(query.name)} the shares of the queries add up to {total:g}"
            yield Finding((*here, "queries", place, "share"), message, "1 at most")
            break
    for place, query in enumerate(queries):
        yield from at_least((*here, "queries", place, "hold"), query.hold, 0.001)


def _capacity(path: Path, service: Service) -> Findings:
    if service.replicas > service.max_replicas:
        message = f"{service.replicas} replicas are more than `max_replicas`, {service.max_replicas}"
        yield Finding((*path, "replicas"), message)
    scaler = service.autoscale
    if scaler is not None and not scaler.min <= scaler.max <= service.max_replicas:
        message = f"bounds {scaler.min} to {scaler.max} do not fit `max_replicas`, {service.max_replicas}"
        yield Finding((*path, "autoscale"), message, "min <= max <= max_replicas")
    if service.memory > service.memory_limit:
        yield Finding((*path, "memory"), "a replica at rest needs more memory than `memory_limit` allows")
    for key, value in (("latency", service.latency), ("cpu_per_request", service.cpu_per_request)):
        yield from at_least((*path, key), value, 0.0001)


def _cycles(system: System) -> Findings:
    """Calls by which a service comes back to itself, each said once, at the call that closes the circle."""
    services = of_kind(system, Service)
    places = {name: place for place, name in reversed(list(enumerate(names(system))))}
    done: set[str] = set()
    for start in services:
        stack = [(start, 0)]
        while stack:
            name, number = stack.pop()
            trail = [each for each, _ in stack] + [name]
            if name in done or number >= len(services[name].calls):
                done.add(name)
                continue
            stack.append((name, number + 1))
            target = services[name].calls[number].to
            if target in trail:
                circle = " -> ".join([*trail[trail.index(target) :], target])
                path = ("components", places[name], "calls", number, "to")
                message = f"calls go round in a circle: {circle}"
                yield Finding(path, message, "a service cannot wait for itself")
            elif target in services:
                stack.append((target, 0))
