"""What can be typed: the tools, and examples with this system's own names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

from drillbook.model.system import External, Pgbouncer, Postgres, Service, System
from drillbook.world.shell.kubectl.cluster import home_of
from drillbook.world.shell.ports import Toolings

WIDTH = 76
"""Of a line: what the narrowest terminal shows beside the pane's borders."""
_SHORT = 64
_LISTING = (
    "SELECT pid, usename, application_name, state, now() - query_start AS duration, left(query, 60) AS query "
    "FROM pg_stat_activity WHERE state = 'active' ORDER BY query_start LIMIT 20;"
)
_KILL = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'active' "
    "AND now() - query_start > interval '1 minute';"
)

TOOLS: dict[str, str] = {
    "kubectl": "pods, deployments, events, logs; rollouts, scaling, variables",
    "psql": "PostgreSQL or PgBouncer's console; SQL may be typed by itself",
    "curl": "one request to the public site or to a service",
    "query": "a PromQL expression now, such as query 'up'",
    "promtool": "promtool query instant|range 'EXPR'",
    "amtool": "amtool alert query; amtool silence query, add, expire",
    "systemctl": "postgresql and pgbouncer on their hosts",
    "journalctl": "their logs, with -u",
    "ssh": "ssh HOST COMMAND",
    "patronictl": "list, failover",
    "pg_ctl": "restart, promote",
    "pg_isready": "whether a server takes connections",
    "top": "load of the database host; also uptime, free -h, df -h, vmstat",
    "ping": "whether a host answers; also dig and nslookup",
    "git": "git log of a service's releases; also gh release view",
    "help": "this list; help TOOL or help COMPONENT shows more of one",
}
_OF_SERVERS = frozenset(
    {"psql", "systemctl", "journalctl", "ssh", "patronictl", "pg_ctl", "pg_isready", "top"}
)
"""Tools that a system without a database server lists only where another component needs them."""
_SAME = {"k": "kubectl", "promql": "query", "htop": "top"}


def text(system: System, kinds: Toolings) -> str:
    """The answer to `help`: the tools, and the shorter examples of the services that users meet first."""
    tools = [
        line
        for name, what in tools_of(system, kinds).items()
        for line in wrap(f"{name:<11} {what}", WIDTH, initial_indent="  ", subsequent_indent=" " * 14)
    ]
    shown = [each for each in _without_others(system, examples(system, kinds)) if len(each[0]) <= _SHORT]
    piped = "Output can be piped into grep, head, tail, sort, uniq, wc."
    return "\n".join(["Tools:", *tools, *_such_as(shown), piped])


def tools_of(system: System, kinds: Toolings) -> dict[str, str]:
    """All tools and what each is for, those included that only this system's components have."""
    own = {name: what for kind, _ in kinds for name, what in kind.tools.items()}
    for command, what in examples(system, kinds):
        own.setdefault(_tool(command), what)
    served = any(isinstance(each, Postgres | Pgbouncer) for each in system.components)
    shared = {name: what for name, what in TOOLS.items() if served or name not in _OF_SERVERS}
    return {**shared, **{name: what for name, what in own.items() if name not in shared}}


def topic(system: System, kinds: Toolings, name: str) -> str | None:
    """The answer to `help NAME` for a tool or a component; None where there is none of that name."""
    name = _SAME.get(name.lower(), name.lower()).removesuffix(".sh")
    component = next((each for each in system.components if each.name == name), None)
    if component is None:
        what = tools_of(system, kinds).get(name)
        shown = [each for each in examples(system, kinds) if _tool(each[0]) == name]
        shown = _without_others(system, shown) if name == "kubectl" else shown
    else:
        what = f"{component.kind} of {component.owner}"
        named = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")
        own = [
            each
            for kind, specs in kinds
            for spec in specs
            if spec.name == name
            for each in kind.examples(spec)
        ]
        shown = [each for each in examples(system, kinds) if named.search(each[0]) or each in own]
    if what is None and not shown:
        return None
    lines = [name if what is None else f"{name}: {what}", *(_such_as(shown) if shown else [])]
    if name == "kubectl":
        lines.append("help COMPONENT has those of a single service.")
    return "\n".join(lines)


