"""What one types on a host about its disk: df, du, ls, lsof, truncate, rm, lvextend and its units."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType

from drillbook.model.disk import Disk, Unit
from drillbook.model.system import Postgres
from drillbook.world.parts.disk import tree
from drillbook.world.parts.disk.state import DiskState
from drillbook.world.shell.ages import age, day, month
from drillbook.world.shell.answer import Answer, Complaint, Output
from drillbook.world.shell.look import Look
from drillbook.world.shell.words import Flags, Line, read

TOOLS: Mapping[str, str] = MappingProxyType({
    "df": "df -h, df -i: room on a host's file systems",
    "du": "du -sh PATH, du -h --max-depth=1 PATH; also ls -lh, find PATH -size +1G",
    "lsof": "lsof +L1: files that are deleted and still open",
    "truncate": "truncate -s 0 FILE; also rm FILE",
    "lvextend": "lvextend -r -L +10G DEVICE; also vgs",
})  # fmt: skip
_TOOK = 1.0
_SLOW = 8.0
"""Seconds that du needs to walk a large folder (assumption)."""
_LETTERS = {f"-{letter}": letter for letter in "hiTaslSrtxkm1Adc"}
_DF = Flags(values={"-t": "type"}, switches=_LETTERS | {"--human-readable": "h", "--inodes": "i"})
_DU = Flags(
    values={"--max-depth": "depth", "-d": "depth"}, switches={k: v for k, v in _LETTERS.items() if k != "-d"}
)
_FIND = Flags(
    values={"-size": "size", "-type": "type", "-maxdepth": "depth", "-name": "name"},
    switches={"-xdev": "x", "-ls": "ls", "-mount": "x"},
)
_RM = Flags(switches={"-r": "r", "-f": "f", "-rf": "rf", "-fr": "rf", "-R": "r", "-v": "v", "-i": "i"})
_EXTEND = Flags(
    values={"-L": "size", "--size": "size", "-l": "extents"},
    switches={"-r": "resize", "--resizefs": "resize"},
)
_UNIT = Flags(
    values={"-H": "host", "--host": "host", "-n": "lines", "-u": "unit", "--unit": "unit", "--since": "since",
            "-S": "since", "-p": "priority"},
    switches={"--no-pager": "pager", "-l": "full", "--now": "now", "-f": "follow", "-e": "end",
              "-x": "explain", "-r": "reverse", "-b": "boot", "-xe": "end"},
)  # fmt: skip
_SIZE = re.compile(r"\+(\d{1,6})([KMGT]?)(?:i?B)?$", re.IGNORECASE)
_POWERS = {"": 20, "K": 10, "M": 20, "G": 30, "T": 40}


def run(look: Look, words: tuple[str, ...], specs: Sequence[Disk]) -> Answer | None:
    """The answer to a command about a disk; None where it is none."""
    typed = " ".join(words)
    for spec in specs:
        for unit in spec.units:
            if (
                unit.quiet is not None
                and typed == " ".join(unit.quiet.split())
                and look.host in {"", spec.host}
            ):
                return look.propose(
                    "unit-quiet", spec.name, unit.name, f"{unit.name}: logs nothing from now on"
                )
    tool = _TOOLS.get(words[0])
    return None if tool is None else tool(look, words[1:], specs)


def _here(look: Look, specs: Sequence[Disk], host: str = "") -> list[DiskState]:
    """The disks of the host at which the command is typed; of all hosts on one's own machine."""
    name = (host or look.host).partition(".")[0]
    found = [look.states[spec.name] for spec in specs if name in {"", spec.host}]
    return [state for state in found if isinstance(state, DiskState)]


def _at(look: Look, specs: Sequence[Disk], path: str, tool: str) -> DiskState:
    """The disk on which a path lies. Raises Complaint."""
    if not path.startswith("/"):
        raise Complaint(f"{tool}: cannot access '{path}': No such file or directory", _TOOK)
    states = _here(look, specs)
    found = [
        state
        for state in states
        if path == state.spec.mount or path.startswith(state.spec.mount.rstrip("/") + "/")
    ]
    found = found or [s for s in states if s.spec.mount.startswith(path.rstrip("/") + "/") or path == "/"]
    if len(found) > 1:
        hosts = ", ".join(state.spec.host for state in found)
        raise Complaint(f"{tool}: on which host? ssh HOST {tool} …: {hosts}", 0.0)
    if not found:
        raise Complaint(f"{tool}: cannot access '{path}': No such file or directory", _TOOK)
    return found[0]


