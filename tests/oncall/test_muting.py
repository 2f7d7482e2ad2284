"""Inhibition, time intervals and silences in the dispatcher: who hears what, and when."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillbook.errors import DrillbookError
from drillbook.model.labels import Labels, labels
from drillbook.model.routing import InhibitRule
from drillbook.oncall.dispatch import Dispatcher
from drillbook.oncall.inhibition import Inhibitor, compile_inhibition
from drillbook.oncall.matchers import matches
from drillbook.oncall.muting import Muting
from drillbook.oncall.notification import AlertRef, LastNotification, Notification, why_notify
from drillbook.oncall.routing import compile_routing
from drillbook.oncall.silences import Silence, Silences, typed_matchers
from tests.oncall.builders import AlertScript, routing

CRITICAL_OVER_WARNING = [
    {"source_matchers": ["severity=critical"], "target_matchers": ["severity=warning"], "equal": ["zone"]}
]
GROUPED: dict[str, Any] = {"group_by": ["alertname"], "inhibit_rules": CRITICAL_OVER_WARNING}


def test_a_graver_alert_with_equal_labels_keeps_a_lesser_one_from_being_told() -> None:
    script = AlertScript(**GROUPED)
    script.at(0).fire("C", severity="critical", zone="1")
    script.fire("W", severity="warning", zone="1").fire("X", severity="warning", zone="2")
    script.at(30).expect("30 root C: first", "30 root X: first")


def test_labels_that_both_lack_are_equal() -> None:
    script = AlertScript(**GROUPED)
    script.at(0).fire("C", severity="critical").fire("W", severity="warning").at(1000)
    script.expect("30 root C: first")


def test_once_the_graver_alert_is_over_the_lesser_one_is_told_at_its_next_tick() -> None:
    script = AlertScript(**GROUPED)
    script.at(0).fire("C", severity="critical").fire("W", severity="warning")
    script.at(30).expect("30 root C: first")
    script.at(400).clear("C", severity="critical").at(630).expect(
        "630 root -C: all resolved", "630 root W: first"
    )


def test_what_resolves_while_it_is_inhibited_is_never_told() -> None:
    script = AlertScript(**GROUPED)
    script.at(0).fire("W", severity="warning").at(30).expect("30 root W: first")
    script.at(40).fire("C", severity="critical").at(70).expect("70 root C: first")
    script.at(80).clear("W", severity="warning").at(5000).expect()


def test_an_alert_on_both_sides_of_a_rule_does_not_inhibit_itself_or_its_like() -> None:
    rule = {"source_matchers": ["x=~.+"], "target_matchers": ["y=~.+"]}
    script = AlertScript(inhibit_rules=[rule])
    script.at(0).fire("A", x="1", y="1").fire("B", x="2", y="2").at(30).expect("30 root A B: first")
    script.at(31).fire("C", x="1").at(330).expect("330 root C: new alerts")


def test_older_spellings_of_a_rule_mean_the_same() -> None:
    older = {"source_match": {"severity": "critical"}, "target_match_re": {"severity": "warn.*"}}
    script = AlertScript(group_by=["alertname"], inhibit_rules=[older])
    script.at(0).fire("C", severity="critical").fire("W", severity="warning").at(1000)
    script.expect("30 root C: first")


def test_a_silenced_alert_is_told_when_the_silence_ends_at_the_next_tick() -> None:
    script = AlertScript()
    script.at(0).silence("A", lasts=400).fire("A").at(700).expect("630 root A: first")


def test_a_silence_that_ends_on_a_tick_no_longer_counts() -> None:
    script = AlertScript()
    script.at(0).silence("A", lasts=330).fire("A").at(400).expect("330 root A: first")


def test_ending_a_silence_by_hand_counts_at_once() -> None:
    script = AlertScript()
    script.at(0).silence("A", lasts=9000).fire("A").at(30).expire().expect("30 root A: first")


def test_a_silence_keeps_repetitions_and_resolutions_back() -> None:
    script = AlertScript(group_interval="100s", repeat_interval="250s")
    script.at(0).fire("A").at(30).expect("30 root A: first")
    script.at(40).silence("A", lasts=1000).at(1039).expect()
    script.at(1200).expect("1130 root A: repeat")
    script.at(1201).silence("A", lasts=1000).clear("A").at(5000).expect()


def test_only_those_alerts_of_a_group_are_silenced_that_match() -> None:
    script = AlertScript()
    script.at(0).silence("pod=~1|2", lasts=9000).fire("A", pod="1").fire("B", pod="3")
    script.at(30).expect("30 root B: first")


def test_a_silenced_alert_inhibits_all_the_same() -> None:
    script = AlertScript(**GROUPED)
    script.at(0).silence("C", lasts=9000).fire("C", severity="critical").fire("W", severity="warning")
    script.at(5000).expect()


def test_a_route_is_muted_in_its_time_interval_and_told_at_the_first_tick_after_it() -> None:
    """The script starts at 14:00; the interval ends at 14:10."""
    break_ = {"name": "break", "time_intervals": [{"times": [{"start_time": "14:00", "end_time": "14:10"}]}]}
    route = {"receiver": "a", "mute_time_intervals": ["break"]}
    script = AlertScript(routes=[route], time_intervals=[break_])
    script.at(0).fire("A").at(629).expect().at(700).expect("630 a A: first")


def test_a_route_with_active_times_is_told_only_in_them() -> None:
    noon = {"name": "noon", "time_intervals": [{"times": [{"start_time": "14:05", "end_time": "14:10"}]}]}
    route = {"receiver": "a", "active_time_intervals": ["noon"]}
    script = AlertScript(routes=[route], time_intervals=[noon])
    script.at(0).fire("A").at(400).expect("330 a A: first")
    script.at(401).fire("B").at(5000).expect()


def test_time_intervals_are_not_inherited() -> None:
    always = {"name": "always", "time_intervals": [{}]}
    below = {"receiver": "b", "matchers": ["x=1"]}
    route = {"receiver": "a", "mute_time_intervals": ["always"], "routes": [below]}
    script = AlertScript(routes=[route], time_intervals=[always])
    script.at(0).fire("A").fire("B", x="1").at(30).expect("30 b B: first")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "at least one matcher"),
        (["x=~.*"], "must not match the empty text"),
        (["x!=1", "y="], "must not match the empty text"),
        (["A", "B"], "'B' is not a matcher"),
        (["x=~("], "is not a regular expression"),
    ],
)
def test_matchers_of_no_use_are_refused(words: list[str], said: str) -> None:
    with pytest.raises(DrillbookError, match=said):
        typed_matchers(words)


def test_a_word_alone_names_an_alert() -> None:
    assert list(map(str, typed_matchers(["DiskFull", "pod=a"]))) == ['alertname="DiskFull"', 'pod="a"']


def silence(name: str, starts_at: float, ends_at: float) -> Silence:
    return Silence(name, typed_matchers(["x=1"]), starts_at, ends_at, "ann", "")


def test_a_silence_is_found_by_the_beginning_of_its_id_while_it_lasts() -> None:
    silences = Silences()
    for each in (silence("abc", 0, 10), silence("abd", 0, 20), silence("abcd", 0, 10)):
        silences.add(each)
    assert silences.expire(15, "ab").id == "abd"
    for name, said in (("ab", "already expired"), ("", "no silence"), ("q", "no silence 'q'")):
        with pytest.raises(DrillbookError, match=said):
            silences.expire(15, name)
    with pytest.raises(DrillbookError, match="may be any of abc, abd, abcd"):
        silences.named(5, "ab")
    assert silences.named(5, "ABC").id == "abc"


@given(st.floats(0, 100), st.floats(0.001, 100), st.floats(0, 250))
def test_a_silence_is_pending_then_active_then_expired(starts: float, lasts: float, t: float) -> None:
    of = silence("s", starts, starts + lasts)
    wanted = "pending" if t < starts else "active" if t < starts + lasts else "expired"
    assert of.state(t) == wanted
    silences = Silences()
    silences.add(of)
    assert bool(silences.covering(t, labels(x="1"))) == (wanted == "active")
    assert silences.covering(t, labels(x="2")) == []
    change = silences.next_change(t)
    assert change == {"pending": starts, "active": starts + lasts, "expired": None}[wanted]


ALERTS = st.dictionaries(st.sampled_from("abc"), st.sampled_from("12"), max_size=3).map(labels)
SIDES = st.lists(st.sampled_from(["a=1", "a!=1", "b=~1|2", "b=", "c!~2"]), max_size=2)


@given(SIDES, SIDES, st.lists(st.sampled_from("abc"), max_size=2), st.lists(ALERTS, max_size=4), ALERTS)
def test_an_alert_is_inhibited_exactly_by_the_rule(
    source: list[str], target: list[str], equal: list[str], firing: list[Labels], of: Labels
) -> None:
    rule = compile_inhibition(InhibitRule(source_matchers=source, target_matchers=target, equal=equal))
    inhibitor = Inhibitor([rule])
    for each in firing:
        inhibitor.alert(each, firing=True)

    def inhibits(each: Labels) -> bool:
        one, other = dict(each), dict(of)
        same = all(one.get(name, "") == other.get(name, "") for name in equal)
        both = matches(rule.source, other) and matches(rule.target, one)
        return same and matches(rule.source, one) and matches(rule.target, other) and not both

    found = inhibitor.inhibited_by(of)
    assert (found is not None) == any(inhibits(each) for each in firing)
    assert found is None or inhibits(found)
    for each in firing:
        inhibitor.alert(each, firing=False)
    assert inhibitor.inhibited_by(of) is None


class EveryTick:
    """The reference: one group that wakes at each tick and asks the same stages."""

    def __init__(self, muting: Muting, inhibitor: Inhibitor, silences: Silences) -> None:
        plan = compile_routing(PLAN)
        self.node = plan.root.children[0]
        self.muting, self.inhibitor, self.silences = muting, inhibitor, silences
        self.alerts: dict[Labels, AlertRef] = {}
        self.next = math.inf
        self.last: LastNotification | None = None
        self.sent: list[tuple[float, list[Labels], list[Labels]]] = []

    def alert(self, t: float, of: Labels, *, firing: bool) -> None:
        if not self.alerts:
            self.next = t + 30
        self.inhibitor.alert(of, firing=firing)
        old = self.alerts.get(of)
        start = old.starts_at if old and old.ends_at is None else t
        self.alerts[of] = AlertRef(of, (), start, None if firing else t)

    def before(self, t: float) -> None:
        while self.next < t:
            self.tick(self.next)

    def tick(self, t: float) -> None:
        heard = self.muting.passed(t, self.node, sorted(self.alerts.values(), key=lambda each: each.labels))
        firing = [each.labels for each in heard if each.ends_at is None]
        resolved = [each.labels for each in heard if each.ends_at is not None]
        now = LastNotification(t, frozenset(firing), frozenset(resolved))
        if heard and why_notify(self.last, now.firing, now.resolved, 250.0, t):
            self.last = now
            self.sent.append((t, firing, resolved))
        self.alerts = {of: each for of, each in self.alerts.items() if each.ends_at is None}
        self.next = t + 100 if self.alerts else math.inf


START = datetime(2026, 3, 10, 14, tzinfo=UTC)
PLAN = routing(
    group_wait="30s",
    group_interval="100s",
    repeat_interval="250s",
    inhibit_rules=[{"source_matchers": ["alertname=A"], "target_matchers": ["alertname=B"]}],
    time_intervals=[
        {"name": "pause", "time_intervals": [{"times": [{"start_time": "14:05", "end_time": "14:09"}]}]}
    ],
    routes=[{"receiver": "a", "mute_time_intervals": ["pause"]}],
)
ACTS = st.tuples(
    st.integers(0, 150),
    st.sampled_from(["fire", "clear", "silence", "later", "expire"]),
    st.sampled_from("ABC"),
    st.integers(1, 400),
)


@given(st.lists(ACTS, max_size=25), st.booleans())
def test_passing_over_idle_ticks_sends_what_waking_at_each_would_send(
    acts: list[tuple[int, str, str, int]], timed: bool
) -> None:
    plan = PLAN if timed else PLAN.model_copy(update={"route": PLAN.route.model_copy(update={"routes": []})})
    dispatcher = Dispatcher(plan, START)
    inhibitor, silences = Inhibitor(compile_routing(plan).inhibitions), Silences()
    reference = EveryTick(Muting(inhibitor, silences, START), inhibitor, silences)
    reference.node = compile_routing(plan).root.match({})[0]
    sent: list[Notification] = []
    t = 0.0
    for number, (pause, what, letter, lasts) in enumerate(acts):
        t += pause
        sent += dispatcher.take(t - 0.001)
        reference.before(t)
        if what in {"fire", "clear"}:
            of = labels(alertname=letter)
            dispatcher.alert(t, of, (), "firing" if what == "fire" else "resolved", t)
            reference.alert(t, of, firing=what == "fire")
        elif what == "expire":
            for each in list(silences):
                if each.state(t) != "expired":
                    silences.expire(t, each.id)
                    dispatcher.expire(t, each.id)
        else:
            begins = t + (50 if what == "later" else 0)
            new = Silence(f"{number:02}", typed_matchers([letter]), begins, begins + lasts, "ann", "")
            silences.add(new)
            dispatcher.silence(t, new)
    sent += dispatcher.take(t + 2000)
    reference.before(t + 2000.001)
    told = [(each.t, [a.labels for a in each.firing], [a.labels for a in each.resolved]) for each in sent]
    assert told == reference.sent


def test_a_dispatcher_tells_time_by_its_start() -> None:
    """The pause is from 600 s to 840 s here: what is due at 630 s comes at the first tick after it."""
    dispatcher = Dispatcher(PLAN, START - timedelta(minutes=5))
    dispatcher.alert(0, labels(alertname="A"), (), "firing", 0)
    assert [each.t for each in dispatcher.take(1000)] == [30, 330, 930]
