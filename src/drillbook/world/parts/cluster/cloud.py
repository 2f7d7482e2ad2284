"""The cloud's own command lines for node pools, and what answers on a node by ssh."""

from __future__ import annotations

from collections.abc import Sequence

from drillbook.model.cluster import Cluster, NodePool
from drillbook.world.nodes.state import ClusterState, NodeState
from drillbook.world.shell.answer import Answer, Complaint, Output
from drillbook.world.shell.look import Look
from drillbook.world.shell.table import columns
from drillbook.world.shell.words import Flags, Line, read

TOOLS = {
    "aws": "aws eks: node groups of the cluster",
    "gcloud": "gcloud container: node pools of the cluster",
}
_AWS = Flags(
    values={"--cluster-name": "cluster", "--nodegroup-name": "pool", "--scaling-config": "scaling",
            "--region": "region", "--output": "output", "--profile": "profile"},
)  # fmt: skip
_GCLOUD = Flags(
    values={"--node-pool": "pool", "--num-nodes": "nodes", "--cluster": "cluster", "--region": "region",
            "--zone": "zone", "--project": "project"},
    switches={"--quiet": "quiet", "-q": "quiet"},
)  # fmt: skip
TOOK = 3.0


def run(look: Look, words: tuple[str, ...], specs: Sequence[Cluster]) -> Answer | None:
    """`aws eks …`, `gcloud container …`, or a command on a node; None for anything else."""
    spec = specs[0]
    if words[0] == ("aws" if spec.cloud == "eks" else "gcloud"):
        return _aws(look, spec, words[1:]) if spec.cloud == "eks" else _gcloud(look, spec, words[1:])
    return _on_node(look, spec, words)


def state(look: Look, spec: Cluster) -> ClusterState:
    """The cluster now."""
    found = look.states[spec.name]
    assert isinstance(found, ClusterState)  # noqa: S101  the kind gives no other
    return found


def _counts(look: Look, spec: Cluster, pool: NodePool) -> tuple[int, int]:
    """Nodes that a pool should have, and that are there."""
    now = state(look, spec)
    return dict(now.own.wanted)[pool.name], sum(node.pool is pool for node in now.nodes)


def _the_pool(spec: Cluster, name: str, words: str) -> NodePool:
    pools = {pool.name: pool for pool in spec.node_pools}
    if name not in pools:
        raise Complaint(f"{words} {name or '(none)'}; there is {', '.join(pools)}", TOOK)
    return pools[name]


def _of_this(spec: Cluster, name: str) -> None:
    if name != spec.name:
        raise Complaint(
            "An error occurred (ResourceNotFoundException): No cluster found for name: "
            f"{name or '(none)'}; there is {spec.name}",
            TOOK,
        )


def _aws(look: Look, spec: Cluster, words: tuple[str, ...]) -> Answer:
    line = read(words, _AWS, "aws")
    if line.words == ("eks", "list-nodegroups"):
        _of_this(spec, line.get("cluster"))
        return Output("\n".join(["NODEGROUPS", *(pool.name for pool in spec.node_pools)]), TOOK)
    if line.words == ("eks", "describe-nodegroup"):
        return _describe(look, spec, line)
    if line.words != ("eks", "update-nodegroup-config"):
        raise Complaint(
            "aws: what works here is aws eks list-nodegroups | describe-nodegroup | update-nodegroup-config "
            "--cluster-name NAME --nodegroup-name NAME --scaling-config desiredSize=N",
        )
    _of_this(spec, line.get("cluster"))
    pool = _the_pool(spec, line.get("pool"), "No node group found for name:")
    wanted = dict(part.partition("=")[::2] for part in line.get("scaling").split(","))
    number = wanted.get("desiredSize", "")
    if not number.isdecimal() or len(number) > 3:
        raise Complaint("aws: error: --scaling-config takes desiredSize=N (and minSize=N,maxSize=N)")
    return look.propose(
        "node-pool", spec.name, f"{pool.name} {int(number)}", _update(spec, pool, number), TOOK
    )


def _update(spec: Cluster, pool: NodePool, number: str) -> str:
    return f'update of nodegroup {pool.name} of {spec.name}: InProgress, ConfigUpdate, desiredSize "{number}"'


