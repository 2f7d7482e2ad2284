"""The system map: components, what they depend on, and their health as monitoring would show it."""

from __future__ import annotations

from collections.abc import Mapping

from drillbook.model.quantities import duration_text
from drillbook.model.system import Service, System
from drillbook.world.parts.table import KINDS
from drillbook.world.state import (
    ComponentState,
    ExternalState,
    Health,
    Node,
    PoolState,
    PostgresState,
    ServiceState,
)


def nodes(system: System, states: Mapping[str, ComponentState]) -> tuple[Node, ...]:
    """A node for every component, in the system's order."""
    out = []
    for component in system.components:
        state = states[component.name]
        health, summary = _look(state)
        calls: tuple[str, ...] = ()
        if isinstance(component, Service):
            calls = tuple(call.to for call in component.calls)
            calls += (component.uses.pool,) if component.uses is not None else ()
        elif isinstance(state, PoolState):
            calls = (state.server,)  # a failover may have moved it
        elif component.kind in KINDS:
            calls = KINDS[component.kind].depends(component)
        out.append(Node(component.name, component.kind, component.owner, health, summary, calls))
    return tuple(out)


def _look(state: ComponentState) -> tuple[Health, str]:
    if isinstance(state, ServiceState):
        return _service(state)
    if isinstance(state, PoolState):
        return _pool(state)
    if isinstance(state, PostgresState):
        return _postgres(state)
    if isinstance(state, ExternalState):
        return _external(state)
    return KINDS[state.spec.kind].health(state)


def _service(state: ServiceState) -> tuple[Health, str]:
    ready = sum(pod.ready for pod in state.pods)
    slow = state.p99 > max(2.0, 8 * state.spec.latency)
    health: Health = "ok"
    if state.error_ratio > 0.25 or ready == 0:
        health = "down"
    elif state.error_ratio > 0.02 or slow or ready < state.desired:
        health = "warn"
    text = f"{state.request_rate:.0f}/s  {state.error_ratio:.1%} errors  p99 {duration_text(state.p99)}"
    return health, f"{text}  {ready}/{state.desired} ready"


def _pool(state: PoolState) -> tuple[Health, str]:
    waiting = round(state.client_waiting)
    health: Health = "ok"
    if state.refused_rate + state.timeout_rate + state.server_error_rate > 1 or state.maxwait > 10:
        health = "down"
    elif waiting > 20 or state.server_active > 0.9 * state.pool_size:
        health = "warn"
    return health, f"{state.server_active:.0f}/{state.pool_size} in use  {waiting} waiting"


def _postgres(state: PostgresState) -> tuple[Health, str]:
    if not state.up:
        return "down", "not accepting connections"
    part = state.connections / max(1, state.max_connections - state.reserved)
    health: Health = "warn" if part > 0.9 or state.cpu_ratio > 0.85 else "ok"
    return health, f"{state.connections:.0f}/{state.max_connections} connections  {state.cpu_ratio:.0%} CPU"


def _external(state: ExternalState) -> tuple[Health, str]:
    health: Health = "ok"
    if state.error_ratio > 0.25:
        health = "down"
    elif state.error_ratio > 0.02 or state.p50 > 3 * state.spec.latency:
        health = "warn"
    return health, f"{state.error_ratio:.1%} errors  p50 {duration_text(state.p50)}"
