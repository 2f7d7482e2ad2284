"""What each metric is: its type and the line of help that its exporter gives.

Sources: client_golang, ingress-nginx, kube-state-metrics, cAdvisor, pgbouncer_exporter, postgres_exporter,
blackbox_exporter, Prometheus. A metric whose exporter says no type, or a wrong one, keeps what it really is.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias

Kind: TypeAlias = Literal["counter", "gauge", "histogram", "unknown"]
PARTS = ("_bucket", "_count", "_sum")
"""What a histogram's series are called after its name."""


class Meaning(NamedTuple):
    """The family that a metric is part of (a histogram's has three), its type and its help."""

    family: str
    kind: Kind
    help: str


def meaning(name: str) -> Meaning:
    """What a metric is; `unknown`, without help, where that is not written down here."""
    for kind, texts in _TEXTS.items():
        if name in texts:
            return Meaning(name, kind, texts[name])
    for part in PARTS:
        family = name.removesuffix(part)
        if name.endswith(part) and family in _HISTOGRAMS:
            return Meaning(family, "histogram", _HISTOGRAMS[family])
    return Meaning(name, "unknown", "")


_HISTOGRAMS: Mapping[str, str] = MappingProxyType({
    "http_request_duration_seconds": "Time to answer HTTP requests.",
})  # fmt: skip

_COUNTERS: Mapping[str, str] = MappingProxyType({
    "container_cpu_usage_seconds_total": "Cumulative cpu time consumed in seconds.",
    "http_requests_total": "HTTP requests answered, by status code.",
    "kube_pod_container_status_restarts_total": "The number of container restarts per container.",
    "nginx_ingress_controller_requests": "The total number of client requests.",
    "pg_stat_database_deadlocks": "Number of deadlocks detected in this database.",
    "pg_stat_database_xact_commit": "Number of transactions in this database that have been committed.",
    "pg_stat_database_xact_rollback": "Number of transactions in this database that have been rolled back.",
    "pg_txid_current": "Current transaction id.",
    "pgbouncer_errors_count": "Errors that PgBouncer reported, by message.",
    "pgbouncer_stats_queries_total": "Total number of SQL queries pooled.",
    "pgbouncer_stats_waiting_duration_microseconds": "Time spent by clients waiting for a server.",
    "rabbitmq_global_messages_acknowledged_total": "Total number of messages acknowledged by consumers.",
    "rabbitmq_global_messages_dead_lettered_expired_total": "Messages that expired while they waited.",
    "rabbitmq_global_messages_dead_lettered_maxlen_total": "Messages refused because a queue was full.",
    "rabbitmq_global_messages_received_total": "Total number of messages received from publishers.",
    "rabbitmq_global_messages_redelivered_total": "Total number of messages redelivered to consumers.",
    "redis_commands_processed_total": "Commands that Redis has processed.",
    "redis_evicted_keys_total": "Keys evicted to make room.",
    "redis_expired_keys_total": "Keys that have expired.",
    "redis_keyspace_hits_total": "Lookups that found a key.",
    "redis_keyspace_misses_total": "Lookups that found none.",
    "redis_rejected_connections_total": "Connections refused because of maxclients.",
    "support_tickets_total": "Tickets that customers opened.",
})  # fmt: skip

