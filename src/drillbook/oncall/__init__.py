"""Alertmanager's routing and grouping, escalation policies and on-call schedules: pure state machines."""
