import math

from hypothesis import given
from hypothesis import strategies as st

from drillbook.model.labels import Labels, labels
from drillbook.oncall.dispatch import Dispatcher
from drillbook.oncall.notification import LastNotification, Notification, Reason, subject, why_notify
from drillbook.oncall.routing import compile_routing
from tests.oncall.builders import AlertScript, routing


def test_a_new_group_speaks_after_group_wait_with_all_that_came_meanwhile() -> None:
    script = AlertScript()
    script.at(0).fire("A").expect()
    script.at(10).fire("B").expect()
    script.at(29.999).expect()
    script.at(30).expect("30 root A B: first")


def test_an_alert_at_the_tick_is_in_it() -> None:
    AlertScript().at(0).fire("A").at(30).fire("B").expect("30 root A B: first")


def test_a_new_alert_in_a_told_group_waits_for_the_next_group_interval() -> None:
    script = AlertScript()
    script.at(0).fire("A").at(30).expect("30 root A: first")
    script.at(40).fire("B").at(329.999).expect()
    script.at(330).expect("330 root A B: new alerts")


def test_an_alert_that_went_on_firing_is_old_news() -> None:
    script = AlertScript()
    script.at(0).fire("A").at(30).expect("30 root A: first")
    script.at(60).fire("A", since=0).at(10_000).expect()


def test_some_resolved_are_told_at_the_next_tick_and_leave_the_group() -> None:
    script = AlertScript()
    script.at(0).fire("A").fire("B").at(30).expect("30 root A B: first")
    script.at(100).clear("B").at(330).expect("330 root A -B: some resolved")
    script.at(400).clear("A").at(630).expect("630 root -A: all resolved")
    assert script.dispatcher.next_time() is None


def test_an_alert_that_resolves_within_group_wait_is_never_told() -> None:
    script = AlertScript()
    script.at(0).fire("A").at(20).clear("A").at(1000).expect()


def test_an_alert_that_fires_again_before_its_resolution_is_told_changes_nothing() -> None:
    script = AlertScript()
    script.at(0).fire("A").at(30).expect("30 root A: first")
    script.at(100).clear("A").at(200).fire("A").at(2000).expect()


def test_an_emptied_group_is_gone_so_that_a_new_firing_waits_for_group_wait() -> None:
    script = AlertScript()
    script.at(0).fire("A").at(30).expect("30 root A: first")
    script.at(40).clear("A").at(330).expect("330 root -A: all resolved")
    script.at(340).fire("A").at(369).expect()
    script.at(370).expect("370 root A: first")


def test_a_repeat_comes_at_the_first_tick_after_the_repeat_interval() -> None:
    """Ticks at 30, 130, 230, 330, …; 250 s after 30 round up to the tick at 330."""
    script = AlertScript(group_interval="100s", repeat_interval="250s")
    script.at(0).fire("A").at(30).expect("30 root A: first")
    script.at(329).expect()
    script.at(330).expect("330 root A: repeat")
    script.at(630).expect("630 root A: repeat")


def test_a_repeat_interval_that_ends_on_a_tick_is_not_yet_over() -> None:
    """The last notification must be older than the interval: 4 h in steps of 5 m repeat after 4 h 5 m."""
    script = AlertScript()
    script.at(0).fire("A").at(30).expect("30 root A: first")
    script.at(30 + 14400).expect()
    script.at(30 + 14700).expect("14730 root A: repeat")


def test_a_notification_of_news_puts_the_repeat_off() -> None:
    script = AlertScript(group_interval="100s", repeat_interval="250s")
    script.at(0).fire("A").at(30).expect("30 root A: first")
    script.at(200).fire("B").at(230).expect("230 root A B: new alerts")
    script.at(529).expect()
    script.at(530).expect("530 root A B: repeat")


def test_an_alert_older_than_group_wait_flushes_a_new_group_at_once() -> None:
    script = AlertScript()
    script.at(100).fire("A", since=69.9)
    assert script.dispatcher.next_time() == 100
    script.expect("100 root A: first")
    script.at(150).fire("B").at(400).expect("400 root A B: new alerts")


def test_an_alert_exactly_as_old_as_group_wait_does_not_flush() -> None:
    AlertScript().at(100).fire("A", since=70).expect().at(130).expect("130 root A: first")


def test_group_by_makes_a_group_of_each_combination() -> None:
    script = AlertScript(group_by=["alertname"])
    script.at(0).fire("B", pod="1").fire("A", pod="1").at(5).fire("A", pod="2")
    script.at(30).expect("30 root A A: first", "30 root B: first")


def test_dots_make_a_group_of_each_alert() -> None:
    script = AlertScript(group_by=["..."])
    script.at(0).fire("A", pod="1").fire("A", pod="2").at(30).expect("30 root A: first", "30 root A: first")


def test_an_alert_that_several_routes_take_is_grouped_in_each() -> None:
    both = [{"receiver": "a", "continue": True, "group_wait": "10s"}, {"receiver": "b"}]
    script = AlertScript(routes=both)
    script.at(0).fire("A").at(30).expect("10 a A: first", "30 b A: first")


def test_two_routes_with_the_same_key_and_receiver_tell_it_once() -> None:
    """Alertmanager's notification log knows a group by its key and receiver, not by its route."""
    twice = [{"receiver": "a", "continue": True}, {"receiver": "a"}]
    AlertScript(routes=twice).at(0).fire("A").at(30).expect("30 a A: first")


