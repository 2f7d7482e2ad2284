"""The same alerts, silences and clock through a running Alertmanager and through the dispatcher."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from drillbook.model.labels import labels
from drillbook.model.routing import Routing, TimeInterval, TimeIntervalSpec
from drillbook.oncall.dispatch import Dispatcher
from drillbook.oncall.intervals import compile_interval, interval_problems
from drillbook.oncall.matchers import Operator, matcher
from drillbook.oncall.notification import Notification
from drillbook.oncall.silences import Silence
from drillbook.oncall.webhook import body
from tests.oncall.alertmanager import EXTERNAL_URL, PROGRAM, Peer, alertmanager

AMTOOL = shutil.which("amtool")
needs_alertmanager = pytest.mark.skipif(
    PROGRAM is None, reason="Alertmanager is not installed (Debian: prometheus-alertmanager)"
)
TOLERANCE = 0.5
"""Seconds that a webhook may come earlier or later."""

CONFIG: dict[str, Any] = {
    "route": {
        "receiver": "root.all",
        "group_by": ["alertname"],
        "group_wait": "1s",
        "group_interval": "2s",
        "repeat_interval": "5s",
        "routes": [
            {"receiver": "muted", "match": {"alertname": "Muted"}, "mute_time_intervals": ["always"]},
            {"receiver": "idle", "matchers": ["alertname=Idle"], "active_time_intervals": ["never"]},
            {
                "receiver": "awake",
                "matchers": ["alertname=Awake"],
                "active_time_intervals": ["never", "always"],
                "mute_time_intervals": ["never"],
            },
        ],
    },
    "receivers": [{"name": name} for name in ("root.all", "muted", "idle", "awake")],
    "inhibit_rules": [
        {"source_match": {"severity": "critical"}, "target_matchers": ["severity=warning"], "equal": ["zone"]}
    ],
    "time_intervals": [
        {"name": "always", "time_intervals": [{}]},
        {"name": "never", "time_intervals": [{"years": ["1999"]}]},
    ],
}

A1 = {"alertname": "A", "severity": "warning", "zone": "1", "pod": "1"}
A2 = {"alertname": "A", "severity": "warning", "zone": "1", "pod": "2"}
OTHER_ZONE = {"alertname": "Z", "severity": "warning", "zone": "2"}
CRITICAL = {"alertname": "C", "severity": "critical", "zone": "1"}
LATE = {"alertname": "E"}

Step = tuple[float, str, dict[str, str], float]
SCRIPT: list[Step] = [
    (0.0, "fire", A1, 0.0),
    (0.1, "fire", OTHER_ZONE, 0.0),
    (0.2, "fire", {"alertname": "Muted"}, 0.0),
    (0.3, "fire", {"alertname": "Idle"}, 0.0),
    (0.4, "fire", {"alertname": "Awake"}, 0.0),
    (1.6, "fire", A2, 0.0),
    (2.2, "fire", CRITICAL, 0.0),
    (4.0, "silence", LATE, 60.0),
    (4.2, "fire", LATE, 0.0),
    (8.0, "expire", LATE, 0.0),
    (9.6, "clear", CRITICAL, 0.0),
    (11.8, "silence", A2, 3.6),
    (18.0, "clear", A1, 0.0),
    (19.6, "silence", A2, 60.0),
    (20.0, "clear", A2, 0.0),
]
"""Seconds, what is done, to which labels, and for how long a silence lasts."""
END = 22.5
GROUPS = 40
"""Further groups, in which things happen at random."""
PLAYS = 3
MARGIN = 0.4
"""Seconds between a group's ticks and what happens to it, so that the order is the same for both."""


