"""`kubectl scale`, `set`, `delete` and `annotate`: what changes a deployment or its traffic."""

from __future__ import annotations

import re

from drillbook.world.shell.answer import Answer, Complaint, Output, Proposal
from drillbook.world.shell.kubectl import autoscale, cluster, configmaps, drain, workloads
from drillbook.world.shell.look import Look
from drillbook.world.shell.words import Flags, Line, read

_SCALE = Flags(
    values={
        **cluster.SCOPE,
        "--replicas": "replicas",
        "--current-replicas": "current",
        "--timeout": "timeout",
    }
)
_SET = Flags(
    values={**cluster.SCOPE, "-c": "container", "--containers": "container"},
    switches={"--list": "list", "--overwrite": "overwrite"},
)
_DELETE = Flags(
    values={**cluster.SCOPE, **cluster.SELECT, "--grace-period": "grace", "--field-selector": "field"},
    switches={"--force": "force", "--now": "force", "--all": "all", "--wait": "wait", **cluster.EVERYWHERE},
)
_ANNOTATE = Flags(values=cluster.SCOPE, switches={"--overwrite": "overwrite"})
_RESOURCES = Flags(
    values={**cluster.SCOPE, "-c": "container", "--containers": "container", "--limits": "limits",
            "--requests": "requests"},
)  # fmt: skip
_UNITS = {"": 1.0, "k": 1e3, "M": 1e6, "G": 1e9, "Ki": 2.0**10, "Mi": 2.0**20, "Gi": 2.0**30}
_QUANTITY = re.compile(r"(\d{1,12}(?:\.\d{1,3})?)(|k|M|G|Ki|Mi|Gi)")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_RATE = "nginx.ingress.kubernetes.io/limit-rps"


def scale(look: Look, words: tuple[str, ...]) -> Answer:
    """`kubectl scale deployment/NAME --replicas=N`."""
    line = read(words, _SCALE, "kubectl scale")
    if not line.has("replicas"):
        raise Complaint('error: required flag(s) "replicas" not set')
    replicas = line.get("replicas")
    if not re.fullmatch(r"\d{1,6}", replicas):
        raise Complaint(
            "error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0"
        )
    other = workloads.named(look, line, line.words)
    if other is not None:
        text = f"{other[1].runs}.apps/{other[1].name} scaled"
        return workloads.stop(look, *other, int(replicas), text)
    service = cluster.target(look, line, line.words, "scale")
    name = service.spec.name
    return look.propose("scale", name, str(int(replicas)), f"deployment.apps/{name} scaled")


def set_(look: Look, words: tuple[str, ...]) -> Answer:
    """`kubectl set env|image|resources deployment/NAME …`."""
    what = words[0] if words else ""
    if what == "env":
        return _set_env(look, words[1:])
    if what == "image":
        return _set_image(look, words[1:])
    if what == "resources":
        return _set_resources(look, words[1:])
    raise Complaint(f"error: kubectl set {what} is not available here; it sets env, image or resources")


def _set_env(look: Look, words: tuple[str, ...]) -> Answer:
    line = read(words, _SET, "kubectl set env")
    changes = tuple(w for w in line.words if "=" in w or (w.endswith("-") and "/" not in w))
    targets = tuple(w for w in line.words if w not in changes)
    other = workloads.named(look, line, targets)
    if other is not None:
        return workloads.set_env(look, line, *other, changes)
    service = cluster.target(look, line, targets, "set env")
    name = service.spec.name
    if line.has("list"):
        head = f"# deployments/{name}, container {name}"
        return Output("\n".join([head, *(f"{k}={v}" for k, v in sorted(service.settings.items()))]), 2.0)
    if len(changes) != 1:
        raise Complaint(f"error: one variable at a time: kubectl set env deployment/{name} NAME=VALUE")
    variable, _, value = changes[0].partition("=")
    if changes[0].endswith("-") and "=" not in changes[0]:
        variable = changes[0][:-1]
    if not _NAME.fullmatch(variable):
        raise Complaint(
            f'error: "{variable}" is not a valid key name: a valid environment variable name must consist'
        )
    if variable in configmaps.live(service):
        raise Complaint(
            f"error: {variable} comes from configmap/{name}, which pods read again by themselves: "
            f'kubectl patch configmap {name} -p \'{{"data":{{"{variable}":"{value}"}}}}\''
        )
    if service.settings.get(variable) == value:
        return Output("", 2.0)  # kubectl prints nothing when nothing changes
    return look.propose("set-env", name, f"{variable}={value}", f"deployment.apps/{name} env updated")


def _set_image(look: Look, words: tuple[str, ...]) -> Proposal | Output:
    line = read(words, _SET, "kubectl set image")
    changes = tuple(w for w in line.words if "=" in w)
    service = cluster.target(look, line, tuple(w for w in line.words if w not in changes), "set image")
    name = service.spec.name
    if len(changes) != 1:
        raise Complaint(f"error: name one image: kubectl set image deployment/{name} {name}=IMAGE:VERSION")
    version = changes[0].partition("=")[2].rpartition(":")[2]
    if version not in {r.version for r in service.spec.releases}:
        known = ", ".join(r.version for r in service.spec.releases)
        raise Complaint(f'error: the registry has no tag "{version}" of {name}; it has {known}')
    if version == service.version:
        return Output("", 2.0)
    return look.propose("deploy", name, version, f"deployment.apps/{name} image updated")


