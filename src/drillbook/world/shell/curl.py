"""`curl`: one request, whose fate is drawn from the error ratio and the latency of the moment."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from drillbook.world.shell.ages import day, month
from drillbook.world.shell.answer import Answer, Complaint, Output
from drillbook.world.shell.look import Look
from drillbook.world.shell.words import Flags, Line, read
from drillbook.world.state import ExternalState, PartState, ServiceState

_CURL = Flags(
    values={
        "-o": "output", "--output": "output", "-w": "format", "--write-out": "format", "-X": "method",
        "--request": "method", "-H": "header", "--header": "header", "-m": "patience",
        "--max-time": "patience",
        "--connect-timeout": "connect", "-d": "data", "--data": "data", "-A": "agent", "-u": "login",
        "--url": "url", "--retry": "retry",
    },
    switches={
        "-i": "include", "--include": "include", "-I": "head", "--head": "head", "-s": "silent",
        "--silent": "silent", "-S": "errors", "--show-error": "errors", "-f": "fail", "--fail": "fail",
        "-v": "verbose", "--verbose": "verbose", "-k": "insecure", "--insecure": "insecure", "-L": "follow",
        "--location": "follow", "--compressed": "compressed", "-4": "four",
    },
)  # fmt: skip
_URL = re.compile(r"(?:(https?)://)?([A-Za-z0-9.-]{1,253})(?::(\d{1,5}))?(/[^\s]*)?")
_HEALTH = ("/health", "/healthz", "/ready", "/readyz", "/live", "/livez", "/status", "/ping")
_REASONS = {
    200: "OK", 429: "Too Many Requests", 500: "Internal Server Error", 502: "Bad Gateway",
    503: "Service Unavailable", 504: "Gateway Timeout",
}  # fmt: skip
_PATIENCE = 15.0
_Z99 = 2.326347874
_KEY = "curl"


@dataclass(frozen=True, slots=True)
class Response:
    """What a server answers, and after how long."""

    status: int
    seconds: float
    body: str
    headers: tuple[str, ...] = ()
    """Those of its own."""


@dataclass(frozen=True, slots=True)
class Request:
    """A curl command line."""

    line: Line
    scheme: str
    host: str
    port: str
    path: str
    url: str


def curl(look: Look, words: tuple[str, ...]) -> Answer:
    """A curl command line without its first word. Raises Complaint in curl's words."""
    request = asked(words)
    return shown(look, request, _request(look, request.host, request.port, request.path))


def asked(words: tuple[str, ...]) -> Request:
    """What a curl command line without its first word asks for. Raises Complaint in curl's words."""
    line = read(words, _CURL, "curl")
    url = line.get("url") or (line.words[0] if line.words else "")
    if not url:
        raise Complaint("curl: try 'curl --help' or 'curl --manual' for more information", 0.0)
    match = _URL.fullmatch(url)
    if match is None:
        raise Complaint("curl: (3) URL using bad/illegal format or missing URL")
    scheme, host, port = match[1] or "http", match[2].lower(), match[3]
    port = port or ("443" if scheme == "https" else "80")
    return Request(line, scheme, host, port, match[4] or "/", url)


def shown(look: Look, request: Request, response: Response) -> Output:
    """What curl prints of a response. Raises Complaint where it takes too long."""
    patience = _patience(request.line)
    if response.seconds > patience:
        millis = round(patience * 1000)
        raise Complaint(
            f"curl: (28) Operation timed out after {millis} milliseconds with 0 bytes received", patience
        )
    return Output(_show(look, request.line, response, request.url), 1.0 + response.seconds)


def _patience(line: Line) -> float:
    try:
        return min(float(line.get("patience", "15")), _PATIENCE)
    except ValueError:
        raise Complaint("curl: option -m: expected a proper numerical parameter") from None


def _request(look: Look, host: str, port: str, path: str) -> Response:
    name = host.removeprefix("www.").partition(".")[0]
    if host.removeprefix("www.") == look.system.domain:
        return _through(look, look.entry, path)
    for service in look.services:
        if service.spec.name == name:
            if path.partition("?")[0] in _HEALTH:
                return _health(host, port, service)
            return _through(look, service, path)
    for external in look.externals:
        if external.spec.name in host.split("."):
            return _external(look, external, path)
    other = look.states.get(name)
    if isinstance(other, PartState) and other.http is not None:
        return _drawn(look, name, other.http, path)
    if name in {c.name for c in look.system.components}:
        raise Complaint(f"curl: (52) Empty reply from server: {name} does not speak HTTP")
    raise Complaint(f"curl: (6) Could not resolve host: {host}")


