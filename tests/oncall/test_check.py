"""Names that lead nowhere and times that do not fit, in the words of every tool, each at its place."""

from __future__ import annotations

from typing import Any

import pytest

from drillbook.oncall.check import on_call_findings
from tests.oncall.builders import PEOPLE, layer
from tests.oncall.profiles import chain, goalert, model, opsgenie, persons, window

SPAN = {"start": "2026-01-07T10:00:00Z", "end": "2026-01-07T11:00:00Z"}
BACK = {"start": "2026-01-07T11:00:00Z", "end": "2026-01-07T10:00:00Z"}
DATES = {"startDate": "2026-01-07T10:00:00Z", "endDate": "2026-01-07T09:00:00Z"}


def found(policy: dict[str, Any] | None = None, **more: Any) -> list[str]:
    of = model(policy or goalert(("ann",)), **more)
    return [f"{each.place()}: {each.message}" for each in on_call_findings(of, PEOPLE)]


def pagerduty(*layers: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    return [{"id": "s", "name": "S", "time_zone": "Etc/UTC", "schedule_layers": list(layers), **more}]


def of_goalert(**more: Any) -> list[dict[str, Any]]:
    return [{"profile": "goalert", "id": "s", "name": "S", "timeZone": "Etc/UTC", **more}]


def of_opsgenie(*people: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    turns = {"name": "r", "type": "daily", "startDate": "2026-01-05T09:00:00Z", "participants": list(people)}
    rotations = [turns | more.pop("rotation", {})]
    return [
        {"profile": "opsgenie", "id": "s", "name": "S", "timezone": "Etc/UTC", "rotations": rotations, **more}
    ]


def rotation(**more: Any) -> list[dict[str, Any]]:
    given = {"id": "r", "name": "R", "type": "daily", "start": "2026-01-05T09:00:00Z", "timeZone": "Etc/UTC"}
    return [{**given, "userIDs": ["ann"], **more}]


ALWAYS = [{"start": "00:00", "end": "00:00", "weekdayFilter": [True] * 7}]
ANN = {"type": "user", "id": "ann"}
ZOE = {"type": "user", "id": "zoe"}


@pytest.mark.parametrize(
    ("policy", "more", "place"),
    [
        (goalert(("zoe",)), {}, "escalation_policies[0].steps[0].targets[0].id"),
        (opsgenie((0, "zoe", "acked")), {}, "escalation_policies[0].rules[0].recipient.id"),
        (chain(persons("zoe")), {}, "escalation_policies[0].steps[0].persons_to_notify[0]"),
        (
            chain({"type": "notify_person_next_each_time", "persons_to_notify_next_each_time": ["zoe"]}),
            {},
            "escalation_policies[0].steps[0].persons_to_notify_next_each_time[0]",
        ),
        (
            chain({"type": "notify_on_call_from_schedule", "notify_on_call_from_schedule": "zoe"}),
            {},
            "escalation_policies[0].steps[0].notify_on_call_from_schedule",
        ),
        (
            chain({"type": "notify_team_members", "team_to_notify": "zoe"}),
            {},
            "escalation_policies[0].steps[0].team_to_notify",
        ),
        (None, {"schedules": pagerduty(layer("zoe"))}, "schedules[0].schedule_layers[0].users[0].user"),
        (
            None,
            {"schedules": pagerduty(layer("ann"), overrides=[SPAN | {"user": "zoe"}])},
            "schedules[0].overrides[0].user",
        ),
        (
            None,
            {"schedules": of_goalert(targets=[{"target": ZOE, "rules": ALWAYS}])},
            "schedules[0].targets[0].target.id",
        ),
        (
            None,
            {
                "schedules": of_goalert(
                    targets=[{"target": {"type": "rotation", "id": "zoe"}, "rules": ALWAYS}],
                )
            },
            "schedules[0].targets[0].target.id",
        ),
        (
            None,
            {"schedules": of_goalert(userOverrides=[SPAN | {"addUserID": "zoe"}])},
            "schedules[0].userOverrides[0].addUserID",
        ),
        (
            None,
            {"schedules": of_goalert(temporarySchedules=[SPAN | {"shifts": [SPAN | {"userID": "zoe"}]}])},
            "schedules[0].temporarySchedules[0].shifts[0].userID",
        ),
        (None, {"schedules": of_opsgenie(ZOE)}, "schedules[0].rotations[0].participants[0].id"),
        (
            None,
            {
                "schedules": of_opsgenie(
                    ANN, overrides=[DATES | {"endDate": "2026-01-08T00:00:00Z", "user": "zoe"}]
                )
            },
            "schedules[0].overrides[0].user",
        ),
        (None, {"rotations": rotation(userIDs=["zoe"])}, "rotations[0].userIDs[0]"),
        (
            None,
            {"teams": [{"id": "t", "name": "T", "members": [{"user": "zoe"}]}]},
            "teams[0].members[0].user",
        ),
    ],
)
def test_a_name_that_leads_nowhere_is_told_at_its_place(
    policy: dict[str, Any] | None, more: dict[str, Any], place: str
) -> None:
    (problem,) = found(policy, **more)
    assert problem.startswith(f"{place}: there is no ")
    assert "'zoe'" in problem


@pytest.mark.parametrize(
    ("more", "place"),
    [
        (
            {"schedules": pagerduty(layer("ann", end="2026-01-01T00:00:00Z"))},
            "schedules[0].schedule_layers[0].end",
        ),
        (
            {"schedules": pagerduty(layer("ann"), overrides=[BACK | {"user": "ann"}])},
            "schedules[0].overrides[0].end",
        ),
        ({"schedules": of_goalert(userOverrides=[BACK])}, "schedules[0].userOverrides[0].end"),
        ({"schedules": of_goalert(temporarySchedules=[BACK])}, "schedules[0].temporarySchedules[0].end"),
        (
            {"schedules": of_opsgenie(ANN, rotation={"endDate": "2026-01-01T00:00:00Z"})},
            "schedules[0].rotations[0].endDate",
        ),
        (
            {"schedules": of_opsgenie(ANN, overrides=[DATES | {"user": "ann"}])},
            "schedules[0].overrides[0].endDate",
        ),
        ({"maintenance_windows": [window("15:00:00", "14:00:00")]}, "maintenance_windows[0].end_time"),
    ],
)
def test_an_end_that_is_not_after_its_start_is_told(more: dict[str, Any], place: str) -> None:
    (problem,) = found(**more)
    assert problem.startswith(f"{place}: ")
    assert "is not after its start" in problem


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"schedules": of_goalert(timeZone="Mars/Base")}, "schedules[0].timeZone"),
        ({"schedules": of_opsgenie(ANN, timezone="Mars/Base")}, "schedules[0].timezone"),
        ({"rotations": rotation(timeZone="Mars/Base")}, "rotations[0].timeZone"),
    ],
)
def test_a_time_zone_that_there_is_not_is_told(more: dict[str, Any], place: str) -> None:
    assert found(**more) == [f"{place}: 'Mars/Base' is not a time zone"]


def test_services_that_are_named_and_not_there_are_told() -> None:
    windows = [window("14:00:00", "15:00:00") | {"services": [{"id": "web"}]}]
    routing = {"route": {"receiver": "r"}, "receivers": [{"name": "r", "pager_service": "app"}]}
    assert found(maintenance_windows=windows, routing=routing) == [
        "routing.receivers[0].pager_service: there is no service 'app'",
        "maintenance_windows[0].services[0].id: there is no service 'web'",
    ]
