"""The scenario's own happenings, put on the plant's agenda."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import count

from drillbook.model.scenario import Change, Configure, Deploy, ExternalTrouble, Say, SessionStarts, Traffic
from drillbook.model.scenario import Happening as Planned
from drillbook.world import law as laws
from drillbook.world.outcome import hidden
from drillbook.world.parts.kind import Eventful
from drillbook.world.parts.table import kind_of
from drillbook.world.plant import Plant
from drillbook.world.remedies.act import act
from drillbook.world.state import Action, Happening


def schedule(plant: Plant, timeline: Sequence[Planned]) -> None:
    """Put everything that has a time on the agenda, in the order of time."""
    numbers = count(1)
    timed = [(planned.at, planned) for planned in timeline if planned.at is not None]
    for at, planned in sorted(timed, key=lambda each: each[0]):
        plant.later(float(at), _runner(plant, planned, f"W{next(numbers)}"))


def begin(plant: Plant, t: float, planned: Planned, id: str) -> list[Happening]:  # noqa: A002
    """Let something of the timeline happen at `t`."""
    return _run(plant, t, planned, id)


def _runner(plant: Plant, planned: Planned, id: str):  # type: ignore[no-untyped-def]  # noqa: A002
    return lambda now: _run(plant, now, planned, id)


def _run(plant: Plant, t: float, planned: Planned, id: str) -> list[Happening]:  # noqa: A002
    match planned:
        case Deploy():
            return _deploy(plant, t, planned, id)
        case Traffic():
            plant.trajectory.reach(float(math.floor(t)))
            plant.workload.add(float(math.floor(t)), planned.factor, planned.over, planned.lasts)
            plant.set(t, plant.law)
            return [hidden(f"traffic ×{planned.factor:g}")]
        case ExternalTrouble():
            return _external(plant, t, planned)
        case SessionStarts():
            return _session(plant, t, planned)
        case Configure():
            return _configure(plant, t, planned, id)
        case Change():
            return _change(plant, t, planned, id)
        case Say():
            return [Happening("said", planned.text, person=planned.person, channel=planned.channel)]


def _deploy(plant: Plant, t: float, planned: Deploy, id: str) -> list[Happening]:  # noqa: A002
    action = Action("deploy", planned.service, planned.version)
    text = f"{planned.by} deploys {planned.service} {planned.version}"
    return [Happening("started", text, id, action), *act(plant, t, action, id)]


def _configure(plant: Plant, t: float, planned: Configure, id: str) -> list[Happening]:  # noqa: A002
    action = Action("set-env", planned.service, f"{planned.setting}={planned.value}")
    text = f"{planned.by} sets {planned.setting} of {planned.service} to {planned.value}"
    return [Happening("started", text, id, action), *act(plant, t, action, id)]


def _external(plant: Plant, t: float, planned: ExternalTrouble) -> list[Happening]:
    before = plant.law.externals[planned.name]
    latency = before.latency if planned.latency is None else planned.latency
    errors = before.error_ratio if planned.error_ratio is None else planned.error_ratio
    plant.set(t, laws.with_external(plant.law, before._replace(latency=latency, error_ratio=errors)))
    if planned.lasts is not None:

        def over(now: float) -> list[Happening]:
            spec = before.spec
            healthy = before._replace(latency=spec.latency, error_ratio=spec.error_ratio)
            plant.set(now, laws.with_external(plant.law, healthy))
            return [hidden(f"external {planned.name} recovers")]

        plant.later(float(math.ceil(t + planned.lasts)), over)
    return [hidden(f"external {planned.name} {latency:g}s {errors:g}")]


def _change(plant: Plant, t: float, planned: Change, id: str) -> list[Happening]:  # noqa: A002
    spec, kind = plant.system.component(planned.component), kind_of(plant.system, planned.component)
    if kind is None or spec.changes is None:
        return []
    changes = spec.changes.model_validate(planned.set)
    what = " ".join(f"{name}={value}" for name, value in planned.set.items())
    law = hidden(f"change {planned.component} {what}")
    if isinstance(kind, Eventful):
        return [law, *kind.happen(plant, spec, changes, t, id)]
    own = kind.changed(plant.law.parts[planned.component], changes, t)
    plant.set(t, laws.with_part(plant.law, planned.component, own))
    return [law]


def _session(plant: Plant, t: float, planned: SessionStarts) -> list[Happening]:
    server = plant.law.postgres[planned.postgres]
    entry = (planned.session, t - planned.session.age)
    plant.set(t, laws.with_postgres(plant.law, server._replace(sessions=(*server.sessions, entry))))
    if planned.lasts is not None:

        def over(now: float) -> list[Happening]:
            here = plant.law.postgres[planned.postgres]
            kept = tuple(
                each for each in here.sessions if each[1] != entry[1] or each[0].query != entry[0].query
            )
            plant.set(now, laws.with_postgres(plant.law, here._replace(sessions=kept)))
            return [hidden(f"session {planned.session.application} ends")]

        plant.later(float(math.ceil(t + planned.lasts)), over)
    return [hidden(f"session {planned.session.application} starts")]
