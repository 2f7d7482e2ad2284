"""PgBouncer's console: SHOW …, SET, RELOAD.

Source: https://www.pgbouncer.org/usage.html (columns of version 1.22).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from drillbook.world.shell.answer import Answer, Complaint, Output
from drillbook.world.shell.counters import Counted
from drillbook.world.shell.look import Look
from drillbook.world.shell.table import Table
from drillbook.world.state import PoolState

TOOK = 2.0
_CLIENT_LIFE = 1800.0
"""Seconds for which applications keep a connection (assumption)."""
_SERVER_LIFE = 3600.0
"""server_lifetime, seconds."""
_SET = re.compile(r"set\s+(\w+)\s*(?:=|to)\s*'?(-?\w+)'?", re.IGNORECASE)

Cells = tuple[str, ...]


def speaks(sql: str) -> bool:
    """Whether a line is meant for the console rather than for PostgreSQL."""
    words = sql.strip().rstrip(";").lower().split()
    if not words:
        return False
    if words[0] == "show":
        return len(words) == 2 and words[1] in _SHOWS
    if words[0] == "set":
        return len(words) > 1 and words[1].partition("=")[0] in _CONFIG
    return words[0] in _CONTROLS and len(words) <= 2


def console(look: Look, pool: PoolState, command: str, render: Callable[[Table], str]) -> Answer:
    """The answer of a pool's console. Raises Complaint in its words."""
    if not pool.up:
        where = (
            f'psql: error: connection to server at "{pool.spec.name}", port 6432 failed: Connection refused'
        )
        raise Complaint(
            f"{where}\n\tIs the server running on that host and accepting TCP/IP connections?", TOOK
        )
    words = command.strip().rstrip(";").lower().split()
    if words[:1] == ["show"]:
        what = words[1] if len(words) > 1 else "help"
        show = _SHOWS.get(what)
        if show is None:
            raise Complaint(f"ERROR:  unsupported SHOW command\n{_HELP}")
        return Output(render(show(look, pool)), TOOK)
    if words[:1] == ["set"]:
        return _set(look, pool, command)
    if words and words[0] in _CONTROLS:
        return _control(look, pool, words[0])
    raise Complaint(f"ERROR:  invalid command '{command.strip()}', use SHOW HELP;")


def _set(look: Look, pool: PoolState, command: str) -> Answer:
    match = _SET.match(command.strip().rstrip(";"))
    if match is None:
        raise Complaint("ERROR:  syntax error: SET default_pool_size = N")
    name, value = match[1].lower(), match[2]
    if name not in _CONFIG:
        raise Complaint(f'ERROR:  unrecognized configuration parameter "{name}"')
    if name != "default_pool_size":
        raise Complaint(f"ERROR:  {name} is fixed here; default_pool_size can be set")
    if not re.fullmatch(r"\d{1,6}", value) or not int(value):
        raise Complaint(f'ERROR:  invalid value "{value}" for parameter "{name}"')
    return look.propose("pool-size", pool.spec.name, str(int(value)), "SET")


def _control(look: Look, pool: PoolState, word: str) -> Answer:
    if word in {"reload", "reconnect"}:
        return look.propose("pool-reload", pool.spec.name, "", word.upper())
    raise Complaint(
        f"ERROR:  {word.upper()} would cut off every client of {pool.spec.database}; "
        "RELOAD and RECONNECT are open to you"
    )


def _pools(look: Look, pool: PoolState) -> Table:
    names = (
        "database", "user", "cl_active", "cl_waiting", "cl_active_cancel_req", "cl_waiting_cancel_req",
        "sv_active",
        "sv_active_cancel", "sv_being_canceled", "sv_idle", "sv_used", "sv_tested", "sv_login", "maxwait",
        "maxwait_us", "pool_mode",
    )  # fmt: skip
    seconds, micros = divmod(round(_maxwait(look, pool) * 1e6), 1_000_000)
    counts = (
        pool.client_active, pool.client_waiting, 0, 0, pool.server_active, 0, 0, pool.server_idle, 0, 0, 0,
        seconds,
        micros,
    )  # fmt: skip
    rows = [
        (pool.spec.database, pool.spec.user, *(str(round(n)) for n in counts), "transaction"),
        ("pgbouncer", "pgbouncer", "1", *["0"] * 12, "statement"),
    ]
    return Table(names, rows, [False, False, *[True] * 13, False])


def _maxwait(look: Look, pool: PoolState) -> float:
    """The oldest client's wait: whole seconds of the state, and the part of one that the moment has."""
    part = look.draw("maxwait", pool.spec.name, round(look.t * 10))
    return math.floor(pool.maxwait) + part if pool.maxwait >= 1.0 else pool.maxwait * (0.5 + 0.5 * part)


def _clients(look: Look, pool: PoolState) -> Table:
    names = (
        "type",
        "user",
        "database",
        "state",
        "addr",
        "port",
        "connect_time",
        "request_time",
        "wait",
        "wait_us",
    )
    active, waiting = round(pool.client_active), round(pool.client_waiting)
    pods = look.clients(pool)
    rows = []
    for i in range(active + waiting):
        wait = _maxwait(look, pool) * (waiting - (i - active)) / waiting if i >= active else 0.0
        seconds, micros = divmod(round(wait * 1e6), 1_000_000)
        pod = pods[i % len(pods)] if pods else None
        addr, earliest = (pod.ip, pod.started_at + 3.0) if pod else ("127.0.0.1", -math.inf)
        state = "waiting" if i >= active else "active"
        connected = _time(look, _connected(look, _CLIENT_LIFE, earliest, "client", i))
        asked = _time(look, look.t - wait)
        port = str(32768 + i * 7919 % 28000)
        rows.append(
            (
                "C",
                pool.spec.user,
                pool.spec.database,
                state,
                addr,
                port,
                connected,
                asked,
                str(seconds),
                str(micros),
            )
        )
    return Table(names, rows, [False, False, False, False, False, True, False, False, True, True])


