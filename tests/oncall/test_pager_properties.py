"""What holds of the pager whatever people do."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from drillbook.model.policies.pagerduty import PagerDutyPolicy
from drillbook.model.policy import OnCall
from drillbook.oncall.page import ChangeKind, Page, PageChange, PageState, Urgency, Why
from drillbook.oncall.pager import Pager
from tests.oncall.builders import PEOPLE, directory, layer, on_call, schedule
from tests.oncall.builders import rule as level

NOBODY = schedule(layer("dee", end="2026-02-01T00:00:00+00:00"))
LEVELS = st.builds(
    lambda targets, minutes, strategy: level(
        *targets, minutes=minutes, escalation_rule_assignment_strategy=strategy
    ),
    st.lists(st.sampled_from([*PEOPLE, "primary"]), min_size=1, max_size=3),
    st.sampled_from([0, 1, 5]),
    st.sampled_from(["assign_to_everyone", "round_robin"]),
)
MODELS = st.builds(
    lambda levels, loops, ack, auto: on_call(
        *levels, num_loops=loops, schedules=[NOBODY], acknowledgement_timeout=ack, auto_resolve_timeout=auto
    ),
    st.lists(LEVELS, min_size=1, max_size=4),
    st.integers(0, 3),
    st.sampled_from([None, "2m", "30m"]),
    st.sampled_from([None, "10m", "4h"]),
)
NUMBERS = st.integers(0, 50)


@given(st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=4), st.integers(0, 4))
def test_without_an_answer_there_are_passes_times_levels_notifications(users: list[str], loops: int) -> None:
    model = on_call(*(level(user) for user in users), num_loops=loops, auto_resolve_timeout=None)
    pager = Pager(model, directory(model))
    changes = pager.trigger(0.0, "api", "key", "down", "high", ())
    changes += pager.take(1e6)
    notified = [
        (change.t, change.level, change.user) for change in changes if change.kind is ChangeKind.NOTIFIED
    ]
    steps = [(number, user) for _ in range(loops + 1) for number, user in enumerate(users, 1)]
    assert notified == [(300.0 * turn, number, user) for turn, (number, user) in enumerate(steps)]
    assert [change.kind for change in changes].count(ChangeKind.EXHAUSTED) == 1


class PagerMachine(RuleBasedStateMachine):
    """Triggers, people's commands and the passing of time in any order."""

    @initialize(model=MODELS)
    def begin(self, model: OnCall) -> None:
        self.model, self.now = model, 0.0
        self.pager = Pager(model, directory(model))
        self.history: list[tuple[str, tuple[Any, ...]]] = []
        self.changes: list[PageChange] = []
        self.ringing: dict[str, bool] = {}
        policy = model.escalation_policies[0]
        assert isinstance(policy, PagerDutyPolicy)
        self.levels, self.passes = len(policy.escalation_rules), policy.num_loops + 1

    def do(self, command: str, *given: Any) -> None:
        before = {page.id: page for page in self.pager.pages()}
        made = getattr(self.pager, command)(*given)
        self.history.append((command, given))
        self.changes += made
        for change in made:
            self.check(change, before.get(change.page))

    def check(self, change: PageChange, before: Page | None) -> None:
        """Rules of single changes, in the order in which they come."""
        acked = self.ringing.get(change.page)
        match change.kind:
            case ChangeKind.TRIGGERED:
                assert before is None
                self.ringing[change.page] = True
            case ChangeKind.ACKNOWLEDGED:
                self.ringing[change.page] = False
            case ChangeKind.ACK_TIMED_OUT | ChangeKind.REASSIGNED:
                self.ringing[change.page] = True
            case ChangeKind.ESCALATED:
                assert change.why is Why.MANUAL or acked, "an acknowledged page does not escalate by itself"
                assert change.after is not None
                assert change.why is Why.MANUAL or change.after.urgency == "high"
                self.ringing[change.page] = True
            case ChangeKind.NOTIFIED:
                assert acked, "nobody is notified between an acknowledgement and its timeout"
            case ChangeKind.RESOLVED:
                del self.ringing[change.page]

    @rule(key=st.sampled_from("abc"), urgency=st.sampled_from(["high", "low"]), summary=st.sampled_from("xy"))
    def trigger(self, key: str, urgency: Urgency, summary: str) -> None:
        self.do("trigger", self.now, "api", key, summary, urgency, ())

    def some_page(self, number: int) -> str:
        pages = self.pager.pages()
        return pages[number % len(pages)].id

    @precondition(lambda self: self.pager.pages())
    @rule(number=NUMBERS, user=st.sampled_from(PEOPLE))
    def acknowledge(self, number: int, user: str) -> None:
        self.do("acknowledge", self.now, self.some_page(number), user)

    @precondition(lambda self: self.pager.pages())
    @rule(number=NUMBERS, to=st.none() | NUMBERS)
    def escalate(self, number: int, to: int | None) -> None:
        to = None if to is None else to % self.levels + 1
        self.do("escalate", self.now, self.some_page(number), to)

    @precondition(lambda self: self.pager.pages())
    @rule(number=NUMBERS, user=st.sampled_from(PEOPLE))
    def reassign(self, number: int, user: str) -> None:
        self.do("reassign", self.now, self.some_page(number), user)

    @precondition(lambda self: self.pager.pages())
    @rule(number=NUMBERS, by=st.none() | st.sampled_from(PEOPLE))
    def resolve(self, number: int, by: str | None) -> None:
        self.do("resolve", self.now, self.some_page(number), by)

    @rule(pause=st.sampled_from([0, 1, 60, 299, 300, 301, 2000]))
    def wait(self, pause: float) -> None:
        self.now += pause
        while (due := self.pager.next_time()) is not None and due <= self.now:
            self.do("take", due)

    @precondition(lambda self: self.pager.next_time() is not None)
    @rule()
    def go_to_the_next_instant(self) -> None:
        due = self.pager.next_time()
        assert due is not None
        self.now = due

    @invariant()
    def the_next_time_is_never_in_the_past(self) -> None:
        due = self.pager.next_time()
        assert due is None or due >= self.now

    @invariant()
    def levels_and_passes_are_those_of_the_policy(self) -> None:
        for page in self.pager.pages():
            assert 1 <= page.level <= self.levels
            assert 1 <= page.pass_ <= self.passes
            assert page.assigned

    @invariant()
    def escalation_by_timeout_goes_forward(self) -> None:
        for change in self.changes:
            if change.kind is ChangeKind.ESCALATED and change.why is Why.TIMEOUT:
                assert change.after is not None
                assert change.level is not None
                assert change.from_level is not None
                assert change.level > change.from_level or change.after.pass_ > 1

    @invariant()
    def a_page_waits_for_what_its_state_allows(self) -> None:
        for page in self.pager.pages():
            acked = page.state is PageState.ACKNOWLEDGED
            assert page.state is PageState.RESOLVED or acked == (page.acknowledged_by is not None)
            assert page.escalates_at is None or page.state is PageState.TRIGGERED
            assert page.ack_expires_at is None or acked
            assert (page.resolved_at is not None) == (page.state is PageState.RESOLVED)
            assert page.state is not PageState.RESOLVED or page.next_time() is None

    @invariant()
    def one_open_page_per_key(self) -> None:
        keys = [page.dedup_key for page in self.pager.pages() if page.state is not PageState.RESOLVED]
        assert len(keys) == len(set(keys))

    def teardown(self) -> None:
        if not hasattr(self, "pager"):
            return
        again = Pager(self.model, directory(self.model))
        replayed = [change for name, given in self.history for change in getattr(again, name)(*given)]
        assert replayed == self.changes
        assert again.pages() == self.pager.pages()


TestPager = PagerMachine.TestCase
TestPager.settings = settings(max_examples=50, stateful_step_count=25, deadline=None)
