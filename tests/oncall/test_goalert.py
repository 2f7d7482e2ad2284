"""GoAlert's policies: by name what its SQL does, and tick by tick against a model of that SQL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drillbook.errors import InvalidInput, NotFound
from drillbook.oncall.page import ChangeKind, PageState
from drillbook.oncall.pager import Pager
from tests.oncall.builders import PEOPLE, directory, layer, schedule
from tests.oncall.profiles import edit, goalert, model, script, window

OPENED = ("triggered", "notified ann@1")
TWO = (("ann",), ("bo",))


def test_steps_are_gone_through_repeat_times_more_and_then_it_stops() -> None:
    run = script(goalert(*TWO, repeat=1)).at(0).trigger().at(10_000)
    again = ("escalated 2>1", "notified ann@1", "escalated 1>2", "notified bo@2")
    run.expect(*OPENED, "escalated 1>2", "notified bo@2", *again, "exhausted")


def test_repeat_minus_1_never_stops() -> None:
    run = script(goalert(("ann",), repeat=-1)).at(0).trigger().at(300 * 50 + 1)
    assert run.changes[-1].kind is ChangeKind.NOTIFIED
    assert run.page.pass_ == 51


def test_a_step_with_nobody_is_entered_and_takes_its_time() -> None:
    run = script(goalert((), ("bo",))).at(0).trigger().at(299).expect("triggered")
    run.at(300).expect("escalated 1>2", "notified bo@2")


def test_with_nobody_at_any_step_the_alert_is_opened_and_exhausts_itself() -> None:
    script(goalert((), ())).at(0).trigger().at(600).expect("triggered", "escalated 1>2", "exhausted")


def test_an_acknowledgement_only_suspends_and_never_times_out() -> None:
    run = script(goalert(*TWO)).at(0).trigger().at(299).ack("ann").expect(*OPENED, "acknowledged ann")
    assert run.pager.next_time() is None


@pytest.mark.parametrize("at", [299, 300])
def test_ack_before_or_at_the_escalation_instant_stops_it(at: float) -> None:
    script(goalert(*TWO)).at(0).trigger().at(at).ack("ann").expect(*OPENED, "acknowledged ann")


def test_force_while_acked_triggers_the_alert_again_at_the_next_step() -> None:
    run = script(goalert(*TWO)).at(0).trigger().ack("ann").at(1000).escalate()
    run.expect(*OPENED, "acknowledged ann", "escalated 1>2 by hand", "notified bo@2")
    assert (run.page.state, run.page.assigned) == (PageState.TRIGGERED, ("bo",))


def test_force_after_the_repetitions_are_used_up_goes_to_the_first_step_and_counts_as_a_loop() -> None:
    run = script(goalert(*TWO, repeat=0)).at(0).trigger().at(700)
    run.expect(*OPENED, "escalated 1>2", "notified bo@2", "exhausted")
    run.escalate().expect("escalated 2>1 by hand", "notified ann@1")
    run.at(5000).expect("escalated 1>2", "notified bo@2", "exhausted")
    assert run.page.pass_ == 2


def test_a_forced_wrap_uses_a_repetition_up() -> None:
    run = script(goalert(("ann",), repeat=1)).at(0).trigger().at(10).escalate().at(5000)
    run.expect(*OPENED, "escalated 1>1 by hand", "notified ann@1", "exhausted")


def test_force_to_a_named_step_and_giving_it_to_somebody_are_not_known_to_goalert() -> None:
    run = script(goalert(*TWO)).at(0).trigger()
    with pytest.raises(NotFound, match="next step only"):
        run.escalate(2)
    with pytest.raises(NotFound, match="by name"):
        run.reassign("bo")


def test_earlier_people_keep_the_alert_when_it_escalates() -> None:
    run = script(goalert(*TWO)).at(0).trigger().at(301)
    assert run.page.assigned == ("ann", "bo")


def test_an_edited_policy_begins_at_its_first_step() -> None:
    new = goalert(("cem",), ("dee",))
    run = script(goalert(*TWO, ("dee",)), policy_changes=[edit("14:06:40", new)]).at(0).trigger().at(400)
    run.expect(*OPENED, "escalated 1>2", "notified bo@2", "restarted", "notified cem@1")
    run.at(700).expect("escalated 1>2", "notified dee@2")


def test_an_edited_policy_leaves_an_acknowledged_alert_suspended_until_it_is_forced() -> None:
    new = goalert(("cem",), ("dee",))
    run = script(goalert(*TWO), policy_changes=[edit("14:01:00", new)]).at(0).trigger().ack("ann").at(5000)
    run.expect(*OPENED, "acknowledged ann", "restarted")
    run.escalate().expect("escalated 0>1 by hand", "notified cem@1")


def test_an_alert_in_maintenance_opens_and_escalates_when_maintenance_ends() -> None:
    run = script(goalert(*TWO), maintenance_windows=[window("13:00:00", "14:10:00")]).at(0).trigger()
    run.at(599).expect("triggered").at(600).expect("notified ann@1").at(900).expect(
        "escalated 1>2", "notified bo@2"
    )


def test_a_step_overdue_at_the_end_of_maintenance_comes_at_once() -> None:
    run = script(goalert(*TWO), maintenance_windows=[window("14:02:00", "14:20:00")]).at(0).trigger()
    run.at(1199).expect(*OPENED).at(1200).expect("escalated 1>2", "notified bo@2")


def test_what_is_forced_in_maintenance_waits_for_its_end_even_when_acknowledged() -> None:
    run = script(goalert(*TWO), maintenance_windows=[window("14:02:00", "14:20:00")]).at(0).trigger()
    run.at(200).escalate().ack("ann").at(1199).expect(*OPENED, "acknowledged ann")
    run.at(1200).expect("escalated 1>2 by hand", "notified bo@2")


def test_closing_forgets_the_state() -> None:
    run = script(goalert(*TWO)).at(0).trigger().at(310).resolve("bo").trigger()
    run.expect(*OPENED, "escalated 1>2", "notified bo@2", "resolved bo", *OPENED)


def test_a_duplicate_key_opens_no_second_alert() -> None:
    run = script(goalert(*TWO)).at(0).trigger().at(10).trigger().expect(*OPENED)
    assert len(run.pager.pages()) == 1


def test_who_comes_on_call_is_paged_only_by_the_next_step() -> None:
    turns = schedule(layer("ann", "bo", start="2026-03-09T15:00:00+00:00"))
    run = script(goalert(("primary",), repeat=1), schedules=[turns.model_dump(mode="json")])
    run.at(3500).trigger().at(3799).expect(*OPENED).at(3800).expect("escalated 1>1", "notified bo@1")


def test_the_same_person_at_two_steps_is_notified_at_both() -> None:
    script(goalert(("ann",), ("ann",))).at(0).trigger().at(300).expect(
        *OPENED, "escalated 1>2", "notified ann@2"
    )


def test_settings_that_goalert_does_not_have_are_refused() -> None:
    given = {"acknowledgement_timeout": "5m", "support_hours": None}
    of = model(goalert(*TWO), given)
    with pytest.raises(InvalidInput) as caught:
        Pager(of, directory(of))
    said = "\n".join(problem.message for problem in caught.value.problems)
    assert "acknowledgements do not time out" in said
    assert "only PagerDuty knows `support_hours`" in said


@dataclass
class Row:
    """A row of escalation_policy_state joined with its alert."""

    step: int = -1
    last: int | None = None
    next: int | None = None
    force: bool = False
    loops: int = 0
    status: str = "triggered"


class Sql:
    """GoAlert's rule as its SQL states it, run once a minute; written without the engine at hand."""

    def __init__(self, delays: list[int], repeat: int, maintenance: list[tuple[int, int]]) -> None:
        self.delays, self.repeat, self.maintenance = delays, repeat, maintenance
        self.row: Row | None = None
        self.entered: list[tuple[int, int]] = []

    def tick(self, now: int) -> None:
        row = self.row
        if row is None or any(start <= now < end for start, end in self.maintenance):
            return
        if row.status != "triggered" and not row.force:
            return
        if row.last is None:
            self.enter(row, 0, now)
        elif row.force or (row.next is not None and row.next <= now):
            if row.step + 1 < len(self.delays):
                self.enter(row, row.step + 1, now)
            elif row.force or self.repeat == -1 or row.loops < self.repeat:
                row.loops += 1
                self.enter(row, 0, now)

    def enter(self, row: Row, step: int, now: int) -> None:
        row.step, row.last, row.next = step, now, now + self.delays[step]
        row.force, row.status = False, "triggered"
        self.entered.append((now, step))


