import json
from datetime import datetime
from typing import Literal

from drillbook.model.labels import labels
from drillbook.oncall.notification import AlertRef, Notification, Reason
from drillbook.oncall.webhook import body, fingerprint, timestamp

START = datetime.fromisoformat("2026-03-10T15:18:00+01:00")


def notification(*alerts: AlertRef, receiver: str = "web.hook") -> Notification:
    firing = tuple(alert for alert in alerts if alert.ends_at is None)
    resolved = tuple(alert for alert in alerts if alert.ends_at is not None)
    status: Literal["firing", "resolved"] = "firing" if firing else "resolved"
    key = '{}:{job="api"}'
    return Notification(42.5, receiver, key, labels(job="api"), status, firing, resolved, Reason.FIRST)


def alert(ends_at: float | None = None, /, **names: str) -> AlertRef:
    return AlertRef(labels(names), labels(summary="slow", pod=names.get("pod", "")), 1.25, ends_at)


def test_a_fingerprint_is_that_of_prometheus() -> None:
    """Values that Alertmanager 0.25 gave for these labels; the empty set has the hash's own start."""
    assert fingerprint(()) == "cbf29ce484222325"
    assert fingerprint(labels(alertname="A")) == "d2c6efc389df0927"
    assert fingerprint(labels(a="1", b="1")) == "1ccd7fac8a6d0286"
    assert fingerprint(labels(u='ü"\\x\n\t<&>☃')) == "f9e4e5197095193f"


def test_times_are_in_utc_without_trailing_zeros() -> None:
    assert timestamp(START, 0) == "2026-03-10T14:18:00Z"
    assert timestamp(START, 61.25) == "2026-03-10T14:19:01.25Z"


def test_the_body_holds_every_field_of_version_4_in_order() -> None:
    one, two = alert(job="api", pod="1"), alert(40.0, job="api", pod="2")
    made = body(
        notification(two, one), START, external_url="http://am", generator_url=lambda each: "http://p"
    )
    assert json.loads(json.dumps(made)) == {
        "receiver": r"web\.hook",
        "status": "firing",
        "alerts": [
            {
                "status": "firing",
                "labels": {"job": "api", "pod": "1"},
                "annotations": {"pod": "1", "summary": "slow"},
                "startsAt": "2026-03-10T14:18:01.25Z",
                "endsAt": "0001-01-01T00:00:00Z",
                "generatorURL": "http://p",
                "fingerprint": fingerprint(one.labels),
            },
            {
                "status": "resolved",
                "labels": {"job": "api", "pod": "2"},
                "annotations": {"pod": "2", "summary": "slow"},
                "startsAt": "2026-03-10T14:18:01.25Z",
                "endsAt": "2026-03-10T14:18:40Z",
                "generatorURL": "http://p",
                "fingerprint": fingerprint(two.labels),
            },
        ],
        "groupLabels": {"job": "api"},
        "commonLabels": {"job": "api"},
        "commonAnnotations": {"summary": "slow"},
        "externalURL": "http://am",
        "version": "4",
        "groupKey": '{}:{job="api"}',
        "truncatedAlerts": 0,
    }


def test_alerts_come_by_job_then_instance_then_fewer_labels_then_label_by_label() -> None:
    wanted = [
        alert(job="a", instance="2"),
        alert(job="a"),
        alert(job="b", instance="1"),
        alert(instance="0"),
        alert(b="1"),
        alert(a="1"),
        alert(a="2"),
        alert(a="1", b="1"),
    ]
    made = body(notification(*reversed(wanted)), START)
    assert [each["labels"] for each in made["alerts"]] == [dict(each.labels) for each in wanted]


def test_alerts_over_the_limit_are_counted_and_count_for_nothing_else() -> None:
    made = body(notification(alert(4.0, x="1"), alert(x="2")), START, max_alerts=1)
    assert (made["status"], made["truncatedAlerts"], made["commonLabels"]) == ("resolved", 1, {"x": "1"})
