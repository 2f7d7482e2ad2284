"""ping and mtr to what a bundle leads to; ss, ip and ethtool on the host before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from drillbook.model.link import Link
from drillbook.world.parts.link.state import LinkState
from drillbook.world.shell.answer import Answer, Complaint, Output
from drillbook.world.shell.look import Look
from drillbook.world.shell.words import Flags, read

TOOLS: Mapping[str, str] = MappingProxyType({
    "mtr": "-r HOST: hops and what they lose; also ping -c N HOST",
    "ss": "-ti dst HOST: connections with their retransmissions",
    "ip": "-s link show DEVICE; ip link set dev DEVICE down|up",
    "ethtool": "-S DEVICE: its counters",
})  # fmt: skip
_PING = Flags(values={"-c": "count", "-i": "interval", "-W": "wait", "-s": "size"}, switches={"-q": "quiet"})
_MTR = Flags(
    values={"-c": "count"},
    switches={
        "-r": "report",
        "--report": "report",
        "-w": "wide",
        "-n": "number",
        "-rw": "report",
        "-b": "both",
    },
)
_MOST = 200


def run(look: Look, words: tuple[str, ...], specs: Sequence[Link]) -> Answer | None:
    """The answer to a command about the network; None where it is about other hosts."""
    tool, rest = words[0], words[1:]
    if tool in {"ip", "ethtool"}:
        return _device(look, tool, rest, specs)
    if tool not in {"ping", "mtr", "ss"}:
        return None
    hosts = [word.partition(".")[0].partition(":")[0] for word in rest if not word.startswith("-")]
    for spec in specs:
        callee = next((host for host in hosts if host in spec.callees), None)
        if callee is not None:
            state = _state(look, spec)
            if tool == "ping":
                return _ping(look, state, callee, rest)
            return _mtr(look, state, callee, rest) if tool == "mtr" else _ss(look, state, callee)
    if tool == "ping":
        return None
    known = ", ".join(name for spec in specs for name in spec.callees)
    raise Complaint(f"{tool}: name a host (reached over a bundle here: {known})")


def _state(look: Look, spec: Link) -> LinkState:
    state = look.states[spec.name]
    if not isinstance(state, LinkState):
        raise Complaint(f"{spec.name} is no link")
    return state


def _address(look: Look, host: str) -> str:
    return f"10.20.2.{look.pick(2, 250, 'host', host)}"


def _count(look: Look, words: tuple[str, ...], flags: Flags, tool: str, usual: int) -> int:
    text = read(words, flags, tool).get("count", str(usual))
    if not text.isdecimal() or int(text) < 1:
        raise Complaint(f"{tool}: invalid argument: '{text}'")
    return min(int(text), _MOST)


def _arrive(look: Look, state: LinkState, host: str, count: int) -> list[float | None]:
    """Round trips in milliseconds of some packets, each hashed to one of the members."""
    key, both = ("packet", host, round(look.t)), (1.0 - state.seen) ** 2
    usual = state.spec.rtt * 1000
    return [
        usual * (0.8 + 0.6 * look.draw(*key, k, "rtt")) if look.draw(*key, k) < both else None
        for k in range(count)
    ]


def _ping(look: Look, state: LinkState, host: str, words: tuple[str, ...]) -> Answer:
    count = _count(look, words, _PING, "ping", 5)
    at, times = _address(look, host), _arrive(look, state, host, count)
    lines = [f"PING {host} ({at}) 56(84) bytes of data."]
    lines += [
        f"64 bytes from {at}: icmp_seq={k} ttl=62 time={ms:.3f} ms"
        for k, ms in enumerate(times, 1)
        if ms is not None and (k <= 10 or k > count - 2)
    ]
    got = [ms for ms in times if ms is not None]
    part = 100 * (count - len(got)) / count
    lines += ["", f"--- {host} ping statistics ---"]
    lines += [
        f"{count} packets transmitted, {len(got)} received, {part:.6g}% packet loss, time {count * 1001}ms"
    ]
    if got:
        mean = sum(got) / len(got)
        lines.append(f"rtt min/avg/max/mdev = {min(got):.3f}/{mean:.3f}/{max(got):.3f}/0.071 ms")
    return Output("\n".join(lines), min(float(count), 20.0))


def _mtr(look: Look, state: LinkState, host: str, words: tuple[str, ...]) -> Answer:
    count = _count(look, words, _MTR, "mtr", 10)
    usual = state.spec.rtt * 1000
    hops = [
        ("10.42.0.1", 0.0, 0.2),
        (state.spec.name, state.seen, 0.6),
        (_address(look, host), state.seen, 1.0),
    ]
    lines = [f"{'HOST: bastion':<34}Loss%   Snt   Last   Avg  Best  Wrst StDev"]
    for k, (name, _, share) in enumerate(hops, 1):
        times = _arrive(look, state, host, count) if k > 1 else [usual] * count
        got = [ms * share for ms in times if ms is not None] or [0.0]
        lost = 100 * sum(ms is None for ms in times) / count
        mean = sum(got) / len(got)
        times_of = f"{got[-1]:6.1f} {mean:5.1f} {min(got):5.1f} {max(got):5.1f} {0.1:5.1f}"
        lines.append(f"  {k}.|-- {name:<26}{lost:5.1f}% {count:5d} {times_of}")
    return Output("\n".join(lines), min(float(count), 20.0))


def _ss(look: Look, state: LinkState, host: str) -> Answer:
    at, spec = _address(look, host), state.spec
    lines = ["State   Recv-Q   Send-Q      Local Address:Port        Peer Address:Port   Process"]
    for k in range(2 * spec.members):
        port = look.pick(32768, 60999, "ss", host, k)
        lossy = state.own.up and state.loss > 0 and k % spec.members == 0
        again = look.pick(0, 3, "again", host, k) + (look.pick(180, 900, "lost", host, k) if lossy else 0)
        rto = spec.rto * 1000 * (2 ** look.pick(1, 3, "rto", host, round(look.t), k) if lossy else 1)
        trip = spec.rtt * 1000
        backoff = f" backoff:{round(rto / spec.rto / 1000).bit_length() - 1}" if lossy else ""
        unacked = " unacked:2 retrans:1/" if lossy else " retrans:0/"
        detail = f"rto:{rto:.0f}{backoff} rtt:{trip:.3f}/{trip / 4:.3f} mss:1448"
        lines += [f"ESTAB   0        {512 if lossy else 0:<8}    10.42.1.7:{port:<12}    {at}:8080",
                  f"\t cubic wscale:7,7 {detail} cwnd:{1 if lossy else 10}{unacked}{again}"]  # fmt: skip
    return Output("\n".join(lines), 2.0)


def _device(look: Look, tool: str, words: tuple[str, ...], specs: Sequence[Link]) -> Answer:
    named = {spec.device: spec for spec in specs}
    spec = next((named[word] for word in words if word in named), None)
    if spec is None:
        raise Complaint(f'Device "{words[-1] if words else ""}" does not exist. (here: {", ".join(named)})')
    state = _state(look, spec)
    if tool == "ip" and "set" in words and words[-1] in {"down", "up"}:
        return look.propose(f"link-{words[-1]}", spec.name, "", "")
    packets, errors = state.packets, state.broken
    if tool == "ethtool":
        lines = ["NIC statistics:", f"     rx_packets: {packets}", f"     rx_crc_errors: {errors}",
                 f"     rx_errors: {errors}", "     tx_errors: 0", "     rx_missed_errors: 0"]  # fmt: skip
        return Output("\n".join(lines), 1.0)
    flags = "BROADCAST,MULTICAST,SLAVE,UP,LOWER_UP" if state.own.up else "BROADCAST,MULTICAST,SLAVE"
    up = "UP" if state.own.up else "DOWN"
    lines = [f"3: {spec.device}: <{flags}> mtu 1500 qdisc mq master {spec.name} state {up}",
             "    RX:     bytes   packets  errors dropped  missed   mcast",
             f"    {packets * 900:>13} {packets:>9} {errors:>7}       0       0       0"]  # fmt: skip
    return Output("\n".join(lines), 1.0)
