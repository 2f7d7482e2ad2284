"""Rolling replacement of pods, batch by batch, as a Kubernetes deployment does it.

Each batch removes up to max_unavailable pods that do not run the current template, starts as many new ones
and waits until they are ready; until then their share of the load falls on the others. A rollout that begins
while another is under way takes over from whatever mix of pods is there. Scaling adds pods of the current
template, or removes the newest.
"""

from __future__ import annotations

import math

from drillbook.world import fleet as fleets
from drillbook.world.fleet import FleetState, Template
from drillbook.world.outcome import hidden
from drillbook.world.plant import Plant
from drillbook.world.state import Happening

PROGRESS, AGAIN = 600.0, 5.0
"""Seconds without a new ready pod after which a roll-out gives up, and between looks for one."""


def begin(plant: Plant, t: float, service: str, template: Template, cause: str, id: str) -> list[Happening]:  # noqa: A002
    """Roll a deployment to a template; the first batch goes at once."""
    fleet = plant.fleet(service)
    out = _supersede(fleet)
    plant.set_fleet(t, fleets.revise(fleet, template, cause, t)._replace(rolling=id, paused=False))
    return out + _batch(plant, t, service, id)


def pause(plant: Plant, t: float, service: str, id: str) -> list[Happening]:  # noqa: A002
    """No further batches; pods that are starting become ready."""
    fleet = plant.fleet(service)
    out = [_end(fleet.rolling, f'deployment "{service}" rollout paused', ok=False)] if fleet.rolling else []
    plant.set_fleet(t, fleet._replace(paused=True, rolling=""))
    return [*out, Happening("finished", f"deployment.apps/{service} paused", id)]


def scale(plant: Plant, t: float, service: str, replicas: int, id: str) -> list[Happening]:  # noqa: A002
    """Another number of replicas."""
    fleet = plant.fleet(service)._replace(desired=replicas)
    more, ready = replicas - len(fleet.pods), len(fleet.ready(t))
    ready_at = math.ceil(t) + math.ceil(fleet.spec.rollout.ready_after)
    if more <= 0:
        plant.set_fleet(t, fleets.remove(fleet, [pod.name for pod in fleet.pods[replicas:]]))
        return [Happening("finished", f"deployment.apps/{service} scaled", id, done=replicas, of=replicas)]
    plant.set_fleet(
        t, fleets.create(fleet, more, float(math.floor(t)), plant.draws, ready_at=float(ready_at))
    )
    plant.later(float(ready_at), lambda now: _scaled(plant, now, service, id))
    text = f'Waiting for deployment "{service}" rollout to finish: {ready} of {replicas} updated '
    text += "replicas are available..."
    return [Happening("advanced", text, id, done=ready, of=replicas)]


def _scaled(plant: Plant, t: float, service: str, id: str) -> list[Happening]:  # noqa: A002
    fleet = plant.fleet(service)
    plant.set_fleet(t, fleet)
    ready = len(fleet.ready(t))
    return [
        hidden(f"scale {service} {ready}/{fleet.desired}"),
        _end(id, f"deployment.apps/{service} scaled, {ready} of {fleet.desired} replicas are available"),
    ]


def _batch(plant: Plant, t: float, service: str, id: str, waited: float = 0.0) -> list[Happening]:  # noqa: A002
    fleet = plant.fleet(service)
    if fleet.rolling != id:
        plant.set_fleet(t, fleet)
        return []
    if plant.controllers and any(pod.ready_at > t for pod in fleet.pods if pod.template == fleet.template):
        return _wait(plant, t, service, id, waited)
    outdated = fleet.outdated()
    if not outdated and len(fleet.pods) >= fleet.desired:
        plant.set_fleet(t, fleet._replace(rolling=""))
        law = hidden(f"{_what(fleet)} {fleet.updated()}/{fleet.desired}")
        return [law, _end(id, f'deployment "{service}" successfully rolled out')]
    batch = outdated[: fleet.spec.rollout.max_unavailable]
    kept = fleets.remove(fleet, [pod.name for pod in batch])
    ready_at = float(math.ceil(t) + math.ceil(fleet.spec.rollout.ready_after))
    count = max(0, min(len(batch) or fleet.desired, fleet.desired - len(kept.pods)))
    plant.set_fleet(t, fleets.create(kept, count, float(math.floor(t)), plant.draws, ready_at=ready_at))
    plant.later(ready_at, lambda now: _batch(plant, now, service, id))
    return _progress(plant.fleet(service), id)


def _wait(plant: Plant, t: float, service: str, id: str, waited: float) -> list[Happening]:  # noqa: A002
    """New pods are not ready yet, such as those for which there is no node."""
    if waited < PROGRESS:
        plant.later(t + AGAIN, lambda now: _batch(plant, now, service, id, waited + AGAIN))
        return []
    plant.set_fleet(t, plant.fleet(service)._replace(rolling=""))
    return [_end(id, f'error: deployment "{service}" exceeded its progress deadline', ok=False)]


def _progress(fleet: FleetState, id: str) -> list[Happening]:  # noqa: A002
    done, of, name = fleet.updated(), fleet.desired, fleet.spec.name
    text = f'Waiting for deployment "{name}" rollout to finish: {done} out of {of} new replicas '
    text += "have been updated..."
    return [
        hidden(f"{_what(fleet)} {done}/{of}"),
        Happening("advanced", text, id, done=done, of=of),
    ]


def _what(fleet: FleetState) -> str:
    return f"deploy {fleet.spec.name} {fleet.template.version}"


def _supersede(fleet: FleetState) -> list[Happening]:
    if not fleet.rolling:
        return []
    return [
        _end(
            fleet.rolling, f'deployment "{fleet.spec.name}" was changed before the rollout finished', ok=False
        )
    ]


def _end(id: str, text: str, *, ok: bool = True) -> Happening:  # noqa: A002
    return Happening("finished", text, id, ok=ok)


def resume(plant: Plant, t: float, service: str, id: str) -> list[Happening]:  # noqa: A002
    """Go on with a paused rollout, under a new id."""
    fleet = plant.fleet(service)
    plant.set_fleet(t, fleet._replace(paused=False, rolling=id))
    return _batch(plant, t, service, id)


def replace_pod(plant: Plant, t: float, service: str, pod: str, id: str) -> list[Happening]:  # noqa: A002
    """Delete one pod; the deployment makes another."""
    fleet = plant.fleet(service)
    if pod not in [one.name for one in fleet.pods]:
        return [_end(id, f'Error from server (NotFound): pods "{pod}" not found', ok=False)]
    ready_at = float(math.ceil(t) + math.ceil(fleet.spec.rollout.ready_after))
    kept = fleets.remove(fleet, [pod])
    plant.set_fleet(t, fleets.create(kept, 1, float(math.floor(t)), plant.draws, ready_at=ready_at))
    plant.later(ready_at, lambda now: _scaled(plant, now, service, id))
    return [hidden(f"restart {service} {pod}")]
