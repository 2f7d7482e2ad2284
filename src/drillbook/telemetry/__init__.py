"""Telemetry: PromQL over simulated series, Prometheus rules with their alert states, templates and queries. Pure."""
