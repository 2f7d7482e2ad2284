"""`ping`, `dig` and `nslookup` of known hosts."""

from __future__ import annotations

from drillbook.world.shell.answer import Answer, Complaint, Output
from drillbook.world.shell.look import Look
from drillbook.world.shell.members import address as member_address
from drillbook.world.shell.members import cluster_of, round_trip
from drillbook.world.shell.words import Flags, read

_PING = Flags(values={"-c": "count", "-W": "wait", "-i": "interval"}, switches={"-4": "four", "-q": "quiet"})
_PACKETS = 3
_DIG = Flags(values={"-t": "type"}, switches={"-4": "four"})


def _address(look: Look, host: str) -> str | None:
    """The address of a host that this system knows; None for any other."""
    name = host.lower().rstrip(".").removeprefix("www.")
    if name == look.system.domain:
        return "203.0.113.10"
    first = name.partition(".")[0]
    names = {c.name for c in look.system.components}
    external = {e.spec.name for e in look.externals}
    cluster = cluster_of(look, first)
    if cluster is not None:
        return member_address(look, cluster.member(first).member.site, first)
    if first in names - external:
        return f"10.20.2.{look.pick(2, 250, 'host', first)}"
    if set(name.split(".")) & external:
        return f"198.51.100.{look.pick(2, 250, 'host', name)}"
    return None


def ping(look: Look, words: tuple[str, ...]) -> Answer:
    """`ping HOST`: three packets."""
    line = read(words, _PING, "ping")
    if not line.words:
        raise Complaint("ping: usage error: Destination address required")
    host = line.words[0]
    address = _address(look, host)
    if address is None:
        raise Complaint(f"ping: {host}: Name or service not known")
    lines = [f"PING {host} ({address}) 56(84) bytes of data."]
    lines += [
        f"64 bytes from {address}: icmp_seq={i} ttl=62 time={ms:.3f} ms"
        for i, ms in enumerate(_times(look, host), 1)
    ]
    got = len(lines) - 1
    lines += ["", f"--- {host} ping statistics ---"]
    lines += [f"{_PACKETS} packets transmitted, {got} received, {100 - 100 * got // _PACKETS}% packet loss"]
    return Output("\n".join(lines), 3.0)


def _times(look: Look, host: str) -> list[float]:
    """Milliseconds of the packets that came back."""
    server = host.lower().partition(".")[0]
    cluster = cluster_of(look, server)
    way = 0.0 if cluster is None else round_trip(cluster, server)
    if way is None:
        return []
    return [way * 1000 + 0.3 + 0.6 * look.draw("ping", host, i, round(look.t)) for i in range(_PACKETS)]


def dig(look: Look, words: tuple[str, ...]) -> Answer:
    """`dig [+short] HOST`."""
    line = read(tuple(w for w in words if not w.startswith(("+", "@"))), _DIG, "dig")
    if not line.words:
        raise Complaint("dig: name the host")
    host = line.words[-1] if line.words[-1].upper() not in {"A", "AAAA", "CNAME"} else line.words[0]
    address = _address(look, host)
    if "+short" in words:
        return Output(address or "", 1.0)
    status = "NOERROR" if address else "NXDOMAIN"
    lines = [f";; ->>HEADER<<- opcode: QUERY, status: {status}, id: {look.pick(1, 65535, 'dig', host)}"]
    lines += ["", ";; QUESTION SECTION:", f";{host}.\t\t\tIN\tA"]
    if address:
        lines += ["", ";; ANSWER SECTION:", f"{host}.\t\t60\tIN\tA\t{address}"]
    lines += ["", ";; Query time: 1 msec"]
    return Output("\n".join(lines), 1.0)


def nslookup(look: Look, words: tuple[str, ...]) -> Answer:
    """`nslookup HOST`."""
    if not words:
        raise Complaint("nslookup: name the host")
    address = _address(look, words[0])
    head = "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10#53\n"
    if address is None:
        raise Complaint(f"{head}\n** server can't find {words[0]}: NXDOMAIN")
    return Output(f"{head}\nName:\t{words[0]}\nAddress: {address}", 1.0)
