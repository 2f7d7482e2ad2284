"""kubectl and cmctl on certificates, `openssl s_client`, and curl where it fails on one."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from drillbook.model.certificate import HOUR, Certificate
from drillbook.model.quantities import seconds
from drillbook.world.parts.certificate.state import CertificateState, renewal
from drillbook.world.shell import curl
from drillbook.world.shell.ages import age, month
from drillbook.world.shell.answer import Answer, Complaint, Output
from drillbook.world.shell.kubectl.events import KEPT
from drillbook.world.shell.look import Look
from drillbook.world.shell.words import Flags, Line, read

TOOLS: Mapping[str, str] = MappingProxyType({
    "openssl": "s_client -connect HOST:PORT [| openssl x509 -noout -dates -subject -issuer]",
    "cmctl": "renew NAME, status certificate NAME",
})  # fmt: skip
_SCOPE = Flags(
    values={
        "-n": "namespace", "--namespace": "namespace", "-o": "output", "--type": "type", "-p": "patch",
        "--patch": "patch",
    },
    switches={"-A": "all", "--all-namespaces": "all", "--all": "every", "-w": "watch"},
)  # fmt: skip
_CLIENT = Flags(
    values={"-connect": "connect", "-servername": "name", "-verify_hostname": "name", "-CAfile": "ca"},
    switches={"-showcerts": "all", "-brief": "brief", "-quiet": "quiet", "-tls1_2": "tls", "-tls1_3": "tls"},
)  # fmt: skip
_KINDS = {"certificate", "certificates", "cert", "certs", "certificates.cert-manager.io"}
_TOOK = 2.0
_LONGEST_WAIT = 32 * HOUR
"""Between two attempts of cert-manager."""
_GO = re.compile(r"[1-9]\d{0,5}h(?:\d+m)?(?:\d+s)?")


def run(look: Look, words: tuple[str, ...], specs: Sequence[Certificate]) -> Answer | None:
    """The answer to a command about certificates."""
    if words[0] in {"kubectl", "k"}:
        return _kubectl(look, words[1:], specs)
    if words[0] == "cmctl":
        return _cmctl(look, words[1:], specs)
    if words[:2] == ("openssl", "s_client"):
        return _client(look, words[2:], specs)
    if words[0] == "openssl":
        raise Complaint("openssl: here it knows s_client -connect HOST:PORT, piped into x509 -noout -dates")
    return _curl(look, words[1:], specs) if words[0] == "curl" else None


def _state(look: Look, spec: Certificate) -> CertificateState:
    state = look.states[spec.name]
    if not isinstance(state, CertificateState):
        raise Complaint(f"{spec.name} is no certificate")
    return state


def _named(line: Line, specs: Sequence[Certificate], name: str) -> Certificate:
    space = line.get("namespace")
    for spec in specs:
        if spec.name == name and space in {"", spec.namespace}:
            return spec
    text = f'Error from server (NotFound): certificates.cert-manager.io "{name}" not found'
    raise Complaint(text, _TOOK)


# --- kubectl, cmctl ---------------------------------------------------------------------------------------


def _kubectl(look: Look, words: tuple[str, ...], specs: Sequence[Certificate]) -> Answer | None:
    plain = [word for word in words if not word.startswith("-")]
    kinds = {part for word in plain[:3] for part in word.partition("/")[:1]}
    if not kinds & _KINDS:
        return None
    line = read(words, _SCOPE, "kubectl")
    verb, *rest = line.words
    names = [word.rpartition("/")[2] for word in rest if word not in _KINDS]
    if verb == "get":
        return Output(_list(look, line, names, specs), _TOOK)
    if verb == "describe":
        chosen = [_named(line, specs, name) for name in names] or list(specs)
        return Output("\n\n\n".join(_describe(look, _state(look, spec)) for spec in chosen), _TOOK)
    if verb == "patch" and names:
        return _patch(look, line, _named(line, specs, names[0]))
    raise Complaint("error: certificates can be got, described and patched; cmctl renew NAME renews one")


def _list(look: Look, line: Line, names: list[str], specs: Sequence[Certificate]) -> str:
    chosen = [_named(line, specs, name) for name in names] or [
        spec for spec in specs if line.has("all") or line.get("namespace", spec.namespace) == spec.namespace
    ]
    if not chosen:
        return f"No resources found in {line.get('namespace')} namespace."
    rows = [("NAMESPACE", "NAME", "READY", "SECRET", "AGE")]
    for spec in chosen:
        ready = "True" if _state(look, spec).own.expires >= look.t else "False"
        rows.append((spec.namespace, spec.name, ready, spec.name, age(look.t + _born(look, spec))))
    rows = rows if line.has("all") else [("", *row[1:]) for row in rows]
    wide = [max(len(row[place]) for row in rows) for place in range(5)]
    lines = ["".join(f"{c:<{w + 3}}" for c, w in zip(row, wide, strict=True) if w) for row in rows]
    return "\n".join(each.rstrip() for each in lines)


def _born(look: Look, spec: Certificate) -> float:
    """Seconds before the start at which it was first asked for: 300 to 700 days."""
    return 86400.0 * look.pick(300, 700, "certificate", spec.name)


def _hours(duration: float) -> str:
    """As the API server writes it."""
    return f"{duration // HOUR:.0f}h{duration % HOUR // 60:.0f}m{duration % 60:.0f}s"


def _describe(look: Look, state: CertificateState) -> str:
    spec, own = state.spec, state.own
    good = own.expires >= look.t
    end, begin = _iso(look, own.expires), _iso(look, own.issued_at)
    due = renewal(own, spec)
    reason = "Ready" if good else "Expired"
    said = "Certificate is up to date and has not expired" if good else f"Certificate expired on {end}"
    lines = [
        f"Name:         {spec.name}", f"Namespace:    {spec.namespace}", "API Version:  cert-manager.io/v1",
        "Kind:         Certificate", "Spec:", f"  Common Name:  {spec.host}",
        f"  Duration:     {_hours(own.duration)}", "  Issuer Ref:", "    Kind:       ClusterIssuer",
        f"    Name:       {spec.issuer}", f"  Secret Name:  {spec.name}", "Status:", "  Conditions:",
        f"    Message:    {said}", f"    Reason:     {reason}", f"    Status:     {good}",
        "    Type:       Ready",
    ]  # fmt: skip
    tried = _failed_at(look, state)
    if tried is not None:
        lines += [
            f"    Message:    {_refused(state)}", "    Reason:     Failed", "    Status:     False",
            "    Type:       Issuing", f"  Last Failure Time:  {_iso(look, tried)}",
        ]  # fmt: skip
    lines += [f"  Not After:          {end}", f"  Not Before:         {begin}"]
    lines += [f"  Renewal Time:       {_iso(look, due)}"]
    return "\n".join([*lines, *_events(look, state)])


def _failed_at(look: Look, state: CertificateState) -> float | None:
    """When it was last asked for in vain; cert-manager waits an hour, then twice as long each time."""
    spec, own = state.spec, state.own
    if spec.refusal is None or own.cured:
        return None
    if math.isfinite(own.failed_at):
        return own.failed_at
    tried, wait = renewal(own, spec), HOUR
    while tried + wait <= look.t:
        tried, wait = tried + wait, min(2 * wait, _LONGEST_WAIT)
    return tried if tried <= look.t else None


def _refused(state: CertificateState) -> str:
    says = state.spec.refusal.says if state.spec.refusal else ""
    return f"The certificate request has failed to complete and will be retried: {says}"


def _events(look: Look, state: CertificateState) -> list[str]:
    own = state.own
    head = ["Events:", "  Type     Reason     Age    From                       Message",
            "  ----     ------     ----   ----                       -------"]  # fmt: skip
    tried = _failed_at(look, state)
    if tried is not None and look.t - tried < KEPT:
        since = age(look.t - tried)
        return [*head, f"  Warning  Failed     {since:<6} certificates-issuing       {_refused(state)}"]
    if own.issued_at > 0:
        text = "The certificate has been successfully issued"
        return [
            *head,
            f"  Normal   Issuing    {age(look.t - own.issued_at):<6} certificates-issuing       {text}",
        ]
    return ["Events:  <none>"]


def _iso(look: Look, t: float) -> str:
    return f"{look.instant(float(math.floor(t))):%Y-%m-%dT%H:%M:%SZ}"


def _patch(look: Look, line: Line, spec: Certificate) -> Answer:
    try:
        asked = json.loads(line.get("patch") or "null")
        wanted = asked["spec"]
    except (ValueError, TypeError, KeyError):
        raise Complaint('error: unable to parse the patch: -p \'{"spec":{"duration":"2160h"}}\'') from None
    duration, issuer = (
        (wanted.get("duration"), wanted.get("issuerRef")) if isinstance(wanted, dict) else (0, 0)
    )
    done = f"certificate.cert-manager.io/{spec.name} patched"
    if isinstance(duration, str):
        if not _GO.fullmatch(duration) or seconds(duration) < HOUR:
            why = f'spec.duration: Invalid value: "{duration}": duration must be greater than 1h0m0s'
            raise Complaint(f"The Certificate {spec.name!r} is invalid: {why}", _TOOK)
        if seconds(duration) == _state(look, spec).own.duration:
            return Output(f"{done} (no change)", _TOOK)
        return look.propose("cert-renew", spec.name, f"duration={duration}", done)
    if isinstance(issuer, dict) and isinstance(issuer.get("name"), str):
        return look.propose("cert-renew", spec.name, f"issuer={issuer['name']}", done)
    raise Complaint("error: what can be patched here is spec.duration and spec.issuerRef.name", _TOOK)


def _cmctl(look: Look, words: tuple[str, ...], specs: Sequence[Certificate]) -> Answer:
    line = read(words, _SCOPE, "cmctl")
    verb, *names = line.words or ("",)
    names = [name for name in names if name not in _KINDS]
    if verb == "renew" and (names or line.has("every")):
        spec = _named(line, specs, names[0]) if names else specs[0]
        done = f"Manually triggered issuance of Certificate {spec.namespace}/{spec.name}"
        return look.propose("cert-renew", spec.name, "", done)
    if verb == "status" and names:
        return Output(_describe(look, _state(look, _named(line, specs, names[0]))), _TOOK)
    raise Complaint("usage: cmctl renew NAME -n NAMESPACE | cmctl status certificate NAME -n NAMESPACE")


# --- openssl, curl ----------------------------------------------------------------------------------------


def _of_host(host: str, specs: Sequence[Certificate]) -> Certificate | None:
    host = host.partition(":")[0].lower()
    for spec in specs:
        if host in {spec.host, spec.of} or host.partition(".")[0] == spec.of:
            return spec
    return None


def _gmt(moment: datetime) -> str:
    return f"{month(moment)} {moment.day:2d} {moment:%H:%M:%S %Y} GMT"


def _client(look: Look, words: tuple[str, ...], specs: Sequence[Certificate]) -> Answer:
    line = read(words, _CLIENT, "s_client")
    where = line.get("connect")
    spec = _of_host(where, specs)
    if spec is None:
        host = where.partition(":")[0] or "localhost"
        known = ", ".join(f"{each.of}:{each.port}" for each in specs)
        text = f"BIO_lookup_ex: system lib: {host}: Name or service not known\nconnect:errno=22"
        raise Complaint(f"{text}\n(TLS is spoken at {known})")
    end = _state(look, spec).shown
    own = _state(look, spec).own
    begin = own.issued_at if end == own.expires else end - spec.duration
    expired = end < look.t
    lines = [f"CONNECTED(00000003)\ndepth=0 CN = {spec.host}"]
    if expired:
        lines += ["verify error:num=10:certificate has expired", f"notAfter={_gmt(look.instant(end))}"]
    lines += [
        "verify return:1", "---", "Certificate chain", f" 0 s:CN = {spec.host}", f"   i:CN = {spec.issuer}",
        "   a:PKEY: id-ecPublicKey, 256 (bit); sigalg: ecdsa-with-SHA256",
        f"   v:NotBefore: {_gmt(look.instant(begin))}; NotAfter: {_gmt(look.instant(end))}", "---",
        f"subject=CN = {spec.host}", f"issuer=CN = {spec.issuer}", "---",
        f"Verify return code: {'10 (certificate has expired)' if expired else '0 (ok)'}",
    ]  # fmt: skip
    return Output("\n".join(lines), _TOOK)


def _curl(look: Look, words: tuple[str, ...], specs: Sequence[Certificate]) -> Answer | None:
    request = curl.asked(words)
    spec = _of_host(request.host, specs) if request.scheme == "https" else None
    if spec is None or request.line.has("insecure") or _state(look, spec).shown >= look.t:
        return None
    lines = ["curl: (60) SSL certificate problem: certificate has expired",
             "More details here: https://curl.se/docs/sslcerts.html"]  # fmt: skip
    if request.line.has("verbose"):
        lines = [f"* Connected to {request.host} port {request.port}", "* ALPN: curl offers h2,http/1.1",
                 "* TLSv1.3 (OUT), TLS handshake, Client hello (1):",
                 "* TLSv1.3 (IN), TLS handshake, Certificate (11):",
                 "* TLSv1.3 (OUT), TLS alert, certificate expired (557):",
                 "* SSL certificate problem: certificate has expired", "* closing connection #0",
                 lines[0]]  # fmt: skip
    return Output("\n".join(lines), 1.0)