def _health(host: str, port: str, service: ServiceState) -> Response:
    if not any(p.ready for p in service.pods):
        raise Complaint(f"curl: (7) Failed to connect to {host} port {port}: Connection refused")
    return Response(200, 0.004, f'{{"status":"ok","version":"{service.version}"}}')


def _through(look: Look, service: ServiceState, path: str) -> Response:
    name = service.spec.name
    chance = look.draws.uniform(_KEY, name, path, round(look.t * 1000))
    latency = _latency(look, service.p50, service.p99, name, path)
    if chance >= service.error_ratio:
        return Response(200, latency, f'{{"service":"{name}","version":"{service.version}","ok":true}}')
    if chance < service.refused_ratio or not any(p.ready for p in service.pods):
        return Response(503, 0.01, '{"error":"upstream connect error or disconnect before headers"}')
    chance -= service.refused_ratio
    status, least = 500, 0.02
    if chance < service.timed_ratio:
        status, least = 504, service.quantile(0.95)
    elif chance < service.timed_ratio + service.broken_ratio:
        status = 502
    body = f'{{"error":"{_REASONS[status].lower()}","service":"{name}"}}'
    return Response(status, max(latency, least), body)


def _external(look: Look, external: ExternalState, path: str) -> Response:
    name = external.spec.name
    chance = look.draws.uniform(_KEY, name, path, round(look.t * 1000))
    latency = _latency(look, external.p50, external.p99, name, path)
    if chance < external.error_ratio:
        return Response(503, latency, '{"error":"service unavailable"}')
    return Response(200, latency, '{"status":"ok"}')


def _drawn(look: Look, name: str, http: tuple[float, float], path: str) -> Response:
    """A component without a model; its health check says whether it is there, not how it answers."""
    median, failed = http
    if path.partition("?")[0] in _HEALTH and failed < 1:
        return Response(200, 0.02, '{"status":"ok"}')
    latency = _latency(look, median, 2 * median, name, path)
    if look.draws.uniform(_KEY, name, path, round(look.t * 1000)) < failed:
        return Response(503, latency, '{"error":"service unavailable"}')
    return Response(200, latency, '{"status":"ok"}')


def _latency(look: Look, p50: float, p99: float, name: str, path: str) -> float:
    sigma = math.log(max(p99 / p50, 1.0)) / _Z99 if p50 > 0.0 else 0.0
    return look.draws.lognormal(max(p50, 0.001), sigma, _KEY, "latency", name, path, round(look.t * 1000))


def _show(look: Look, line: Line, response: Response, url: str) -> str:
    if line.has("fail") and response.status >= 400:
        body = f"curl: (22) The requested URL returned error: {response.status}"
        body = "" if line.has("silent") and not line.has("errors") else body
    else:
        body = "" if line.has("head") else response.body
        if line.has("include") or line.has("head") or line.has("verbose"):
            body = "\n".join([*_headers(look, response), body]).rstrip("\n")
    if line.has("output"):
        body = ""
    return body + _written(line.get("format"), response, url)


def _headers(look: Look, response: Response) -> list[str]:
    now = look.instant()
    date = f"{day(now)}, {now.day:02d} {month(now)} {now:%Y %H:%M:%S} GMT"
    return [
        f"HTTP/2 {response.status}",
        f"date: {date}",
        "content-type: application/json",
        f"content-length: {len(response.body)}",
        *response.headers,
        f"x-response-time: {response.seconds * 1000:.0f}ms",
        "",
    ]


def _written(form: str, response: Response, url: str) -> str:
    """The text of `-w`, with the variables that people use."""
    values = {
        "http_code": f"{response.status:03d}",
        "response_code": f"{response.status:03d}",
        "time_total": f"{response.seconds:.6f}",
        "time_starttransfer": f"{response.seconds * 0.98:.6f}",
        "time_connect": "0.004120",
        "time_namelookup": "0.001210",
        "time_appconnect": "0.011870",
        "size_download": str(len(response.body)),
        "url_effective": url,
    }
    text = re.sub(r"%\{(\w+)\}", lambda m: values.get(m[1], ""), form)
    return text.replace("\\n", "\n").replace("\\t", "\t").rstrip("\n")
