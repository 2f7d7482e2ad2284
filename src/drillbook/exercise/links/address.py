"""Addresses that people type: where to listen, and where to post to."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from urllib.parse import SplitResult, unquote, urlsplit

from drillbook.errors import InvalidInput, Problem

LOOPBACK = "127.0.0.1"
_MOST = 2000
"""Characters of a URL."""


@dataclass(frozen=True, slots=True)
class Listen:
    """An address of this computer; port 0 means any that is free."""

    host: str
    port: int
    ipv6: bool
    loopback: bool
    """Whether only programs on this computer can reach it."""

    def __str__(self) -> str:
        """As it stands in a URL."""
        return f"[{self.host}]:{self.port}" if self.ipv6 else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Target:
    """Where documents are posted to."""

    secure: bool
    host: str
    port: int
    path: str
    """Path and query as they are sent."""
    authorization: str
    """The header's value; empty where there is none."""
    shown: str
    """The URL as it may be shown: without password and query, which may be secret."""


def listen(text: str, option: str) -> Listen:
    """An address such as `9900` or `127.0.0.1:9900`; a bare port means loopback. InvalidInput otherwise.

    Other computers can reach it only where their address is written out (`0.0.0.0:9900`).
    """
    host, colon, port = text.strip().rpartition(":")
    host = host.removeprefix("[").removesuffix("]") if colon else ""
    if not (port.isascii() and port.isdigit() and int(port[:6]) <= 65535):
        raise _wrong(option, text, "no address", "a port such as 9900, or an address such as 127.0.0.1:9900")
    try:
        address = ip_address(LOOPBACK if host in {"", "localhost"} else host)
    except ValueError:
        raise _wrong(
            option, text, "no address of this computer", "an IP address such as 127.0.0.1, not a name"
        ) from None
    return Listen(str(address), int(port), isinstance(address, IPv6Address), address.is_loopback)


def target(text: str, option: str, path: str = "") -> Target:
    """An http or https URL, with `path` added to its own; InvalidInput otherwise."""
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError:
        raise _wrong(option, text, "no URL", _like(path)) from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise _wrong(option, text, "no http or https URL", _like(path))
    if len(text) > _MOST or not (text.isascii() and text.isprintable()) or " " in text.strip():
        raise _wrong(option, text, "no URL", "ASCII characters without spaces; others are written as %20")
    secure = parts.scheme == "https"
    own = parts.path.rstrip("/") if path else parts.path or "/"
    sent = own + path + (f"?{parts.query}" if parts.query else "")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    shown = f"{parts.scheme}://{host}{f':{port}' if port else ''}{parts.path.rstrip('/')}"
    return Target(secure, parts.hostname, port or (443 if secure else 80), sent, _authorization(parts), shown)


def _like(path: str) -> str:
    return f"such as {'http://127.0.0.1:9093' if path else 'http://127.0.0.1:8080/hook'}"


def _authorization(parts: SplitResult) -> str:
    if not parts.username:
        return ""
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return "Basic " + base64.b64encode(pair.encode()).decode("ascii")


def _wrong(option: str, text: str, message: str, hint: str) -> InvalidInput:
    found = text if len(text) <= 100 else f"{text[:100]}…"
    return InvalidInput([Problem(option, 0, 0, f"{found!r} is {message}", hint)])
