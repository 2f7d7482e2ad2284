"""The files of a disk as `ls`, `du`, `df` and `lsof` of GNU print them."""

from __future__ import annotations

import math
from collections.abc import Iterator

from drillbook.model.disk import File
from drillbook.world.parts.disk.state import DiskState, inodes
from drillbook.world.shell.ages import month
from drillbook.world.shell.look import Look

_FOLDER = 4096.0


def human(size: float) -> str:
    """Bytes as `-h` shows them, rounded up: `8.0K`, `1.2G`, `168G`."""
    if size <= 0:
        return "0"
    for unit, power in (("", 0), ("K", 10), ("M", 20), ("G", 30), ("T", 40)):
        value = size / 2.0**power
        if power and value < 10 and math.ceil(value * 10) < 100:
            return f"{math.ceil(value * 10) / 10:.1f}{unit}"
        if math.ceil(value) < 1024 or unit == "T":
            return f"{math.ceil(value)}{unit}"
    return ""


def df(state: DiskState, *, readable: bool) -> str:
    """A file system's line."""
    size, used = state.own.size, min(state.used, state.own.size)
    part = math.ceil(100.0 * used / max(1.0, used + state.avail) - 1e-9)
    names = (state.spec.device, state.spec.mount)
    if readable:
        cells = f"{human(size):>5} {human(used):>5} {human(state.avail):>5}"
    else:
        cells = f"{size // 1024:>10.0f} {used // 1024:>10.0f} {state.avail // 1024:>10.0f}"
    return f"{names[0]:<24} {cells} {part:>3}% {names[1]}"


def df_inodes(state: DiskState) -> str:
    """Its inodes."""
    total, used = inodes(state)
    part = math.ceil(100 * used / total)
    return f"{state.spec.device:<24} {total:>8} {used:>8} {total - used:>8} {part:>4}% {state.spec.mount}"


def under(state: DiskState, path: str) -> list[tuple[File, float]]:
    """The files at or beneath a path."""
    root = path.rstrip("/")
    return [(f, size) for f, size in state.files if f.path == root or f.path.startswith(root + "/")]


def is_file(file: File) -> bool:
    """Whether it stands for one file, not a folder."""
    return "." in file.path.rpartition("/")[2]


def du(state: DiskState, path: str) -> float:
    """What a path takes."""
    return max(_FOLDER, sum([size for _, size in under(state, path)]))


def children(state: DiskState, path: str) -> Iterator[tuple[str, float, File | None]]:
    """Names in a folder, what they take, and the file where one is meant."""
    root, sums = path.rstrip("/") + "/", dict[str, float]()
    for file, size in under(state, path):
        if file.path.startswith(root):
            name = file.path.removeprefix(root).partition("/")[0]
            sums[name] = sums.get(name, 0.0) + size
    for name, size in sorted(sums.items()):
        whole = next((f for f, _ in state.files if f.path == root + name and is_file(f)), None)
        yield name, size, whole


def ls(look: Look, state: DiskState, path: str, *, readable: bool) -> str:
    """`ls -l` of a folder or a file."""
    rows = []
    found = under(state, path)
    if len(found) == 1 and found[0][0].path == path and is_file(found[0][0]):
        rows.append(_entry(look, state, path, found[0][1], found[0][0], readable=readable))
        return "\n".join(rows)
    for name, size, file in children(state, path):
        shown = size if file is not None else _FOLDER
        rows.append(_entry(look, state, name, shown, file, readable=readable))
    total = sum(size for _, size, _ in children(state, path))
    head = f"total {human(total) if readable else f'{total // 1024:.0f}'}"
    return "\n".join([head, *rows])


def _entry(look: Look, state: DiskState, name: str, size: float, file: File | None, *, readable: bool) -> str:
    owner = "postgres" if file is not None and file.holds in {"data", "wal"} else "root"
    if file is not None and file.unit is not None:
        owner = file.unit.partition("-")[0]
    living = file is None or file.unit is None or state.own.unit(file.unit) == "running"
    hours = 0.0 if living else 3600.0
    moment = look.instant(math.floor((look.t - hours) / 60.0) * 60.0)
    kind = "-rw-r-----  1" if file is not None else "drwxr-x---  2"
    cell = f"{human(size):>5}" if readable else f"{size:>12.0f}"
    stamp = f"{month(moment)} {moment.day:>2} {moment:%H:%M}"
    return f"{kind} {owner:<8} {owner:<8} {cell} {stamp} {name}"


def lsof(look: Look, state: DiskState, path: str) -> str:
    """Files that are deleted and open, or those that are open at a path."""
    rows = []
    for place, file in enumerate(state.spec.files):
        ghost = state.ghosts[place]
        if file.unit is None or state.own.unit(file.unit) == "stopped":
            continue
        pid = look.pick(700, 4000, "pid", state.spec.name, file.unit)
        node = look.pick(100000, 900000, "inode", state.spec.name, file.path)
        gone = file.path in state.own.removed
        size = ghost if gone else state.sizes[place]
        if path and not (file.path == path or file.path.startswith(path.rstrip("/") + "/")):
            continue
        if gone or path:
            rows.append((
                file.unit[:9], str(pid), file.unit.partition("-")[0][:8], "4w", "REG", "253,1",
                f"{size:.0f}", "0" if gone else "1", str(node), file.path + (" (deleted)" if gone else ""),
            ))  # fmt: skip
    if not rows:
        return ""
    head = ("COMMAND", "PID", "USER", "FD", "TYPE", "DEVICE", "SIZE/OFF", "NLINK", "NODE", "NAME")
    table = [head, *rows]
    widths = [max(len(row[k]) for row in table) for k in range(len(head))]
    left = {0, 9}
    return "\n".join(
        " ".join(
            c.ljust(w) if k in left else c.rjust(w) for k, (c, w) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in table
    )
