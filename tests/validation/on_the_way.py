"""Names, certificates, quotas and lost packets by the production code, against their arithmetic."""

from __future__ import annotations

from typing import Any

from drillbook.model.system import System
from tests.validation.claims import Claim
from tests.world.builders import Play, service, system

RATE = 100.0


def shop(*behind: dict[str, Any], **call: Any) -> System:
    """A service that calls `back` once per request, 100 times a second."""
    front = service("front", calls=[{"to": "back", "timeout": "60s"} | call])
    return system(front, *behind, rate=f"{RATE:g}/s", entry="front")


def _through(play: Play, t: float) -> float:
    return 1.0 - play.service(t, "front").error_ratio


def names() -> list[Claim]:
    """A record with a TTL of 100 s is lost after a minute, and comes back ten minutes later."""
    record = {"name": "back.shop.internal", "to": "back", "ttl": "100s", "address": "10.20.2.41"}
    zone = {"kind": "dns", "name": "zone", "owner": "platform", "zone": "shop.internal", "records": [record],
            "negative": "50s"}  # fmt: skip
    lost = {"do": "change", "at": "60s", "component": "zone", "set": {"record": "back", "answer": "empty"}}
    play = Play(shop(service("back"), zone), [lost]).to(660)
    play.at(660, "dns-record", "zone", "back 10.20.2.41 100")
    play.to(3600)
    claims = [
        Claim(f"Name, TTL 100 s: clients that find it {t} s after it was lost", max(0.0, 1 - t / 100),
              _through(play, 60 + t), allowed=1e-6)
        for t in (25, 75, 100)
    ]  # fmt: skip
    back = Claim("Name, denials kept for 50 s: clients that find it 20 s after it is back", 0.4,
                 _through(play, 680), allowed=1e-6)  # fmt: skip
    return [*claims, back]


def certificates() -> list[Claim]:
    """A certificate that ends after five minutes; connections are used for four."""
    one = {"kind": "certificate", "name": "tls", "owner": "security", "of": "back", "host": "back.shop",
           "expires": "5m", "duration": "2160h", "connection_lifetime": "4m"}  # fmt: skip
    play = Play(shop(service("back"), one)).to(3600)
    last = next(t for t in range(300, 900) if _through(play, t) < 1e-9)
    return [
        Claim("Certificate: calls that work 60 s after its end", 0.75, _through(play, 360), allowed=1e-6),
        Claim("Certificate: the last connection dies, s after its end", 240, last - 300, allowed=1, digits=0),
    ]


def quotas() -> list[Claim]:
    """100 calls a second against a quota of 60 and a burst of 6000."""
    vendor = {"kind": "vendor", "name": "back", "owner": "Back BV", "latency": "100ms", "error_ratio": 0.0,
              "quota": "200/s", "burst": 6000}  # fmt: skip
    less = {"do": "change", "at": "0s", "component": "back", "set": {"quota": "60/s"}}
    play = Play(shop(vendor), [less]).to(3600)
    plant = play.world._plant
    k, taken = plant.network.parts["back"].column, []
    for until in (120, 600, 1800):
        offered = [plant.trajectory.value(t + 0.0, k + 2) for t in range(1, until + 1)]
        refused = [plant.trajectory.value(t + 0.0, k + 1) for t in range(1, until + 1)]
        taken.append(sum(a * (1 - b) for a, b in zip(offered, refused, strict=True)))
    asked = [min(RATE * t, 60.0 * t + 6000) for t in (120, 600, 1800)]
    again = Play(shop(vendor | {"quota": "60/s"}, retries=1)).to(60)
    refused_part = again.world._plant.trajectory.value(
        60.0, again.world._plant.network.parts["back"].column + 1
    )
    return [
        *(
            Claim(f"Quota 60/s, burst 6000, 100/s offered: taken in {t} s", want, found, allowed=5, digits=0)
            for t, want, found in zip((120, 600, 1800), asked, taken, strict=True)
        ),
        Claim("Quota 60/s, 100/s and one retry each: refused, p with (1 − p)(1 + p) = 0.6", 0.4**0.5,
              refused_part, allowed=0.001),
    ]  # fmt: skip


def losses() -> list[Claim]:
    """Four segments on one of two members that loses a part of them; RTO 200 ms."""
    claims = []
    for loss in (0.01, 0.05, 0.1):
        link = {"kind": "link", "name": "bond0", "owner": "network", "device": "eth1", "callees": ["back"]}
        late, well = (Play(shop(service("back"), link | {"loss": part})).to(60) for part in (loss, 0.0))
        times = [
            play.world._plant.trajectory.value(
                60.0, play.world._plant.network.services["front"].edges[0].column + 2
            )
            for play in (late, well)
        ]
        asked = 0.5 * 4 * 200 * loss / (1 - 2 * loss)
        claims.append(Claim(f"Loss {loss:g} on one of two members: a call is longer by, ms", asked,
                            1000 * (times[0] - times[1]), allowed=0.05, digits=2))  # fmt: skip
    return claims


def every() -> list[Claim]:
    """All of them."""
    return [*names(), *certificates(), *quotas(), *losses()]
