"""Policies of each tool in few words, and a pager that follows one of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from drillbook.model.policy import OnCall
from tests.oncall.builders import PEOPLE, START, PagerScript


def goalert(*steps: Sequence[str], minutes: int = 5, repeat: int = 0) -> dict[str, Any]:
    """Steps by their people; one that is not among PEOPLE is a schedule."""
    made = [
        {
            "delayMinutes": minutes,
            "targets": [{"id": name, "type": "user" if name in PEOPLE else "schedule"} for name in step],
        }
        for step in steps
    ]
    return {"profile": "goalert", "id": "policy", "name": "Policy", "repeat": repeat, "steps": made}


def opsgenie(*rules: tuple[int, str, str], repeat: dict[str, Any] | None = None) -> dict[str, Any]:
    """Rules as minutes, person and condition (`acked` or `closed`)."""
    made = [
        {
            "condition": f"if-not-{condition}",
            "delay": {"timeAmount": minutes, "timeUnit": "minutes"},
            "recipient": {"type": "user" if name in PEOPLE else "schedule", "id": name},
        }
        for minutes, name, condition in rules
    ]
    return {"profile": "opsgenie", "id": "policy", "name": "Policy", "rules": made, "repeat": repeat or {}}


def chain(*steps: dict[str, Any]) -> dict[str, Any]:
    """A Grafana OnCall chain."""
    return {"profile": "grafana-oncall", "id": "policy", "name": "Policy", "steps": list(steps)}


def persons(*names: str) -> dict[str, Any]:
    return {"type": "notify_persons", "persons_to_notify": list(names)}


def model(policy: dict[str, Any], service: dict[str, Any] | None = None, **more: Any) -> OnCall:
    """One service `api` that follows the policy."""
    return OnCall.model_validate(
        {
            "routing": {
                "route": {"receiver": "pager"},
                "receivers": [{"name": "pager", "pager_service": "api"}],
            },
            "services": [{"id": "api", "name": "API", "escalation_policy": "policy", **(service or {})}],
            "escalation_policies": [policy],
            **more,
        }
    )


def script(
    policy: dict[str, Any], service: dict[str, Any] | None = None, start: str = START, **more: Any
) -> PagerScript:
    """A pager under the policy, driven by time."""
    return PagerScript(start=start, model=model(policy, service, **more))


def window(start: str, end: str) -> dict[str, Any]:
    """Maintenance of the service `api` between two times of the day on which the scripts begin (at 14:00)."""
    return {
        "start_time": f"2026-03-10T{start}Z",
        "end_time": f"2026-03-10T{end}Z",
        "services": [{"id": "api", "type": "service_reference"}],
    }


def edit(at: str, policy: dict[str, Any]) -> dict[str, Any]:
    """Somebody edits the policy at a time of that day."""
    return {"at": f"2026-03-10T{at}Z", "escalation_policy": policy}
