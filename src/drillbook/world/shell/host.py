"""Tools on the hosts of databases and pools: systemd, PostgreSQL's own, load, and the network."""

from __future__ import annotations

from drillbook.world.shell.ages import age, day, month
from drillbook.world.shell.answer import Answer, Complaint, Output
from drillbook.world.shell.look import Look
from drillbook.world.shell.psql.relations import Session
from drillbook.world.shell.psql.sessions import groups
from drillbook.world.shell.words import Flags, Line, read
from drillbook.world.state import PoolState, PostgresState

_SYSTEMCTL = Flags(
    values={"-H": "host", "--host": "host", "-n": "lines"},
    switches={"--no-pager": "pager", "-l": "full", "--now": "now", "--user": "user", "-q": "quiet"},
)
_PG = Flags(
    values={
        "-D": "data", "-m": "mode", "-h": "host", "--host": "host", "-H": "host", "-p": "port",
        "-t": "timeout",
        "-c": "config", "-w": "wait", "--candidate": "candidate", "--master": "leader", "--leader": "leader",
        "-d": "database", "-U": "user",
    },
    switches={"--force": "force", "-q": "quiet", "-s": "quiet"},
)  # fmt: skip
TOOK = 3.0
_UNITS = {
    "postgresql": "postgresql", "postgres": "postgresql", "postgresql@15-main": "postgresql",
    "patroni": "postgresql", "pgbouncer": "pgbouncer",
}  # fmt: skip


def server_of(look: Look, host: str) -> PostgresState:
    """The database server of that name, or the first one. Raises Complaint where there is none."""
    name = (host or look.host).partition(".")[0]
    for server in look.servers:
        if server.spec.name == name or not name:
            return server
    raise Complaint(
        f"ssh: Could not resolve hostname {name}: Name or service not known" if name else "no database here"
    )


def pool_of(look: Look, host: str) -> PoolState:
    """The pool of that name, or the first one. Raises Complaint where there is none."""
    name = (host or look.host).partition(".")[0]
    for pool in look.pools:
        if name in {pool.spec.name, pool.server, ""}:
            return pool
    raise Complaint("Unit pgbouncer.service could not be found.")


def systemctl(look: Look, words: tuple[str, ...]) -> Answer:
    """`systemctl status|restart|reload|stop postgresql|pgbouncer [-H HOST]`."""
    line = read(words, _SYSTEMCTL, "systemctl")
    if len(line.words) != 2:
        raise Complaint("systemctl: status, restart or reload of postgresql or pgbouncer (-H HOST)", 0.0)
    verb, unit = line.words
    kind = _UNITS.get(unit.removesuffix(".service"))
    if kind is None:
        raise Complaint(_no_unit(look, unit))
    if verb in {"status", "is-active", "show"}:
        return Output(_status(look, kind, line, brief=verb == "is-active"), TOOK)
    if verb == "start" and kind == "postgresql" and not server_of(look, line.get("host")).up:
        verb = "restart"
    if verb not in {"restart", "reload", "try-restart", "reload-or-restart"}:
        if verb in {"stop", "start", "kill", "disable", "enable", "mask"}:
            raise Complaint(
                f"Failed to {verb} {kind}.service: Access denied: restart and reload are open to you"
            )
        raise Complaint(f"Unknown command verb {verb}.")
    if kind == "pgbouncer" and verb not in {"reload", "reload-or-restart"}:
        raise Complaint("only reload is permitted on this host: systemctl reload pgbouncer")
    if kind == "pgbouncer":
        return look.propose("pool-reload", pool_of(look, line.get("host")).spec.name, "", "", TOOK)
    if verb == "reload":
        return Output("", TOOK)
    return look.propose("db-restart", server_of(look, line.get("host")).spec.name, "", "", TOOK)


def _no_unit(look: Look, unit: str) -> str:
    name = unit.removesuffix(".service")
    text = f"Unit {name}.service could not be found."
    if name in {s.spec.name for s in look.services}:
        text += f"\n{name} runs in the cluster: kubectl rollout status deployment/{name}"
    return text


