"""`journalctl` of a pool or a database server: the last lines that follow from the state."""

from __future__ import annotations

import math
import re
from typing import cast

from drillbook.world.shell.ages import month
from drillbook.world.shell.answer import Answer, Complaint, Output
from drillbook.world.shell.host import pool_of, server_of
from drillbook.world.shell.look import Look
from drillbook.world.shell.ports import Ground
from drillbook.world.shell.words import Flags, read
from drillbook.world.state import Backend, PoolState, PostgresState

_JOURNALCTL = Flags(
    values={
        "-u": "unit", "--unit": "unit", "-n": "lines", "--lines": "lines", "--since": "since", "-S": "since",
        "--until": "until", "-p": "priority", "-H": "host", "--host": "host", "-o": "output",
    },
    switches={
        "-f": "follow", "--no-pager": "pager", "-r": "reverse", "-e": "end", "-x": "explain", "-b": "boot",
    },
)  # fmt: skip
TOOK = 4.0
_RESERVED = "FATAL:  remaining connection slots are reserved for non-replication superuser connections"
_DEFAULT = 20
_MOST = 200
_LOGGED = 1.0
"""log_min_duration_statement, seconds."""

Lines = list[tuple[float, str]]


def journalctl(look: Look, words: tuple[str, ...]) -> Answer:
    """`journalctl -u postgresql|pgbouncer [-n LINES] [-H HOST]`; following is one look."""
    line = read(words, _JOURNALCTL, "journalctl")
    unit = line.get("unit").removesuffix(".service")
    if not unit:
        raise Complaint("journalctl: name the unit: -u postgresql or -u pgbouncer (-H HOST)", 0.0)
    count = line.get("lines", str(_DEFAULT))
    if not re.fullmatch(r"\d{1,6}", count):
        raise Complaint(f"Failed to parse lines '{count}'")
    if unit.startswith(("postgres", "patroni")):
        server = server_of(look, line.get("host"))
        found, who = _of_server(look, server, min(int(count), _MOST)), f"{server.spec.name} postgres"
    elif unit == "pgbouncer":
        pool = pool_of(look, line.get("host"))
        found, who = _of_pool(look, pool, min(int(count), _MOST)), f"{pool.spec.name} pgbouncer"
    elif unit in {s.spec.name for s in look.services}:
        raise Complaint(f"-- No entries --\n{unit} runs in the cluster: kubectl logs deploy/{unit}")
    else:
        raise Complaint("-- No entries --")
    shown = sorted(found)[-int(count) :] if int(count) else []
    return Output("\n".join(f"{_stamp(look, t)} {who}[812]: {text}" for t, text in shown), TOOK)


def _stamp(look: Look, t: float) -> str:
    moment = look.instant(t)
    return f"{month(moment)} {moment.day:02d} {moment:%H:%M:%S}"


def _every(look: Look, period: float, count: int) -> list[float]:
    """The last moments of something that happens once in a period."""
    last = look.t // period * period
    return [last - period * i for i in range(count)]


def _of_pool(look: Look, pool: PoolState, count: int) -> Lines:
    """A line of statistics per minute; one per client that gives up, while clients do."""
    rate = pool.query_rate
    held = sum(n for _, _, n in pool.held) or pool.server_active
    hold = held / rate * 1e6 if rate > 0.0 else 0.0
    wait = pool.client_waiting / rate * 1e6 if rate > 0.0 else 0.0
    times = f"xact {hold:.0f} us, query {hold:.0f} us, wait {wait:.0f} us"
    stats = f"LOG stats: {rate:.0f} xacts/s, {rate:.0f} queries/s, {times}"
    lines = [(look.t // 60.0 * 60.0, stats)]
    who = f"{pool.spec.database}/{pool.spec.user}"
    clients = [pod.ip for pod in look.clients(pool)] or ["127.0.0.1"]
    errors = (
        (pool.timeout_rate, f"closing because: query_wait_timeout (age={pool.query_wait_timeout:.0f}s)"),
        (pool.refused_rate, "closing because: no more connections allowed (max_client_conn) (age=0s)"),
        (pool.server_error_rate, f"closing because: server login failed: {_RESERVED} (age=0s)"),
    )
    for rate_of, text in errors:
        if rate_of > 0.0:
            period = max(1.0 / rate_of, 0.25)
            for t in _every(look, period, count):
                client = f"C-{look.pick(0, 0xFFFFF, 'client', round(t * 1000)):#x}"
                addr = clients[look.pick(0, len(clients) - 1, "addr", round(t * 1000))]
                lines.append((t, f"WARNING {client}: {who}@{addr} {text}"))
    return lines


def _took(look: Look, server: PostgresState, backend: Backend, t: float) -> float:
    """The time of one of a group's statements that ended at t, as long as is logged; exponential."""
    part = look.draw("took", server.spec.name, backend.query, round(t * 1000))
    return min(max(-backend.typical * math.log1p(-part), _LOGGED), max(backend.oldest, _LOGGED))


def _of_server(look: Look, server: PostgresState, count: int) -> Lines:
    """Slow statements that are at work, and refused connections while there are any."""
    noted = [
        line
        for kind, specs in look.sight.kinds
        for spec in specs
        if spec.binds
        for line in cast("Ground", kind).journal(look, spec, server.spec.name)
    ]
    if not server.up and server.fault:
        return [*noted, (look.t, server.fault), (look.t, "LOG:  database system is shut down")]
    if not server.up:
        return [*noted, (look.t, "LOG:  database system was shut down; starting up")]
    lines: Lines = [(server.started_at, "LOG:  database system is ready to accept connections"), *noted]
    for backend in server.backends:
        if backend.state == "active" and backend.typical > 1.0:
            shown = " ".join(backend.query.split())
            for t in _every(look, max(backend.typical / backend.count, 0.5), min(count, backend.count)):
                took = f"duration: {_took(look, server, backend, t) * 1000:.3f} ms"
                lines.append((t, f"{backend.user}@{backend.database} LOG:  {took}  statement: {shown}"))
    refused = sum(p.server_error_rate for p in look.pools if p.server == server.spec.name)
    if refused > 0.0:
        lines += [(t, _RESERVED) for t in _every(look, max(1.0 / refused, 0.25), count)]
    return lines
