"""The four golden signals of a system, as PromQL over the metrics that its services export.

Source: Google SRE book, "Monitoring Distributed Systems": latency, traffic, errors, saturation.
"""

from __future__ import annotations

from drillbook.model.component import Signal
from drillbook.model.system import Pgbouncer, System


def golden_signals(system: System) -> tuple[Signal, ...]:
    """Traffic, errors and latency at the entry, and the saturation of pools and of other components."""
    job = f'job="{system.workload.entry}"'
    pools = [component for component in system.components if isinstance(component, Pgbouncer)]
    return (
        Signal("Traffic", "requests/s", f"sum(rate(http_requests_total{{{job}}}[1m]))"),
        Signal(
            "Errors",
            "%",
            f'100 * (sum(rate(http_requests_total{{{job},code=~"5.."}}[1m])) or vector(0))'
            f" / sum(rate(http_requests_total{{{job}}}[1m]))",
        ),
        Signal(
            "Latency p95",
            "s",
            "histogram_quantile(0.95, sum by (le) ("
            f"rate(http_request_duration_seconds_bucket{{{job}}}[1m])))",
        ),
        *(
            Signal(
                "Saturation" if len(pools) == 1 else f"Saturation {pool.name}",
                "waiting",
                "sum(pgbouncer_pools_client_waiting_connections"
                f'{{database="{pool.database}",user="{pool.user}"}})',
            )
            for pool in pools
        ),
        *(signal for component in system.components for signal in component.signals()),
    )