def _status(look: Look, kind: str, line: Line, *, brief: bool) -> str:
    if kind == "pgbouncer":
        pool = pool_of(look, line.get("host"))
        up, since, what = (
            pool.up,
            -86400.0 * (3 + 40 * look.draw("uptime", pool.spec.name)),
            "connection pooler",
        )
        tasks, memory = 2, 12.0 + 0.02 * pool.client_active
    else:
        server = server_of(look, line.get("host"))
        up, since, what = server.up, server.started_at, f"PostgreSQL {server.spec.version} database server"
        tasks, memory = 7 + round(server.connections), 17_000.0 + 12.0 * server.connections
    if brief:
        return "active" if up else "activating"
    moment = look.instant(since)
    fault = "" if kind == "pgbouncer" else server.fault
    state = "active (running)" if up else "failed (Result: exit-code)" if fault else "activating (start)"
    title = f"● {kind}.service - {what}"
    loaded = f"     Loaded: loaded (/lib/systemd/system/{kind}.service; enabled; preset: enabled)"
    if fault:
        return "\n".join([title, loaded, f"     Active: {state}", "", fault])
    lines = [
        title,
        loaded,
        f"     Active: {state} since {day(moment)} {moment:%Y-%m-%d %H:%M:%S} UTC; {age(look.t - since)} ago",
        f"      Tasks: {tasks} (limit: 77053)",
        f"     Memory: {memory / 1024:.1f}G" if memory >= 1024 else f"     Memory: {memory:.1f}M",
    ]
    return "\n".join(lines)


def pg_ctl(look: Look, words: tuple[str, ...]) -> Answer:
    """`pg_ctl status|restart|promote|reload`."""
    line = read(words, _PG, "pg_ctl")
    verb = line.words[0] if line.words else ""
    server = server_of(look, line.get("host"))
    if verb == "status":
        return Output("pg_ctl: server is running" if server.up else "pg_ctl: no server running", TOOK)
    if verb == "reload":
        return Output("server signaled", TOOK)
    if verb in {"restart", "promote"}:
        text = (
            "waiting for server to promote...."
            if verb == "promote"
            else "waiting for server to shut down...."
        )
        return look.propose("db-restart", server.spec.name, "", text, TOOK)
    raise Complaint(f'pg_ctl: unrecognized operation mode "{verb}": status, restart, promote or reload')


def patronictl(look: Look, words: tuple[str, ...]) -> Answer:
    """`patronictl list|failover|switchover|restart`."""
    line = read(words, _PG, "patronictl")
    verb = line.words[0] if line.words else ""
    named = next((w for w in line.words[1:] if w in {s.spec.name for s in look.servers}), "")
    server = server_of(look, named or line.get("host"))
    if verb in {"list", "topology"}:
        return Output(_members(look, server), TOOK)
    if verb in {"failover", "switchover", "restart"}:
        text = f"{'Restart' if verb == 'restart' else 'Failover'} of cluster {server.spec.name} begins"
        return look.propose("db-restart", server.spec.name, "", text, TOOK)
    raise Complaint(f"Error: No such command '{verb}': list, failover, switchover or restart")


