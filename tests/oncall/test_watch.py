"""When triggers begin to hold; the page comes at 100 s unless said otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from drillbook.events import facts as f
from drillbook.events.event import Event
from drillbook.model.labels import labels
from drillbook.model.playbook import Playbook
from drillbook.model.trigger import Trigger
from drillbook.oncall.watch import Impact, Watch

_FILE = Path(__file__).parents[2] / "playbooks" / "novacron.yaml"
NOVACRON = Playbook.model_validate(yaml.safe_load(_FILE.read_text(encoding="utf-8")))
"""P0 (also called SEV-1) is to be resolved within 5 minutes, P1 within 15."""


class Story:
    """Events fed to a watch, and what begins."""

    def __init__(self, when: dict[str, Any], severity: str = "SEV-1", nature: tuple[str, ...] = ()) -> None:
        trigger = Trigger.model_validate({"id": "t", "rule": "r", "when": when, "escalate_to": ["lead"]})
        self.watch = Watch(NOVACRON, [trigger], ("ann", "bo"), severity, nature)
        self.seq = 0

    def at(self, t: float, fact: f.Fact, actor: str = "pager") -> Story:
        self.seq += 1
        self.watch.see(Event(self.seq, t, actor, None, "everyone", fact))
        return self

    def paged(self, t: float = 100.0, page: str = "P1") -> Story:
        return self.at(t, f.PageChanged(page, "triggered"))

    @property
    def due(self) -> float | None:
        return self.watch.next_time()


def acked(page: str = "P1") -> f.PageChanged:
    return f.PageChanged(page, "acknowledged", user="ann")


def test_nothing_holds_before_the_page_and_after_the_end() -> None:
    story = Story({"kind": "unresolved", "after": "10m"})
    assert story.due is None
    assert story.paged().due == 700
    assert story.at(200, f.IncidentResolved("done"), "ann").due is None
    assert story.at(250, f.IncidentReopened("still fires"), "engine").due == 700
    assert story.at(300, f.ImpactChanged(suffering=False, error_ratio=0.0), "world").due is None


def test_a_trigger_begins_once() -> None:
    story = Story({"kind": "unresolved", "after": "10m"}).paged()
    assert [began.t for began in story.watch.take(700)] == [700]
    assert story.watch.take(9000) == []
    assert story.due is None


def test_unresolved_goes_by_the_target_of_the_severity_in_force() -> None:
    story = Story({"kind": "unresolved"}).paged()
    assert story.due == 400
    assert story.at(150, f.IncidentDeclared("P1", "x"), "ann").due == 1000
    story.at(500, f.SeverityChanged("P0"), "ann")
    assert [began.t for began in story.watch.take(500)] == [500], "overdue at once, and not before"


def test_a_severity_holds_by_right_until_another_is_declared() -> None:
    story = Story({"kind": "severity", "severities": ["P0"]}).paged()
    assert story.due == 100
    assert story.at(120, f.IncidentDeclared("P1", "x"), "ann").due is None


def test_unacknowledged_counts_from_the_oldest_open_page_nobody_took() -> None:
    story = Story({"kind": "unacknowledged", "after": "15m"}).paged().paged(200, "P2")
    assert story.due == 1000
    assert story.at(300, acked(), "ann").due == 1100
    assert story.at(350, acked("P2"), "ann").due is None
    assert story.at(2000, f.PageChanged("P1", "ack-timed-out")).due == 2900


def test_progress_is_what_people_do_and_not_what_programs_report() -> None:
    story = Story({"kind": "no-progress", "after": "10m"}).paged()
    assert story.at(200, f.NoteTaken("looking"), "ann").due == 800
    assert story.at(300, f.MessagePosted("#alerts", "x"), "alertmanager").due == 800
    assert story.at(400, acked(), "bo").due == 1000


def test_a_stated_cause_ends_the_wait_for_one() -> None:
    story = Story({"kind": "cause-unknown", "after": "60m"}).paged()
    assert story.due == 3700
    assert story.at(200, f.CauseStated("the release"), "ann").due is None


def tried(story: Story, t: float, *, ok: bool, actor: str = "ann") -> Story:
    story.at(t, f.ActionStarted("A1", "restart", "api", "", "restart"), actor)
    return story.at(t + 10, f.ActionFinished("A1", ok, "done"), "world")


def test_a_failed_remedy_fails_at_once_and_one_without_effect_after_five_minutes() -> None:
    hurt = f.ImpactChanged(suffering=True, error_ratio=0.4)
    for ok, due in ((False, 210.0), (True, 510.0)):
        story = Story({"kind": "remediation-failed"}).paged().at(110, hurt, "world")
        assert tried(story, 200, ok=ok).due == due
    assert story.at(300, f.ImpactChanged(suffering=False, error_ratio=0.0), "world").due is None


def test_what_programs_roll_out_is_no_remedy() -> None:
    story = Story({"kind": "remediation-failed"}).paged()
    story.at(110, f.ImpactChanged(suffering=True, error_ratio=0.4), "world")
    assert tried(story, 200, ok=False, actor="ci-bot").due is None


def test_several_services_are_counted_by_their_critical_alerts() -> None:
    story = Story({"kind": "several-services", "count": 2}).paged()
    for t, state, name, severity, begun in (
        (110, "firing", "a", "critical", False),
        (120, "firing", "b", "warning", False),
        (130, "firing", "b", "critical", True),
        (140, "inactive", "b", "critical", False),
    ):
        which = labels(alertname="Down", job=name, severity=severity)
        story.at(t, f.AlertChanged(state, which, (), 1.0, t), "prometheus")  # type: ignore[arg-type]
        assert (story.due is not None) is begun, t


def test_several_pages_are_those_open_at_once() -> None:
    story = Story({"kind": "several-pages", "count": 2, "severities": ["P0"]}).paged()
    assert story.due is None
    assert story.paged(200, "P2").due == 100
    assert [began.t for began in story.watch.take(200)] == [200]
    story = Story({"kind": "several-pages", "count": 2}).paged().at(150, f.PageChanged("P1", "resolved"))
    assert story.paged(200, "P2").due is None


@pytest.mark.parametrize(
    ("kind", "impact"),
    [
        ("users-affected", Impact(101, 0, 0)),
        ("revenue-lost", Impact(0, 101, 0)),
        ("revenue-per-hour", Impact(0, 0, 101)),
    ],
)
def test_impact_holds_from_the_first_measure_above_the_limit(kind: str, impact: Impact) -> None:
    story = Story({"kind": kind, "above": 100}).paged()
    assert story.watch.needs_impact
    story.watch.measure(150, Impact(100, 100, 100))
    assert story.due is None
    story.watch.measure(200, impact)
    story.watch.measure(250, impact)
    assert [began.t for began in story.watch.take(250)] == [200]


def test_the_nature_of_an_incident_is_what_its_scenario_says() -> None:
    when = {"kind": "nature", "of": ["security", "data-loss"]}
    assert Story(when, nature=("data-loss",)).paged().due == 100
    assert Story(when, nature=("public",)).paged().due is None
