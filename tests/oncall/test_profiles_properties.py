"""What holds of every tool's pager whatever people and the calendar do."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from hypothesis import settings as limits
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from drillbook.errors import NotFound
from drillbook.oncall.page import ChangeKind, PageChange, PageState, Urgency, Why
from drillbook.oncall.pager import Pager
from tests.oncall.builders import PEOPLE, directory, layer, schedule
from tests.oncall.builders import rule as level
from tests.oncall.profiles import chain, goalert, model, opsgenie, persons

STARTS = (
    "2026-03-10T14:00:00+00:00",
    "2026-03-29T00:30:00+00:00",  # half an hour before the clocks go forward in Berlin
    "2026-10-25T00:30:00+00:00",  # and back
)
TURNS = {
    "changing": schedule(layer("ann", "bo", "cem", turn=86400, start="2026-01-05T02:30:00+01:00")),
    "short": schedule(layer("bo", "cem", turn=5400)),
    "empty": schedule(layer("dee", end="2026-02-01T00:00:00+00:00")),
    "hidden": schedule(
        layer("ann"),
        layer(
            "dee",
            restrictions=[
                {
                    "type": "daily_restriction",
                    "start_time_of_day": "22:00:00",
                    "duration_seconds": 5 * 3600,
                }
            ],
        ),
        overrides=[{"start": "2026-03-10T13:00:00+00:00", "end": "2026-03-10T14:20:00+00:00", "user": "cem"}],
    ),
}
NAMES = st.sampled_from([*PEOPLE, "primary"])
GOALERT = st.builds(
    lambda steps, repeat: goalert(*steps, repeat=repeat),
    st.lists(st.lists(NAMES, max_size=2), min_size=1, max_size=3),
    st.integers(-1, 2),
)
OPSGENIE = st.builds(
    lambda rules, repeat: opsgenie(*rules, repeat=repeat),
    st.lists(
        st.tuples(st.sampled_from([0, 5, 10]), NAMES, st.sampled_from(["acked", "closed"])),
        min_size=1,
        max_size=3,
    ),
    st.builds(
        lambda count, reset, close: {
            "waitInterval": 5,
            "count": count,
            "resetRecipientStates": reset,
            "closeAlertAfterAll": close,
        },
        st.integers(0, 2),
        st.booleans(),
        st.booleans(),
    ),
)
STEPS = st.sampled_from(
    [
        persons("ann"),
        persons("bo", "cem"),
        {"type": "wait", "duration": 300},
        {"type": "notify_on_call_from_schedule", "notify_on_call_from_schedule": "primary"},
        {"type": "notify_if_num_alerts_in_window", "num_alerts_in_window": 1, "num_minutes_in_window": 5},
        {
            "type": "notify_if_time_from_to",
            "notify_if_time_from": "15:00:00Z",
            "notify_if_time_to": "02:00:00Z",
        },
        {"type": "repeat_escalation"},
        {"type": "resolve"},
    ]
)
GRAFANA = st.builds(lambda steps: chain(*steps), st.lists(STEPS, min_size=1, max_size=5))
PAGERDUTY = st.builds(
    lambda levels, loops: {"id": "policy", "name": "P", "num_loops": loops, "escalation_rules": levels},
    st.lists(
        st.builds(
            lambda names, minutes, how: level(
                *names, minutes=minutes, escalation_rule_assignment_strategy=how
            ),
            st.lists(NAMES, min_size=1, max_size=2),
            st.sampled_from([1, 5]),
            st.sampled_from(["assign_to_everyone", "round_robin"]),
        ),
        min_size=1,
        max_size=3,
    ),
    st.integers(0, 2),
)
POLICIES = {"pagerduty": PAGERDUTY, "goalert": GOALERT, "opsgenie": OPSGENIE, "grafana-oncall": GRAFANA}
SUPPORT = {
    "support_hours": {
        "time_zone": "Etc/UTC",
        "start_time": "14:30:00",
        "end_time": "15:30:00",
        "days_of_week": [1, 2, 3, 4, 5, 6, 7],
    },
    "scheduled_actions": [{"at": {"name": "support_hours_start"}, "to_urgency": "high"}],
}
MOMENTS = st.integers(0, 90)


class AnyPagerMachine(RuleBasedStateMachine):
    """Commands, alerts and time in any order, under any tool's policy, with all that a calendar brings."""

    @initialize(
        profile=st.sampled_from(sorted(POLICIES)),
        start=st.sampled_from(STARTS),
        rota=st.sampled_from(sorted(TURNS)),
        calendar=st.tuples(
            st.lists(st.tuples(MOMENTS, st.integers(1, 40)), max_size=2), st.lists(MOMENTS, max_size=2)
        ),
        service=st.tuples(st.sampled_from([None, "2m", "30m"]), st.booleans()),
        data=st.data(),
    )
    def begin(
        self,
        profile: str,
        start: str,
        rota: str,
        calendar: tuple[list[tuple[int, int]], list[int]],
        service: tuple[str | None, bool],
        data: Any,
    ) -> None:
        (windows, edits), (timeout, supported) = calendar, service
        self.profile, self.start, self.now = profile, start, 0.0
        policies = POLICIES[profile]
        settings: dict[str, Any] = SUPPORT if supported and profile == "pagerduty" else {}
        if profile in ("pagerduty", "grafana-oncall"):
            settings = {**settings, "acknowledgement_timeout": timeout}
        self.model = model(
            data.draw(policies),
            settings,
            schedules=[TURNS[rota].model_dump(mode="json")],
            maintenance_windows=[
                {
                    "start_time": self.moment(60 * begins),
                    "end_time": self.moment(60 * (begins + lasts)),
                    "services": [{"id": "api"}],
                }
                for begins, lasts in windows
            ],
            policy_changes=[
                {"at": self.moment(60 * minute), "escalation_policy": data.draw(policies)} for minute in edits
            ],
        )
        self.windows = [(60.0 * begins, 60.0 * (begins + lasts)) for begins, lasts in windows]
        self.pager = self.made()
        self.history: list[tuple[str, tuple[Any, ...]]] = []
        self.changes: list[PageChange] = []
        self.acked: dict[str, bool] = {}

    def moment(self, seconds: float) -> str:
        return directory(model(goalert(())), self.start).at(seconds).isoformat()

    def made(self) -> Pager:
        return Pager(self.model, directory(self.model, self.start))

    def do(self, command: str, *given: Any) -> None:
        before = {page.id: page for page in self.pager.pages()}
        made = getattr(self.pager, command)(*given)
        self.history.append((command, given))
        self.changes += made
        for change in made:
            old = before.get(change.page)
            assert old is None or old.state is not PageState.RESOLVED, "nothing happens to a closed page"
            self.check(change)

    def check(self, change: PageChange) -> None:
        maintained = any(start <= change.t < end for start, end in self.windows)
        match change.kind:
            case ChangeKind.TRIGGERED:
                assert self.profile == "goalert" or not maintained
                self.acked[change.page] = False
            case ChangeKind.SUPPRESSED:
                assert maintained
            case ChangeKind.ACKNOWLEDGED:
                self.acked[change.page] = True
            case ChangeKind.ACK_TIMED_OUT:
                assert self.profile != "goalert"
                self.acked[change.page] = False
            case ChangeKind.REASSIGNED:
                self.acked[change.page] = self.acked[change.page] and self.profile != "pagerduty"
            case ChangeKind.ESCALATED:
                by_hand = change.why is Why.MANUAL
                assert by_hand or not self.acked[change.page] or self.profile == "opsgenie"
                assert self.profile != "goalert" or not maintained
                if self.profile != "opsgenie":
                    self.acked[change.page] = False
            case ChangeKind.NOTIFIED:
                assert change.user in PEOPLE
                assert self.profile != "goalert" or not maintained

    @rule(key=st.sampled_from("ab"), urgency=st.sampled_from(["high", "low"]), summary=st.sampled_from("xy"))
    def trigger(self, key: str, urgency: Urgency, summary: str) -> None:
        given = urgency if self.profile == "pagerduty" else "high"
        self.do("trigger", self.now, "api", key, summary, given, ())

    @precondition(lambda self: self.pager.pages())
    @rule(user=st.sampled_from(PEOPLE))
    def acknowledge(self, user: str) -> None:
        self.do("acknowledge", self.now, self.pager.pages()[-1].id, user)

    @precondition(lambda self: self.pager.pages())
    @rule(to=st.none() | st.integers(1, 3))
    def escalate(self, to: int | None) -> None:
        try:
            self.do("escalate", self.now, self.pager.pages()[-1].id, to)
        except NotFound:
            assert to is not None

    @precondition(lambda self: self.pager.pages())
    @rule(user=st.sampled_from(PEOPLE))
    def reassign(self, user: str) -> None:
        try:
            self.do("reassign", self.now, self.pager.pages()[-1].id, user)
        except NotFound:
            assert self.profile == "goalert"

    @precondition(lambda self: self.pager.pages())
    @rule(by=st.none() | st.sampled_from(PEOPLE))
    def resolve(self, by: str | None) -> None:
        self.do("resolve", self.now, self.pager.pages()[-1].id, by)

    @rule(pause=st.sampled_from([0, 1, 5, 60, 299, 300, 301, 2000]))
    def wait(self, pause: float) -> None:
        self.now += pause
        while (due := self.pager.next_time()) is not None and due <= self.now:
            self.do("take", due)

    @precondition(lambda self: (self.pager.next_time() or 0) > self.now)
    @rule()
    def go_to_the_next_instant(self) -> None:
        self.now = self.pager.next_time() or self.now

    @invariant()
    def the_next_time_is_never_in_the_past(self) -> None:
        due = self.pager.next_time()
        assert due is None or due >= self.now

    @invariant()
    def one_open_page_per_key(self) -> None:
        keys = [page.dedup_key for page in self.pager.pages() if page.state is not PageState.RESOLVED]
        assert len(keys) == len(set(keys))

    @invariant()
    def changes_come_in_the_order_of_their_times(self) -> None:
        times = [change.t for change in self.changes]
        assert times == sorted(times)

    @invariant()
    def a_closed_page_waits_for_nothing(self) -> None:
        for page in self.pager.pages():
            assert (page.state is PageState.RESOLVED) == (page.resolved_at is not None)
            assert page.state is not PageState.RESOLVED or page.next_time() is None

    def teardown(self) -> None:
        """The same commands give the same, however often the pager is woken between them."""
        if not hasattr(self, "pager"):
            return
        again = self.made()
        said: list[PageChange] = []
        for (name, given), (following, _) in pairwise([*self.history, ("", ())]):
            if name != "take" or following != "take":
                said += getattr(again, name)(*given)
        assert said == self.changes
        assert again.pages() == self.pager.pages()


TestAnyPager = AnyPagerMachine.TestCase
TestAnyPager.settings = limits(max_examples=60, stateful_step_count=25, deadline=None)
