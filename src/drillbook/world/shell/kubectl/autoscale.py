"""`kubectl autoscale`, `patch hpa` and `delete hpa`, and what `get` and `describe` show of autoscalers."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from drillbook.world.shell.ages import age, rfc1123
from drillbook.world.shell.answer import Answer, Complaint
from drillbook.world.shell.kubectl import cluster, configmaps
from drillbook.world.shell.kubectl.events import KEPT
from drillbook.world.shell.look import Look
from drillbook.world.shell.table import Row, columns
from drillbook.world.shell.words import Flags, Line, read
from drillbook.world.state import ScalerState, ServiceState

KIND = "horizontalpodautoscalers.autoscaling"
_AUTOSCALE = Flags(
    values={**cluster.SCOPE, "--min": "min", "--max": "max", "--cpu-percent": "cpu", "--name": "name"}
)
_PATCH = Flags(values={**cluster.SCOPE, "-p": "patch", "--patch": "patch", "--type": "type"})
_BOUNDS = {"minReplicas": 0, "maxReplicas": 1}
_WIDTH = 54


def autoscale(look: Look, words: tuple[str, ...]) -> Answer:
    """`kubectl autoscale deployment/NAME --min=N --max=N --cpu-percent=N`."""
    line = read(words, _AUTOSCALE, "kubectl autoscale")
    service = cluster.target(look, line, line.words, "autoscale")
    name = service.spec.name
    most, least, percent = line.get("max"), line.get("min", "1"), line.get("cpu", "80")
    if not most:
        raise Complaint('error: required flag(s) "max" not set')
    if not all(re.fullmatch(r"\d{1,4}", word) for word in (most, least, percent)) or int(most) < 1:
        raise Complaint("error: --max=MAXPODS is required and must be at least 1")
    if int(most) < int(least):
        raise Complaint(f"error: --max={most} must be larger or equal to --min={least}")
    if service.scaler is not None:
        raise Complaint(
            f'Error from server (AlreadyExists): {KIND} "{name}" already exists; change it with: '
            f'kubectl patch hpa {name} -p \'{{"spec":{{"maxReplicas":{most}}}}}\''
        )
    value = f"{max(1, int(least))} {int(most)} {int(percent)}"
    return look.propose("autoscale", name, value, f"horizontalpodautoscaler.autoscaling/{name} autoscaled")


def patch(look: Look, words: tuple[str, ...]) -> Answer:
    """`kubectl patch hpa NAME -p '{"spec":{"maxReplicas":N}}'`."""
    line = read(words, _PATCH, "kubectl patch")
    kind, names = cluster.references(line.words)
    if kind == configmaps.KIND:
        return configmaps.patch(look, line, names)
    if kind != KIND or len(names) != 1:
        raise Complaint(
            "error: what can be patched here is one hpa: kubectl patch hpa NAME -p '{\"spec\":…}'"
        )
    service = scaled(look, line, names[0])
    scaler = _scaler(service)
    values = [scaler.spec.min, scaler.spec.max]
    for key, value in _patched(line.get("patch")).items():
        if key not in _BOUNDS or not isinstance(value, int) or not 1 <= value <= 500:
            raise Complaint(
                f'The HorizontalPodAutoscaler "{names[0]}" is invalid: spec.{key}: whole numbers can be set '
                "here for minReplicas and maxReplicas"
            )
        values[_BOUNDS[key]] = value
    if values[0] > values[1]:
        raise Complaint(
            f'The HorizontalPodAutoscaler "{names[0]}" is invalid: spec.maxReplicas: Invalid value: '
            f"{values[1]}: must be greater than or equal to `minReplicas`"
        )
    text = f"horizontalpodautoscaler.autoscaling/{names[0]} patched"
    percent = round(100 * scaler.spec.target_cpu)
    return look.propose("autoscale", names[0], f"{values[0]} {values[1]} {percent}", text)


def _patched(text: str) -> dict[str, object]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    spec = found.get("spec") if isinstance(found, dict) else None
    if not isinstance(spec, dict) or not spec:
        raise Complaint(
            'error: unable to parse the patch: it is JSON such as \'{"spec":{"maxReplicas":12}}\''
        )
    return {str(key): value for key, value in spec.items()}


def delete(look: Look, line: Line, names: tuple[str, ...]) -> Answer:
    """`kubectl delete hpa NAME`."""
    if len(names) != 1:
        raise Complaint("error: name one hpa: kubectl delete hpa NAME")
    name = scaled(look, line, names[0]).spec.name
    text = f'horizontalpodautoscaler.autoscaling "{name}" deleted'
    return look.propose("autoscale", name, "off", text)


def scaled(look: Look, line: Line, name: str) -> ServiceState:
    """The service whose autoscaler has that name. Raises Complaint where there is none."""
    for service in cluster.services(look, line):
        if service.spec.name == name and service.scaler is not None:
            return service
    raise cluster.missing(KIND, name)


def _scaler(service: ServiceState) -> ScalerState:
    if service.scaler is None:
        raise cluster.missing(KIND, service.spec.name)
    return service.scaler


def cells(look: Look, service: ServiceState, scaler: ScalerState) -> tuple[str, ...]:
    """The columns of `kubectl get hpa` after the name."""
    now = "<unknown>" if scaler.percent is None else f"{scaler.percent}%"
    return (
        f"Deployment/{service.spec.name}",
        f"{now}/{round(100 * scaler.spec.target_cpu)}%",
        str(scaler.spec.min),
        str(scaler.spec.max),
        str(service.desired),
        age(look.t - cluster.born(look, service.spec.name)),
    )


def sheet(look: Look, service: ServiceState) -> str:
    """The description of an autoscaler."""
    scaler, name = _scaler(service), service.spec.name
    now = "<unknown>" if scaler.percent is None else f"{scaler.percent}% ({round(1000 * scaler.cores)}m)"
    metric = f"{now} / {round(100 * scaler.spec.target_cpu)}%"
    alive = sum(pod.phase != "Terminating" for pod in service.pods)
    pairs = (
        ("Name:", name),
        ("Namespace:", service.spec.namespace),
        ("Labels:", f"app={name}"),
        ("Annotations:", "<none>"),
        ("CreationTimestamp:", rfc1123(look.instant(cluster.born(look, name)))),
        ("Reference:", f"Deployment/{name}"),
        ("Metrics:", "( current / target )"),
        ("  resource cpu on pods  (as a percentage of request):", metric),
        ("Min replicas:", str(scaler.spec.min)),
        ("Max replicas:", str(scaler.spec.max)),
        ("Deployment pods:", f"{alive} current / {service.desired} desired"),
    )
    lines = [f"{key.ljust(_WIDTH)} {value}" for key, value in pairs]
    return "\n".join([*lines, "Conditions:", *_conditions(scaler), *_events(look, scaler)])


def _conditions(scaler: ScalerState) -> list[str]:
    works = "the HPA was able to successfully calculate a replica count from cpu resource utilization "
    works += "(percentage of request)"
    active = ("True", "ValidMetricFound", works)
    if scaler.percent is None:
        missing = "the HPA was unable to compute the replica count: failed to get cpu utilization: did not "
        active = ("False", "FailedGetResourceMetric", missing + "receive metrics for targeted pods")
    rows = [
        ("AbleToScale", str(scaler.able[0] != "FailedGetScale"), *scaler.able),
        ("ScalingActive", *active),
        ("ScalingLimited", str(scaler.limited[0]), *scaler.limited[1:]),
    ]
    return _table(("Type", "Status", "Reason", "Message"), rows)


def _events(look: Look, scaler: ScalerState) -> list[str]:
    recent = [each for each in scaler.rescales if each[0] < look.t <= each[0] + KEPT]
    if not recent:
        return ["Events:  <none>"]
    rows = []
    for at, replicas, more in recent:
        why = (
            "cpu resource utilization (percentage of request) above target"
            if more
            else "All metrics below target"
        )
        message = f"New size: {replicas}; reason: {why}"
        rows.append(("Normal", "SuccessfulRescale", age(look.t - at), "horizontal-pod-autoscaler", message))
    return ["Events:", *_table(("Type", "Reason", "Age", "From", "Message"), rows)]


def _table(header: Row, rows: Sequence[Row]) -> list[str]:
    rule = tuple("-" * len(name) for name in header)
    return [f"  {text}" for text in columns(header, [rule, *rows], gap=2).split("\n")]
