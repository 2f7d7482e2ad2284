"""A PostgreSQL server's settings, version and databases."""

from __future__ import annotations

from drillbook.world.shell.look import Look
from drillbook.world.shell.psql.lexer import SqlError
from drillbook.world.shell.psql.values import setting_text
from drillbook.world.state import PostgresState


def version(server: PostgresState) -> str:
    """The server's version and build, as it says itself."""
    number = server.spec.version
    return (
        f"PostgreSQL {number} (Debian {number}-1.pgdg120+1) on x86_64-pc-linux-gnu, "
        "compiled by gcc (Debian 12.2.0-14) 12.2.0, 64-bit"
    )


def settings(server: PostgresState) -> dict[str, str]:
    """What SHOW prints, by name."""
    return {
        "autovacuum": "on",
        "data_directory": f"/var/lib/postgresql/{server.spec.version.partition('.')[0]}/main",
        "deadlock_timeout": "1s",
        "effective_cache_size": "48GB",
        "idle_in_transaction_session_timeout": "0",
        "idle_session_timeout": "0",
        "listen_addresses": "*",
        "lock_timeout": "0",
        "log_min_duration_statement": "1s",
        "maintenance_work_mem": "1GB",
        "max_connections": str(server.max_connections),
        "max_parallel_workers": str(server.spec.cores),
        "max_worker_processes": str(server.spec.cores),
        "port": "5432",
        "search_path": '"$user", public',
        "server_version": server.spec.version,
        "shared_buffers": "16GB",
        "shared_preload_libraries": "pg_stat_statements",
        "statement_timeout": setting_text(server.statement_timeout),
        "superuser_reserved_connections": str(server.reserved),
        "tcp_keepalives_idle": "7200",
        "timezone": "UTC",
        "transaction_isolation": "read committed",
        "wal_level": "replica",
        "work_mem": "16MB",
    }


def setting(server: PostgresState, name: str) -> str:
    """The value of a setting. Raises SqlError where there is none of that name."""
    known = settings(server)
    if name not in known:
        raise SqlError(f'unrecognized configuration parameter "{name}"')
    return known[name]


def databases(look: Look, server: PostgresState) -> list[str]:
    """The databases of a server: those that pools and sessions use, and `postgres`."""
    pooled = [p.spec.database for p in look.pools if p.server == server.spec.name]
    return list(dict.fromkeys([*pooled, *(b.database for b in server.backends), "postgres"]))
