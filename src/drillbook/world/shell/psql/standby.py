"""What a server says about replication: views, functions, and statements that change it."""

from __future__ import annotations

import re
from collections.abc import Callable

from drillbook.world.replication import MemberState, ReplicationState
from drillbook.world.shell.answer import Proposal
from drillbook.world.shell.members import address, cluster_of
from drillbook.world.shell.psql.lexer import SqlError
from drillbook.world.shell.psql.relations import Bunch, Relation, Session, plain
from drillbook.world.shell.psql.values import Type, Value

_CHANGES = re.compile(r"\b(pg_drop_replication_slot|pg_promote)\s*\(\s*(?:'([^']{1,100})')?", re.IGNORECASE)
_NET = 0.002
"""Seconds until a replica has written down what was sent (assumption)."""
_REPLICATION: dict[str, Type] = {
    "pid": "int", "usename": "text", "application_name": "text", "client_addr": "text", "state": "text",
    "sent_lsn": "text", "write_lsn": "text", "flush_lsn": "text", "replay_lsn": "text",
    "write_lag": "interval", "flush_lag": "interval", "replay_lag": "interval", "sync_priority": "int",
    "sync_state": "text",
}  # fmt: skip
_SLOTS: dict[str, Type] = {
    "slot_name": "text", "plugin": "text", "slot_type": "text", "active": "bool", "active_pid": "int",
    "restart_lsn": "text", "wal_status": "text", "retained": "text",
}  # fmt: skip
_RECEIVER: dict[str, Type] = {
    "pid": "int", "status": "text", "receive_start_tli": "int", "flushed_lsn": "text",
    "latest_end_lsn": "text", "slot_name": "text", "sender_host": "text",
}  # fmt: skip


def cluster(session: Session) -> ReplicationState | None:
    """The cluster in which the session's server is a member."""
    return cluster_of(session.look, session.server.spec.name)


def _own(session: Session) -> tuple[ReplicationState, MemberState] | None:
    state = cluster(session)
    return None if state is None else (state, state.member(session.server.spec.name))


def in_recovery(session: Session) -> bool:
    """Whether the server follows another."""
    found = _own(session)
    return found is not None and found[0].own.leader != found[1].server


def size_text(value: float) -> str:
    """Bytes as `pg_size_pretty` shows them."""
    number, unit = float(value), "bytes"
    for unit in ("bytes", "kB", "MB", "GB", "TB"):
        if abs(number) < 10240 or unit == "TB":
            break
        number = round(number / 1024)
    return f"{round(number)} {unit}"


def lsn(text: str) -> int:
    """The number of bytes that a position stands for. Raises SqlError."""
    high, slash, low = text.partition("/")
    try:
        return (int(high, 16) << 32) + int(low if slash else "", 16)
    except ValueError:
        raise SqlError(f'invalid input syntax for type pg_lsn: "{text}"') from None


def _position(of: Callable[[ReplicationState, MemberState], float | None]) -> Callable[[Session], Value]:
    def read(session: Session) -> Value:
        found = _own(session)
        value = of(*found) if found is not None else None
        return found[0].lsn(value) if found is not None and value is not None else None

    return read


def _leads(state: ReplicationState, member: MemberState) -> bool:
    return state.own.leader == member.server


def current(session: Session) -> Value:
    """`pg_current_wal_lsn`. Raises SqlError on a replica."""
    if in_recovery(session):
        raise SqlError(
            "recovery is in progress", hint="WAL control functions cannot be executed during recovery."
        )
    return _position(lambda state, _: state.written)(session)


received = _position(lambda state, member: None if _leads(state, member) else member.received)
replayed = _position(lambda state, member: None if _leads(state, member) else member.replayed)


def replayed_at(session: Session) -> Value:
    """`pg_last_xact_replay_timestamp`: when what is replayed now was committed."""
    found = _own(session)
    if found is None or _leads(*found):
        return None
    return session.look.t - found[1].lag


def _pid(session: Session, server: str) -> int:
    return session.look.pick(1200, 1900, "walsender", server)


