"""Files as other tools write them."""

import json
from typing import Any

ALERTMANAGER = """\
global:
  resolve_timeout: 5m
  slack_api_url: https://hooks.slack.example/SECRET-SLACK
  opsgenie_api_key: SECRET-OPSGENIE
route:
  receiver: default
  group_by: [alertname, cluster]
  group_wait: 30s
  group_interval: 5m
  repeat_interval: 1w
  routes:
    - receiver: pagers
      match: {severity: critical}
      continue: true
    - receiver: database
      match_re: {service: ^(orders|stock)-db$}
      matchers: ['team="database"']
      group_by: ['...']
      mute_time_intervals: [weekends]
    - receiver: hook
time_intervals:
  - name: weekends
    time_intervals:
      - weekdays: [saturday, sunday]
        location: Europe/Berlin
inhibit_rules:
  - source_matchers: [severity="critical"]
    target_matchers: [severity="warning"]
    equal: [alertname, cluster]
receivers:
  - name: default
    slack_configs:
      - channel: '#alerts'
        title: '{{ .CommonLabels.alertname }}'
  - name: pagers
    pagerduty_configs:
      - service_key: SECRET-KEY
        severity: critical
  - name: database
    slack_configs:
      - api_url: https://hooks.slack.example/SECRET-TWO
        channel: '{{ .CommonLabels.team }}'
    opsgenie_configs:
      - responders: [{type: team, name: dba}]
  - name: hook
    webhook_configs:
      - url: https://example.org/SECRET-HOOK
templates: ['/etc/alertmanager/*.tmpl']
"""


def _pd_user(id_: str, name: str) -> dict[str, Any]:
    return {"user": {"id": id_, "type": "user_reference", "summary": name, "html_url": "https://x.example"}}


_NIGHTS = {
    "id": "PLNIGHT",
    "name": "Nights",
    "start": "2026-01-05T18:00:00+01:00",
    "end": None,
    "rotation_virtual_start": "2026-01-05T18:00:00+01:00",
    "rotation_turn_length_seconds": 604800,
    "users": [_pd_user("PCEM", "Cem Ok")],
    "restrictions": [
        {"type": "daily_restriction", "start_time_of_day": "18:00:00", "duration_seconds": 54000}
    ],
    "rendered_schedule_entries": [],
    "rendered_coverage_percentage": None,
}
_DAYS = {
    **_NIGHTS,
    "id": "PLDAY",
    "name": "Days",
    "users": [_pd_user("PANN", "Ann Lee"), _pd_user("PBO", "Bo \U0001f600")],
    "restrictions": [],
}

PAGERDUTY = json.dumps(
    {
        "escalation_policies": [
            {
                "id": "PSHOP",
                "type": "escalation_policy",
                "summary": "Shop",
                "self": "https://api.pagerduty.com/escalation_policies/PSHOP",
                "html_url": "https://x.example",
                "name": "Shop on-call",
                "num_loops": 2,
                "on_call_handoff_notifications": "if_has_services",
                "escalation_rules": [
                    {
                        "id": "PR1",
                        "escalation_delay_in_minutes": 10,
                        "escalation_rule_assignment_strategy": "round_robin",
                        "targets": [
                            {"id": "PSCHED", "type": "schedule_reference", "summary": "Shop primary"},
                            {"id": "PANN", "type": "user_reference", "summary": "Ann Lee"},
                        ],
                    },
                    {
                        "id": "PR2",
                        "escalation_delay_in_minutes": 15,
                        "targets": [{"id": "PBOSS", "type": "user_reference", "summary": "The Boss"}],
                    },
                ],
                "services": [{"id": "PSVC", "type": "service_reference", "summary": "Web shop"}],
                "teams": [{"id": "PTEAM", "type": "team_reference", "summary": "Shop"}],
                "description": "",
            }
        ],
        "schedules": [
            {
                "id": "PSCHED",
                "type": "schedule",
                "name": "Shop primary",
                "time_zone": "Europe/Berlin",
                "schedule_layers": [_NIGHTS, _DAYS],
                "overrides_subschedule": {
                    "name": "Overrides",
                    "rendered_schedule_entries": [
                        {
                            "start": "2026-03-10T00:00:00+01:00",
                            "end": "2026-03-11T00:00:00+01:00",
                            **_pd_user("PDEE", "Dee"),
                        }
                    ],
                },
            }
        ],
        "services": [
            {
                "id": "PSVC",
                "name": "Web shop",
                "status": "active",
                "acknowledgement_timeout": 600,
                "auto_resolve_timeout": None,
                "escalation_policy": {
                    "id": "PSHOP",
                    "type": "escalation_policy_reference",
                    "summary": "Shop",
                },
                "incident_urgency_rule": {"type": "constant", "urgency": "high"},
                "support_hours": None,
                "scheduled_actions": [],
                "alert_grouping": "intelligent",
            }
        ],
        "limit": 25,
        "offset": 0,
        "more": True,
        "total": None,
    },
    indent=2,
)