ACTIONS = st.sampled_from(
    ["", "", "", "", "", "trigger", "trigger", "ack", "ack", "force", "force", "close", "edit"]
)


@given(
    st.lists(st.tuples(st.integers(1, 4), st.booleans()), min_size=1, max_size=4),
    st.integers(-1, 2),
    st.lists(st.tuples(st.integers(0, 100), st.integers(1, 30)), max_size=2),
    st.lists(ACTIONS, min_size=60, max_size=140),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_tick_by_tick_the_pager_does_what_the_sql_does(
    steps: list[tuple[int, bool]], repeat: int, windows: list[tuple[int, int]], actions: list[str]
) -> None:
    """Some 6,000 ticks of a minute: the same people are paged at the same time, whatever others do."""
    edits = [minute for minute, action in enumerate(actions) if action == "edit"]
    policy = goalert((), repeat=repeat) | {
        "steps": [
            {
                "delayMinutes": delay,
                "targets": [{"id": PEOPLE[number], "type": "user"}] if somebody else [],
            }
            for number, (delay, somebody) in enumerate(steps)
        ]
    }
    spans = [(start, start + length) for start, length in windows]
    of = model(
        policy,
        maintenance_windows=[window(_clock(start), _clock(end)) for start, end in spans],
        policy_changes=[edit(_clock(minute), policy) for minute in edits],
    )
    pager, sql = Pager(of, directory(of)), Sql([delay for delay, _ in steps], repeat, spans)
    paged: list[tuple[int, str | None]] = []
    for minute, action in enumerate(actions):
        changes = _act(pager, sql, action, minute * 60.0) + pager.take(minute * 60.0)
        sql.tick(minute)
        paged += [(minute, each.user) for each in changes if each.kind is ChangeKind.NOTIFIED]
        assert paged == [(now, PEOPLE[step]) for now, step in sql.entered if steps[step][1]]
        if sql.row is not None:
            here, row = pager.pages()[-1], sql.row
            assert (here.level - 1, here.pass_ - 1) == (row.step, row.loops)
            assert (here.state is PageState.TRIGGERED) == (row.status == "triggered")


def _clock(minute: int) -> str:
    return f"{14 + minute // 60:02}:{minute % 60:02}:00"


def _act(pager: Pager, sql: Sql, action: str, t: float) -> list[Any]:
    """The same act on both; what the calendar brings comes with the tick."""
    row = sql.row
    if action == "edit" and row is not None:
        row.step, row.last, row.next, row.force, row.loops = -1, None, None, False, 0
        return []
    if action == "trigger":
        if row is None:
            sql.row = Row()
        return pager.trigger(t, "api", "key", "down", "high", ())
    if row is None:
        return []
    page = pager.pages()[-1].id
    if action == "ack":
        row.status = "active"
        return pager.acknowledge(t, page, "ann")
    if action == "force":
        row.force = True
        return pager.escalate(t, page)
    if action == "close":
        sql.row = None
        return pager.resolve(t, page, "ann")
    return []
