"""patronictl, and what one types on members of a cluster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from drillbook.model.replication import Replication
from drillbook.world.replication import MemberState, ReplicationState
from drillbook.world.shell.ages import timestamp
from drillbook.world.shell.answer import Answer, Complaint, Output
from drillbook.world.shell.look import Look
from drillbook.world.shell.members import address
from drillbook.world.shell.words import Flags, Line, read

TOOLS: Mapping[str, str] = MappingProxyType({
    "patronictl": "list, history, switchover, failover, reinit, restart",
    "pg_ctl": "restart, promote (on its host)",
})  # fmt: skip
_FLAGS = Flags(
    values={"-c": "config", "--candidate": "candidate", "--leader": "leader", "--master": "leader",
            "--primary": "leader", "-D": "data", "-H": "host", "-h": "host", "-m": "mode", "-t": "timeout"},
    switches={"--force": "force", "-w": "wait", "--wait": "wait", "-e": "extended", "-W": "watch"},
)  # fmt: skip
_TOOK = 2.0
_STATES = {"diverged": "start failed", "removed": "start failed", "copying": "creating replica"}


def run(look: Look, words: tuple[str, ...], specs: Sequence[Replication]) -> Answer | None:
    """The answer to a command about clusters; None where it is none."""
    if words[0] == "patronictl":
        return _patronictl(look, read(words[1:], _FLAGS, "patronictl"), specs)
    if words[0] == "pg_ctl":
        return _pg_ctl(look, read(words[1:], _FLAGS, "pg_ctl"), specs)
    if words[:1] == ("systemctl",) and len(words) > 2:
        return _systemctl(look, words[1:], specs)
    return None


def cluster_of(look: Look, server: str, specs: Sequence[Replication]) -> ReplicationState | None:
    """The cluster in which a server is a member."""
    for spec in specs:
        state = look.states[spec.name]
        if isinstance(state, ReplicationState) and server in {member.server for member in state.members}:
            return state
    return None


def _patronictl(look: Look, line: Line, specs: Sequence[Replication]) -> Answer:
    verb, names = (line.words[0], line.words[1:]) if line.words else ("list", ())
    named = [spec for spec in specs if spec.name in names] or list(specs)
    state = look.states[named[0].name]
    if not isinstance(state, ReplicationState):
        raise Complaint("Error: cluster not found")
    if verb in {"list", "topology"}:
        return Output(listing(look, state), _TOOK)
    if verb == "history":
        return Output(_history(look, state), _TOOK)
    if verb in {"switchover", "failover"}:
        return _move(look, line, state, verb)
    member = next((name for name in names if name in {m.server for m in state.members}), "")
    if verb in {"reinit", "restart"} and not member:
        known = ", ".join(m.server for m in state.members)
        raise Complaint(f"Error: name the member: patronictl {verb} {state.spec.name} MEMBER ({known})")
    if verb == "reinit":
        return look.propose(
            "reinit", state.spec.name, member, f"Success: reinitialize for member {member}", _TOOK
        )
    if verb == "restart":
        text = f"Success: restart on member {member}"
        if member == state.own.leader:
            return look.propose("db-restart", member, "", text, _TOOK)
        return look.propose("replica-restart", state.spec.name, member, text, _TOOK)
    raise Complaint(f"Error: No such command '{verb}': list, history, switchover, failover, reinit, restart")


def _move(look: Look, line: Line, state: ReplicationState, verb: str) -> Answer:
    others = [m for m in state.members if m.server != state.own.leader]
    words = [word for word in line.words[1:] if word != state.spec.name]
    wanted = line.get("candidate") or next(iter(words), "")
    if not wanted and len(others) == 1:
        wanted = others[0].server
    if wanted not in {m.server for m in others}:
        known = ", ".join(m.server for m in others)
        raise Complaint(f"Error: Member {wanted or '(none)'} is no candidate: --candidate {known}")
    if verb == "switchover" and not state.own.leader:
        raise Complaint("Error: This cluster has no leader: failover", _TOOK)
    kind = f"{wanted} clean" if verb == "switchover" else wanted
    return look.propose("failover", state.spec.name, kind, "", _TOOK)


def listing(look: Look, state: ReplicationState) -> str:
    """`patronictl list`."""
    number = 7_000_000_000_000_000_000 + look.pick(0, 10**17, "cluster", state.spec.name)
    rows = [("Member", "Host", "Role", "State", "TL", "Lag in MB")]
    for member in state.members:
        host = address(look, member.member.site, member.server)
        rows.append((member.server, host, *_row(state, member)))
    widths = [max(len(row[k]) for row in rows) for k in range(6)]
    rule = "+" + "+".join("-" * (width + 2) for width in widths) + "+"
    lines = [
        "| "
        + " | ".join(
            c.rjust(w) if k > 3 and n else c.ljust(w)
            for k, (c, w) in enumerate(zip(row, widths, strict=True))
        )
        + " |"
        for n, row in enumerate(rows)
    ]
    title = f"+ Cluster: {state.spec.name} ({number}) "
    return "\n".join(
        [title + rule[len(title) :] if len(title) < len(rule) else title, lines[0], rule, *lines[1:], rule]
    )


def _row(state: ReplicationState, member: MemberState) -> tuple[str, str, str, str]:
    own, what = state.own, member.member.state
    timeline = str(own.timeline)
    if own.isolated == member.server:
        return "Replica" if own.leader != member.server else "Leader", "unknown", "", "unknown"
    if member.server == own.leader:
        return "Leader", "running" if member.up else "stopped", timeline if member.up else "", ""
    role = "Sync Standby" if _is_sync(state, member) else "Replica"
    if what in _STATES and not (what == "diverged" and member.up):
        return role, _STATES[what], "", "unknown"
    if not member.up:
        return role, "stopped", "", "unknown"
    lag = f"{state.behind(member) / 2**20:.0f}"
    if what == "diverged":
        return role, "running", str(own.timeline - 1), lag
    return role, "streaming" if member.follows else "running", timeline, lag


def _is_sync(state: ReplicationState, member: MemberState) -> bool:
    named = {each.server for each in state.spec.replicas if each.sync}
    return state.own.synchronous and member.server in named


def _history(look: Look, state: ReplicationState) -> str:
    rows = [("TL", "LSN", "Reason", "Timestamp", "New Leader")]
    for timeline, at, leader in state.own.switches:
        stamp = timestamp(look.instant(at)).replace(" ", "T").replace("+00", "+00:00")
        rows.append((str(timeline - 1), "", "no recovery target specified", stamp, leader))
    widths = [max(len(row[k]) for row in rows) for k in range(5)]
    rule = "+" + "+".join("-" * (width + 2) for width in widths) + "+"
    lines = ["| " + " | ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) + " |" for row in rows]
    return "\n".join([rule, lines[0], rule, *lines[1:], rule])


def _pg_ctl(look: Look, line: Line, specs: Sequence[Replication]) -> Answer | None:
    host = line.get("host") or look.host
    state = cluster_of(look, host, specs)
    if state is None:
        if line.words[:1] == ("promote",):
            raise Complaint("pg_ctl: on which host? ssh HOST pg_ctl promote")
        return None
    if line.words[:1] == ("promote",):
        if host == state.own.leader:
            raise Complaint("pg_ctl: cannot promote server; server is not in standby mode", _TOOK)
        return look.propose("promote", state.spec.name, host, "waiting for server to promote....", _TOOK)
    if line.words[:1] == ("restart",) and host != state.own.leader:
        return look.propose(
            "replica-restart", state.spec.name, host, "waiting for server to shut down....", _TOOK
        )
    return None


def _systemctl(look: Look, words: tuple[str, ...], specs: Sequence[Replication]) -> Answer | None:
    flags = Flags(values={"-H": "host", "--host": "host"}, switches={"--no-pager": "pager", "-l": "full"})
    if words[0] not in {"restart", "try-restart"}:
        return None
    line = read(words, flags, "systemctl")
    unit = line.words[1].removesuffix(".service") if len(line.words) == 2 else ""
    host = line.get("host") or look.host
    state = cluster_of(look, host, specs)
    if unit.partition("@")[0] not in {"postgresql", "postgres", "patroni"} or state is None:
        return None
    if host == state.own.leader:
        return None
    return look.propose("replica-restart", state.spec.name, host, "", _TOOK)