def _df(look: Look, words: tuple[str, ...], specs: Sequence[Disk]) -> Answer | None:
    states = _here(look, specs)
    if not states:
        return None
    line = read(words, _DF, "df")
    if len({state.spec.host for state in states}) > 1:
        raise Complaint(f"df: on which host? ssh HOST df -h: {', '.join(s.spec.host for s in states)}", 0.0)
    if line.has("i"):
        head = f"{'Filesystem':<24} {'Inodes':>8} {'IUsed':>8} {'IFree':>8} IUse% Mounted on"
        root = f"{'/dev/mapper/vg0-root':<24} {3276800:>8} {121804:>8} {3154996:>8} {4:>4}% /"
        return Output("\n".join([head, root, *(tree.df_inodes(state) for state in states)]), _TOOK)
    if line.has("h"):
        head = f"{'Filesystem':<24} {'Size':>5} {'Used':>5} {'Avail':>5} Use% Mounted on"
        root = f"{'/dev/mapper/vg0-root':<24} {'50G':>5} {'14G':>5} {'34G':>5} {30:>3}% /"
    else:
        head = f"{'Filesystem':<24} {'1K-blocks':>10} {'Used':>10} {'Available':>10} Use% Mounted on"
        root = f"{'/dev/mapper/vg0-root':<24} {51290592:>10} {14680064:>10} {34005888:>10} {30:>3}% /"
    rows = {"/": root} | {state.spec.mount: tree.df(state, readable=line.has("h")) for state in states}
    wanted = [_mount(path, rows) for path in line.words] or rows
    return Output("\n".join([head, *(rows[at] for at in wanted)]), _TOOK)


def _mount(path: str, mounts: Collection[str]) -> str:
    """The file system on which a path lies: the longest mount that it begins with, else the root."""
    inside = [at for at in mounts if path == at or path.startswith(at.rstrip("/") + "/")]
    return max(inside, key=len, default="/")


def _du(look: Look, words: tuple[str, ...], specs: Sequence[Disk]) -> Answer:
    line = read(words, _DU, "du")
    rows = []
    for path in line.words or ("/",):
        root = path.removesuffix("/*")
        state = _at(look, specs, root, "du")
        inner = [f"{root.rstrip('/')}/{name}" for name, _, _ in tree.children(state, root)]
        shown = inner if path.endswith("/*") else [root] if line.has("s") else [*inner, root]
        if not tree.under(state, root):
            raise Complaint(f"du: cannot access '{path}': No such file or directory", _TOOK)
        rows += [(tree.du(state, each), each) for each in shown]
    if line.has("h"):
        return Output("\n".join(f"{tree.human(size)}\t{path}" for size, path in rows), _SLOW)
    return Output("\n".join(f"{size // 1024:.0f}\t{path}" for size, path in rows), _SLOW)


def _ls(look: Look, words: tuple[str, ...], specs: Sequence[Disk]) -> Answer:
    line = read(words, _DF, "ls")
    path = line.words[0] if line.words else "/"
    state = _at(look, specs, path.rstrip("/") or "/", "ls")
    if not tree.under(state, path):
        raise Complaint(f"ls: cannot access '{path}': No such file or directory", _TOOK)
    if line.has("l"):
        return Output(tree.ls(look, state, path.rstrip("/"), readable=line.has("h")), _TOOK)
    return Output("  ".join(name for name, _, _ in tree.children(state, path)), _TOOK)


def _find(look: Look, words: tuple[str, ...], specs: Sequence[Disk]) -> Answer:
    line = read(words, _FIND, "find")
    path = line.words[0] if line.words else "/"
    state = _at(look, specs, path, "find")
    least = _bytes(line.get("size", "+0K"))
    found = [(file, size) for file, size in tree.under(state, path) if size >= least]
    return Output("\n".join(file.path for file, _ in found), _SLOW)


def _bytes(text: str) -> float:
    match = _SIZE.match(text)
    return float(match[1]) * 2.0 ** _POWERS[match[2].upper()] if match else -1.0


