"""Third parties with a quota as a kind of component."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import cast

from drillbook.model.base import Model
from drillbook.model.quantities import duration_text
from drillbook.model.system import System
from drillbook.model.vendor import Vendor, VendorChange
from drillbook.world import law as laws
from drillbook.world.metrics.family import Family
from drillbook.world.metrics.rows import Keys
from drillbook.world.outcome import fails, hidden
from drillbook.world.parts.vendor import flow
from drillbook.world.parts.vendor.flow import REFUSED, VendorFlow, VendorLaw
from drillbook.world.parts.vendor.metrics import families
from drillbook.world.parts.vendor.state import VendorState, flow_of, health_of, host, settings, state_of
from drillbook.world.plant import Plant
from drillbook.world.pool import Row
from drillbook.world.shell import curl
from drillbook.world.shell.answer import Answer, Complaint
from drillbook.world.shell.look import Look
from drillbook.world.state import Action, Happening, Health, Spoken

_USAGE, _LIMITS = "/account/usage", "/account/limits"


class VendorKind:
    """Third parties with a quota."""

    tools: Mapping[str, str] = MappingProxyType({})

    def initial(self, spec: Vendor) -> VendorLaw:
        """As the author has it."""
        return flow.initial(spec)

    def flow(self, spec: Vendor, system: System, column: int) -> VendorFlow:
        """A vendor's flow."""
        return VendorFlow(spec, system, column)

    def families(self, plant: Plant, keys: Keys, specs: Sequence[Vendor]) -> list[Family]:
        """What its callers' HTTP clients count, and what a prober sees."""
        return families(plant, keys, specs)

    def state(self, plant: Plant, spec: Vendor, row: Row, t: float) -> VendorState:
        """A vendor at `t`."""
        return state_of(plant, spec, row, t)

    def health(self, state: VendorState) -> tuple[Health, str]:
        """Its errors and its latency."""
        return health_of(state)

    def depends(self, spec: Vendor) -> tuple[str, ...]:
        """On nobody that is known."""
        return ()

    def changed(self, own: VendorLaw, changes: Model, t: float) -> VendorLaw:
        """It behaves otherwise."""
        if not isinstance(changes, VendorChange):
            return own
        return own._replace(**changes.model_dump(exclude_none=True))

    def act(self, plant: Plant, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
        """Its support grants a higher quota after a while, or does not."""
        spec = cast("Vendor", plant.system.component(action.target))
        wanted, most = float(action.value), spec.grants or spec.quota
        own = settings(plant.law, spec)
        plant.set(t, laws.with_part(plant.law, spec.name, own._replace(asked_at=float(math.floor(t)))))

        def granted(now: float) -> list[Happening]:
            here = settings(plant.law, spec)
            if most <= here.quota:
                text = f"{spec.owner} support: your plan allows {here.quota:g} requests/s; no change"
                return fails(id, text)
            quota = min(wanted, most)
            plant.set(now, laws.with_part(plant.law, spec.name, here._replace(quota=quota)))
            text = f"{spec.owner} support: the limit of your account is {quota:g} requests/s now"
            return [hidden(f"quota {spec.name} {quota:g}/s"),
                    Happening("finished", text, id)]  # fmt: skip

        plant.later(float(math.ceil(t + spec.grants_after)), granted)
        return [Happening("advanced", f"{spec.owner} support: ticket opened", id)]

    def warn(self, plant: Plant, action: Action, t: float) -> str | None:
        """Money, and time."""
        spec = cast("Vendor", plant.system.component(action.target))
        took = duration_text(spec.grants_after)
        return f"A limit of {action.value}/s is billed from now on; {spec.owner} decides within about {took}."

    def run(self, look: Look, words: tuple[str, ...], specs: Sequence[Vendor]) -> Answer | None:
        """Curl to its API, its account's usage, and its limits."""
        if words[0] != "curl":
            return None
        request = curl.asked(words[1:])
        spec = next((each for each in specs if each.name in request.host.split(".")), None)
        if spec is None:
            return None
        state = look.states[spec.name]
        if not isinstance(state, VendorState):
            return None
        path = request.path.partition("?")[0].rstrip("/")
        if path.endswith(_LIMITS) and (
            request.line.has("data") or request.line.get("method") in {"POST", "PUT"}
        ):
            return _ask(look, spec, request.line.get("data"))
        return curl.shown(look, request, _response(look, state, path))

    def url(self, spec: Vendor) -> str:
        """What is called."""
        return f"https://{host(spec)}{spec.path}"

    def answered(self, plant: Plant, name: str, row: Row, t: float) -> Iterator[tuple[float, str]]:
        """Refused for the quota, or failed by itself."""
        spec = cast("Vendor", plant.system.component(name))
        refused = row[flow_of(plant, spec).column + REFUSED]
        yield refused, f"429 Too Many Requests (Retry-After: {_retry(settings(plant.history.at(t), spec))})"
        yield (1.0 - refused) * settings(plant.history.at(t), spec).error_ratio, "503 Service Unavailable"

    def spoken(
        self, plant: Plant, specs: Sequence[Vendor], service: str, row: Row, t: float
    ) -> Iterator[Spoken]:
        """Callers log their own failures."""
        return iter(())

    def examples(self, spec: Vendor) -> Iterator[tuple[str, str]]:
        """What can be typed about it."""
        yield f"curl -i https://{host(spec)}{spec.path}", f"one call of {spec.owner}, with its headers"
        yield f"curl -s https://{host(spec)}{_USAGE}", "what our account has used, by key"
        body = f'{{"requests_per_second": {2 * spec.quota:.0f}}}'
        yield f"curl -X POST https://{host(spec)}{_LIMITS} -d '{body}'", "asks for a higher limit"


def _retry(own: VendorLaw) -> int:
    """Whole seconds after which there are tokens again, as a server rounds them."""
    return max(1, math.ceil(1.0 / own.quota))


def _whole(value: float) -> float:
    return int(value) if value.is_integer() else value


def _response(look: Look, state: VendorState, path: str) -> curl.Response:
    spec, own = state.spec, state.own
    if path.endswith(_USAGE):
        limits = {"limit_per_second": _whole(own.quota), "burst": _whole(spec.burst)}
        usage: dict[str, object] = {"account": look.system.domain, **limits}
        usage["last_60s"] = {name: round(60 * rate) for name, rate in state.offered.items()}
        usage["rejected_60s"] = round(60 * state.refused * sum(state.offered.values()))
        return curl.Response(200, 0.2, json.dumps(usage))
    if path.endswith(("/health", "/status")):
        return curl.Response(200, 0.05, '{"status":"operational"}')
    chance = look.draw("vendor", spec.name, round(look.t * 1000))
    quota = ("x-ratelimit-limit", f"{own.quota:g}"), ("x-ratelimit-remaining", f"{math.floor(state.tokens)}")
    headers = tuple(f"{name}: {value}" for name, value in (*quota, ("x-ratelimit-reset", str(_retry(own)))))
    if chance < state.refused:
        body = '{"error":"rate_limit_exceeded","message":"Your account has exceeded its request limit."}'
        return curl.Response(429, spec.refusal, body, (*headers, f"retry-after: {_retry(own)}"))
    if chance < state.refused + own.error_ratio:
        return curl.Response(503, own.latency, '{"error":"service unavailable"}', headers)
    return curl.Response(200, own.latency, '{"status":"ok"}', headers)


def _ask(look: Look, spec: Vendor, body: str) -> Answer:
    try:
        wanted = json.loads(body)["requests_per_second"]
    except (ValueError, TypeError, KeyError):
        wanted = None
    if not isinstance(wanted, int | float) or isinstance(wanted, bool) or not 0 < wanted < 1e9:
        raise Complaint('{"error":"invalid_request","message":"requests_per_second: a number is required"}')
    return look.propose("vendor-quota", spec.name, f"{wanted:g}", '{"status":"pending_review"}')
