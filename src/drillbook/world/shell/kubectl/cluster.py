"""Names in the cluster: kinds and their aliases, namespaces, and what a command line refers to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from drillbook.model.system import Service
from drillbook.world.shell.answer import Complaint
from drillbook.world.shell.look import Look
from drillbook.world.shell.words import Flags, Line
from drillbook.world.state import Pod, Revision, ServiceState

KINDS = {
    "pods": ("po", "pod", "pods"),
    "deployments.apps": ("deploy", "deployment", "deployments", "deployment.apps", "deployments.apps"),
    "nodes": ("no", "node", "nodes"),
    "events": ("ev", "event", "events"),
    "replicasets.apps": ("rs", "replicaset", "replicasets", "replicaset.apps", "replicasets.apps"),
    "services": ("svc", "service", "services"),
    "ingresses.networking.k8s.io": ("ing", "ingress", "ingresses"),
    "horizontalpodautoscalers.autoscaling": ("hpa", "horizontalpodautoscaler", "horizontalpodautoscalers"),
    "namespaces": ("ns", "namespace", "namespaces"),
    "configmaps": ("cm", "configmap", "configmaps"),
    "poddisruptionbudgets.policy": ("pdb", "poddisruptionbudget", "poddisruptionbudgets"),
    "jobs.batch": ("job", "jobs"),
    "cronjobs.batch": ("cj", "cronjob", "cronjobs"),
    "statefulsets.apps": ("sts", "statefulset", "statefulsets"),
    "daemonsets.apps": ("ds", "daemonset", "daemonsets"),
    "persistentvolumeclaims": ("pvc", "persistentvolumeclaim", "persistentvolumeclaims"),
    "secrets": ("secret", "secrets"),
    "all": ("all",),
}
_KIND = {alias: kind for kind, aliases in KINDS.items() for alias in aliases}

SCOPE = {"-n": "namespace", "--namespace": "namespace", "--context": "context", "--kubeconfig": "kubeconfig"}
SELECT = {"-l": "selector", "--selector": "selector"}
EVERYWHERE = {"-A": "everywhere", "--all-namespaces": "everywhere"}
SIMPLE = Flags(values=SCOPE)

_LETTERS = "bcdfghjklmnpqrstvwxz2456789"


def kind_of(word: str) -> str:
    """The resource kind of a word such as `deploy`. Raises Complaint where there is none."""
    kind = _KIND.get(word.lower())
    if kind is None:
        raise Complaint(f'error: the server doesn\'t have a resource type "{word}"')
    return kind


def references(words: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """Kind and names of `TYPE/NAME …` or `TYPE NAME …`. Raises Complaint as kubectl does."""
    if not words:
        raise Complaint(
            'error: You must specify the type of resource to get. Use "kubectl get -h" for a list.'
        )
    if "/" not in words[0]:
        return kind_of(words[0]), tuple(words[1:])
    pairs = [word.partition("/") for word in words]
    kinds = {kind_of(kind) for kind, _, _ in pairs}
    if len(kinds) > 1 or not all(slash for _, slash, _ in pairs):
        raise Complaint("error: there is no need to specify a resource type as a separate argument")
    return kind_of(pairs[0][0]), tuple(name for _, _, name in pairs)


def namespace(look: Look, line: Line) -> str:
    """The namespace of the command; by default the one with the most services. Empty for all."""
    if line.has("everywhere"):
        return ""
    return line.get("namespace") or home(look)


def home(look: Look) -> str:
    """The namespace of kubectl's context: the one with the most services."""
    return home_of(look.specs(Service))


def home_of(specs: Iterable[Service]) -> str:
    """The namespace with the most of these services."""
    spaces = [spec.namespace for spec in specs]
    return max(dict.fromkeys(spaces), key=spaces.count)


def services(look: Look, line: Line) -> tuple[ServiceState, ...]:
    """The services in the command's namespace that match its label selector."""
    return tuple(look.service(spec) for spec in _chosen(look, line))


def _chosen(look: Look, line: Line) -> list[Service]:
    space = namespace(look, line)
    chosen = sorted(
        (spec for spec in look.specs(Service) if not space or spec.namespace == space),
        key=lambda spec: (spec.namespace, spec.name),
    )
    for term in filter(None, line.get("selector").split(",")):
        name, _, value = term.partition("=")
        value = value.lstrip("=")
        if name.strip() in {"app", "app.kubernetes.io/name"}:
            chosen = [spec for spec in chosen if spec.name == value]
        elif name.strip() in {"team", "owner"}:
            chosen = [spec for spec in chosen if spec.owner == value]
        else:
            chosen = []
    return chosen


def deployment(look: Look, line: Line, name: str) -> ServiceState:
    """The service whose deployment has that name. Raises Complaint where there is none."""
    for spec in _chosen(look, line):
        if spec.name == name:
            return look.service(spec)
    raise missing("deployments.apps", name)


def target(look: Look, line: Line, words: Sequence[str], verb: str) -> ServiceState:
    """The one deployment that a changing command names. Raises Complaint otherwise."""
    if not words:
        raise Complaint("error: required resource not specified")
    kind, names = references(words)
    if kind != "deployments.apps":
        raise Complaint(f"error: {kind} {verb} is not supported: name a deployment, such as deployment/NAME")
    if not names:
        raise Complaint(f"error: name the deployment: kubectl {verb} deployment/NAME")
    if len(names) > 1:
        raise Complaint(f"error: one deployment at a time: kubectl {verb} deployment/{names[0]}")
    return deployment(look, line, names[0])


def pod(look: Look, line: Line, name: str) -> tuple[ServiceState, Pod]:
    """The pod of that name and its service. Raises Complaint where there is none."""
    for service in services(look, line):
        for candidate in service.pods:
            if candidate.name == name:
                return service, candidate
    raise missing("pods", name)


def missing(kind: str, name: str) -> Complaint:
    """The API server's words for a name that does not exist."""
    return Complaint(f'Error from server (NotFound): {kind} "{name}" not found', 2.0)


def none_found(space: str) -> str:
    """What kubectl says when a list is empty."""
    return f"No resources found in {space} namespace." if space else "No resources found"


def image(look: Look, service: ServiceState, version: str) -> str:
    """The container image of a version."""
    return f"registry.{look.system.domain}/{service.spec.name}:{version}"


def revision_of(service: ServiceState, member: Pod) -> Revision:
    """The newest revision of the pod's version that is not younger than the pod."""
    of_version = [r for r in service.revisions if r.version == member.version]
    before = [r for r in of_version if r.at <= member.started_at + 1.0]
    return (before or of_version or list(service.revisions))[-1]


def replica_set(member: Pod) -> str:
    """The replica set that a pod belongs to, by its name."""
    return member.name.rpartition("-")[0]


def hashed(look: Look, length: int, *key: str | int) -> str:
    """A name's suffix in the alphabet that Kubernetes uses."""
    number = look.draws.bits("shell", *key)
    letters = []
    for _ in range(length):
        number, index = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[index])
    return "".join(letters)


def born(look: Look, *key: str | int) -> float:
    """When a long-lived resource was created: 120 to 400 days before the start."""
    return -86400.0 * (120 + 280 * look.draw("created", *key))