def _lsof(look: Look, words: tuple[str, ...], specs: Sequence[Disk]) -> Answer:
    paths = [word for word in words if word.startswith("/")]
    if not paths and "+L1" not in words:
        raise Complaint("lsof: too much to show: lsof +L1 (deleted and open), lsof PATH", _TOOK)
    states = [_at(look, specs, paths[0], "lsof")] if paths else _here(look, specs)
    only = paths[0] if paths and paths[0] not in {s.spec.mount for s in states} else ""
    return Output("\n".join(filter(None, (tree.lsof(look, state, only) for state in states))), _TOOK)


def _truncate(look: Look, words: tuple[str, ...], specs: Sequence[Disk]) -> Answer:
    line = read(words, Flags(values={"-s": "size", "--size": "size"}, switches={"-c": "c"}), "truncate")
    if line.get("size") != "0" or len(line.words) != 1:
        raise Complaint("truncate: only to nothing here: truncate -s 0 FILE", 0.0)
    state = _at(look, specs, line.words[0], "truncate")
    if not any(file.path == line.words[0] for file, _ in state.files):
        raise Complaint(
            f"truncate: cannot open '{line.words[0]}' for writing: No such file or directory", _TOOK
        )
    return look.propose("file-truncate", state.spec.name, line.words[0], "", _TOOK)


def _rm(look: Look, words: tuple[str, ...], specs: Sequence[Disk]) -> Answer:
    line = read(words, _RM, "rm")
    if len(line.words) != 1:
        raise Complaint("rm: one path at a time", 0.0)
    path = line.words[0].removesuffix("/*").rstrip("/") or "/"
    state = _at(look, specs, path, "rm")
    found = tree.under(state, path)
    if not found:
        raise Complaint(f"rm: cannot remove '{path}': No such file or directory", _TOOK)
    if not (line.has("r") or line.has("rf")) and not (len(found) == 1 and tree.is_file(found[0][0])):
        raise Complaint(f"rm: cannot remove '{path}': Is a directory", _TOOK)
    if path == state.spec.mount or len(path) < len(state.spec.mount):
        raise Complaint(f"rm: it is dangerous to operate recursively on '{path}'", _TOOK)
    return look.propose("file-remove", state.spec.name, path, "", _TOOK)


def _lvextend(look: Look, words: tuple[str, ...], specs: Sequence[Disk]) -> Answer:
    line = read(words, _EXTEND, "lvextend")
    states = _here(look, specs)
    named = [s for s in states if line.words and _same(line.words[0], s.spec.device)]
    if len(named) != 1:
        raise Complaint(f'  Failed to find logical volume "{" ".join(line.words)}"', _TOOK)
    more = _bytes(line.get("size"))
    if more <= 0:
        raise Complaint("  Please specify either size or extents: lvextend -r -L +10G DEVICE", _TOOK)
    if not line.has("resize"):
        raise Complaint("  -r is missing: the volume would grow and the file system on it would not", _TOOK)
    return look.propose("disk-grow", named[0].spec.name, f"{more:.0f}", "", 3.0)


def _same(given: str, device: str) -> bool:
    volume = device.removeprefix("/dev/mapper/").replace("-", "/", 1)
    return given in {device, f"/dev/{volume}", volume}


def _vgs(look: Look, words: tuple[str, ...], specs: Sequence[Disk]) -> Answer:
    states = _here(look, specs)
    rows = ["  VG   #PV #LV #SN Attr   VSize   VFree"]
    for state in states:
        group = state.spec.device.removeprefix("/dev/mapper/").partition("-")[0]
        size, free = state.own.size + 50 * 2**30 + state.own.spare, state.own.spare
        rows.append(
            f"  {group:<4}   1   2   0 wz--n- {tree.human(size).lower():>7} {tree.human(free).lower():>7}"
        )
    return Output("\n".join(rows), _TOOK)


def _systemctl(look: Look, words: tuple[str, ...], specs: Sequence[Disk]) -> Answer | None:
    line = read(words, _UNIT, "systemctl")
    found = _unit(look, specs, line, line.words[1] if len(line.words) == 2 else "")
    if found is None:
        return None
    state, unit = found
    verb = line.words[0]
    if verb in {"status", "is-active", "show"}:
        return Output(_status(look, state, unit), _TOOK)
    action = {
        "stop": "unit-stop",
        "restart": "unit-restart",
        "start": "unit-restart",
        "reload": "unit-restart",
    }.get(verb)
    if action is None:
        raise Complaint(f"Unknown command verb {verb}.")
    return look.propose(action, state.spec.name, unit.name, "", _TOOK)