def test_merging_keeps_the_earliest_start() -> None:
    dispatcher = Dispatcher(routing())
    dispatcher.alert(5, labels(alertname="A"), (), "firing", 5)
    dispatcher.alert(8, labels(alertname="A"), labels(summary="new"), "firing", 3)
    dispatcher.alert(9, labels(alertname="A"), labels(summary="newer"), "firing", 7)
    (sent,) = dispatcher.take(35)
    assert sent.firing[0].starts_at == 3
    assert sent.firing[0].annotations == labels(summary="newer")


def test_an_alert_that_returns_after_it_resolved_starts_anew() -> None:
    dispatcher = Dispatcher(routing())
    dispatcher.alert(0, labels(alertname="A"), (), "firing", 0)
    dispatcher.alert(10, labels(alertname="A"), (), "resolved", 0)
    dispatcher.alert(20, labels(alertname="A"), (), "firing", 15)
    (sent,) = dispatcher.take(30)
    assert sent.firing[0].starts_at == 15


def test_a_resolution_sent_again_keeps_its_end() -> None:
    dispatcher = Dispatcher(routing())
    dispatcher.alert(0, labels(alertname="A"), (), "firing", 0)
    dispatcher.take(30)
    for t in (40, 100):
        dispatcher.alert(t, labels(alertname="A"), (), "resolved", 0)
    (sent,) = dispatcher.take(330)
    assert [alert.ends_at for alert in sent.resolved] == [40]
    assert sent.status == "resolved"


def test_a_group_key_holds_the_route_and_the_group_labels() -> None:
    dispatcher = Dispatcher(routing(group_by=["alertname"], routes=[{"receiver": "a", "matchers": ["x=1"]}]))
    dispatcher.alert(0, labels(alertname="A", x="1"), (), "firing", 0)
    (sent,) = dispatcher.take(30)
    assert sent.group_key == '{}/{x="1"}:{alertname="A"}'
    assert sent.group_labels == (("alertname", "A"),)


def test_the_subject_counts_names_the_group_and_adds_what_all_share() -> None:
    dispatcher = Dispatcher(routing(group_by=["job", "alertname"]))
    for pod in "12":
        dispatcher.alert(
            0, labels(alertname="Slow", job="api", pod=pod, severity="critical"), (), "firing", 0
        )
    (sent,) = dispatcher.take(30)
    assert subject(sent) == "[FIRING:2] Slow api (critical)"
    for pod in "12":
        dispatcher.alert(
            40, labels(alertname="Slow", job="api", pod=pod, severity="critical"), (), "resolved", 0
        )
    (sent,) = dispatcher.take(330)
    assert subject(sent) == "[RESOLVED] Slow api (critical)"


NAMES = st.sets(st.sampled_from("AB"))


@given(NAMES, NAMES, NAMES, NAMES, st.sampled_from([50.0, 100.0, 101.0]))
def test_a_receiver_is_told_exactly_by_the_rules(
    old_firing: set[str], old_resolved: set[str], firing: set[str], resolved: set[str], age: float
) -> None:
    def named(names: set[str]) -> frozenset[Labels]:
        return frozenset(labels(alertname=name) for name in names)

    last = LastNotification(0.0, named(old_firing), named(old_resolved))
    reason = why_notify(last, named(firing), named(resolved), 100.0, age)
    news = not firing <= old_firing
    over = not firing and bool(old_firing)
    less = bool(firing) and not resolved <= old_resolved
    repeat = bool(firing) and age > 100
    assert (reason is not None) == (news or over or less or repeat)
    assert (reason is Reason.FIRST) == (news and not old_firing)
    assert (why_notify(None, named(firing), named(resolved), 100.0, age) is not None) == bool(firing)


class EveryTick:
    """The reference: one group that really does wake at each tick."""

    def __init__(self, wait: float, interval: float, repeat: float) -> None:
        self.wait, self.interval, self.repeat = wait, interval, repeat
        self.alerts: dict[Labels, bool] = {}
        self.next = math.inf
        self.last: LastNotification | None = None
        self.sent: list[tuple[float, Reason, int, int]] = []

    def alert(self, t: float, name: Labels, *, firing: bool) -> None:
        if not self.alerts:
            self.next = t + self.wait
        self.alerts[name] = firing

    def before(self, t: float) -> None:
        while self.next < t:
            self.tick(self.next)

    def tick(self, t: float) -> None:
        firing = frozenset(name for name, fires in self.alerts.items() if fires)
        resolved = frozenset(self.alerts) - firing
        reason = why_notify(self.last, firing, resolved, self.repeat, t)
        if reason:
            self.last = LastNotification(t, firing, resolved)
            self.sent.append((t, reason, len(firing), len(resolved)))
        self.alerts = dict.fromkeys(firing, True)
        self.next = t + self.interval if firing else math.inf


@given(st.lists(st.tuples(st.integers(0, 120), st.sampled_from("ABC"), st.booleans()), max_size=25))
def test_passing_over_idle_ticks_sends_what_waking_at_each_would_send(
    script: list[tuple[int, str, bool]],
) -> None:
    route = compile_routing(routing(group_wait="30s", group_interval="100s", repeat_interval="250s"))
    dispatcher, reference = Dispatcher(route), EveryTick(30, 100, 250)
    sent: list[Notification] = []
    t = 0.0
    for pause, letter, firing in script:
        t += pause
        sent += dispatcher.take(t - 0.001)
        reference.before(t)
        name = labels(alertname=letter)
        dispatcher.alert(t, name, (), "firing" if firing else "resolved", t)
        reference.alert(t, name, firing=firing)
        upcoming = dispatcher.next_time()
        assert upcoming is not None
        assert upcoming >= t
    sent += dispatcher.take(t + 2000)
    reference.before(t + 2000.001)
    assert [(each.t, each.reason, len(each.firing), len(each.resolved)) for each in sent] == reference.sent
