"""dig, nslookup, host and getent; pdnsutil on the zone; the unit that writes it; the resolvers' pods."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from drillbook.model.dns import Answer as Answered
from drillbook.model.dns import Dns, Record, Writer
from drillbook.world.parts.dns.flow import RecordLaw
from drillbook.world.parts.dns.state import DnsState
from drillbook.world.shell import curl
from drillbook.world.shell.ages import age, day, month
from drillbook.world.shell.answer import Answer, Complaint, Output
from drillbook.world.shell.look import Look
from drillbook.world.shell.words import Flags, read

TOOLS: Mapping[str, str] = MappingProxyType({
    "dig": "NAME [+short]; also nslookup, host, getent hosts",
    "pdnsutil": "list-zone ZONE | replace-rrset ZONE NAME A TTL ADDRESS",
})  # fmt: skip
_UNIT = Flags(
    values={"-n": "lines", "-u": "unit", "--since": "since", "-H": "host"},
    switches={"--no-pager": "pager", "-f": "follow", "-r": "reverse", "-e": "end", "--now": "now"},
)
_KUBE = Flags(
    values={"-n": "namespace", "--namespace": "namespace", "-l": "selector", "--selector": "selector",
            "--tail": "tail", "--since": "since"},
    switches={"-f": "follow", "--prefix": "prefix", "--timestamps": "timestamps"},
)  # fmt: skip
_IPV4 = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}")
_STATUS: dict[Answered, str] = {
    "address": "NOERROR", "elsewhere": "NOERROR", "empty": "NOERROR", "nxdomain": "NXDOMAIN",
    "servfail": "SERVFAIL",
}  # fmt: skip
_THERE = ("address", "elsewhere")
_TOOK = 1.0
SERIAL = "2026 7200 900 1209600"
"""Of every zone: serial, refresh, retry and expire."""


class _Found(NamedTuple):
    """A record as it is now."""

    state: DnsState
    record: Record
    law: RecordLaw
    at: str
    """Its address; empty where it has none."""

    @property
    def soa(self) -> str:
        """The zone's SOA, which comes with a denial."""
        zone, negative = self.state.spec.zone, self.state.spec.negative
        times = f"{SERIAL} {negative:.0f}"
        return f"{zone}.\t\t{negative:.0f}\tIN\tSOA\tns1.{zone}. hostmaster.{zone}. {times}"


def run(look: Look, words: tuple[str, ...], specs: Sequence[Dns]) -> Answer | None:
    """The answer to a command about names or what writes them."""
    tool, rest = words[0], words[1:]
    if tool in {"dig", "nslookup", "host", "getent", "curl"}:
        return _lookup(look, tool, rest, specs)
    if tool == "pdnsutil":
        return _pdnsutil(look, rest, specs)
    if tool in {"systemctl", "journalctl"}:
        return _unit(look, tool, rest, specs)
    return _kubectl(look, rest, specs) if tool in {"kubectl", "k"} else None


def _find(look: Look, name: str, specs: Sequence[Dns]) -> _Found | None:
    name = name.rstrip(".").lower()
    for spec in specs:
        for place, record in enumerate(spec.records):
            if record.name == name:
                state = _state(look, spec)
                law = state.own.records[place]
                return _Found(state, record, law, law.address if law.answer in _THERE else "")
    return None


def _state(look: Look, spec: Dns) -> DnsState:
    state = look.states[spec.name]
    if not isinstance(state, DnsState):
        raise Complaint(f"{spec.name} is no zone")
    return state


# --- asking -----------------------------------------------------------------------------------------------


def _lookup(look: Look, tool: str, words: tuple[str, ...], specs: Sequence[Dns]) -> Answer | None:
    if tool == "curl":
        name = curl.asked(words).host
    else:
        plain = [
            word
            for word in words
            if word[:1] not in "+@-" and word.upper() not in {"A", "AAAA", "ANY", "HOSTS"}
        ]
        name = plain[0] if plain else ""
    found = _find(look, name, specs)
    if found is None:
        return None
    if tool == "dig":
        return Output(
            _dig(look, found, short="+short" in words), 5.0 if found.law.answer == "servfail" else _TOOK
        )
    shown = {"nslookup": _nslookup, "host": _host, "getent": _getent, "curl": _curl}[tool](found)
    return None if shown is None else Output(shown, _TOOK)


