"""redis-cli, and the warm-up job that one starts with kubectl."""

from __future__ import annotations

import fnmatch
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

from drillbook.model.cache import Cache
from drillbook.world.parts.cache.flow import EMPTY
from drillbook.world.parts.cache.state import CacheState
from drillbook.world.shell.answer import Answer, Complaint, Output
from drillbook.world.shell.look import Look
from drillbook.world.shell.words import Flags, read

TOOLS: Mapping[str, str] = MappingProxyType({
    "redis-cli": "-h NAME info [SECTION] | dbsize | config get PATTERN | config set NAME VALUE | flushall",
})  # fmt: skip
_FLAGS = Flags(
    values={"-h": "host", "-p": "port", "-a": "pass", "-n": "db", "-u": "url", "--user": "user"},
    switches={"--raw": "raw", "--no-raw": "formatted", "--no-auth-warning": "quiet", "--tls": "tls"},
)
_TOOK = 0.5
_UNITS = {"": 1, "b": 1, "k": 1000, "kb": 1024, "m": 10**6, "mb": 2**20, "g": 10**9, "gb": 2**30}
_POLICIES = ("noeviction", "allkeys-lru", "allkeys-lfu", "volatile-lru", "volatile-ttl")


def run(look: Look, words: tuple[str, ...], specs: Sequence[Cache]) -> Answer | None:
    """The answer to redis-cli, to a warm-up job or to a restart of a cache."""
    if words[0] == "redis-cli" and len(words) > 1:
        return _redis_cli(look, words[1:], specs)
    if words[:3] in {("kubectl", "create", "job"), ("k", "create", "job")}:
        return _job(look, words[3:], specs)
    if words[:2] in {("systemctl", "restart"), ("systemctl", "status")}:
        return _systemctl(look, words[1:], specs)
    return None


def _state(look: Look, spec: Cache) -> CacheState:
    state = look.states[spec.name]
    if not isinstance(state, CacheState):
        raise Complaint(f"{spec.name} is no cache")
    return state


def _redis_cli(look: Look, words: tuple[str, ...], specs: Sequence[Cache]) -> Answer:
    line = read(words, _FLAGS, "redis-cli")
    host = line.get("host") or look.host or line.get("url").rpartition("@")[2].removeprefix("redis://")
    host, port = host.partition(":")[0].partition(".")[0], line.get("port", "6379")
    named = {spec.name: spec for spec in specs}
    spec = named.get(host) if host else specs[0] if len(specs) == 1 else None
    if spec is None:
        known = f"\n(caches here: {', '.join(named)})"
        why = "Name or service not known" if host else "Connection refused"
        where = f"{host or '127.0.0.1'}:{port}: {why}"
        raise Complaint(f"Could not connect to Redis at {where}{known}", _TOOK)
    state = _state(look, spec)
    if port != "6379" or not state.own.up:
        raise Complaint(f"Could not connect to Redis at {spec.name}:{port}: Connection refused", _TOOK)
    verb, *rest = [word.lower() for word in line.words] or ["ping"]
    command = _COMMANDS.get(verb)
    if command is None:
        args = "".join(f"'{word}' " for word in line.words[1:])
        raise Complaint(f"(error) ERR unknown command '{verb}', with args beginning with: {args}".rstrip())
    return command(look, state, tuple(rest))


def _ping(look: Look, state: CacheState, rest: tuple[str, ...]) -> Answer:
    return Output("PONG", _TOOK)


def _dbsize(look: Look, state: CacheState, rest: tuple[str, ...]) -> Answer:
    return Output(f"(integer) {math.floor(state.entries)}", _TOOK)


def _flush(look: Look, state: CacheState, rest: tuple[str, ...]) -> Answer:
    return look.propose("cache-flush", state.spec.name, "", "OK", _TOOK)


def _config(look: Look, state: CacheState, rest: tuple[str, ...]) -> Answer:
    values = _configured(state)
    if rest[:1] == ("get",) and len(rest) == 2:
        found = [part for name in values if fnmatch.fnmatch(name, rest[1]) for part in (name, values[name])]
        lines = [f'{place}) "{part}"' for place, part in enumerate(found, 1)]
        return Output("\n".join(lines) or "(empty array)", _TOOK)
    if rest[:1] == ("set",) and len(rest) == 3:
        return _set(look, state, rest[1], rest[2])
    sub = rest[0] if rest else ""
    raise Complaint(f"(error) ERR wrong number of arguments for 'config|{sub}' command", _TOOK)


def _set(look: Look, state: CacheState, name: str, value: str) -> Answer:
    failed = f"(error) ERR CONFIG SET failed (possibly related to argument '{name}') - "
    if name == "maxmemory":
        found = re.fullmatch(r"(\d{1,15})([a-z]{0,2})", value)
        if found is None or found[2] not in _UNITS:
            raise Complaint(failed + "argument must be a memory value", _TOOK)
        size = int(found[1]) * _UNITS[found[2]]
        return look.propose("cache-memory", state.spec.name, str(size), "OK", _TOOK)
    if name == "maxmemory-policy":
        if value not in _POLICIES:
            known = ", ".join(_POLICIES)
            raise Complaint(f"{failed}argument(s) must be one of the following: {known}", _TOOK)
        return look.propose("cache-policy", state.spec.name, value, "OK", _TOOK)
    if name in _configured(state):
        raise Complaint(failed + "can't set immutable config", _TOOK)
    raise Complaint(f"(error) ERR Unknown option or number of arguments for CONFIG SET - '{name}'", _TOOK)


