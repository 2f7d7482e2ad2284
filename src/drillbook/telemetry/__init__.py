"""Telemetry: PromQL over simulated series, and Prometheus rules with their alert states. Pure."""
