"""From a changed alert to a ringing phone: rules, routing and the pager, turned into events."""

from __future__ import annotations

from collections.abc import Sequence

from drillbook.engine.record import Record
from drillbook.engine.silencing import Silencing
from drillbook.events import facts as f
from drillbook.events.event import HIDDEN
from drillbook.model.labels import Labels
from drillbook.oncall.dispatch import Dispatcher
from drillbook.oncall.notification import Notification, subject
from drillbook.oncall.page import ChangeKind, PageChange
from drillbook.oncall.pager import Pager
from drillbook.telemetry.alerts import AlertChange


class Alerting:
    """Keeps the chain of causes: alert -> notification -> page -> escalation."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        silencing: Silencing,
        pager: Pager,
        channels: dict[str, str | None],
        record: Record,
    ) -> None:
        self._dispatcher = dispatcher
        self._silencing = silencing
        self._pager = pager
        self._channels = channels
        self._record = record
        self._seq_of_alert: dict[Labels, int] = {}
        self._seq_of_page: dict[str, int] = {}
        self.sent: list[Notification] = []
        """Every notification, in order."""

    def alerts(self, t: float, changes: Sequence[AlertChange]) -> None:
        """Alerts changed state."""
        for change in changes:
            was_firing = change.fired_at is not None
            fact = f.AlertChanged(
                change.state,
                change.labels,
                change.annotations,
                round(change.value, 6),
                change.active_at,
                was_firing,
            )
            cause = self._seq_of_alert.get(change.labels)
            event = self._record("prometheus", fact, cause=cause)
            if change.state == "inactive":
                self._seq_of_alert.pop(change.labels, None)
            else:
                self._seq_of_alert[change.labels] = event.seq
            if change.state == "firing":
                self._dispatcher.alert(t, change.labels, change.annotations, "firing", t)
                self._silencing.fired(t, change.labels, event.seq)
            elif change.state == "inactive" and was_firing:
                started = change.fired_at if change.fired_at is not None else t
                self._dispatcher.alert(t, change.labels, change.annotations, "resolved", started)

    def dispatch(self, t: float) -> None:
        """Groups are due: receivers hear of them."""
        for notification in self._dispatcher.take(t):
            self.sent.append(notification)
            alerts = notification.firing or notification.resolved
            fact = f.Notified(
                notification.receiver,
                notification.group_key,
                notification.status,
                tuple(alert.labels for alert in alerts),
            )
            causes = [self._seq_of_alert.get(alert.labels) for alert in alerts]
            cause = next((seq for seq in causes if seq is not None), None)
            event = self._record("alertmanager", fact, cause=cause, to=HIDDEN)
            self._say(notification, event.seq)
            self.pages(self._pager.receive(t, notification), "pager", event.seq)

    def _say(self, notification: Notification, cause: int) -> None:
        channel = self._channels.get(notification.receiver)
        if channel:
            self._record("alertmanager", f.MessagePosted(channel, subject(notification)), cause=cause)

    def escalate(self, t: float) -> None:
        """Pages are due: they escalate, time out or resolve."""
        for change in self._pager.take(t):
            self.pages([change], "pager", self._seq_of_page.get(change.page))

    def pages(self, changes: Sequence[PageChange], actor: str, cause: int | None) -> None:
        """Something happened to pages."""
        for change in changes:
            event = self._record(actor, _fact(change), cause=cause)
            if change.kind in {ChangeKind.TRIGGERED, ChangeKind.ESCALATED}:
                cause = event.seq
            if change.page:
                self._seq_of_page[change.page] = event.seq


def _fact(change: PageChange) -> f.PageChanged:
    page = change.after
    return f.PageChanged(
        page=change.page,
        change=change.kind.value,
        service=change.service,
        summary=page.summary if page else change.note,
        urgency=page.urgency if page else "high",
        user=change.user or "",
        level=change.level or (page.level if page else 0),
        escalates_at=page.escalates_at if page else None,
        why=change.why.value if change.why else "",
    )
