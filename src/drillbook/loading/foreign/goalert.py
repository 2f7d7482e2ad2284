"""GoAlert's objects as its GraphQL interface answers, in JSON, or with the same names in YAML.

Source: GoAlert 0.34, `graphql2/schema.graphql`: EscalationPolicy, Schedule, Rotation, Service, UserOverride.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from drillbook.loading.checks.findings import Findings, doubles
from drillbook.loading.document import Document
from drillbook.loading.foreign.leftover import PRESENTATION, Identified, Left, Record
from drillbook.loading.foreign.times import order_findings, zone_findings
from drillbook.loading.validate import Authored, sound
from drillbook.model.quantities import Instant

_Shown = Annotated[Any, Left(PRESENTATION)]


class GaObject(Identified):
    """What all objects share."""

    description: _Shown = None
    is_favorite: _Shown = Field(default=None, alias="isFavorite")
    labels: _Shown = None
    notices: _Shown = None
    typename: _Shown = Field(default=None, alias="__typename")


class GaTarget(Record):
    """What a step, a schedule or an override points to."""

    id: str
    type: str
    """user, schedule and rotation have a counterpart; slackChannel, webhook and their like have none."""
    name: str | None = None
    typename: _Shown = Field(default=None, alias="__typename")


class GaArguments(Record):
    """Whom an action reaches."""

    user_id: str | None = None
    schedule_id: str | None = None
    rotation_id: str | None = None


class GaAction(Record):
    """A step's target in the interface's newer form."""

    type: str
    args: GaArguments = GaArguments()
    display_info: _Shown = Field(default=None, alias="displayInfo")


class GaStep(Record):
    """A step of a policy."""

    id: Any = None
    step_number: _Shown = Field(default=None, alias="stepNumber")
    delay_minutes: Annotated[int, Field(ge=1, le=9000, alias="delayMinutes")]
    targets: list[GaTarget] = []
    actions: list[GaAction] = []


class GaPolicy(GaObject):
    """An escalation policy."""

    repeat: Annotated[int, Field(ge=-1, le=5)] = 3
    steps: Annotated[list[GaStep], Field(min_length=1)]
    assigned_to: _Shown = Field(default=None, alias="assignedTo")


class GaRule(Record):
    """Hours of a target on a schedule."""

    id: Any = None
    schedule_id: _Shown = Field(default=None, alias="scheduleID")
    start: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    end: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    weekday_filter: Annotated[list[bool], Field(min_length=7, max_length=7, alias="weekdayFilter")]
    target: _Shown = None


class GaAssignment(Record):
    """Somebody on a schedule, with hours."""

    schedule_id: _Shown = Field(default=None, alias="scheduleID")
    target: GaTarget
    rules: list[GaRule] = []


class GaUser(GaObject):
    """Somebody."""

    email: _Shown = None


class GaShift(Record):
    """A shift of a temporary schedule."""

    start: Instant
    end: Instant
    user_id: str = Field(alias="userID")
    user: _Shown = None
    truncated: _Shown = None


class GaTemporary(Record):
    """Fixed shifts that replace everything else for a while."""

    start: Instant
    end: Instant
    shifts: list[GaShift] = []


class GaOverride(Record):
    """Somebody is added, removed or replaced for a while."""

    id: Any = None
    start: Instant
    end: Instant
    add_user_id: str | None = Field(default=None, alias="addUserID")
    remove_user_id: str | None = Field(default=None, alias="removeUserID")
    add_user: GaUser | None = Field(default=None, alias="addUser")
    remove_user: GaUser | None = Field(default=None, alias="removeUser")
    target: GaTarget | None = None


class GaSchedule(GaObject):
    """Who is on call when."""

    time_zone: str = Field(alias="timeZone")
    targets: list[GaAssignment] = []
    temporary_schedules: list[GaTemporary] = Field(default=[], alias="temporarySchedules")
    user_overrides: list[GaOverride] = Field(default=[], alias="userOverrides")
    assigned_to: _Shown = Field(default=None, alias="assignedTo")
    shifts: Annotated[Any, Left("worked out from the rules")] = None
    on_call_notification_rules: Annotated[Any, Left("nobody is told who is on call")] = Field(
        default=None, alias="onCallNotificationRules"
    )


class GaRotation(GaObject):
    """People take turns."""

    type: Literal["hourly", "daily", "weekly", "monthly"]
    start: Instant
    time_zone: str = Field(alias="timeZone")
    shift_length: Annotated[int, Field(ge=1, le=9000, alias="shiftLength")] = 1
    user_ids: list[str] = Field(default=[], alias="userIDs")
    users: list[GaUser] = []
    active_user_index: Annotated[Any, Left("worked out from the start")] = Field(
        default=None, alias="activeUserIndex"
    )
    next_handoff_times: Annotated[Any, Left("worked out from the start")] = Field(
        default=None, alias="nextHandoffTimes"
    )


class GaReference(Record):
    """A reference to a policy."""

    id: str
    name: str | None = None


class GaService(GaObject):
    """What an integration key pages."""

    escalation_policy_id: str | None = Field(default=None, alias="escalationPolicyID")
    escalation_policy: GaReference | None = Field(default=None, alias="escalationPolicy")
    maintenance_expires_at: Annotated[Any, Left("the service pages all the same")] = Field(
        default=None, alias="maintenanceExpiresAt"
    )
    on_call_users: _Shown = Field(default=None, alias="onCallUsers")
    integration_keys: Annotated[Any, Left("alerts come in by the routing's receivers")] = Field(
        default=None, alias="integrationKeys"
    )
    heartbeat_monitors: Annotated[Any, Left("nothing sends heartbeats")] = Field(
        default=None, alias="heartbeatMonitors"
    )
    recent_events: _Shown = Field(default=None, alias="recentEvents")


class GaFile(Record):
    """One answer, or a file with several kinds of objects."""

    escalation_policies: list[GaPolicy] = Field(default=[], alias="escalationPolicies")
    schedules: list[GaSchedule] = []
    rotations: list[GaRotation] = []
    services: list[GaService] = []
    users: list[GaUser] = []
    user_overrides: list[GaOverride] = Field(default=[], alias="userOverrides")


def read_goalert(document: Document) -> Authored[GaFile]:
    """The objects in a document. InvalidInput with every problem."""
    return sound(document, GaFile, _findings)


def _findings(model: GaFile) -> Findings:
    yield from doubles(
        ("escalationPolicies",), [each.id for each in model.escalation_policies], "escalation policies", "id"
    )
    yield from doubles(("schedules",), [each.id for each in model.schedules], "schedules", "id")
    yield from doubles(("rotations",), [each.id for each in model.rotations], "rotations", "id")
    for place, schedule in enumerate(model.schedules):
        yield from zone_findings(("schedules", place, "timeZone"), schedule.time_zone)
        for number, override in enumerate(schedule.user_overrides):
            path = ("schedules", place, "userOverrides", number, "end")
            yield from order_findings(path, override.start, override.end)
    for place, rotation in enumerate(model.rotations):
        yield from zone_findings(("rotations", place, "timeZone"), rotation.time_zone)