GOALERT = json.dumps(
    {
        "data": {
            "escalationPolicies": {
                "nodes": [
                    {
                        "id": "e1",
                        "name": "Ops",
                        "description": "who we wake",
                        "repeat": 1,
                        "steps": [
                            {
                                "id": "s1",
                                "stepNumber": 0,
                                "delayMinutes": 10,
                                "targets": [{"id": "r1", "type": "rotation", "name": "Primary"}],
                            },
                            {
                                "delayMinutes": 15,
                                "actions": [
                                    {"type": "builtin-schedule", "args": {"schedule_id": "sc1"}},
                                    {"type": "builtin-slack-channel", "args": {"slack_channel_id": "C1"}},
                                ],
                            },
                            {"delayMinutes": 20, "targets": []},
                        ],
                    }
                ]
            },
            "rotations": {
                "nodes": [
                    {
                        "id": "r1",
                        "name": "Primary",
                        "start": "2026-01-05T09:00:00Z",
                        "timeZone": "America/Chicago",
                        "type": "weekly",
                        "shiftLength": 1,
                        "userIDs": ["u1", "u2"],
                        "users": [{"id": "u1", "name": "Ann Lee"}, {"id": "u2", "name": "Bo"}],
                    }
                ]
            },
            "schedules": {
                "nodes": [
                    {
                        "id": "sc1",
                        "name": "Backup",
                        "timeZone": "America/Chicago",
                        "targets": [
                            {
                                "target": {"id": "u3", "type": "user", "name": "Cem"},
                                "rules": [
                                    {
                                        "start": "08:00",
                                        "end": "20:00",
                                        "weekdayFilter": [False, True, True, True, True, True, False],
                                    }
                                ],
                            }
                        ],
                        "temporarySchedules": [
                            {
                                "start": "2026-04-01T00:00:00Z",
                                "end": "2026-04-02T00:00:00Z",
                                "shifts": [
                                    {
                                        "start": "2026-04-01T00:00:00Z",
                                        "end": "2026-04-02T00:00:00Z",
                                        "userID": "u1",
                                    }
                                ],
                            }
                        ],
                    }
                ]
            },
            "userOverrides": {
                "nodes": [
                    {
                        "id": "o1",
                        "start": "2026-03-01T00:00:00Z",
                        "end": "2026-03-02T00:00:00Z",
                        "addUserID": "u2",
                        "removeUserID": "u3",
                        "target": {"id": "sc1", "type": "schedule", "name": "Backup"},
                    }
                ]
            },
            "services": {"nodes": [{"id": "v1", "name": "Web shop", "escalationPolicyID": "e1"}]},
        }
    },
    indent=2,
)

OPSGENIE_ESCALATIONS = json.dumps(
    {
        "data": [
            {
                "id": "x1",
                "name": "Ops_escalation",
                "description": "",
                "ownerTeam": {"id": "t1", "name": "Ops"},
                "rules": [
                    {
                        "condition": "if-not-acked",
                        "notifyType": "default",
                        "delay": {"timeAmount": 0, "timeUnit": "minutes"},
                        "recipient": {"type": "schedule", "id": "s1", "name": "Ops_schedule"},
                    },
                    {
                        "condition": "if-not-closed",
                        "notifyType": "all",
                        "delay": {"timeAmount": 1, "timeUnit": "hours"},
                        "recipient": {"type": "team", "id": "t1", "name": "Ops"},
                    },
                    {
                        "condition": "if-not-acked",
                        "notifyType": "default",
                        "delay": {"timeAmount": 10, "timeUnit": "minutes"},
                        "recipient": {"type": "user", "id": "u9", "username": "boss@shop.example"},
                    },
                ],
                "repeat": {
                    "waitInterval": 10,
                    "count": 2,
                    "resetRecipientStates": True,
                    "closeAlertAfterAll": False,
                },
            }
        ],
        "took": 0.008,
        "requestId": "r-1",
    },
    indent=2,
)

OPSGENIE_SCHEDULE = json.dumps(
    {
        "data": {
            "id": "s1",
            "name": "Ops_schedule",
            "timezone": "Europe/Istanbul",
            "enabled": True,
            "rotations": [
                {
                    "id": "o1",
                    "name": "First",
                    "startDate": "2026-02-06T05:00:00Z",
                    "endDate": None,
                    "type": "weekly",
                    "length": 1,
                    "participants": [
                        {"type": "user", "id": "u1", "username": "ann@shop.example"},
                        {"type": "none"},
                        {"type": "team", "id": "t1", "name": "Ops"},
                    ],
                    "timeRestriction": {
                        "type": "time-of-day",
                        "restriction": {"startHour": 8, "startMin": 0, "endHour": 18, "endMin": 30},
                    },
                }
            ],
        },
        "took": 0.1,
        "requestId": "r-2",
    },
    indent=2,
)

OPSGENIE_TEAM = json.dumps(
    {
        "data": {
            "id": "t1",
            "name": "Ops",
            "members": [{"user": {"id": "u1", "username": "ann@shop.example"}, "role": "admin"}],
        },
        "took": 1,
    },
    indent=2,
)

PROMETHEUS = """\
global:
  evaluation_interval: 1m
  external_labels: {region: eu}
scrape_configs:
  - job_name: node
    basic_auth: {username: a, password: SECRET-PASSWORD}
rule_files: [rules/*.yml]
alerting:
  alertmanagers: []
"""

RULES = """\
groups:
  - name: shop
    rules:
      - record: shop:errors:rate5m
        expr: sum(rate(http_requests_total{code=~"5.."}[5m]))
      - alert: ShopErrors
        expr: |
          shop:errors:rate5m
            > 5
        for: 2m
        labels: {severity: critical}
      - alert: Odd
        expr: sort_by_label(up, "job")
  - name: other
    interval: 30s
    rules:
      - alert: Down
        expr: up == 0
        labels: {severity: warning, region: us}
"""
