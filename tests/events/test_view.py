"""What a seat knows."""

from __future__ import annotations

from typing import Literal

from drillbook.events import facts as f
from drillbook.events.event import HIDDEN
from drillbook.events.log import EventLog
from drillbook.events.narrate import narrate
from drillbook.events.view import IncidentView
from drillbook.model.labels import labels

ALERT = labels(alertname="ErrorsHigh", severity="critical")


def seen(log: EventLog, person: str = "primary") -> IncidentView:
    view = IncidentView(person)
    view.feed(log)
    return view


def alert(log: EventLog, t: float, state: Literal["pending", "firing", "inactive"]) -> None:
    log.append(t, "prometheus", f.AlertChanged(state, ALERT, (), 0.5, 0.0))


def test_what_is_hidden_or_for_others_is_not_seen() -> None:
    log = EventLog()
    log.append(1, "world", f.IncidentDeclared("SEV-1", "x"), to=HIDDEN)
    log.append(2, "dba", f.MessagePosted("#incidents", "y"), to="dba")
    view = seen(log)
    assert view.declared_at is None
    assert view.messages == []


def test_an_alert_goes_from_pending_over_firing_to_its_end() -> None:
    log = EventLog()
    alert(log, 1, "pending")
    assert seen(log).firing == []
    alert(log, 2, "firing")
    assert [each.fired_at for each in seen(log).firing] == [2]
    alert(log, 9, "inactive")
    view = seen(log)
    assert view.firing == []
    assert view.alerts[ALERT].ended_at == 9


def test_an_alert_that_never_fired_is_forgotten() -> None:
    log = EventLog()
    alert(log, 1, "pending")
    alert(log, 2, "inactive")
    assert seen(log).alerts == {}


def test_an_alert_that_comes_back_starts_anew() -> None:
    log = EventLog()
    alert(log, 1, "firing")
    alert(log, 2, "inactive")
    alert(log, 5, "firing")
    assert seen(log).alerts[ALERT].fired_at == 5


def test_the_phase_follows_the_incident() -> None:
    log = EventLog()
    assert seen(log).phase == "quiet"
    log.append(1, "pager", f.PageChanged("P1", "triggered", level=1))
    assert seen(log).phase == "paged"
    log.append(2, "primary", f.PageChanged("P1", "acknowledged", user="primary"))
    assert seen(log).phase == "acknowledged"
    log.append(3, "primary", f.IncidentDeclared("SEV-1", "shop down"))
    assert seen(log).phase == "declared"
    log.append(4, "primary", f.MitigationClaimed("rolled back"))
    assert seen(log).phase == "mitigated"
    log.append(5, "primary", f.IncidentResolved("done"))
    assert seen(log).phase == "resolved"
    log.append(6, "engine", f.IncidentReopened("still firing"))
    assert seen(log).phase == "declared"


def test_a_page_that_escalates_is_triggered_again_at_its_new_level() -> None:
    log = EventLog()
    log.append(1, "pager", f.PageChanged("P1", "triggered", summary="s", level=1, escalates_at=301))
    log.append(1, "pager", f.PageChanged("P1", "notified", user="primary", level=1, escalates_at=301))
    log.append(301, "pager", f.PageChanged("P1", "escalated", level=2, escalates_at=601))
    page = seen(log).pages["P1"]
    assert (page.state, page.level, page.escalates_at) == ("triggered", 2, 601)
    assert page.notified == [(1, "primary")]


def silenced(view: IncidentView) -> list[list[str]]:
    return [each.silenced_by for each in view.firing]


def test_an_alert_is_silenced_until_the_last_of_its_silences_ends() -> None:
    log = EventLog()
    alert(log, 1, "firing")
    for name in ("s1", "s2"):
        log.append(2, "primary", f.SilenceAdded(name, ("a=1",), 2, 50, "Ann", "why"))
        log.append(2, "alertmanager", f.AlertSilenced(ALERT, name))
    assert silenced(seen(log)) == [["s1", "s2"]]
    log.append(3, "primary", f.SilenceExpired("s1"))
    assert silenced(seen(log)) == [["s2"]]
    assert [each.id for each in seen(log).open_silences] == ["s2"]
    log.append(50, "alertmanager", f.SilenceExpired("s2"))
    assert silenced(seen(log)) == [[]]
    assert seen(log).open_silences == []


def test_an_alert_that_comes_back_is_silenced_only_by_what_covers_it_then() -> None:
    log = EventLog()
    alert(log, 1, "firing")
    log.append(2, "primary", f.SilenceAdded("s1", ("a=1",), 2, 50, "Ann", "why"))
    log.append(2, "alertmanager", f.AlertSilenced(ALERT, "s1"))
    alert(log, 3, "inactive")
    alert(log, 60, "firing")
    assert silenced(seen(log)) == [[]]


def test_silences_are_told_in_a_sentence() -> None:
    log = EventLog()
    log.append(2, "ann", f.SilenceAdded("5f1c22aa-1", ('a="{1}"',), 2, 62, "Ann", ""))
    log.append(2, "alertmanager", f.AlertSilenced(ALERT, "5f1c22aa-1"))
    log.append(3, "ann", f.SilenceExpired("5f1c22aa-1"))
    log.append(3, "alertmanager", f.SilenceExpired("5f1c22aa-1"))
    assert [narrate(event, {"ann": "Ann Berg"}) for event in log] == [
        'Ann Berg silences a="{1}" from +0:02 to +1:02 (5f1c22aa), without a comment',
        "Alert ErrorsHigh is silenced (5f1c22aa).",
        "Silence 5f1c22aa is ended by Ann Berg.",
        "Silence 5f1c22aa is ended.",
    ]