def _configured(state: CacheState) -> dict[str, str]:
    return {
        "maxmemory": str(round(state.own.memory)),
        "maxmemory-policy": state.own.policy,
        "maxclients": str(state.spec.max_clients),
        "save": "",
        "appendonly": "no",
    }


def _info(look: Look, state: CacheState, rest: tuple[str, ...]) -> Answer:
    wanted = rest[0] if rest else "default"
    sections = _sections(look, state)
    shown = [name for name in sections if wanted in {"default", "all", "everything", name.lower()}]
    text = "\n\n".join(
        "\n".join([f"# {name}", *(f"{key}:{value}" for key, value in sections[name]())]) for name in shown
    )
    return Output(text, _TOOK)


def _sections(look: Look, state: CacheState) -> dict[str, Callable[[], Iterator[tuple[str, str | int]]]]:
    return {
        "Server": lambda: _server(look, state),
        "Clients": lambda: _clients(state),
        "Memory": lambda: _memory(state),
        "Stats": lambda: _stats(state),
        "Replication": lambda: iter([("role", "master"), ("connected_slaves", 0)]),
        "Keyspace": lambda: _keyspace(state),
    }


def _server(look: Look, state: CacheState) -> Iterator[tuple[str, str | int]]:
    uptime = math.floor(look.t - state.started_at)
    yield from (("redis_version", state.spec.version), ("redis_mode", "standalone"))
    yield from (("os", "Linux 6.1.0-21-amd64 x86_64"), ("tcp_port", 6379))
    yield from (("uptime_in_seconds", uptime), ("uptime_in_days", uptime // 86400))


def _clients(state: CacheState) -> Iterator[tuple[str, str | int]]:
    yield from (("connected_clients", state.clients), ("maxclients", state.spec.max_clients))
    yield "blocked_clients", 0


def _memory(state: CacheState) -> Iterator[tuple[str, str | int]]:
    host = state.spec.system_memory
    for name, size in (("used_memory", state.used), ("used_memory_startup", EMPTY),
                       ("total_system_memory", host), ("maxmemory", state.own.memory)):  # fmt: skip
        yield name, math.floor(size)
        if name != "used_memory_startup":
            yield f"{name}_human", human(size)
    yield "maxmemory_policy", state.own.policy


def _stats(state: CacheState) -> Iterator[tuple[str, str | int]]:
    lookups, misses, filled, expired, evicted = (math.floor(total) for total in state.totals)
    yield "total_commands_processed", lookups + filled
    yield "instantaneous_ops_per_sec", round(state.lookups + state.filled)
    yield from (("rejected_connections", 0), ("expired_keys", expired), ("evicted_keys", evicted))
    yield from (("keyspace_hits", lookups - misses), ("keyspace_misses", misses))


def _keyspace(state: CacheState) -> Iterator[tuple[str, str | int]]:
    count = math.floor(state.entries)
    if count:
        yield "db0", f"keys={count},expires={count},avg_ttl={round(state.own.ttl * 1000)}"


def human(size: float) -> str:
    """Bytes as Redis shows them: `1.50M`."""
    for unit, power in (("B", 0), ("K", 10), ("M", 20), ("G", 30)):
        if size < 2.0 ** (power + 10) or unit == "G":
            return f"{round(size)}B" if unit == "B" else f"{size / 2**power:.2f}{unit}"
    return ""


_COMMANDS: dict[str, Callable[[Look, CacheState, tuple[str, ...]], Answer]] = {
    "ping": _ping, "info": _info, "dbsize": _dbsize, "config": _config, "flushall": _flush, "flushdb": _flush,
}  # fmt: skip


def _job(look: Look, words: tuple[str, ...], specs: Sequence[Cache]) -> Answer | None:
    """`kubectl create job NAME --from=cronjob/CACHE-warmup`."""
    flags = Flags(values={"--from": "from", "-n": "namespace", "--namespace": "namespace"})
    line = read(words, flags, "kubectl create job")
    origin = line.get("from").rpartition("/")[2]
    spec = next((each for each in specs if each.warm_up > 0 and origin == f"{each.name}-warmup"), None)
    if len(line.words) != 1 or not origin:
        raise Complaint("error: name the job: kubectl create job NAME --from=cronjob/CRONJOB")
    if spec is None:
        raise Complaint(f'Error from server (NotFound): cronjobs.batch "{origin}" not found', 2.0)
    return look.propose("cache-warm", spec.name, "", f"job.batch/{line.words[0]} created")


def _systemctl(look: Look, words: tuple[str, ...], specs: Sequence[Cache]) -> Answer | None:
    names = {spec.name: spec for spec in specs}
    line = read(words[1:], Flags(values={"-H": "host", "--host": "host"}), "systemctl")
    unit = line.words[0].removesuffix(".service") if line.words else ""
    host = line.get("host") or look.host
    spec = names.get(host) if unit in {"redis", "redis-server"} else None
    if spec is None:
        return None
    if words[0] == "restart":
        return look.propose("cache-restart", spec.name, "", "")
    up = _state(look, spec).own.up
    active = "active (running)" if up else "activating (start)"
    return Output(f"● redis-server.service - Advanced key-value store\n     Active: {active}", 1.0)
