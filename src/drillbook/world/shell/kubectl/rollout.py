"""`kubectl rollout`: status, history and what is done to a deployment as a whole."""

from __future__ import annotations

from collections.abc import Callable

from drillbook.world.shell.answer import Answer, Complaint, Output, Proposal
from drillbook.world.shell.kubectl import cluster, workloads
from drillbook.world.shell.kubectl.describe import template
from drillbook.world.shell.look import Look
from drillbook.world.shell.words import Flags, Line, read
from drillbook.world.state import Revision, ServiceState

_ROLLOUT = Flags(
    values={
        **cluster.SCOPE, "--revision": "revision", "--to-revision": "to-revision", "--timeout": "timeout",
        **cluster.SELECT,
    },
    switches={"-w": "watch", "--watch": "watch"},
)  # fmt: skip
TOOK = 2.0


def rollout(look: Look, words: tuple[str, ...]) -> Answer:
    """`kubectl rollout status|history|undo|restart|pause|resume deployment/NAME`."""
    verb = words[0] if words else ""
    run = _VERBS.get(verb)
    if run is None:
        known = ", ".join(_VERBS)
        raise Complaint(f'error: unknown command "rollout {verb}": it is one of {known}')
    line = read(words[1:], _ROLLOUT, f"kubectl rollout {verb}")
    other = workloads.named(look, line, line.words)
    if other is not None:
        return workloads.rollout(look, verb, line, *other)
    service = cluster.target(look, line, line.words, f"rollout {verb}")
    return run(look, line, service)


def _status(look: Look, line: Line, service: ServiceState) -> Output:
    return Output(status(service), TOOK)


def status(service: ServiceState) -> str:
    """The line that `kubectl rollout status` is at."""
    name, desired = service.spec.name, service.desired
    serving = sum(p.ready for p in service.pods)
    waiting = f'Waiting for deployment "{name}" rollout to finish: '
    if service.updated < desired:
        return f"{waiting}{service.updated} out of {desired} new replicas have been updated..."
    if len(service.pods) > service.updated:
        return f"{waiting}{len(service.pods) - service.updated} old replicas are pending termination..."
    if serving < service.updated:
        return f"{waiting}{serving} of {service.updated} updated replicas are available..."
    return f'deployment "{name}" successfully rolled out'


def _history(look: Look, line: Line, service: ServiceState) -> Output:
    head = f"deployment.apps/{service.spec.name}"
    if line.has("revision"):
        return Output(_template(look, service, _revision(service, line.get("revision"))), TOOK)
    width = max(len("REVISION"), *(len(str(r.number)) for r in service.revisions)) + 2
    rows = [f"{str(r.number).ljust(width)}{cause(r)}" for r in service.revisions]
    return Output("\n".join([head, f"{'REVISION'.ljust(width)}CHANGE-CAUSE", *rows]), TOOK)


def cause(revision: Revision) -> str:
    """The CHANGE-CAUSE column, in one line."""
    return " ".join(revision.cause.split()) or "<none>"


def _revision(service: ServiceState, number: str) -> Revision:
    for revision in service.revisions:
        if str(revision.number) == number:
            return revision
    raise Complaint(f"error: unable to find the specified revision {number} in history")


def _template(look: Look, service: ServiceState, revision: Revision) -> str:
    notes = next((r.notes for r in service.spec.releases if r.version == revision.version), "")
    lines = [
        f"deployment.apps/{service.spec.name} with revision #{revision.number}",
        "Pod Template:",
        f"  Labels:       app={service.spec.name}",
        f"  Annotations:  kubernetes.io/change-cause: {cause(revision)}",
    ]
    lines += [f"                release-notes: {text}" for text in notes.split("\n") if text]
    lines += ["  Containers:", f"   {service.spec.name}:"]
    pairs = template(look, service, revision.version)
    return "\n".join(lines + [f"    {name.ljust(15)} {value}".rstrip() for name, value in pairs])


def _undo(look: Look, line: Line, service: ServiceState) -> Proposal | Output:
    name, number = service.spec.name, line.get("to-revision")
    if service.paused:
        raise Complaint(
            "error: you cannot rollback a paused deployment; resume it first with "
            f"'kubectl rollout resume deployment/{name}' and try again"
        )
    if number and number != "0":
        revision = _revision(service, number)
        if revision is service.revisions[-1]:
            why = f"current template already matches revision {number}"
            return Output(f"deployment.apps/{name} skipped rollback ({why})", TOOK)
        return look.propose("rollback", name, number, f"deployment.apps/{name} rolled back")
    if len(service.revisions) < 2:
        raise Complaint(f'error: no rollout history found for deployment "{name}"')
    return look.propose("rollback", name, "", f"deployment.apps/{name} rolled back")


def _restart(look: Look, line: Line, service: ServiceState) -> Proposal:
    name = service.spec.name
    if service.paused:
        raise Complaint(
            f'error: deployments.apps "{name}" can\'t restart paused deployment (run rollout resume first)'
        )
    return look.propose("restart", name, "", f"deployment.apps/{name} restarted")


def _pause(look: Look, line: Line, service: ServiceState) -> Proposal:
    name = service.spec.name
    if service.paused:
        raise Complaint(f'error: deployments.apps "{name}" is already paused')
    return look.propose("pause-rollout", name, "", f"deployment.apps/{name} paused")


def _resume(look: Look, line: Line, service: ServiceState) -> Proposal:
    name = service.spec.name
    if not service.paused:
        raise Complaint(f'error: deployments.apps "{name}" is not paused')
    return look.propose("pause-rollout", name, "off", f"deployment.apps/{name} resumed")


_VERBS: dict[str, Callable[[Look, Line, ServiceState], Answer]] = {
    "status": _status,
    "history": _history,
    "undo": _undo,
    "restart": _restart,
    "pause": _pause,
    "resume": _resume,
}