def random_steps(draw: random.Random, group: int) -> list[Step]:
    """A group with one alert that stays, others that come and go, an inhibiting one, and silences."""
    names = {"alertname": f"R{group}", "zone": f"r{group}", "severity": "warning"}
    first = round(draw.uniform(0.0, 2.0), 2)

    def between(low: float, high: float) -> float:
        """A time in the middle between two ticks."""
        tick = draw.randint(int(low // 2), int(high // 2) - 1)
        return round(first + 1.0 + 2 * tick + draw.uniform(MARGIN, 2.0 - MARGIN), 2)

    steps: list[Step] = [(first, "fire", names, 0.0)]
    for pod in range(draw.randint(0, 3)):
        alert = {**names, "pod": str(pod)}
        steps.append((came := between(0, 10), "fire", alert, 0.0))
        if draw.random() < 0.5:
            steps.append((between(came + 2, 18), "clear", alert, 0.0))
    if draw.random() < 0.5:
        source = {"alertname": f"S{group}", "zone": f"r{group}", "severity": "critical"}
        steps.append((came := between(0, 8), "fire", source, 0.0))
        steps.append((between(came + 2, 18), "clear", source, 0.0))
    for matcher_ in draw.sample([names, {"alertname": f"R{group}", "pod": "1"}], draw.randint(0, 2)):
        steps.append((came := between(0, 10), "silence", matcher_, round(between(came + 2, 18) - came, 2)))
        if draw.random() < 0.3:
            ended = between(came + 2, 18)
            if ended < came + steps[-1][3]:
                steps.append((ended, "expire", matcher_, 0.0))
    return steps


def ours(script: list[Step], started: datetime) -> list[Notification]:
    """What the dispatcher sends in a script."""
    dispatcher = Dispatcher(Routing.model_validate(CONFIG), started)
    sent: list[Notification] = []
    since: dict[str, float] = {}
    ids: dict[str, str] = {}
    for number, (t, what, names, lasts) in enumerate(script):
        while (due := dispatcher.next_time()) is not None and due < t:
            sent += dispatcher.take(due)
        key = json.dumps(names)
        if what == "fire":
            since[key] = t
            dispatcher.alert(t, labels(names), labels(of="x"), "firing", t)
        elif what == "clear":
            dispatcher.alert(t, labels(names), labels(of="x"), "resolved", since[key])
        elif what == "silence":
            wanted = tuple(matcher(name, Operator.EQUAL, value) for name, value in names.items())
            ids[key] = f"s{number:03}"
            dispatcher.silence(t, Silence(ids[key], wanted, t, t + lasts, "ann", "test"))
        else:
            dispatcher.expire(t, ids[key])
    return sent + dispatcher.take(END)


def play(script: list[Step], peer: Peer) -> tuple[float, list[Step]]:
    """Do a script in real time; its start as Unix time, and the script with the times as they were."""
    started = time.time()
    since: dict[str, float] = {}
    ids: dict[str, str] = {}
    done: list[Step] = []
    for t, what, names, lasts in script:
        time.sleep(max(0.0, started + t - time.time()))
        now = round(time.time() - started, 3)
        done.append((now, what, names, round(t + lasts - now, 3)))
        key = json.dumps(names)
        if what == "fire":
            since[key] = time.time()
            peer.fire(names, since[key])
        elif what == "clear":
            peer.clear(names, since[key])
        elif what == "silence":
            ids[key] = peer.silence(names, started + t + lasts)
        else:
            peer.expire(ids[key])
    time.sleep(max(0.0, started + END - time.time()))
    return started, done


def quiet(times: list[float]) -> float:
    """The middle of the widest gap before the end: what is sent about then is sent before it by both."""
    late = [END - 1.5, *sorted(t for t in times if END - 1.5 < t < END), END]
    before, after = max(pairwise(late), key=lambda pair: pair[1] - pair[0])
    return (before + after) / 2


def without_times(webhook: dict[str, Any]) -> dict[str, Any]:
    """The body; of its times only whether an alert has ended."""
    alerts = [
        {**each, "startsAt": "", "endsAt": each["endsAt"].startswith("0001")} for each in webhook["alerts"]
    ]
    return {**webhook, "alerts": alerts}


def started_at(webhook: dict[str, Any]) -> list[float]:
    return [datetime.fromisoformat(each["startsAt"]).timestamp() for each in webhook["alerts"]]


def compare(script: list[Step], folder: Path) -> None:
    """Play a script against Alertmanager, and hold what the dispatcher sends to what came."""
    folder.mkdir()
    with alertmanager(json.loads(json.dumps(CONFIG)), folder) as peer:
        started, script = play(script, peer)
    start = datetime.fromtimestamp(started, UTC)
    sent = ours(script, start)
    order: Callable[[tuple[float, dict[str, Any]]], tuple[str, float]] = lambda pair: (
        pair[1]["groupKey"],
        pair[0],
    )
    until = quiet([each.t for each in sent])
    theirs = sorted(((at, hook) for came, hook in peer.received if (at := came - started) < until), key=order)
    told = ((each.t, body(each, start, external_url=EXTERNAL_URL)) for each in sent if each.t < until)
    mine = sorted(told, key=order)
    shown = [(round(t, 1), each["groupKey"], each["status"], len(each["alerts"])) for t, each in theirs]
    assert [without_times(webhook) for _, webhook in mine] == [
        without_times(webhook) for _, webhook in theirs
    ], shown
    late = [round(came - t, 3) for (t, _), (came, _) in zip(mine, theirs, strict=True)]
    assert max(map(abs, late)) <= TOLERANCE, late
    for (_, one), (_, other) in zip(mine, theirs, strict=True):
        assert started_at(one) == pytest.approx(started_at(other), abs=TOLERANCE)
    assert len(mine) > 200


@needs_alertmanager
def test_a_timed_script_brings_the_same_webhooks_as_alertmanager(tmp_path: Path) -> None:
    """Grouping, inhibition, time intervals, silences, repetition and resolution, to half a second.

    Alertmanager lives in real time: on a busy machine something can come after a tick that was meant to come
    before it. Such a play is repeated; what differs by rule differs every time.
    """
    draw = random.Random(33)
    script = sorted(
        [*SCRIPT, *(step for group in range(GROUPS) for step in random_steps(draw, group))],
        key=lambda step: step[0],
    )
    for number in range(PLAYS):
        try:
            compare(script, tmp_path / str(number))
        except AssertionError:
            if number == PLAYS - 1:
                raise
        else:
            return


ZONES = (None, "", "UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Kiritimati")
WEEKDAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")


def random_range(draw: random.Random, low: int, high: int, near: int) -> str:
    """One value or a range, more often than not with the one that is near."""
    if draw.random() < 0.4:
        return str(near)
    first, last = sorted((draw.randint(low, high), near if draw.random() < 0.6 else draw.randint(low, high)))
    return f"{first}:{last}"


def random_spec(draw: random.Random, now: datetime) -> dict[str, Any]:
    """A part of a time interval with some of the fields, most of them about the present."""
    spec: dict[str, Any] = {}
    if draw.random() < 0.5:
        hours = sorted(draw.sample(range(25), 2))
        start, end = (f"{hour:02}:{0 if hour == 24 else draw.randrange(60):02}" for hour in hours)
        spec["times"] = [{"start_time": start, "end_time": end}]
    if draw.random() < 0.4:
        days = sorted(draw.sample(range(7), 2))
        spec["weekdays"] = [WEEKDAYS[now.isoweekday() % 7], ":".join(WEEKDAYS[day] for day in days).title()]
        spec["weekdays"] = draw.sample(spec["weekdays"], draw.randint(1, 2))
    if draw.random() < 0.5:
        near = draw.choice([now.day, now.day + 1, now.day - 32, now.day - 31])
        low, high = (1, 31) if near > 0 else (-31, -1)
        spec["days_of_month"] = [random_range(draw, low, high, near), "-1"][: draw.randint(1, 2)]
    if draw.random() < 0.3:
        spec["months"] = [random_range(draw, 1, 12, now.month)]
    if draw.random() < 0.2:
        spec["years"] = [random_range(draw, now.year - 3, now.year + 3, now.year)]
    zone = draw.choice(ZONES)
    return spec if zone is None else {**spec, "location": zone}


@needs_alertmanager
def test_random_time_intervals_mute_and_wake_routes_as_in_alertmanager(tmp_path: Path) -> None:
    """300 intervals about the present: half of the routes are muted in theirs, half are active in theirs."""
    draw, now = random.Random(31), datetime.now(UTC)
    intervals: list[dict[str, Any]] = []
    while len(intervals) < 300:
        spec = random_spec(draw, now)
        if not list(interval_problems(TimeIntervalSpec.model_validate(spec))):
            intervals.append({"name": str(len(intervals)), "time_intervals": [spec]})
    keys = ("mute_time_intervals", "active_time_intervals")
    config: dict[str, Any] = {
        "route": {
            "receiver": "r",
            "group_by": ["n"],
            "group_wait": "1s",
            "routes": [
                {"matchers": [f"n={n}"], keys[n % 2]: [each["name"]]} for n, each in enumerate(intervals)
            ],
        },
        "receivers": [{"name": "r"}],
        "time_intervals": intervals,
    }
    compiled = [compile_interval(TimeInterval.model_validate(each)) for each in intervals]

    def told(at: datetime) -> set[str]:
        within = (any(part.contains(at) for part in parts) for parts in compiled)
        return {str(n) for n, inside in enumerate(within) if inside == bool(n % 2)}

    with alertmanager(config, tmp_path) as peer:
        before = time.time()
        for n in range(len(intervals)):
            peer.fire({"n": str(n)}, before)
        count = -1
        while count < len(peer.received):  # a busy machine sends them later
            count = len(peer.received)
            time.sleep(2.5)
        after = time.time()
    heard = {webhook["groupLabels"]["n"] for _, webhook in peer.received}
    first, last = (told(datetime.fromtimestamp(at, UTC)) for at in (before, after))
    assert first & last <= heard <= first | last
    assert 75 < len(heard) < 225


@pytest.mark.skipif(AMTOOL is None, reason="amtool is not installed (Debian: prometheus-alertmanager)")
def test_time_intervals_are_refused_where_amtool_refuses_them(tmp_path: Path) -> None:
    assert AMTOOL is not None
    texts = [
        *("monday", "MONDAY:friday", "friday:monday", "mon", " monday", "", "1.5", "1:2:3"),
        *("1", "0", "-1", "-3:-1", "-1:-3", "-1:5", "31:-28", "5:-1", "1:31", "32", "+5:007"),
        *("may", "may:", "13", "december:january", "2026", "2027:2026"),
    ]
    times = ["09:00", "9:00", "24:00", "00:00", "25:00", "09:60", "24:01"]
    specs: list[dict[str, Any]] = [
        {field: [text]} for field in ("weekdays", "days_of_month", "months", "years") for text in texts
    ]
    specs += [{"times": [{"start_time": "09:00", "end_time": each}]} for each in times]
    specs += [{"times": [{"start_time": each, "end_time": "24:00"}]} for each in times]
    specs += [{"location": each} for each in ("Europe/Berlin", "Mars/Olympus", "", "UTC")]
    config = tmp_path / "alertmanager.yml"
    for spec in specs:
        written = {
            "route": {"receiver": "r"},
            "receivers": [{"name": "r"}],
            "time_intervals": [{"name": "t", "time_intervals": [spec]}],
        }
        config.write_text(json.dumps(written))
        said = subprocess.run([AMTOOL, "check-config", config], capture_output=True, check=False, timeout=10)
        problems = list(interval_problems(TimeIntervalSpec.model_validate(spec)))
        assert bool(problems) == bool(said.returncode), (spec, problems, said.stdout)
