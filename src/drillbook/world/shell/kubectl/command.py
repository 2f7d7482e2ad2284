"""`kubectl` itself: verbs and what they lead to."""

from __future__ import annotations

from collections.abc import Callable

from rapidfuzz import fuzz, process

from drillbook.world.shell.answer import Answer, Complaint, Output
from drillbook.world.shell.kubectl import cluster, drain
from drillbook.world.shell.kubectl.autoscale import autoscale, patch
from drillbook.world.shell.kubectl.change import annotate, delete, scale, set_
from drillbook.world.shell.kubectl.describe import describe
from drillbook.world.shell.kubectl.get import get, top
from drillbook.world.shell.kubectl.logs import logs
from drillbook.world.shell.kubectl.rollout import rollout
from drillbook.world.shell.look import Look

Verb = Callable[[Look, tuple[str, ...]], Answer]

HELP = """kubectl controls the Kubernetes cluster manager. Here it understands:
  get          pods, deployments, rs, svc, ingress, hpa, nodes, events, ns, all (-n, -A, -l, -o wide|name)
  describe     pod NAME, deployment NAME, hpa NAME, node NAME, configmap NAME
  logs         POD or deployment/NAME (--tail, --since, --previous, --prefix, -l app=NAME)
  top          pods, nodes (--sort-by=cpu|memory)
  rollout      status, history (--revision), undo (--to-revision), restart, pause, resume
  scale        deployment/NAME --replicas=N
  set          env deployment/NAME KEY=VALUE, image deployment/NAME NAME=IMAGE:VERSION,
               resources deployment/NAME --limits=memory=2Gi, or --requests=cpu=500m,memory=1Gi
  autoscale    deployment/NAME --min=N --max=N --cpu-percent=N
  patch        hpa NAME -p '{"spec":{"maxReplicas":N}}', configmap NAME -p '{"data":{"KEY":"VALUE"}}'
  delete       pod NAME, hpa NAME, node NAME, job NAME
  cordon       NODE; uncordon NODE
  drain        NODE --ignore-daemonsets
  annotate     ingress NAME nginx.ingress.kubernetes.io/limit-rps=N
  config       current-context"""

_CLOSED = (
    "apply", "create", "edit", "replace", "expose", "run", "cp", "port-forward", "proxy",
    "attach", "debug",
    "taint", "label", "wait", "diff", "auth", "certificate",
)  # fmt: skip


def kubectl(look: Look, words: tuple[str, ...]) -> Answer:
    """Answers a kubectl command line without its first word. Raises Complaint in kubectl's words."""
    words = _leading_scope(words)
    verb, rest = (words[0], words[1:]) if words else ("help", ())
    if verb in {"help", "--help", "-h"} or "--help" in rest or "-h" in rest:
        return Output(HELP, 0.0)
    run = VERBS.get(verb)
    if run is None:
        raise Complaint(_unknown(verb))
    return run(look, rest)


def _leading_scope(words: tuple[str, ...]) -> tuple[str, ...]:
    """`kubectl -n shop get pods` as `kubectl get -n shop pods`."""
    count = 0
    while count < len(words) and words[count].startswith("-") and words[count] not in {"-h", "--help"}:
        count += 2 if words[count] in cluster.SCOPE else 1
    return (*words[count : count + 1], *words[:count], *words[count + 1 :])


def _unknown(verb: str) -> str:
    if verb in _CLOSED:
        return (
            f"error: kubectl {verb} is not available here; changes go through rollout, scale, set, delete pod"
        )
    near = process.extractOne(verb, list(VERBS), scorer=fuzz.ratio, score_cutoff=60)
    hint = f"\n\nDid you mean this?\n\t{near[0]}" if near else ""
    return f'error: unknown command "{verb}" for "kubectl"{hint}'


def _config(look: Look, words: tuple[str, ...]) -> Output:
    if words[:1] in {("current-context",), ("get-contexts",)}:
        return Output(f"production/{cluster.home(look)}", 1.0)
    raise Complaint("error: kubectl config shows the current-context here")


VERBS: dict[str, Verb] = {
    "get": get,
    "describe": describe,
    "logs": logs,
    "top": top,
    "rollout": rollout,
    "scale": scale,
    "set": set_,
    "delete": delete,
    "cordon": drain.cordon,
    "uncordon": drain.uncordon,
    "drain": drain.drain,
    "autoscale": autoscale,
    "patch": patch,
    "annotate": annotate,
    "config": _config,
}