def _without_others(system: System, shown: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Without the examples of services that users do not meet first."""
    others = [c.name for c in system.components if isinstance(c, Service) and c.name != system.workload.entry]
    return [each for each in shown if not any(name in each[0] for name in others)]


def _tool(command: str) -> str:
    """The tool that a command calls; SQL is typed into psql."""
    first = command.split(" ", 1)[0]
    return "psql" if first.isupper() else first


def _such_as(shown: Sequence[tuple[str, str]]) -> list[str]:
    return ["Such as:", *(_example(command, what) for command, what in shown)]


def _example(command: str, what: str) -> str:
    aside = f"  {command}  # {what}"
    return aside if len(aside) <= WIDTH else f"  {command}\n{'':6}# {what}"


def examples(system: System, kinds: Toolings) -> Iterator[tuple[str, str]]:
    """Commands and what they show."""
    services = [c for c in system.components if isinstance(c, Service)]
    entry = next(s for s in services if s.name == system.workload.entry)
    space = home_of(services)
    yield f"kubectl get pods -n {space}", "pods and whether they are ready"
    yield f"kubectl get deployments -n {space} -o wide", "deployments and the versions they run"
    yield f"kubectl get events -n {space}", "what the cluster did in the last hour"
    yield f"kubectl top pods -n {space}", "CPU and memory of the pods"
    for service in services:
        yield from _of_service(service)
    yield (
        f"curl -s -o /dev/null -w '%{{http_code}} %{{time_total}}\\n' https://{system.domain}/",
        "one user's request",
    )
    yield "query 'up'", "which scrape targets answer"
    yield "query 'ALERTS{alertstate=\"firing\"}'", "alerts that fire"
    yield "amtool alert query", "alerts of which people are notified; with -s those that are silenced"
    yield "amtool silence query", "silences: of what nobody is notified, until when and why"
    for component in system.components:
        if isinstance(component, Postgres):
            yield from _of_server(component)
        elif isinstance(component, Pgbouncer):
            yield from _of_pool(component)
        elif isinstance(component, External):
            yield f"curl -i https://{component.name}/status", f"whether {component.owner} answers"
    for kind, specs in kinds:
        for spec in specs:
            yield from kind.examples(spec)
    yield (
        f"kubectl annotate ingress {entry.name} nginx.ingress.kubernetes.io/limit-rps=100 --overwrite",
        "limits requests per second",
    )


def _of_service(service: Service) -> Iterator[tuple[str, str]]:
    name, space = service.name, service.namespace
    yield f"kubectl logs deploy/{name} -n {space} --tail=20", f"last log lines of {name}"
    yield f"kubectl rollout history deployment/{name} -n {space}", f"what was deployed to {name}"
    yield f"kubectl describe deployment {name} -n {space}", f"replicas, version and settings of {name}"
    if len(service.releases) > 1:
        yield (
            f"kubectl rollout undo deployment/{name} -n {space}",
            f"rolls {name} back to its previous revision",
        )
    yield f"kubectl rollout restart deployment/{name} -n {space}", f"replaces the pods of {name}"
    yield (
        f"kubectl scale deployment/{name} -n {space} --replicas={service.replicas + 2}",
        f"more replicas of {name}",
    )
    if service.autoscale is not None:
        yield f"kubectl get hpa -n {space}", "autoscalers, their targets and bounds"
        yield f"kubectl describe hpa {name} -n {space}", f"what the autoscaler of {name} did and why"
        bound = f'{{"spec":{{"maxReplicas":{service.max_replicas}}}}}'
        yield f"kubectl patch hpa {name} -n {space} -p '{bound}'", f"another bound for {name}"
    live = [setting for setting in service.settings if setting.live]
    if live:
        yield f"kubectl describe configmap {name} -n {space}", f"settings that {name} reads while it runs"
        patched = f'{{"data":{{"{live[0].name}":"{live[0].value}"}}}}'
        yield f"kubectl patch configmap {name} -n {space} -p '{patched}'", f"sets one for all pods of {name}"
    for setting in [setting for setting in service.settings if not setting.live]:
        command = f"kubectl set env deployment/{name} -n {space} {setting.name}={setting.value}"
        yield command, f"sets a variable of {name} and replaces its pods"


def _of_server(server: Postgres) -> Iterator[tuple[str, str]]:
    name = server.name
    yield _LISTING, "statements that run, longest first"
    yield "SELECT count(*) FROM pg_stat_activity;", "number of connections"
    yield (
        "SELECT state, count(*) FROM pg_stat_activity GROUP BY state ORDER BY 2 DESC;",
        "connections by state",
    )
    yield (
        "SELECT query, calls, mean_exec_time FROM pg_stat_statements ORDER BY total_exec_time DESC LIMIT 5;",
        "statements that cost most",
    )
    yield f'psql -h {name} -c "SHOW max_connections"', f"a setting of {name}"
    yield f"systemctl status postgresql -H {name}", f"whether {name} runs"
    yield f"ssh {name} top", f"load of {name}"
    yield _KILL, "ends sessions that run long"
    yield "ALTER SYSTEM SET statement_timeout = '5s';", f"ends long statements of {name} by itself"


def _of_pool(pool: Pgbouncer) -> Iterator[tuple[str, str]]:
    name = pool.name
    yield "SHOW POOLS;", "clients and server connections of the pool"
    yield f'psql -h {name} -p 6432 pgbouncer -c "SHOW STATS"', f"rates and waits of {name}"
    yield f"journalctl -u pgbouncer -H {name} -n 20", f"log of {name}"
    yield (
        f'psql -h {name} -p 6432 pgbouncer -c "SET default_pool_size = {pool.pool_size * 2}"',
        "a larger pool",
    )
    yield f"systemctl reload pgbouncer -H {name}", f"reconnects {name}"
