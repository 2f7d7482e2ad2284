"""`kubectl cordon`, `uncordon`, `drain` and `delete node`."""

from __future__ import annotations

from collections.abc import Callable

from drillbook.world.nodes.state import ClusterState, NodeState
from drillbook.world.shell.answer import Answer, Complaint
from drillbook.world.shell.kubectl import nodes
from drillbook.world.shell.look import Look
from drillbook.world.shell.words import Flags, read

_DRAIN = Flags(
    values={"--grace-period": "grace", "--timeout": "timeout", "--pod-selector": "pods"},
    switches={"--ignore-daemonsets": "daemonsets", "--delete-emptydir-data": "data", "--force": "force",
              "--disable-eviction": "disable", "--delete-local-data": "data"},
)  # fmt: skip
_PLAIN = Flags()


def _node(look: Look, words: tuple[str, ...], verb: str) -> tuple[ClusterState, NodeState]:
    state = nodes.declared(look)
    if state is None:
        raise Complaint(
            f"error: kubectl {verb} is not available here; changes go through rollout, scale, set, delete pod"
        )
    names = [
        word.removeprefix("node/").removeprefix("nodes/") for word in words if word not in {"node", "nodes"}
    ]
    if not names:
        raise Complaint(f"error: USAGE: {verb} NODE [flags]")
    if len(names) > 1:
        raise Complaint(f"error: one node at a time here: kubectl {verb} {names[0]}")
    return state, nodes.named(state, names[0])


def _mark(verb: str) -> Callable[[Look, tuple[str, ...]], Answer]:
    def run(look: Look, words: tuple[str, ...]) -> Answer:
        state, node = _node(look, read(words, _PLAIN, f"kubectl {verb}").words, verb)
        return look.propose(
            "cordon" if verb == "cordon" else "uncordon", state.cluster.name, node.law.name, ""
        )

    return run


cordon, uncordon = _mark("cordon"), _mark("uncordon")


def drain(look: Look, words: tuple[str, ...]) -> Answer:
    """`kubectl drain NODE --ignore-daemonsets`."""
    line = read(words, _DRAIN, "kubectl drain")
    state, node = _node(look, line.words, "drain")
    name = node.law.name
    daemons = [pod.tenant.pod.name for pod in node.pods if pod.tenant.ask.daemon]
    if daemons and not line.has("daemonsets"):
        space = node.pods[-1].tenant.namespace
        raise Complaint(
            f'error: unable to drain node "{name}" due to error: cannot delete DaemonSet-managed Pods (use '
            f"--ignore-daemonsets to ignore): {', '.join(f'{space}/{pod}' for pod in daemons)}"
        )
    return look.propose("drain", state.cluster.name, name, f"node/{name} cordoned", 3.0)


def delete_node(look: Look, names: tuple[str, ...]) -> Answer:
    """`kubectl delete node NAME`."""
    state, node = _node(look, names, "delete node")
    return look.propose("delete-node", state.cluster.name, node.law.name, f'node "{node.law.name}" deleted')
