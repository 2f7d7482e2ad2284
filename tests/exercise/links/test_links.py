"""All links together on one drill."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Iterator

import pytest

from drillbook.exercise.links.address import listen, target
from drillbook.exercise.links.links import Links, Wanted
from drillbook.exercise.links.scrape import ScrapeServer
from drillbook.model.labels import labels
from drillbook.oncall.notification import AlertRef, Notification, Reason
from tests.exercise.links.stand import WHO, FakeDrill, Receiver, receiver


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


def test_a_scrape_gets_the_present_from_the_drills_own_thread() -> None:
    drill = FakeDrill()
    server = ScrapeServer(listen("0", "--metrics"))
    links = Links(drill, Wanted(metrics=server))
    assert drill.readings == 1
    answers: list[str] = []

    def scrape() -> None:
        client = http.client.HTTPConnection("127.0.0.1", server.address.port, timeout=5)
        client.request("GET", "/metrics", headers={"Accept": "application/openmetrics-text"})
        answers.append(client.getresponse().read().decode())
        client.close()

    thread = threading.Thread(target=scrape)
    thread.start()
    until = time.monotonic() + 5
    while thread.is_alive() and time.monotonic() < until:
        links.follow()
        time.sleep(0.01)
    thread.join()
    assert drill.readings == 2, "only what is asked for is worked out"
    assert 'up{instance="10.0.0.1:8080",job="api"} 1\n# EOF\n' in answers[0]
    scrape()
    assert answers[1] == answers[0], "a drill that stands still is told as it last was"
    assert links.told() == [
        f"Metrics for Prometheus: http://127.0.0.1:{server.address.port}/metrics (honor_labels: true)"
    ]
    links.close()


def test_an_address_that_others_reach_is_warned_of() -> None:
    links = Links(FakeDrill(), Wanted(metrics=ScrapeServer(listen("0.0.0.0:0", "--metrics"))))
    assert "Warning: other computers can read them" in links.told()[1]
    links.close()


def test_alerts_go_out_as_they_come_and_end_when_the_drill_is_left(there: Receiver) -> None:
    drill = FakeDrill()
    links = Links(drill, Wanted(alertmanager=target(there.url, "--alertmanager", "/api/v2/alerts")))
    links.follow()
    drill.fire()
    links.follow()
    first = there.wait(1)[0]
    assert first[0]["labels"]["drill"] == drill.id
    assert there.posts[0][0] == "/api/v2/alerts"
    links.close()
    last = there.wait(2)[1]
    assert last[0]["endsAt"] < first[0]["endsAt"]
    assert len(there.posts) == 2


def test_alerts_end_with_the_drill_and_only_once(there: Receiver) -> None:
    drill = FakeDrill()
    links = Links(drill, Wanted(alertmanager=target(there.url, "--alertmanager", "/api/v2/alerts")))
    drill.fire()
    links.follow()
    there.wait(1)
    drill.ended = True
    links.follow()
    there.wait(2)
    links.follow()
    links.close()
    assert len(there.posts) == 2


def test_notifications_are_posted_in_the_wall_clocks_time(there: Receiver) -> None:
    drill = FakeDrill()
    old = Notification(0.0, "old", "{}:{}", (), "firing", (AlertRef(WHO, (), 0.0, None),), (), Reason.FIRST)
    drill.notifications = [old]
    links = Links(drill, Wanted(webhook=target(there.url + "/hook", "--webhook")))
    began = time.time()
    alert = AlertRef(WHO, labels(summary="slow"), 0.0, None)
    drill.notifications = [
        old,
        Notification(0.0, "pager", '{}:{job="api"}', labels(job="api"), "firing", (alert,), (), Reason.FIRST),
    ]
    links.follow()
    body = there.wait(1)[0]
    links.close()
    assert len(there.posts) == 1, "what was sent before the drill was resumed is not sent again"
    assert (body["version"], body["receiver"], body["groupKey"]) == ("4", "pager", '{}:{job="api"}')
    stamp = time.strftime("%Y-%m-%dT%H:%M", time.gmtime(began))
    assert body["alerts"][0]["startsAt"].startswith(stamp[:-1])
    assert body["alerts"][0]["generatorURL"].startswith(
        "http://prometheus.shop.larkfield.example/graph?g0.expr="
    )


def test_another_speed_is_warned_of_each_time_it_is_chosen() -> None:
    drill = FakeDrill()
    links = Links(drill, Wanted())
    for speed in (1.0, 2.0, 2.0, 1.0, 10.0):
        drill.speed = speed
        links.follow()
    lines = links.notices.take()
    assert len(lines) == 2
    assert lines[0].startswith("At speed 2 ")
    links.close()


def test_an_alertmanager_that_is_not_there_costs_the_drill_nothing() -> None:
    drill = FakeDrill()
    wanted = Wanted(alertmanager=target("http://127.0.0.1:1", "--alertmanager", "/api/v2/alerts"))
    links = Links(drill, wanted)
    drill.fire()
    began = time.monotonic()
    for _ in range(50):
        links.follow()
    assert time.monotonic() - began < 2
    time.sleep(0.3)
    links.close()
    assert time.monotonic() - began < 4
    assert len([line for line in links.notices.take() if "Connection refused" in line]) == 1