def _set_resources(look: Look, words: tuple[str, ...]) -> Answer:
    line = read(words, _RESOURCES, "kubectl set resources")
    other = workloads.named(look, line, line.words)
    wanted = dict(part.partition("=")[::2] for part in line.get("limits").split(","))
    if other is not None:
        return workloads.set_limit(look, *other, _bytes(wanted.get("memory", ""), other[1].name))
    service = cluster.target(look, line, line.words, "set resources")
    name = service.spec.name
    if line.has("requests") and not line.has("limits"):
        return _set_requests(look, name, line.get("requests"))
    size = _bytes(wanted.get("memory", ""), name)
    return look.propose(
        "memory-limit", name, str(size), f"deployment.apps/{name} resource requirements updated"
    )


def _bytes(text: str, name: str) -> int:
    found = _QUANTITY.fullmatch(text)
    if found is None:
        raise Complaint(f"error: a memory limit: kubectl set resources deployment/{name} --limits=memory=2Gi")
    return round(float(found[1]) * _UNITS[found[2]])


def _set_requests(look: Look, name: str, text: str) -> Proposal:
    """Another amount that each replica asks for, by which nodes are chosen."""
    parts = []
    for key, _, value in (part.partition("=") for part in text.split(",")):
        cores = re.fullmatch(r"(\d{1,6})m|(\d{1,3}(?:\.\d{1,3})?)", value) if key == "cpu" else None
        if key == "memory":
            parts.append(f"memory={_bytes(value, name)}")
        elif cores is not None:
            parts.append(f"cpu={float(cores[1] or 0) / 1000 + float(cores[2] or 0):g}")
        else:
            raise Complaint(
                f"error: requests: kubectl set resources deployment/{name} --requests=cpu=500m,memory=1Gi"
            )
    return look.propose(
        "requests", name, " ".join(sorted(parts)), f"deployment.apps/{name} resource requirements updated"
    )


def delete(look: Look, words: tuple[str, ...]) -> Answer:
    """`kubectl delete pod NAME`, or all pods of `-l app=NAME`: the deployment starts them anew."""
    line = read(words, _DELETE, "kubectl delete")
    kind, names = cluster.references(line.words)
    if kind == autoscale.KIND:
        return autoscale.delete(look, line, names)
    if kind == "nodes" and names:
        return drain.delete_node(look, names)
    other = workloads.named(look, line, line.words) if names else None
    if other is not None:
        noun = {"job": "job.batch", "daemonset": "daemonset.apps", "deployment": "deployment.apps"}[
            other[1].runs
        ]
        return workloads.stop(look, *other, 0, f'{noun} "{other[1].name}" deleted')
    if kind != "pods":
        name = names[0] if names else ""
        raise Complaint(
            f'Error from server (Forbidden): {kind} "{name}" is forbidden: "oncall" cannot delete resource '
            f'"{kind.partition(".")[0]}"; pods may be deleted'
        )
    if not names and line.get("field") == "status.phase=Failed":
        return _clean(look, line)
    found = workloads.here(look, line)
    mine = next((each for each in found[1] if each.pod.name in names), None) if found else None
    if found is not None and mine is not None and len(names) == 1:
        text, value = f'pod "{mine.pod.name}" deleted', f"{mine.spec.name} {mine.pod.name}"
        return look.propose("workload-restart", found[0].cluster.name, value, text)
    if not names:
        chosen = cluster.services(look, line) if line.has("selector") else ()
        if len(chosen) != 1:
            raise Complaint("error: resource(s) were provided, but no name was specified")
        text = "\n".join(f'pod "{p.name}" deleted' for p in chosen[0].pods)
        return look.propose("restart", chosen[0].spec.name, "", text)
    if len(names) > 1:
        raise Complaint("error: one pod at a time here; to replace them all use kubectl rollout restart")
    service, member = cluster.pod(look, line, names[0])
    return look.propose("restart", service.spec.name, member.name, f'pod "{member.name}" deleted')


def _clean(look: Look, line: Line) -> Answer:
    """`kubectl delete pods --field-selector=status.phase=Failed`."""
    found, space = workloads.here(look, line), cluster.namespace(look, line)
    gone = [p.name for s in cluster.services(look, line) for p in s.pods if p.phase == "Failed"]
    gone += [each.pod.name for each in found[1] if each.status == "Evicted"] if found else []
    if found is None or not gone:
        return Output("No resources found", 2.0)
    text = "\n".join(f'pod "{name}" deleted' for name in gone)
    return look.propose("pods-clean", found[0].cluster.name, space, text)


def annotate(look: Look, words: tuple[str, ...]) -> Answer:
    """`kubectl annotate ingress NAME nginx.ingress.kubernetes.io/limit-rps=N`: limits requests per second."""
    line = read(words, _ANNOTATE, "kubectl annotate")
    if not line.words:
        raise Complaint("error: all resources must be specified before annotation changes")
    changes = tuple(w for w in line.words if w.startswith(_RATE))
    kind, names = cluster.references(tuple(w for w in line.words if w not in changes))
    if kind != "ingresses.networking.k8s.io" or len(changes) != 1:
        raise Complaint(f"error: what can be annotated here is an ingress with {_RATE}=N ({_RATE}- lifts it)")
    entry = look.entry.spec.name
    if names != (entry,):
        raise cluster.missing(kind, names[0] if names else "")
    value = changes[0].removeprefix(_RATE)
    if value == "-":
        value = "=0"
    if not re.fullmatch(r"=\d{1,7}", value):
        raise Complaint(f"error: {_RATE} is a whole number of requests per second")
    return look.propose(
        "rate-limit", entry, str(int(value[1:])), f"ingress.networking.k8s.io/{entry} annotated"
    )
