"""`kubectl scale`, `set`, `delete` and `annotate`: what changes a deployment or its traffic."""

from __future__ import annotations

import re

from drillbook.world.shell.answer import Answer, Complaint, Output, Proposal
from drillbook.world.shell.kubectl import autoscale, cluster
from drillbook.world.shell.look import Look
from drillbook.world.shell.words import Flags, read

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
    values={**cluster.SCOPE, **cluster.SELECT, "--grace-period": "grace"},
    switches={"--force": "force", "--now": "force", "--all": "all", "--wait": "wait"},
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


def _set_env(look: Look, words: tuple[str, ...]) -> Proposal | Output:
    line = read(words, _SET, "kubectl set env")
    changes = tuple(w for w in line.words if "=" in w or (w.endswith("-") and "/" not in w))
    service = cluster.target(look, line, tuple(w for w in line.words if w not in changes), "set env")
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


def _set_resources(look: Look, words: tuple[str, ...]) -> Proposal:
    line = read(words, _RESOURCES, "kubectl set resources")
    service = cluster.target(look, line, line.words, "set resources")
    name = service.spec.name
    wanted = dict(part.partition("=")[::2] for part in line.get("limits").split(","))
    found = _QUANTITY.fullmatch(wanted.get("memory", ""))
    if found is None:
        raise Complaint(f"error: a memory limit: kubectl set resources deployment/{name} --limits=memory=2Gi")
    size = round(float(found[1]) * _UNITS[found[2]])
    return look.propose(
        "memory-limit", name, str(size), f"deployment.apps/{name} resource requirements updated"
    )


def delete(look: Look, words: tuple[str, ...]) -> Answer:
    """`kubectl delete pod NAME`, or all pods of `-l app=NAME`: the deployment starts them anew."""
    line = read(words, _DELETE, "kubectl delete")
    kind, names = cluster.references(line.words)
    if kind == autoscale.KIND:
        return autoscale.delete(look, line, names)
    if kind != "pods":
        name = names[0] if names else ""
        raise Complaint(
            f'Error from server (Forbidden): {kind} "{name}" is forbidden: "oncall" cannot delete resource '
            f'"{kind.partition(".")[0]}"; pods may be deleted'
        )
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
