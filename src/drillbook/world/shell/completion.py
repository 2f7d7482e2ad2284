"""Completion of a line that is being typed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from drillbook.model.system import Pgbouncer, Postgres, Service, System
from drillbook.world.shell.manual import TOOLS

_MOST = 50
_KUBECTL = (
    "get pods", "get deployments", "get events", "get nodes", "get svc", "get ingress", "describe pod",
    "describe deployment", "logs deploy/", "top pods", "top nodes", "rollout status deployment/",
    "rollout history deployment/", "rollout undo deployment/", "rollout restart deployment/",
    "rollout pause deployment/", "rollout resume deployment/", "scale deployment/", "set env deployment/",
    "delete pod", "annotate ingress",
)  # fmt: skip
_SHOWS = (
    "POOLS",
    "CLIENTS",
    "SERVERS",
    "STATS",
    "CONFIG",
    "DATABASES",
    "LISTS",
    "max_connections",
    "statement_timeout",
)


def candidates(system: System, examples: Sequence[tuple[str, str]], prefix: str) -> list[str]:
    """Whole lines that begin with `prefix`, in any case; each once, the shortest step first."""
    start = prefix.lstrip()
    lowered = start.lower()
    found = dict.fromkeys(line for line in _lines(system, examples) if line.lower().startswith(lowered))
    return [line for line in found if line != start][:_MOST]


def _lines(system: System, examples: Sequence[tuple[str, str]]) -> Iterator[str]:
    yield from TOOLS
    services = [c for c in system.components if isinstance(c, Service)]
    for verb in _KUBECTL:
        yield f"kubectl {verb}"
        if verb.endswith("/"):
            yield from (f"kubectl {verb}{service.name}" for service in services)
        elif verb.startswith("get"):
            yield from dict.fromkeys(f"kubectl {verb} -n {service.namespace}" for service in services)
        elif verb == "describe deployment":
            yield from (f"kubectl {verb} {service.name}" for service in services)
    yield from (f"SHOW {name};" for name in _SHOWS)
    for component in system.components:
        if isinstance(component, Postgres | Pgbouncer):
            yield f"ssh {component.name} "
            yield f"psql -h {component.name} "
    yield from (command for command, _ in examples)
