"""Short ways to write on-call models and to run them as scripts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from drillbook.model.labels import Labels, labels
from drillbook.model.policy import OnCall
from drillbook.model.routing import Routing
from drillbook.model.schedule import PagerDutySchedule
from drillbook.oncall.directory import Directory
from drillbook.oncall.dispatch import Dispatcher
from drillbook.oncall.notification import Notification
from drillbook.oncall.page import ChangeKind, Page, PageChange, Why
from drillbook.oncall.pager import Pager
from drillbook.oncall.silences import Silence, typed_matchers

PEOPLE = ("ann", "bo", "cem", "dee")
START = "2026-03-10T14:00:00+00:00"


def routing(**given: Any) -> Routing:
    """Routing with a root route of these options, whose receivers are those that the routes name.

    Inhibition rules and time intervals are given by Alertmanager's own names.
    """
    parts = {name: given.pop(name) for name in ("inhibit_rules", "time_intervals") if name in given}
    route = {"receiver": "root", **given}
    names = sorted(_receivers(route))
    return Routing.model_validate({"route": route, "receivers": [{"name": name} for name in names], **parts})


def _receivers(route: dict[str, Any]) -> set[str]:
    own = {route["receiver"]} if "receiver" in route else set()
    return own.union(*(_receivers(child) for child in route.get("routes", [])))


def rule(*targets: str, minutes: float = 5, **more: Any) -> dict[str, Any]:
    """A level; a target that is not one of PEOPLE is a schedule."""
    kinds = {True: "user_reference", False: "schedule_reference"}
    made = [{"id": target, "type": kinds[target in PEOPLE]} for target in targets]
    return {"escalation_delay_in_minutes": minutes, "targets": made, **more}


def layer(
    *users: str, turn: int = 86400, start: str = "2026-01-05T09:00:00+01:00", **more: Any
) -> dict[str, Any]:
    """A layer whose turns begin at its start."""
    return {
        "name": "layer",
        "start": start,
        "users": [{"user": user} for user in users],
        "rotation_virtual_start": start,
        "rotation_turn_length_seconds": turn,
        **more,
    }


def schedule(*layers: dict[str, Any], zone: str = "Europe/Berlin", **more: Any) -> PagerDutySchedule:
    given = {"id": "primary", "name": "Primary", "time_zone": zone, "schedule_layers": list(layers), **more}
    return PagerDutySchedule.model_validate(given)


def on_call(
    *rules: dict[str, Any], num_loops: int = 0, schedules: Sequence[PagerDutySchedule] = (), **service: Any
) -> OnCall:
    """One service `api` with one policy, paged by the receiver `pager`; `chat` pages nobody."""
    route = {"receiver": "pager", "routes": [{"receiver": "chat", "matchers": ["chat=yes"]}]}
    service = {"id": "api", "name": "API", "escalation_policy": "policy", **service}
    policy = {"id": "policy", "name": "Policy", "num_loops": num_loops, "escalation_rules": list(rules)}
    return OnCall.model_validate(
        {
            "routing": {
                "route": route,
                "receivers": [{"name": "pager", "pager_service": "api"}, {"name": "chat", "channel": "#a"}],
            },
            "services": [service],
            "escalation_policies": [policy],
            "schedules": [each.model_dump(mode="json") for each in schedules],
        }
    )


def directory(of: OnCall, start: str = START) -> Directory:
    return Directory(of, PEOPLE, datetime.fromisoformat(start))


class PagerScript:
    """A pager driven by time: `at(300).expect("escalated 1>2", "notified bo@2")`."""

    def __init__(
        self, *rules: dict[str, Any], start: str = START, model: OnCall | None = None, **more: Any
    ) -> None:
        model = model or on_call(*rules, **more)
        self.pager = Pager(model, directory(model, start))
        self.changes: list[PageChange] = []

    @property
    def page(self) -> Page:
        return self.pager.pages()[-1]

    def at(self, t: float) -> PagerScript:
        """Go to t without what falls due at t itself, so that a command comes first."""
        while (due := self.pager.next_time()) is not None and due < t:
            self.changes += self.pager.take(due)
        self.t = t
        return self

    def trigger(self, urgency: Any = "high", key: str = "key", summary: str = "down") -> PagerScript:
        alerts: tuple[Labels, ...] = (labels(alertname="Down"),)
        self.changes += self.pager.trigger(self.t, "api", key, summary, urgency, alerts)
        return self

    def ack(self, user: str, page: str = "P1") -> PagerScript:
        self.changes += self.pager.acknowledge(self.t, page, user)
        return self

    def escalate(self, level: int | None = None, page: str = "P1") -> PagerScript:
        self.changes += self.pager.escalate(self.t, page, level)
        return self

    def reassign(self, user: str, page: str = "P1") -> PagerScript:
        self.changes += self.pager.reassign(self.t, page, user)
        return self

    def resolve(self, by: str | None = None, page: str = "P1") -> PagerScript:
        self.changes += self.pager.resolve(self.t, page, by)
        return self

    def expect(self, *said: str) -> PagerScript:
        """What happened since the last `expect`, with what falls due now."""
        self.changes += self.pager.take(self.t)
        assert [told(change) for change in self.changes] == list(said)
        self.changes = []
        return self


def told(change: PageChange) -> str:
    """A change in few words, without its time."""
    match change.kind:
        case ChangeKind.NOTIFIED:
            return f"notified {change.user}@{change.level}"
        case ChangeKind.ESCALATED:
            by_hand = "" if change.why is Why.TIMEOUT else " by hand"
            return f"escalated {change.from_level}>{change.level}{by_hand}"
        case ChangeKind.ACKNOWLEDGED | ChangeKind.REASSIGNED | ChangeKind.ON_CALL:
            return f"{change.kind.value} {change.user}"
        case ChangeKind.RESOLVED:
            return f"resolved {change.user or (change.why and change.why.value)}"
    return str(change.kind.value)


class AlertScript:
    """A dispatcher driven by time: `at(30).expect("root firing a b: first")`."""

    def __init__(self, *, start: str = START, **given: Any) -> None:
        self.dispatcher = Dispatcher(routing(**given), datetime.fromisoformat(start))
        self.sent: list[Notification] = []

    def at(self, t: float) -> AlertScript:
        while (due := self.dispatcher.next_time()) is not None and due < t:
            self.sent += self.dispatcher.take(due)
        self.t = t
        return self

    def fire(self, name: str, since: float | None = None, **more: str) -> AlertScript:
        starts_at = self.t if since is None else since
        self.dispatcher.alert(self.t, labels(alertname=name, **more), (), "firing", starts_at)
        return self

    def clear(self, name: str, since: float = 0.0, **more: str) -> AlertScript:
        self.dispatcher.alert(self.t, labels(alertname=name, **more), (), "resolved", since)
        return self

    def silence(self, *matchers: str, lasts: float, name: str = "s") -> AlertScript:
        silence = Silence(name, typed_matchers(matchers), self.t, self.t + lasts, "ann", "test")
        self.dispatcher.silence(self.t, silence)
        return self

    def expire(self, name: str = "s") -> AlertScript:
        self.dispatcher.expire(self.t, name)
        return self

    def expect(self, *said: str) -> AlertScript:
        """What was sent since the last `expect`, with what is due now: `TIME RECEIVER fired -gone: why`."""
        self.sent += self.dispatcher.take(self.t)
        assert [_sent(each) for each in self.sent] == list(said)
        self.sent = []
        return self


def _sent(of: Notification) -> str:
    names = [dict(alert.labels)["alertname"] for alert in of.firing]
    gone = ["-" + dict(alert.labels)["alertname"] for alert in of.resolved]
    return f"{of.t:g} {of.receiver} {' '.join(names + gone)}: {of.reason.value}"