_GAUGES: Mapping[str, str] = MappingProxyType({
    "ALERTS": "Pending and firing alerts of the drill's rules.",
    "ALERTS_FOR_STATE": "Unix time since which an alert's expression holds.",
    "container_last_seen": "Last time a container was seen by the exporter.",
    "container_memory_working_set_bytes": "Current working set in bytes.",
    "container_spec_cpu_period": "CPU period of the container.",
    "container_spec_cpu_quota": "CPU quota of the container.",
    "container_spec_memory_limit_bytes": "Memory limit for the container.",
    "http_requests_in_flight": "HTTP requests being answered.",
    "kafka_brokers": "Number of brokers in the Kafka cluster.",
    "kafka_consumergroup_current_offset": "Current offset of a consumer group at a topic and partition.",
    "kafka_consumergroup_lag": "Messages that a consumer group is behind at a topic and partition.",
    "kafka_consumergroup_lag_sum": "Messages that a consumer group is behind.",
    "kafka_consumergroup_members": "Number of members in a consumer group.",
    "kafka_topic_partition_current_offset": "Current offset of a broker at a topic and partition.",
    "kafka_topic_partition_oldest_offset": "Oldest offset of a broker at a topic and partition.",
    "kafka_topic_partitions": "Number of partitions of a topic.",
    "kube_pod_container_status_last_terminated_reason":
        "The last reason the container was in terminated state.",
    "kube_pod_container_status_waiting_reason": "The reason the container is currently in waiting state.",
    "kube_deployment_metadata_generation":
        "Sequence number representing a specific generation of the desired state.",
    "kube_deployment_spec_replicas": "Number of desired pods for a deployment.",
    "kube_deployment_status_observed_generation": "The generation observed by the deployment controller.",
    "kube_deployment_status_replicas": "The number of replicas per deployment.",
    "kube_deployment_status_replicas_available": "The number of available replicas per deployment.",
    "kube_deployment_status_replicas_updated": "The number of updated replicas per deployment.",
    "kube_horizontalpodautoscaler_spec_max_replicas": "Upper limit for the number of pods.",
    "kube_horizontalpodautoscaler_spec_min_replicas": "Lower limit for the number of pods.",
    "kube_horizontalpodautoscaler_spec_target_metric": "The metric value that the autoscaler keeps to.",
    "kube_horizontalpodautoscaler_status_condition": "The condition of this autoscaler.",
    "kube_horizontalpodautoscaler_status_current_replicas": "Current number of replicas of pods.",
    "kube_horizontalpodautoscaler_status_desired_replicas": "Desired number of replicas of pods.",
    "kube_pod_container_resource_limits": "The number of requested limit resource by a container.",
    "kube_pod_info": "Information about pod.",
    "kube_pod_status_phase": "The pods current phase.",
    "kube_pod_status_ready": "Describes whether the pod is ready to serve requests.",
    "kube_replicaset_spec_replicas": "Number of desired pods for a ReplicaSet.",
    "kube_replicaset_status_ready_replicas": "The number of ready replicas per ReplicaSet.",
    "pg_exporter_last_scrape_error":
        "Whether the last scrape of metrics from PostgreSQL resulted in an error.",
    "pg_locks_count": "Number of locks.",
    "pg_postmaster_start_time_seconds": "Time at which postmaster started.",
    "pg_replication_is_replica": "Indicates if the server is a replica.",
    "pg_replication_lag_seconds": "Replication lag behind master in seconds.",
    "pg_settings_max_connections": "Server Parameter: max_connections.",
    "pg_settings_max_locks_per_transaction": "Server Parameter: max_locks_per_transaction.",
    "pg_settings_superuser_reserved_connections": "Server Parameter: superuser_reserved_connections.",
    "pg_stat_activity_count": "Number of connections in this state.",
    "pg_stat_activity_max_tx_duration": "Max duration in seconds any active transaction has been running.",
    "pg_up": "Whether the last scrape of metrics from PostgreSQL was able to connect to the server.",
    "pgbouncer_config_max_client_conn": "Maximum number of client connections.",
    "pgbouncer_databases_database_current_connections": "Current number of server connections.",
    "pgbouncer_databases_database_pool_size": "Maximum number of server connections.",
    "pgbouncer_pools_client_active_connections": "Client connections linked to a server connection.",
    "pgbouncer_pools_client_maxwait_seconds": "How long the oldest client in the queue has waited.",
    "pgbouncer_pools_client_waiting_connections": "Client connections waiting for a server connection.",
    "pgbouncer_pools_server_active_connections": "Server connections linked to a client.",
    "pgbouncer_pools_server_idle_connections": "Server connections idle and ready for a client query.",
    "pgbouncer_pools_server_login_connections": "Server connections in the process of logging in.",
    "pgbouncer_pools_server_testing_connections": "Server connections running a reset or check query.",
    "pgbouncer_pools_server_used_connections": "Server connections idle for longer than server_check_delay.",
    "pgbouncer_up": "Whether the scrape of PgBouncer succeeded.",
    "probe_duration_seconds": "How long the probe took to complete in seconds.",
    "probe_success": "Whether the probe was a success.",
    "rabbitmq_queue_consumer_capacity": "Part of the time in which consumers could take a message at once.",
    "rabbitmq_queue_consumers": "Consumers on a queue.",
    "rabbitmq_queue_messages": "Sum of ready and unacknowledged messages - total queue depth.",
    "rabbitmq_queue_messages_ready": "Messages ready to be delivered to consumers.",
    "rabbitmq_queue_messages_unacked": "Messages delivered to consumers but not yet acknowledged.",
    "redis_config_maxclients": "Most clients that may be connected.",
    "redis_connected_clients": "Clients that are connected.",
    "redis_connected_slaves": "Replicas that are connected.",
    "redis_db_keys": "Keys in a database.",
    "redis_db_keys_expiring": "Keys in a database that expire.",
    "redis_instance_info": "Information about the Redis instance.",
    "redis_memory_max_bytes": "Memory that Redis may use.",
    "redis_memory_used_bytes": "Memory that Redis uses.",
    "redis_rdb_last_save_timestamp_seconds": "Time of the last successful save.",
    "redis_total_system_memory_bytes": "Memory of the host.",
    "redis_up": "Whether the last scrape of Redis succeeded.",
    "redis_uptime_in_seconds": "Time since Redis was started.",
    "up": "Whether the target could be scraped.",
})  # fmt: skip

_TEXTS: Mapping[Kind, Mapping[str, str]] = MappingProxyType({"counter": _COUNTERS, "gauge": _GAUGES})
