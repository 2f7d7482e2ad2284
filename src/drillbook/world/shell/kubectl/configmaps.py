"""ConfigMaps: the settings that running pods read again, and `kubectl patch configmap`."""

from __future__ import annotations

import json
from collections.abc import Sequence

from drillbook.world.shell.ages import age, rfc1123
from drillbook.world.shell.answer import Answer, Complaint
from drillbook.world.shell.kubectl import cluster
from drillbook.world.shell.look import Look
from drillbook.world.shell.words import Line
from drillbook.world.state import ServiceState

KIND = "configmaps"
Row = tuple[str, str, tuple[str, ...], tuple[str, ...]]


def live(service: ServiceState) -> dict[str, str]:
    """The live settings of a service; its ConfigMap has the service's name."""
    names = [setting.name for setting in service.spec.settings if setting.live]
    return {name: service.settings[name] for name in names}


def rows(look: Look, services: Sequence[ServiceState]) -> list[Row]:
    """`kubectl get configmaps`."""
    out: list[Row] = []
    for service in services:
        spec, count = service.spec, len(live(service))
        if count:
            since = age(look.t - cluster.born(look, "cm", spec.name))
            out.append((spec.namespace, spec.name, (str(count), since), ()))
    return out


def named(look: Look, line: Line, name: str) -> ServiceState:
    """The service whose ConfigMap has that name. Raises Complaint where there is none."""
    for service in cluster.services(look, line):
        if service.spec.name == name and live(service):
            return service
    raise cluster.missing(KIND, name)


def sheet(look: Look, service: ServiceState) -> str:
    """`kubectl describe configmap`."""
    changes = [f"{rfc1123(look.instant(at))} {name}={value}" for at, name, value in service.configured]
    lines = [
        f"Name:         {service.spec.name}",
        f"Namespace:    {service.spec.namespace}",
        "Labels:       <none>",
    ]
    for number, change in enumerate(changes or ["<none>"]):
        lines.append(f"{'Annotations:' if not number else '':13} {'changed: ' if changes else ''}{change}")
    lines += ["", "Data", "===="]
    for name, value in sorted(live(service).items()):
        lines += [f"{name}:", "----", value]
    return "\n".join([*lines, "", "Events:  <none>"])


def patch(look: Look, line: Line, names: Sequence[str]) -> Answer:
    """`kubectl patch configmap NAME -p '{"data":{"KEY":"value"}}'`."""
    if len(names) != 1:
        raise Complaint("error: name one configmap: kubectl patch configmap NAME -p '{\"data\":…}'")
    service = named(look, line, names[0])
    name = service.spec.name
    try:
        data = json.loads(line.get("patch"))["data"]
        ((key, value),) = data.items()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Complaint(
            'error: unable to parse the patch: it is JSON with one key, such as \'{"data":{"KEY":"value"}}\''
        ) from None
    if key not in live(service) or not isinstance(value, str):
        raise Complaint(f"error: configmap/{name} has text for {', '.join(live(service))}")
    return look.propose("set-env", name, f"{key}={value}", f"configmap/{name} patched")
