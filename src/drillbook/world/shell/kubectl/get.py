"""`kubectl get`, `kubectl top`."""

from __future__ import annotations

from collections.abc import Sequence

from drillbook.model.quantities import seconds
from drillbook.world.nodes.scheduler import Ask
from drillbook.world.nodes.state import ClusterState
from drillbook.world.shell.answer import Answer, Complaint, Output
from drillbook.world.shell.kubectl import cluster, nodes, workloads
from drillbook.world.shell.kubectl.listing import LISTINGS, Listing, nothing
from drillbook.world.shell.kubectl.units import cores, mebibytes
from drillbook.world.shell.look import Look
from drillbook.world.shell.table import columns
from drillbook.world.shell.words import Flags, Line, read

_GET = Flags(
    values={
        **cluster.SCOPE, **cluster.SELECT, "-o": "output", "--output": "output", "--sort-by": "sort",
        "--field-selector": "field", "--chunk-size": "chunk", "-L": "label",
    },
    switches={
        **cluster.EVERYWHERE, "-w": "watch", "--watch": "watch", "--no-headers": "bare",
        "--show-labels": "labels", "--ignore-not-found": "ignore",
    },
)  # fmt: skip
_TOP = Flags(
    values={**cluster.SCOPE, **cluster.SELECT, "--sort-by": "sort"},
    switches={**cluster.EVERYWHERE, "--containers": "containers", "--no-headers": "bare"},
)
_ALL = ("pods", "services", "deployments.apps", "replicasets.apps")
TOOK = 2.0
NODE_CORES = 8.0
NODE_MEMORY = 32.0 * 2**30


def get(look: Look, words: tuple[str, ...]) -> Answer:
    """`kubectl get KIND [NAME…]`; a watch is one look."""
    line = read(words, _GET, "kubectl get")
    if line.words and "," in line.words[0]:
        return Output(_sections(look, line, [cluster.kind_of(w) for w in line.words[0].split(",")]), TOOK)
    kind, names = cluster.references(line.words)
    output = line.get("output")
    if output not in {"", "wide", "name"}:
        raise Complaint(f"error: -o {output} is not available here; use -o wide, or kubectl describe")
    if kind == "secrets":
        raise Complaint(
            'Error from server (Forbidden): secrets is forbidden: "oncall" cannot list resource "secrets" '
            f'in API group "" in the namespace "{cluster.namespace(look, line)}"'
        )
    if kind == "all":
        return Output(_sections(look, line, _ALL), TOOK)
    return Output(_render(look, line, kind, names), TOOK)


def _sections(look: Look, line: Line, kinds: Sequence[str]) -> str:
    """Tables of several kinds, one beneath the other, each name with its kind."""
    tables = [_table(look, line, _listing(look, line, kind), f"{singular(kind)}/") for kind in kinds]
    return "\n\n".join(filter(None, tables)) or cluster.none_found(cluster.namespace(look, line))


def _listing(look: Look, line: Line, kind: str) -> Listing:
    """What there is of a kind: of the services, and of whatever else runs on declared nodes."""
    listing = LISTINGS.get(kind, nothing)(look, cluster.services(look, line))
    state = nodes.declared(look)
    if state is None:
        return listing
    if kind == "pods":
        return Listing(listing.header, listing.wide, [*listing.rows, *workloads.pod_rows(look, line)])
    if kind == "events":
        return _events(look, line, state, listing)
    more = workloads.rows(look, line, kind)
    header = listing.header or workloads.HEADERS.get(kind, ())
    return Listing(header, listing.wide, [*listing.rows, *more]) if more else listing


def _events(look: Look, line: Line, state: ClusterState, listing: Listing) -> Listing:
    """Those of pods, and those of nodes, which have the namespace `default`."""
    space = cluster.namespace(look, line)
    spaces = (
        sorted({note.namespace for note in state.notes})
        if not space
        else [space, *([""] * (space == "default"))]
    )
    found = [(e, name or "default") for name in dict.fromkeys(spaces) for e in nodes.noted(look, state, name)]
    for service in cluster.services(look, line):
        for member in service.pods:
            if not member.node and member.phase == "Pending":
                ask = Ask(service.spec.name, service.cpu_request, service.memory_request)
                waits = nodes.refused(look, state, ask, member.started_at, member.name)
                found += [(e, service.spec.namespace) for e in waits]
    rows: list[tuple[float, tuple[str, str, tuple[str, ...], tuple[str, ...]]]] = [
        (look.t - e.at, (name, nodes.when(look, e), (e.type, e.reason, e.object, e.message), ()))
        for e, name in found
    ]
    rows += [(seconds(row[1]), row) for row in listing.rows]
    return Listing(listing.header, listing.wide, [row for _, row in sorted(rows, key=lambda each: -each[0])])


