"""What can be done to a deployment, one function per kind of remedy.

Phases and side effects come later through the plant's agenda.
"""

from __future__ import annotations

import math

from drillbook.model.system import Autoscale
from drillbook.world import fleet as fleets
from drillbook.world import law as laws
from drillbook.world import rollout
from drillbook.world.outcome import Begin, ends, fails, hidden, whole
from drillbook.world.plant import Plant
from drillbook.world.state import Action, Happening

RELOAD = 3.0
"""Seconds until an ingress controller works with a new configuration (assumption)."""

REREAD = 20.0
"""Seconds until pods work with a changed ConfigMap (assumption; the kubelet syncs within a minute)."""


def _rollback(plant: Plant, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
    fleet = plant.fleet(action.target)
    past = fleet.revisions[:-1]
    if action.value:
        number = whole(action.value)
        found = [revision for revision in fleet.revisions if revision.number == number]
        if not found:
            return fails(id, f"error: unable to find specified revision {action.value} in history")
        if found[0] is fleet.current:
            return ends(
                id,
                f"deployment.apps/{action.target} skipped rollback "
                f"(current template already matches revision {action.value})",
            )
        past = (found[0],)
    if not past:
        return fails(id, f'error: no rollout history found for deployment "{action.target}"')
    target = past[-1]
    return rollout.begin(plant, t, action.target, target.template, target.cause, id)


def leads_to(plant: Plant, action: Action) -> str:
    """The version that a roll-back goes to; the action's own value for everything else."""
    if action.kind != "rollback" or action.target not in plant.law.fleets:
        return action.value
    revisions = plant.fleet(action.target).revisions
    wanted = whole(action.value) if action.value else None
    found = [each for each in revisions if each.number == wanted] or list(revisions[:-1][-1:])
    return found[0].template.version if found else action.value


def _restart(plant: Plant, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
    fleet = plant.fleet(action.target)
    if action.value:
        return rollout.replace_pod(plant, t, action.target, action.value, id)
    if fleet.paused:
        return fails(
            id,
            f'error: deployments.apps "{action.target}" can\'t restart paused deployment '
            "(run rollout resume first)",
        )
    template = fleet.template._replace(restarted=fleet.template.restarted + 1)
    return rollout.begin(plant, t, action.target, template, fleet.current.cause, id)


def _scale(plant: Plant, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
    fleet = plant.fleet(action.target)
    replicas = whole(action.value)
    if replicas is None:
        return fails(id, f"error: invalid replica count {action.value!r}")
    most = fleet.spec.max_replicas
    if replicas > most:
        return fails(
            id,
            f'Error from server (Forbidden): exceeded quota: pods of "{action.target}", '
            f"requested: {replicas}, limited: {most}",
        )
    return rollout.scale(plant, t, action.target, replicas, id)


def _autoscale(plant: Plant, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
    name, fleet = action.target, plant.fleet(action.target)
    if action.value == "off":
        plant.set_fleet(t, fleet._replace(autoscale=None))
        text = f'horizontalpodautoscaler.autoscaling "{name}" deleted'
        return [hidden(f"autoscale {name} off"), *ends(id, text)]
    numbers = [whole(word, 1) for word in action.value.split()]
    if len(numbers) != 3 or None in numbers:
        return fails(id, f"error: invalid bounds or target {action.value!r}")
    least, most, percent = (number or 0 for number in numbers)
    if not least <= most <= fleet.spec.max_replicas:
        text = f"error: {least} <= {most} <= {fleet.spec.max_replicas} (quota) does not hold"
        return fails(id, text)
    spec = Autoscale(min=least, max=most, target_cpu=percent / 100)
    plant.set_fleet(t, fleet._replace(autoscale=spec))
    text = f"horizontalpodautoscaler.autoscaling/{name}: {least} to {most} pods, {percent}% CPU"
    return [hidden(f"autoscale {name} {action.value}"), *ends(id, text)]


def _set_env(plant: Plant, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
    name, found, value = action.value.partition("=")
    if not found or not name:
        return fails(id, f"error: environment variables must be of the form NAME=value, not {action.value!r}")
    fleet = plant.fleet(action.target)
    if any(setting.live and setting.name == name for setting in fleet.spec.settings):
        return _configure(plant, t, action.target, (name, value), id)
    settings = {**dict(fleet.template.settings), name: value}
    template = fleet.template._replace(settings=tuple(settings.items()))
    if template == fleet.template:
        return ends(id, f"deployment.apps/{action.target} env unchanged")
    return rollout.begin(plant, t, action.target, template, f"env {action.value}", id)


def _configure(
    plant: Plant,
    t: float,
    service: str,
    change: tuple[str, str],
    id: str,  # noqa: A002
) -> list[Happening]:
    """A live setting: every pod reads it again."""

    def apply(now: float) -> list[Happening]:
        plant.set_fleet(now, fleets.configure(plant.fleet(service), *change, float(math.floor(t))))
        text = f"configmap/{service}: every pod of {service} has {'='.join(change)}"
        return [hidden(f"configure {service} {'='.join(change)}"), *ends(id, text)]

    plant.later(math.ceil(t) + REREAD, apply)
    return []


def _memory_limit(plant: Plant, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
    fleet, size = plant.fleet(action.target), whole(action.value, 1)
    if size is None:
        return fails(id, f"error: invalid memory limit {action.value!r}")
    template = fleet.template._replace(memory_limit=float(size))
    if size == (fleet.template.memory_limit or fleet.spec.memory_limit):
        return ends(id, f"deployment.apps/{action.target} resource requirements unchanged")
    cause = f"memory limit {size // 2**20}Mi"
    return rollout.begin(plant, t, action.target, template, cause, id)


def _requests(plant: Plant, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
    fleet = plant.fleet(action.target)
    wanted = dict(part.partition("=")[::2] for part in action.value.split())
    try:
        cpu, memory = float(wanted.get("cpu", 0)), float(wanted.get("memory", 0))
    except ValueError:
        return fails(id, f"error: invalid requests {action.value!r}")
    if memory > (fleet.template.memory_limit or fleet.spec.memory_limit) or cpu > fleet.spec.cpu_limit:
        text = (
            f'The Deployment "{action.target}" is invalid: requests: must be less than or equal to the limit'
        )
        return fails(id, text)
    template = fleet.template
    template = template._replace(
        cpu_request=cpu or template.cpu_request, memory_request=memory or template.memory_request
    )
    if template == fleet.template:
        return ends(id, f"deployment.apps/{action.target} resource requirements unchanged")
    return rollout.begin(plant, t, action.target, template, f"requests {action.value}", id)


def _deploy(plant: Plant, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
    fleet = plant.fleet(action.target)
    notes = {release.version: release.notes for release in fleet.spec.releases}
    if action.value not in notes:
        return fails(id, f'error: failed to pull image "{action.target}:{action.value}": not found')
    template = fleet.template._replace(version=action.value)
    if template == fleet.template and not fleet.outdated():
        return ends(id, f"deployment.apps/{action.target} image unchanged")
    return rollout.begin(plant, t, action.target, template, notes[action.value], id)


def _pause(plant: Plant, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
    paused = plant.fleet(action.target).paused
    if action.value == "off":
        if not paused:
            return fails(id, f'error: deployments.apps "{action.target}" is not paused')
        return rollout.resume(plant, t, action.target, id)
    if paused:
        return fails(id, f'error: deployments.apps "{action.target}" is already paused')
    return rollout.pause(plant, t, action.target, id)


def _rate_limit(plant: Plant, t: float, action: Action, id: str) -> list[Happening]:  # noqa: A002
    try:
        rate = float(action.value)
    except ValueError:
        rate = math.nan
    if not 0 <= rate < math.inf:
        return fails(id, f"error: invalid rate limit {action.value!r}")

    def apply(now: float) -> list[Happening]:
        plant.set(now, laws.with_limit(plant.law, action.target, rate))
        word = f"limited to {rate:g} requests per second" if rate else "no longer limited"
        return [hidden(f"rate-limit {action.target} {rate:g}/s"), *ends(id, f"{action.target} is {word}")]

    plant.later(math.ceil(t) + RELOAD, apply)
    return []


DEPLOYMENTS: dict[str, Begin] = {
    "rollback": _rollback, "restart": _restart, "scale": _scale, "set-env": _set_env, "deploy": _deploy,
    "memory-limit": _memory_limit, "requests": _requests, "autoscale": _autoscale,
    "pause-rollout": _pause, "rate-limit": _rate_limit,
}  # fmt: skip