def _servers(look: Look, pool: PoolState) -> Table:
    names = ("type", "user", "database", "state", "addr", "port", "connect_time", "request_time")
    active, idle = round(pool.server_active), round(pool.server_idle)
    started = next((s.started_at for s in look.servers if s.spec.name == pool.server), -math.inf)
    rows = []
    for i in range(active + idle):
        state = "active" if i < active else "idle"
        connected = _time(look, _connected(look, _SERVER_LIFE, started, "server", i))
        rows.append(
            (
                "S",
                pool.spec.user,
                pool.spec.database,
                state,
                pool.server,
                "5432",
                connected,
                _time(look, look.t),
            )
        )
    return Table(names, rows, [False, False, False, False, False, True, False, False])


def _connected(look: Look, life: float, earliest: float, *key: str | int) -> float:
    """When a connection was opened that is replaced after `life` seconds, and cannot be older than that."""
    opened = look.t - (look.t + life * look.draw("opened", *key)) % life
    return max(opened, min(earliest + 5.0 * look.draw("first", *key), look.t))


def _time(look: Look, t: float) -> str:
    return f"{look.instant(t):%Y-%m-%d %H:%M:%S} UTC"


def _stats(look: Look, pool: PoolState) -> Table:
    """Averages follow the state; totals are what was counted."""
    names = (
        "database", "total_xact_count", "total_query_count", "total_xact_time", "total_query_time",
        "total_wait_time",
        "avg_xact_count", "avg_query_count", "avg_xact_time", "avg_query_time", "avg_wait_time",
    )  # fmt: skip
    held = sum(n for _, _, n in pool.held) or pool.server_active
    rate = pool.query_rate
    hold = held / rate * 1e6 if rate > 0.0 else 0.0
    asked = rate + pool.timeout_rate
    wait = pool.client_waiting / asked * 1e6 if asked > 0.0 else 0.0
    count, busy, waited = look.counters.at(look.t).get(Counted(pool.spec.name), (0.0, 0.0, 0.0))
    busy, waited = busy * 1e6, waited * 1e6
    numbers = (count, count, busy, busy, waited, rate, rate, hold, hold, wait)
    return Table(names, [(pool.spec.database, *(str(round(n)) for n in numbers))], [False, *[True] * 10])


def _config(look: Look, pool: PoolState) -> Table:
    now = {
        "default_pool_size": str(pool.pool_size),
        "max_client_conn": str(pool.max_client_conn),
        "query_wait_timeout": f"{pool.query_wait_timeout:g}",
    }
    rows = [(name, now.get(name, value), value, "yes") for name, value in _CONFIG.items()]
    return Table(("key", "value", "default", "changeable"), rows, [False] * 4)


def _databases(look: Look, pool: PoolState) -> Table:
    names = (
        "name", "host", "port", "database", "force_user", "pool_size", "min_pool_size", "reserve_pool",
        "pool_mode",
        "max_connections", "current_connections", "paused", "disabled",
    )  # fmt: skip
    spec, connections = pool.spec, str(round(pool.server_active + pool.server_idle))
    row = (
        spec.database, pool.server, "5432", spec.database, "", str(pool.pool_size), "0", "0",
        "transaction", "0",
        connections, "0", "0",
    )  # fmt: skip
    return Table(
        names, [row], [False, False, True, False, False, True, True, True, False, True, True, True, True]
    )


def _lists(look: Look, pool: PoolState) -> Table:
    clients = round(pool.client_active) + round(pool.client_waiting)
    counts = {
        "databases": 2, "users": 2, "pools": 2, "free_clients": 50, "used_clients": clients,
        "login_clients": 0,
        "free_servers": 50, "used_servers": round(pool.server_active) + round(pool.server_idle),
    }  # fmt: skip
    return Table(("list", "items"), [(name, str(n)) for name, n in counts.items()], [False, True])


def _version(look: Look, pool: PoolState) -> Table:
    return Table(("version",), [("PgBouncer 1.22.1",)], [False])


def _help(look: Look, pool: PoolState) -> Table:
    return Table(("SHOW",), [(name.upper(),) for name in _SHOWS], [False])


_SHOWS: dict[str, Callable[[Look, PoolState], Table]] = {
    "pools": _pools,
    "clients": _clients,
    "servers": _servers,
    "stats": _stats,
    "config": _config,
    "databases": _databases,
    "lists": _lists,
    "version": _version,
    "help": _help,
}
_CONTROLS = ("reload", "reconnect", "pause", "resume", "kill", "suspend", "shutdown", "disable", "enable")
_CONFIG = {
    "default_pool_size": "20", "max_client_conn": "100", "max_db_connections": "0", "min_pool_size": "0",
    "pool_mode": "session", "query_timeout": "0", "query_wait_timeout": "120", "reserve_pool_size": "0",
    "server_idle_timeout": "600", "server_lifetime": "3600",
}  # fmt: skip
_HELP = (
    "SHOW HELP|POOLS|CLIENTS|SERVERS|STATS|CONFIG|DATABASES|LISTS|VERSION, SET key = arg, RELOAD, RECONNECT"
)