def singular(kind: str) -> str:
    """A kind as it stands before a name: `deployments.apps` as `deployment.apps`."""
    plural, dot, group = kind.partition(".")
    word = plural.removesuffix("es") if plural.endswith("sses") else plural.removesuffix("s")
    return word + dot + group


def _render(look: Look, line: Line, kind: str, names: tuple[str, ...]) -> str:
    listing = _listing(look, line, kind)
    if names:
        there = {row[1]: row for row in listing.rows}
        for name in names:
            if name not in there:
                raise cluster.missing(kind, name)
        listing = Listing(listing.header, listing.wide, [there[name] for name in names])
    if line.get("field").startswith("status.phase"):
        listing = _by_phase(listing, line.get("field"))
    if not listing.rows:
        return cluster.none_found("" if kind in {"nodes", "namespaces"} else cluster.namespace(look, line))
    if line.get("output") == "name":
        return "\n".join(f"{singular(kind)}/{row[1]}" for row in listing.rows)
    return _table(look, line, listing)


def _by_phase(listing: Listing, field: str) -> Listing:
    unequal = "!=" in field
    phase = field.rpartition("=")[2]
    rows = [row for row in listing.rows if ((row[2][1] == phase) != unequal)]
    return Listing(listing.header, listing.wide, rows)


def _table(look: Look, line: Line, listing: Listing, prefix: str = "") -> str:
    if not listing.rows:
        return ""
    wide, everywhere = line.get("output") == "wide", line.has("everywhere") and listing.rows[0][0]
    first = "LAST SEEN" if listing.header[0] == "TYPE" and "REASON" in listing.header else "NAME"
    header = (*(["NAMESPACE"] if everywhere else []), first, *listing.header, *(listing.wide if wide else ()))
    rows = [
        (*([space] if everywhere else []), prefix + name, *cells, *(further if wide else ()))
        for space, name, cells, further in listing.rows
    ]
    text = columns(header, rows)
    return text.partition("\n")[2] if line.has("bare") else text


def top(look: Look, words: tuple[str, ...]) -> Answer:
    """`kubectl top pods|nodes`."""
    line = read(words, _TOP, "kubectl top")
    kind, names = cluster.references(line.words or ("",))
    if kind not in {"pods", "nodes"}:
        raise Complaint('error: unknown resource for top: it shows "pods" and "nodes"')
    text = _top_nodes(look) if kind == "nodes" else _top_pods(look, line, names)
    return Output(text.partition("\n")[2] if line.has("bare") else text, TOOK)


def _top_pods(look: Look, line: Line, names: tuple[str, ...]) -> str:
    members = [
        (s.spec.namespace, p.name, p.cpu, p.memory)
        for s in cluster.services(look, line)
        for p in s.pods
        if p.phase == "Running"
    ]
    members += workloads.tops(look, line)
    if names:
        _one_pod(look, line, names[0])
        members = [member for member in members if member[1] in names]
    if not members:
        return cluster.none_found(cluster.namespace(look, line))
    order = line.get("sort")
    members.sort(key=lambda m: -m[2] if order == "cpu" else -m[3] if order == "memory" else 0.0)
    everywhere = line.has("everywhere")
    rows = [
        (*([space] if everywhere else []), name, cores(cpu), mebibytes(memory))
        for space, name, cpu, memory in members
    ]
    return columns((*(["NAMESPACE"] if everywhere else []), "NAME", "CPU(cores)", "MEMORY(bytes)"), rows)


def _one_pod(look: Look, line: Line, name: str) -> None:
    """Raises Complaint where there is no pod of that name."""
    if name not in {each[1] for each in workloads.tops(look, line)}:
        cluster.pod(look, line, name)


def _top_nodes(look: Look) -> str:
    state = nodes.declared(look)
    if state is not None:
        return nodes.top(state)
    use: dict[str, tuple[float, float]] = {}
    for service in look.services:
        for p in service.pods:
            cpu, memory = use.get(p.node, (0.0, 0.0))
            use[p.node] = (cpu + p.cpu, memory + p.memory)
    rows = [
        (name, cores(cpu), f"{cpu / NODE_CORES:.0%}", mebibytes(memory), f"{memory / NODE_MEMORY:.0%}")
        for name, (cpu, memory) in sorted(use.items())
    ]
    return columns(("NAME", "CPU(cores)", "CPU%", "MEMORY(bytes)", "MEMORY%"), rows)