def _members(look: Look, server: PostgresState) -> str:
    name = server.spec.name
    rows = [
        ("Member", "Host", "Role", "State", "Lag in MB"),
        (
            f"{name}-0",
            f"10.20.2.{look.pick(10, 120, 'host', name)}",
            "Leader",
            "running" if server.up else "starting",
            "",
        ),
        (f"{name}-1", f"10.20.2.{look.pick(130, 250, 'host', name)}", "Replica", "streaming", "0"),
    ]
    widths = [max(len(row[i]) for row in rows) for i in range(5)]
    rule = "+" + "+".join("-" * (width + 2) for width in widths) + "+"
    lines = ["| " + " | ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) + " |" for row in rows]
    return "\n".join([f"+ Cluster: {name} ", rule, lines[0], rule, *lines[1:], rule])


def pg_isready(look: Look, words: tuple[str, ...]) -> Answer:
    """`pg_isready [-h HOST]`."""
    server = server_of(look, read(words, _PG, "pg_isready").get("host"))
    full = round(server.connections) >= server.max_connections
    says = (
        "accepting connections"
        if server.up and not full
        else "rejecting connections"
        if server.up
        else "no response"
    )
    return Output(f"{server.spec.name}:5432 - {says}", 1.0)


def _load(server: PostgresState) -> float:
    return server.cpu_ratio * server.spec.cores


def uptime(look: Look, words: tuple[str, ...]) -> Answer:
    """`uptime` of the database host."""
    return Output(_uptime(look, server_of(look, "")), 1.0)


def _uptime(look: Look, server: PostgresState) -> str:
    load = _load(server)
    days = int(60 + 200 * look.draw("boot", server.spec.name))
    averages = ", ".join(f"{load * share:.2f}" for share in (1.0, 0.96, 0.9))
    return f" {look.instant():%H:%M:%S} up {days} days,  3:12,  1 user,  load average: {averages}"


def top(look: Look, words: tuple[str, ...]) -> Answer:
    """`top` on the database host, one screen."""
    server = server_of(look, "")
    busy = 100.0 * server.cpu_ratio
    user, wait = busy * 0.82, min(busy * 0.06, 100.0 - busy)
    idle = 100.0 - busy - wait
    active = sum(b.count for b in server.backends if b.state == "active")
    lines = [
        f"top -{_uptime(look, server)}",
        f"Tasks: {180 + round(server.connections)} total, {max(round(_load(server)), 1):3d} running",
        f"%Cpu(s): {user:4.1f} us, {busy - user:4.1f} sy,  0.0 ni, {idle:4.1f} id, {wait:4.1f} wa",
        "MiB Mem :  64298.0 total,   3120.4 free,  17904.1 used,  43273.5 buff/cache",
        "",
        "    PID USER      %CPU  %MEM     TIME+ COMMAND",
    ]
    share = busy * server.spec.cores / max(active, 1)
    shown = [g for g in groups(Session(look, server, "")) if g.backend.state == "active"]
    for group in sorted(shown, key=lambda g: (g.started(0), g.backend.application))[:8]:
        backend = group.backend
        doing = (backend.query.split() or [""])[0]
        process = f"postgres: {backend.user} {backend.database} {backend.client or '[local]'} {doing}"
        minutes, rest = divmod(max(look.t - group.started(0), 0.0), 60.0)
        used = f"{minutes:.0f}:{rest:05.2f}"
        lines.append(f"{group.pid(0):>7} postgres {min(share, 100.0):5.1f} {1.2:5.1f} {used:>9} {process}")
    return Output("\n".join(lines), TOOK)


def free(look: Look, words: tuple[str, ...]) -> Answer:
    """`free -h` on the database host."""
    server = server_of(look, "")
    used = 17.0 + 0.012 * server.connections
    head = "               total        used        free      shared  buff/cache   available"
    memory = f"Mem:            62Gi{used:10.0f}Gi       3.0Gi        16Gi        42Gi{62 - used - 2:10.0f}Gi"
    swap = "Swap:             0B          0B          0B"
    return Output(f"{head}\n{memory}\n{swap}", 1.0)


def df(look: Look, words: tuple[str, ...]) -> Answer:
    """`df -h` on the database host: disks are not what fails here."""
    share = look.pick(38, 61, "disk", server_of(look, "").spec.name)
    lines = [
        "Filesystem      Size  Used Avail Use% Mounted on",
        "/dev/nvme0n1p1   50G   14G   34G  30% /",
        f"/dev/nvme1n1    1.0T  {share * 10:>3}G  {1000 - share * 10:>3}G  {share}% /var/lib/postgresql",
    ]
    return Output("\n".join(lines), 1.0)


def vmstat(look: Look, words: tuple[str, ...]) -> Answer:
    """`vmstat` on the database host, one line."""
    server = server_of(look, "")
    busy = round(100 * server.cpu_ratio)
    cpu = f"{round(busy * 0.82):2d} {round(busy * 0.18):2d} {100 - busy:2d}  0  0"
    lines = [
        "procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----",
        " r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st",
        f"{round(_load(server)):2d}  0      0 3195290 212348 44312064    0    0   812  1490 9120 15220 {cpu}",
    ]
    return Output("\n".join(lines), TOOK)


def date(look: Look, words: tuple[str, ...]) -> Answer:
    """`date`, in UTC."""
    now = look.instant()
    return Output(f"{day(now)} {month(now)} {now.day:2d} {now:%H:%M:%S} UTC {now:%Y}", 0.0)
