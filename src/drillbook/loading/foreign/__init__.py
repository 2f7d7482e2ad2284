"""Files of Prometheus, Alertmanager, PagerDuty, GoAlert and Opsgenie: checked as they are, and imported."""