def _replication(session: Session) -> list[Bunch]:
    found = _own(session)
    if found is None or not _leads(*found):
        return []
    state = found[0]
    sync = {each.server for each in state.spec.replicas if each.sync} if state.own.synchronous else set()
    rows: list[dict[str, Value]] = []
    for member in state.followers():
        if member.server == state.own.leader:
            continue
        sending = max(0.0, state.written - member.received) / max(1.0, member.receives) + _NET
        rows.append({
            "pid": _pid(session, member.server), "usename": "replicator", "application_name": member.server,
            "client_addr": address(session.look, member.member.site, member.server),
            "state": "streaming", "sent_lsn": state.lsn(member.received),
            "write_lsn": state.lsn(member.received),
            "flush_lsn": state.lsn(member.received), "replay_lsn": state.lsn(member.replayed),
            "write_lag": min(sending, member.lag), "flush_lag": min(sending + _NET, member.lag),
            "replay_lag": member.lag, "sync_priority": int(member.server in sync),
            "sync_state": "sync" if member.server in sync else "async",
        })  # fmt: skip
    return plain(rows)


def _slots(session: Session) -> list[Bunch]:
    found = _own(session)
    if found is None or not _leads(*found):
        return []
    state = found[0]
    rows: list[tuple[str, bool, int | None, float]] = []
    behind = {slot.name: slot.behind for slot in state.spec.slots}
    for member in state.members:
        if member.server != state.own.leader and member.member.state in {"streaming", "copying"}:
            kept = max(0.0, state.written - member.received)
            rows.append((member.server.replace("-", "_"), member.follows, _pid(session, member.server), kept))
    rows += [(name, False, None, state.written + behind[name]) for name in state.own.slots]
    return plain(
        {
            "slot_name": name, "plugin": None, "slot_type": "physical", "active": active,
            "active_pid": pid if active else None, "restart_lsn": state.lsn(state.written - kept),
            "wal_status": "reserved" if kept < 2**30 else "extended", "retained": size_text(kept),
        }
        for name, active, pid, kept in rows
    )  # fmt: skip


def _receiver(session: Session) -> list[Bunch]:
    found = _own(session)
    if found is None or not found[1].follows:
        return []
    state, member = found
    return plain([{
        "pid": _pid(session, member.server), "status": "streaming", "receive_start_tli": state.own.timeline,
        "flushed_lsn": state.lsn(member.received), "latest_end_lsn": state.lsn(member.received),
        "slot_name": member.server.replace("-", "_"), "sender_host": state.own.leader,
    }])  # fmt: skip


RELATIONS = (
    Relation("pg_stat_replication", _REPLICATION, _replication),
    Relation("pg_replication_slots", _SLOTS, _slots),
    Relation("pg_stat_wal_receiver", _RECEIVER, _receiver),
)


def change(session: Session, sql: str) -> Proposal | None:
    """The remediation that a statement is: a slot is dropped, a replica promoted. Raises SqlError."""
    match = _CHANGES.search(sql)
    if match is None:
        return None
    found = _own(session)
    if found is None:
        raise SqlError(f"{match[1].lower()}: this server has no replicas")
    state, member = found
    if match[1].lower() == "pg_promote":
        if _leads(state, member):
            raise SqlError(
                "recovery is not in progress",
                hint="Recovery control functions can only be executed during recovery.",
            )
        return session.look.propose(
            "promote", state.spec.name, member.server, " pg_promote \n------------\n t\n(1 row)"
        )
    if not _leads(state, member):
        raise SqlError("recovery is in progress")
    if not match[2]:
        raise SqlError("pg_drop_replication_slot takes the name of a slot here")
    return session.look.propose("slot-drop", state.spec.name, match[2], "")


def synchronous(session: Session, value: str) -> Proposal:
    """ALTER SYSTEM SET synchronous_commit or synchronous_standby_names. Raises SqlError."""
    state = cluster(session)
    if state is None:
        raise SqlError("this server has no replicas to wait for")
    on = value.strip().lower() not in {"", "off", "local", "0"}
    return session.look.propose("synchronous", state.spec.name, "on" if on else "off", "ALTER SYSTEM")