def _describe(look: Look, spec: Cluster, line: Line) -> Output:
    _of_this(spec, line.get("cluster"))
    pool = _the_pool(spec, line.get("pool"), "No node group found for name:")
    wanted, there = _counts(look, spec, pool)
    rows = [
        ("nodegroupName", pool.name),
        ("status", "ACTIVE" if there >= wanted else "UPDATING"),
        ("instanceTypes", pool.machine),
        ("scalingConfig.minSize", str(pool.nodes)),
        ("scalingConfig.maxSize", str(pool.max or pool.quota or 100)),
        ("scalingConfig.desiredSize", str(wanted)),
        ("nodes in service", str(there)),
    ]
    return Output("\n".join(f"{key.ljust(26)} {value}" for key, value in rows), TOOK)


def _gcloud(look: Look, spec: Cluster, words: tuple[str, ...]) -> Answer:
    line = read(words, _GCLOUD, "gcloud")
    if line.words[:3] == ("container", "node-pools", "list"):
        rows = [
            (pool.name, pool.machine, str(_counts(look, spec, pool)[0]), spec.version.lstrip("v"))
            for pool in spec.node_pools
        ]
        return Output(columns(("NAME", "MACHINE_TYPE", "NUM_NODES", "NODE_VERSION"), rows), TOOK)
    if line.words[:3] != ("container", "clusters", "resize"):
        raise Complaint(
            "gcloud: what works here is gcloud container node-pools list, gcloud container clusters resize "
            "NAME --node-pool NAME --num-nodes N",
        )
    if line.words[3:] != (spec.name,):
        raise Complaint(f"ERROR: (gcloud.container.clusters.resize) Not found: there is {spec.name}", TOOK)
    pool = _the_pool(spec, line.get("pool"), "ERROR: (gcloud.container.clusters.resize) No node pool named")
    number = line.get("nodes")
    if not number.isdecimal() or len(number) > 3:
        raise Complaint("ERROR: (gcloud.container.clusters.resize) argument --num-nodes: a whole number")
    text = f"Resizing {spec.name}... pool {pool.name} to {int(number)} nodes."
    return look.propose("node-pool", spec.name, f"{pool.name} {int(number)}", text, TOOK)


# --- on a node --------------------------------------------------------------------------------------------


def _on_node(look: Look, spec: Cluster, words: tuple[str, ...]) -> Answer | None:
    """`ssh NODE systemctl restart kubelet`, `ssh NODE free -m`, or `systemctl … -H NODE`."""
    names = {node.law.name: node for node in state(look, spec).nodes} if words[0] in _STARTS else {}
    if words[0] == "ssh":
        rest = [word for word in words[1:] if not word.startswith("-")]
        host = rest[0].rpartition("@")[2] if rest else ""
        if host not in names:
            return None
        command = " ".join(rest[1:])
    elif words[0] == "systemctl" and "kubelet" in words[2:3]:
        host = words[words.index("-H") + 1] if "-H" in words[:-1] else ""
        if host not in names:
            raise Complaint(f"systemctl: name the node with -H NODE; there are {', '.join(names)}")
        command = " ".join(words[:3])
    else:
        return None
    return _command(look, spec, names[host], command)


_STARTS = ("ssh", "systemctl")


def _command(look: Look, spec: Cluster, node: NodeState, command: str) -> Answer:
    name, gib = node.law.name, 2.0**30
    if node.law.down:
        raise Complaint(f"ssh: connect to host {name} port 22: No route to host", 10.0)
    command = command.removeprefix("sudo ").strip("'\"")
    if command in {"systemctl restart kubelet", "systemctl start kubelet"}:
        return look.propose("kubelet-restart", spec.name, name, "", TOOK)
    if command == "systemctl status kubelet":
        silent = node.law.silent < look.t
        text = "inactive (dead)" if silent else "active (running)"
        return Output(f"● kubelet.service - Kubernetes Kubelet\n     Active: {text}", TOOK)
    if command.split(" ")[0] == "free":
        total, used = node.pool.memory / gib, node.memory / gib
        rows = [
            ("Mem:", f"{total:.1f}Gi", f"{used:.1f}Gi", f"{total - used:.1f}Gi"),
            ("Swap:", "0B", "0B", "0B"),
        ]
        return Output(columns(("", "total", "used", "available"), rows), TOOK)
    if command.split(" ")[0] in {"top", "ps"}:
        pods = sorted(node.pods, key=lambda pod: -pod.memory)[:12]
        table = [(pod.tenant.pod.service, f"{pod.cpu:.2f}", f"{pod.memory / 2**20:.0f}Mi") for pod in pods]
        return Output(columns(("COMMAND", "CPU", "RES"), table), TOOK)
    raise Complaint(f"{name}: what works here is systemctl status|restart kubelet, free, top")