def _unit(look: Look, specs: Sequence[Disk], line: Line, name: str) -> tuple[DiskState, Unit] | None:
    wanted = name.removesuffix(".service")
    for state in _here(look, specs, line.get("host")):
        for unit in state.spec.units:
            if unit.name == wanted:
                return state, unit
    return None


def _status(look: Look, state: DiskState, unit: Unit) -> str:
    now = state.own.unit(unit.name)
    active = "inactive (dead)" if now == "stopped" else "active (running)"
    since = look.instant(-86400.0 * (2 + 30 * look.draw("uptime", unit.name)))
    pid = look.pick(700, 4000, "pid", state.spec.name, unit.name)
    ago = age((look.instant() - since).total_seconds())
    lines = [
        f"● {unit.name}.service - {unit.does}",
        f"     Loaded: loaded (/lib/systemd/system/{unit.name}.service; enabled; preset: enabled)",
        f"     Active: {active} since {day(since)} {since:%Y-%m-%d %H:%M:%S} UTC; {ago} ago",
    ]
    if now != "stopped":
        lines.append(f"   Main PID: {pid} ({unit.name[:15]})")
    held = [f"             {file.path} ({tree.human(state.sizes[k] + state.ghosts[k])})"
            for k, file in enumerate(state.spec.files) if file.unit == unit.name]  # fmt: skip
    lines += ["   Open logs:", *held] if held and now != "stopped" else []
    said = journal_of(look, state, unit, 4)
    return "\n".join([*lines, "", *said]) if said else "\n".join(lines)


def journal_of(look: Look, state: DiskState, unit: Unit, count: int) -> list[str]:
    """The last lines that a unit logged."""
    pid = look.pick(700, 4000, "pid", state.spec.name, unit.name)
    texts = []
    if state.own.unit(unit.name) != "stopped" and unit.says is not None and state.outages:
        texts += [unit.says] * (count - 1)
    if state.full and state.own.unit(unit.name) == "running":
        texts.append("write error: No space left on device")
    out = []
    for place, text in enumerate(texts[-count:]):
        moment = look.instant(look.t // 1 - 2.0 * (len(texts[-count:]) - place))
        stamp = f"{month(moment)} {moment.day:02d} {moment:%H:%M:%S}"
        out.append(f"{stamp} {state.spec.host} {unit.name}[{pid}]: {text}")
    return out


def _journalctl(look: Look, words: tuple[str, ...], specs: Sequence[Disk]) -> Answer | None:
    line = read(words, _UNIT, "journalctl")
    found = _unit(look, specs, line, line.get("unit"))
    if found is None:
        return None
    count = line.get("lines", "20")
    lines = journal_of(look, *found, min(int(count), 200)) if count.isdecimal() else []
    return Output("\n".join(lines) or "-- No entries --", 4.0)


def _pg_resetwal(look: Look, words: tuple[str, ...], specs: Sequence[Disk]) -> Answer | None:
    servers = {server.spec.name: server for server in look.servers}
    found = [s for s in _here(look, specs) if s.spec.host in {c.name for c in look.specs(Postgres)}]
    if len(found) != 1:
        raise Complaint("pg_resetwal: on which host? ssh HOST pg_resetwal -f -D DIRECTORY", 0.0)
    if servers[found[0].spec.host].up:
        text = 'pg_resetwal: error: lock file "postmaster.pid" exists'
        raise Complaint(
            f"{text}\npg_resetwal: hint: Is a server running?  If not, delete the lock file and try again."
        )
    return look.propose("wal-reset", found[0].spec.name, "", "Write-ahead log reset", 2.0)


_TOOLS: dict[str, Callable[[Look, tuple[str, ...], Sequence[Disk]], Answer | None]] = {
    "df": _df, "du": _du, "ls": _ls, "ll": _ls, "find": _find, "lsof": _lsof, "truncate": _truncate,
    "rm": _rm, "lvextend": _lvextend, "vgs": _vgs, "lvs": _vgs, "systemctl": _systemctl,
    "journalctl": _journalctl,
    "pg_resetwal": _pg_resetwal,
}  # fmt: skip