def _dig(look: Look, found: _Found, *, short: bool) -> str:
    name, server = found.record.name, found.state.spec.server
    if short:
        return found.at
    status = _STATUS[found.law.answer]
    flags = "qr aa rd ra" if status != "SERVFAIL" else "qr rd ra"
    count, denied = int(bool(found.at)), int(not found.at and status != "SERVFAIL")
    lines = [
        f"; <<>> DiG 9.18.24 <<>> {name}", ";; global options: +cmd", ";; Got answer:",
        f";; ->>HEADER<<- opcode: QUERY, status: {status}, id: {look.pick(1, 65535, 'dig', name)}",
        f";; flags: {flags}; QUERY: 1, ANSWER: {count}, AUTHORITY: {denied}, ADDITIONAL: 1", "",
        ";; QUESTION SECTION:", f";{name}.\t\tIN\tA", "",
    ]  # fmt: skip
    if found.at:
        lines += [";; ANSWER SECTION:", f"{name}.\t{found.law.ttl:.0f}\tIN\tA\t{found.at}", ""]
    elif denied:
        lines += [";; AUTHORITY SECTION:", found.soa, ""]
    now = look.instant()
    took = 5003 if status == "SERVFAIL" else look.pick(0, 3, "dig", round(look.t))
    lines += [f";; Query time: {took} msec",
              f";; SERVER: {server}#53({server}) (UDP)",
              f";; WHEN: {day(now)} {month(now)} {now.day:02d} {now:%H:%M:%S} UTC {now:%Y}"]  # fmt: skip
    return "\n".join(lines)


def _nslookup(found: _Found) -> str:
    server, name = found.state.spec.server, found.record.name
    head = f"Server:\t\t{server}\nAddress:\t{server}#53\n\n"
    if found.at:
        return f"{head}Name:\t{name}\nAddress: {found.at}"
    if found.law.answer == "empty":
        return f"{head}*** Can't find {name}: No answer"
    return f"{head}** server can't find {name}: {_STATUS[found.law.answer]}"


def _host(found: _Found) -> str:
    name = found.record.name
    if found.at:
        return f"{name} has address {found.at}"
    if found.law.answer == "empty":
        return f"{name} has no A record"
    code = {"NXDOMAIN": 3, "SERVFAIL": 2}[_STATUS[found.law.answer]]
    return f"Host {name} not found: {code}({_STATUS[found.law.answer]})"


def _getent(found: _Found) -> str:
    return f"{found.at:<15} {found.record.name}" if found.at else ""


def _curl(found: _Found) -> str | None:
    """What keeps curl from getting there; None where nothing does."""
    if found.law.answer == "address":
        return None
    if found.law.answer == "elsewhere":
        where = f"{found.record.name} port 80"
        return f"curl: (28) Failed to connect to {where} after 130021 ms: Couldn't connect to server"
    return f"curl: (6) Could not resolve host: {found.record.name}"


# --- writing ----------------------------------------------------------------------------------------------


def _pdnsutil(look: Look, words: tuple[str, ...], specs: Sequence[Dns]) -> Answer:
    verb, rest = (words[0], words[1:]) if words else ("", ())
    spec = next((each for each in specs if rest and each.zone == rest[0].rstrip(".")), None)
    if verb in {"list-zone", "replace-rrset", "add-record"} and spec is None:
        known = ", ".join(each.zone for each in specs)
        raise Complaint(f"Zone '{rest[0] if rest else ''}' not found! (zones here: {known})", _TOOK)
    if verb == "list-zone" and spec is not None:
        return Output(_zone(look, _state(look, spec)), _TOOK)
    if verb == "list-all-zones":
        return Output("\n".join(each.zone for each in specs), _TOOK)
    if verb in {"replace-rrset", "add-record"} and spec is not None:
        return _replace(look, spec, rest[1:])
    raise Complaint("pdnsutil: list-all-zones, list-zone ZONE, replace-rrset ZONE NAME A TTL ADDRESS")


