"""Silences in a run: who is asked, what is covered, who is notified, and when they are over."""

from __future__ import annotations

import pytest

from drillbook.cli.drill import Drill, open_drill
from drillbook.engine.simulation import Simulation
from drillbook.engine.verbs.silence import taken_apart
from drillbook.errors import DrillbookError
from drillbook.events import facts as f
from drillbook.events.event import Event
from drillbook.model.labels import get


@pytest.fixture(scope="module")
def drill() -> Drill:
    return open_drill("db-pool-exhaustion", None, ())


@pytest.fixture
def run(drill: Drill) -> Simulation:
    """Six minutes in: ShopErrorRatioHigh (critical) and PaymentProviderSlow (a warning) fire."""
    simulation = Simulation(drill.scenario, drill.playbook, 7, prepared=drill.prepared)
    simulation.advance(360)
    return simulation


def typed(run: Simulation, text: str) -> list[Event]:
    return list(run.submit(run.person, text))


def said(events: list[Event]) -> str:
    return "\n".join(event.fact.text for event in events if isinstance(event.fact, f.Replied))


def silenced(run: Simulation) -> list[str]:
    return [alert.name for alert in run.view.firing if alert.silenced_by]


def test_a_silence_marks_the_alerts_that_it_covers_until_its_time_is_over(run: Simulation) -> None:
    given, added, marked = typed(run, "/silence PaymentProviderSlow 10m the provider says so")
    assert isinstance(added.fact, f.SilenceAdded)
    assert (added.actor, added.cause) == (run.person, given.seq)
    assert (added.fact.matchers, added.fact.comment) == (
        ('alertname="PaymentProviderSlow"',),
        "the provider says so",
    )
    assert (added.fact.starts_at, added.fact.ends_at) == (360, 960)
    assert isinstance(marked.fact, f.AlertSilenced)
    assert (marked.actor, marked.cause) == ("alertmanager", added.seq)
    assert silenced(run) == ["PaymentProviderSlow"]
    run.advance(961)
    ended = next(event for event, _ in run.log.of(f.SilenceExpired))
    assert (ended.t, ended.actor, ended.cause) == (960, "alertmanager", added.seq)
    assert silenced(run) == []
    assert run.view.open_silences == []


def test_what_would_hide_a_critical_alert_that_fires_waits_for_a_yes(run: Simulation) -> None:
    events = typed(run, "/silence team=platform 2h too loud")
    (asked,) = [event.fact for event in events if isinstance(event.fact, f.ConfirmationAsked)]
    assert "ShopErrorRatioHigh" in asked.consequence
    assert "2h" in asked.consequence
    assert run.view.silences == {}
    yes = typed(run, "yes")
    assert any(isinstance(event.fact, f.SilenceAdded) and event.cause == yes[0].seq for event in yes)
    assert "ShopErrorRatioHigh" in silenced(run)


def test_a_no_leaves_the_alerts_alone(run: Simulation) -> None:
    typed(run, "/silence ShopErrorRatioHigh 2h too loud")
    assert said(typed(run, "no")) == "left alone"
    assert run.view.silences == {}


def test_an_alert_that_fires_under_a_silence_is_marked_and_tells_nobody(run: Simulation) -> None:
    """OrdersApiErrors fires at 7:30, OrdersApiSlow has been told before."""
    typed(run, "/silence alertname=~OrdersApi.* 1h rebuilding")
    run.advance(1000)
    marked = [get(fact.labels, "alertname") for _, fact in run.log.of(f.AlertSilenced)]
    assert marked == ["OrdersApiSlow", "OrdersApiErrors"]
    told = [get(of, "alertname") for _, fact in run.log.of(f.Notified) for of in fact.alerts]
    assert "OrdersApiErrors" not in told
    typed(run, "/silence expire " + next(iter(run.view.silences))[:6])
    run.advance(1400)
    told = [get(of, "alertname") for _, fact in run.log.of(f.Notified) for of in fact.alerts]
    assert "OrdersApiErrors" in told


def test_silences_are_listed_with_the_beginning_of_their_ids(run: Simulation) -> None:
    assert said(typed(run, "/silence list")) == "no silence is active"
    typed(run, "/silence PaymentProviderSlow 10m")
    (name,) = run.view.silences
    listed = said(typed(run, "/silence"))
    assert listed.startswith(f'{name[:8]}  until +16:00  alertname="PaymentProviderSlow"')
    assert listed.endswith("without a comment")


def test_the_same_seed_gives_the_same_ids(drill: Drill, run: Simulation) -> None:
    other = Simulation(drill.scenario, drill.playbook, 7, prepared=drill.prepared)
    for each in (run, other):
        typed(each, "/silence a=1 10m x")
        typed(each, "/silence a=1 10m x")
    assert list(run.view.silences) == list(other.view.silences)
    assert len(run.view.silences) == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("/silence PaymentProviderSlow", "for how long?"),
        ("/silence 2h noise", "at least one matcher"),
        ("/silence a=~.* 2h noise", "must not match the empty text"),
        ("/silence a=~( 2h noise", "is not a regular expression"),
        ("/silence a=b 0s noise", "longer than 0s"),
        ("/silence a=b 9999d noise", "at most a year"),
        ("/silence expire", "usage: /silence expire ID"),
        ("/silence expire abc", "there is no silence 'abc'"),
    ],
)
def test_what_is_no_silence_is_answered_and_changes_nothing(run: Simulation, text: str, told: str) -> None:
    assert told in said(typed(run, text))
    assert run.view.silences == {}


@pytest.mark.parametrize(
    ("text", "matchers", "comment"),
    [
        ("A 2h", ['alertname="A"'], ""),
        ('A, b="x y" 2h why 3h', ['alertname="A"', 'b="x y"'], "why 3h"),
        ('{alertname="A", b=~"1|2"} 2h "why"', ['alertname="A"', 'b=~"1|2"'], "why"),
        ("b!=2h a=1 2h it's", ['b!="2h"', 'a="1"'], "it's"),
    ],
)
def test_the_first_duration_divides_matchers_from_comment(
    text: str, matchers: list[str], comment: str
) -> None:
    found, span, said = taken_apart(text)
    assert ([str(each) for each in found], span, said) == (matchers, 7200.0, comment)


def test_a_quote_that_is_not_closed_is_told() -> None:
    with pytest.raises(DrillbookError, match="for how long"):
        taken_apart('a="x 2h why')
