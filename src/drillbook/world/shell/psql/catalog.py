"""The views that can be read: sessions, locks, statements, databases, settings."""

from __future__ import annotations

from drillbook.world.shell.counters import MONTH, ROLLED_BACK, commits
from drillbook.world.shell.psql import standby
from drillbook.world.shell.psql.relations import Bunch, Relation, Session, plain
from drillbook.world.shell.psql.server import databases, settings
from drillbook.world.shell.psql.sessions import ACTIVITY, LOCKS
from drillbook.world.shell.psql.values import Type
from drillbook.world.shell.psql.workload import statements

_STATEMENTS: dict[str, Type] = {
    "userid": "int", "dbid": "int", "queryid": "int", "query": "text", "calls": "int",
    "total_exec_time": "float", "min_exec_time": "float", "max_exec_time": "float", "mean_exec_time": "float",
    "stddev_exec_time": "float", "rows": "int",
}  # fmt: skip
_DATABASES: dict[str, Type] = {
    "datid": "int", "datname": "text", "numbackends": "int", "xact_commit": "int", "xact_rollback": "int",
    "deadlocks": "int", "conflicts": "int", "temp_files": "int", "stats_reset": "timestamp",
}  # fmt: skip
_NAMES: dict[str, Type] = {"oid": "int", "datname": "text", "datallowconn": "bool", "datconnlimit": "int"}
_SETTINGS: dict[str, Type] = {"name": "text", "setting": "text", "context": "text", "pending_restart": "bool"}

_RESTART = ("max_connections", "superuser_reserved_connections", "shared_buffers", "port", "wal_level")


def _statements(session: Session) -> list[Bunch]:
    return plain(
        {
            "userid": 16400,
            "dbid": 16384,
            "queryid": session.look.draws.bits("shell", "queryid", s.sql) >> 1,
            "query": s.sql,
            "calls": round(s.calls),
            "total_exec_time": round(s.total * 1000.0, 6),
            "min_exec_time": round(s.mean * 130.0, 6),
            "max_exec_time": round(s.longest * 1000.0, 6),
            "mean_exec_time": round(s.mean * 1000.0, 6),
            "stddev_exec_time": round(s.mean * 600.0, 6),
            "rows": round(s.calls),
        }
        for s in statements(session.look, session.server)
    )


def _databases(session: Session) -> list[Bunch]:
    """Sessions now, and counters since the monthly reset."""
    look, server = session.look, session.server
    sessions: dict[str, int] = {}
    for backend in server.backends:
        sessions[backend.database] = sessions.get(backend.database, 0) + backend.count
    of = {name: [p for p in look.pools if (p.server, p.spec.database) == (server.spec.name, name)]
          for name in databases(look, server)}  # fmt: skip
    committed = {name: commits(look.counters, pools, look.t) for name, pools in of.items()}
    return plain(
        {
            "datid": 16384 + i,
            "datname": name,
            "numbackends": sessions.get(name, 0),
            "xact_commit": int(count),
            "xact_rollback": int(count * ROLLED_BACK),
            "deadlocks": 0,
            "conflicts": 0,
            "temp_files": 0,
            "stats_reset": -MONTH,
        }
        for i, (name, count) in enumerate(committed.items())
    )


def _names(session: Session) -> list[Bunch]:
    names = databases(session.look, session.server)
    return plain(
        {"oid": 16384 + i, "datname": name, "datallowconn": True, "datconnlimit": -1}
        for i, name in enumerate(names)
    )


def _settings(session: Session) -> list[Bunch]:
    return plain(
        {
            "name": name,
            "setting": value,
            "context": "postmaster" if name in _RESTART else "user",
            "pending_restart": False,
        }
        for name, value in settings(session.server).items()
    )


RELATIONS: dict[str, Relation] = {
    relation.name: relation
    for relation in (
        ACTIVITY,
        LOCKS,
        Relation("pg_stat_statements", _STATEMENTS, _statements),
        Relation("pg_stat_database", _DATABASES, _databases),
        Relation("pg_database", _NAMES, _names),
        Relation("pg_settings", _SETTINGS, _settings),
        *standby.RELATIONS,
    )
}