def _replace(look: Look, spec: Dns, words: tuple[str, ...]) -> Answer:
    usage = f"Syntax: pdnsutil replace-rrset {spec.zone} NAME A TTL ADDRESS"
    if len(words) == 3 and words[1] == "A":
        words = (*words[:2], "", words[2])
    if len(words) != 4 or words[1] != "A" or not (words[2] or "1").isdecimal():
        raise Complaint(usage, _TOOK)
    label, _, ttl, at = words
    name = label.rstrip(".") if label.rstrip(".").endswith(spec.zone) else f"{label}.{spec.zone}"
    record = next((each for each in spec.records if each.name == name), None)
    if not _IPV4.fullmatch(at) or any(int(part) > 255 for part in at.split(".")):
        raise Complaint(f"Error: parsing IP address, expected an IPv4 address: '{at}'", _TOOK)
    if record is None:
        known = ", ".join(each.name for each in spec.records)
        raise Complaint(f"Error: {name} is not yours to make (records here: {known})", _TOOK)
    kept = min(max(int(ttl or record.ttl), 1), 86400)
    value, text = f"{record.to} {at} {kept}", f"Current records for {name} IN A will be replaced\nNew rrset:"
    return look.propose("dns-record", spec.name, value, f"{text}\n{name}. {kept} IN A {at}")


def _zone(look: Look, state: DnsState) -> str:
    zone, negative = state.spec.zone, state.spec.negative
    times = f"{SERIAL} {negative:.0f}"
    lines = ["$ORIGIN .", f"{zone}\t3600\tIN\tSOA\tns1.{zone} hostmaster.{zone} {times}",
             f"{zone}\t3600\tIN\tNS\tns1.{zone}."]  # fmt: skip
    lines += [f"ns1.{zone}\t3600\tIN\tA\t10.20.0.2"]
    for place, record in enumerate(state.spec.records):
        law = state.own.records[place]
        if law.answer in _THERE or law.answer == "servfail":
            lines.append(f"{record.name}\t{law.ttl:.0f}\tIN\tA\t{law.address}")
        elif law.answer == "empty":
            lines.append(f'{record.name}\t{law.ttl:.0f}\tIN\tTXT\t"heritage={_unit_of(state)}"')
    return "\n".join(lines)


def _unit_of(state: DnsState) -> str:
    return state.spec.writer.unit if state.spec.writer is not None else "hand"


# --- what writes the zone ---------------------------------------------------------------------------------


def _unit(look: Look, tool: str, words: tuple[str, ...], specs: Sequence[Dns]) -> Answer | None:
    line = read(tuple(word for word in words if word != "status" or tool == "systemctl"), _UNIT, tool)
    named = line.get("unit") if tool == "journalctl" else (line.words[1] if len(line.words) == 2 else "")
    for spec in specs:
        writer = spec.writer
        if writer is None or named.removesuffix(".service") != writer.unit:
            continue
        if tool == "journalctl":
            told = _journal(look, _state(look, spec), writer)
            most = int(line.get("lines")) if line.get("lines").isdecimal() else len(told)
            return Output("\n".join(told[max(0, len(told) - most) :]), 2.0)
        verb = line.words[0]
        if verb in {"stop", "start"}:
            return look.propose("dns-writer", spec.name, verb, "")
        if verb in {"disable", "mask"}:
            return look.propose("dns-writer", spec.name, "stop", f"Removed {writer.unit}.service")
        if verb == "restart":
            return look.propose("dns-writer", spec.name, "start", "")
        return Output(_status(look, _state(look, spec), writer), 2.0)
    return None


