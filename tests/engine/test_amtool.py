"""amtool in the simulated shell: the real tool's columns, words and refusals (held to amtool 0.25)."""

from __future__ import annotations

import re

import pytest

from drillbook.cli.drill import Drill, open_drill
from drillbook.engine.simulation import Simulation
from drillbook.events import facts as f


@pytest.fixture(scope="module")
def drill() -> Drill:
    return open_drill("db-pool-exhaustion", None, ())


@pytest.fixture
def run(drill: Drill) -> Simulation:
    """Six minutes in: ShopErrorRatioHigh (critical) and PaymentProviderSlow (a warning) fire."""
    simulation = Simulation(drill.scenario, drill.playbook, 7, prepared=drill.prepared)
    simulation.advance(360)
    return simulation


def answered(run: Simulation, command: str) -> str:
    before = len(run.log)
    run.submit(run.person, command)
    run.advance(run.now + 2)
    return "".join(fact.output for event, fact in run.log.of(f.ProbeAnswered) if event.seq > before)


def cells(text: str) -> list[list[str]]:
    return [re.split(r"\s{2,}", line.rstrip()) for line in text.splitlines()]


def test_alerts_are_listed_as_amtool_does_oldest_first(run: Simulation) -> None:
    said = answered(run, "amtool alert query")
    assert cells(said)[0] == ["Alertname", "Starts At", "Summary", "State"]
    rows = cells(said)[1:]
    assert rows[0][:2] == ["PaymentProviderSlow", "2026-03-10 14:20:30 UTC"]
    assert {row[-1] for row in rows} == {"active"}
    assert len({len(line) for line in said.splitlines()}) == 1
    assert said.splitlines()[0].endswith("State   ")
    assert answered(run, "amtool alert") == answered(run, "amtool alert query")
    assert [row[0] for row in cells(answered(run, "amtool alert query severity=critical"))[1:]] == [
        "ShopErrorRatioHigh"
    ]


def test_a_silence_is_added_by_its_matchers_and_answers_with_its_id(run: Simulation) -> None:
    name = answered(
        run, "amtool silence add PaymentProviderSlow 'pod!~\"a|b\"' -c 'vendor knows' -d 30m -a ann"
    )
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", name)
    head, row = cells(answered(run, "amtool silence query"))
    assert head == ["ID", "Matchers", "Ends At", "Created By", "Comment"]
    matchers = 'alertname="PaymentProviderSlow" pod!~"a|b"'
    assert row == [name, matchers, "2026-03-10 14:54:00 UTC", "ann", "vendor knows"]
    shown = cells(answered(run, "amtool alert query -s"))
    assert [(row[0], row[-1]) for row in shown[1:]] == [("PaymentProviderSlow", "suppressed")]
    assert "PaymentProviderSlow" not in answered(run, "amtool alert query")
    assert answered(run, "amtool silence query -q") == name
    assert answered(run, "amtool silence query --within 10m -q") == ""
    assert answered(run, "amtool silence query OrdersApiSlow -q") == ""
    assert answered(run, f"amtool silence expire {name}") == ""
    assert cells(answered(run, "amtool silence query"))[1:] == []
    assert cells(answered(run, "amtool silence query --expired"))[1][0] == name
    assert "PaymentProviderSlow" in answered(run, "amtool alert query")


def test_the_author_is_who_types_and_the_duration_an_hour(run: Simulation) -> None:
    answered(run, "amtool silence add a=1 --comment=x")
    (silence,) = run.view.open_silences
    assert (silence.created_by, silence.ends_at - silence.starts_at) == ("primary", 3600)


def test_a_silence_may_begin_later(run: Simulation) -> None:
    answered(
        run,
        "amtool silence add PaymentProviderSlow -c x --start 2026-03-10T14:30:00Z --end 2026-03-10T14:40:00Z",
    )
    assert not any(alert.silenced_by for alert in run.view.firing)
    run.advance(721)
    assert [alert.name for alert in run.view.firing if alert.silenced_by] == ["PaymentProviderSlow"]
    run.advance(1321)
    assert not any(alert.silenced_by for alert in run.view.firing)


def test_what_would_hide_a_critical_alert_that_fires_asks_first(run: Simulation) -> None:
    assert answered(run, "amtool silence add ShopErrorRatioHigh -c loud") == ""
    assert run.view.confirm is not None
    assert len(answered(run, "yes")) == 36


def test_it_can_be_piped(run: Simulation) -> None:
    assert answered(run, "amtool alert query | grep -c Shop") == "2"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("silence add a=1", "amtool: error: comment required by config"),
        ("silence add -c x", "amtool: error: no matchers specified"),
        ("silence add a=1 -c x -d 9q", 'amtool: error: not a valid duration string: "9q"'),
        ("silence add a=1 -c x -d 0s", "amtool: error: silence duration must be greater than 0"),
        ("silence add A B -c x", "amtool: error: 'B' is not a matcher"),
        ("silence add 'x=~.*' -c x", "amtool: error: at least one matcher must not match the empty"),
        ("silence add a=1 -c x --start soon", 'amtool: error: cannot parse "soon"'),
        ("silence expire", "amtool: error: no silence IDs specified"),
        ("silence expire abc", "amtool: error: there is no silence 'abc'"),
        ("alert query -o json", "amtool: error: the only output here is simple"),
        ("config show", "amtool: error: what works here is"),
        ("silence add --colour", "amtool: unrecognized option '--colour'"),
    ],
)
def test_what_it_refuses_is_told_in_its_own_words(run: Simulation, command: str, said: str) -> None:
    assert answered(run, f"amtool {command}").startswith(said)
    assert run.view.silences == {}
