"""Who would be notified when, if a page opened now."""

from __future__ import annotations

from drillbook.model.policy import OnCall
from drillbook.oncall.directory import Directory
from drillbook.oncall.page import ChangeKind, PageChange, Urgency
from drillbook.oncall.pager import Pager


def dry_run(
    on_call: OnCall,
    directory: Directory,
    service: str,
    urgency: Urgency = "high",
    *,
    t: float = 0.0,
    ack_after: float | None = None,
) -> list[tuple[float, int, str]]:
    """The notifications of a page opened at t: (time, level, person), in order.

    Until somebody acknowledges, `ack_after` seconds after the page opened; where that is None, until
    nobody is left to notify. Empty where nobody is on call at any level.
    """
    pager = Pager(on_call, directory)
    until = float("inf") if ack_after is None else t + ack_after
    changes = pager.trigger(t, service, "dry-run", "dry run", urgency, ())
    while (due := pager.next_time()) is not None and due < until:
        changes += pager.take(due)
    return [_entry(change) for change in changes if change.kind is ChangeKind.NOTIFIED]


def _entry(change: PageChange) -> tuple[float, int, str]:
    return change.t, change.level or 0, change.user or ""