def _status(look: Look, state: DnsState, writer: Writer) -> str:
    runs, stopped = state.own.writes, look.instant(max((0.0, *state.own.switched)))
    active = "active (running)" if runs else f"inactive (dead) since {stopped:%Y-%m-%d %H:%M:%S} UTC"
    head = [f"● {writer.unit}.service - writes the records of {state.spec.zone}",
            f"     Loaded: loaded (/etc/systemd/system/{writer.unit}.service; enabled; preset: enabled)",
            f"     Active: {active}", ""]  # fmt: skip
    return "\n".join([*head, *_journal(look, state, writer)[-4:]])


def _journal(look: Look, state: DnsState, writer: Writer) -> list[str]:
    own, records = state.own, state.spec.records
    last = math.floor(look.t / writer.every) * writer.every
    wrong = ", ".join(record.name for k, record in enumerate(records) if own.planned[k] != "address")
    out = [
        (at + 0.2, f"{writer.says} ({wrong})" if at >= own.planned_at else f"{len(records)} names unchanged")
        for at in (last - k * writer.every for k in range(8))
        if own.ran(at)
    ]
    for at, place in own.deleted:
        out.append((at + 0.1, f"cleanup: deleted rrset {records[place].name} A {records[place].address}"))
    for k, at in enumerate(own.switched):
        out.append((at, "Stopped" if k % 2 == 0 else "Started"))
    stamp = [(look.instant(at), text) for at, text in sorted(out)]
    return [f"{month(at)} {at.day:02d} {at:%H:%M:%S} ns1 {writer.unit}[611]: {text}" for at, text in stamp]


# --- the resolvers' pods ----------------------------------------------------------------------------------


def _kubectl(look: Look, words: tuple[str, ...], specs: Sequence[Dns]) -> Answer | None:
    if "kube-system" not in words and "coredns" not in " ".join(words):
        return None
    line = read(words, _KUBE, "kubectl")
    verb = line.words[:2]
    if verb == ("rollout", "restart") and any("coredns" in word for word in line.words):
        return look.propose("dns-flush", specs[0].name, "", "deployment.apps/coredns restarted")
    if verb[:1] == ("logs",):
        return Output(_resolver_log(look, specs), 3.0)
    if verb in {("get", "pods"), ("get", "po"), ("get", "pod"), ("get", "all")}:
        rows = [f"{pod:<27}1/1     Running   0          {age(look.t + 86400 * 41)}" for pod in _pods(look)]
        return Output("\n".join(["NAME                       READY   STATUS    RESTARTS   AGE", *rows]), 2.0)
    raise Complaint(
        "error: in kube-system: get pods, logs -l k8s-app=kube-dns, rollout restart deployment/coredns"
    )


def _pods(look: Look) -> list[str]:
    return [f"coredns-5d78c9869d-{look.pick(10000, 99999, 'coredns', k):x}" for k in range(2)]


def _resolver_log(look: Look, specs: Sequence[Dns]) -> str:
    lines = [
        '[INFO] plugin/ready: Still waiting on: "kubernetes"',
        "CoreDNS-1.10.1",
        "linux/amd64, go1.20, 055b2c3",
    ]
    for spec in specs:
        state = _state(look, spec)
        for place, record in enumerate(spec.records):
            law = state.own.records[place]
            if law.answer == "servfail":
                read = "read udp 10.42.1.20:40312->10.20.0.2:53: i/o timeout"
                text = f"[ERROR] plugin/errors: 2 {record.name}. A: {read}"
                lines.append(text)
            elif state.failing > 1 and law.answer in {"empty", "nxdomain"}:
                code = _STATUS[law.answer]
                for k in range(8):
                    port = look.pick(32768, 60999, "query", k, round(look.t))
                    pod = f"10.42.{look.pick(1, 6, 'pod', k, round(look.t))}.{look.pick(2, 250, 'host', k)}"
                    number = look.pick(1, 65535, "id", k, round(look.t))
                    asked = f'{number} "A IN {record.name}. udp 44 false 512"'
                    lines.append(f"[INFO] {pod}:{port} - {asked} {code} qr,aa,rd 109 0.00021{k}s")
    return "\n".join(lines)
