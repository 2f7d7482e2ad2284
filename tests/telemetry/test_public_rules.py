"""Rule files of real teams compile unchanged, and cost next to nothing where their metrics do not exist."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from drillbook.model.rules import RuleFile, RuleGroup
from drillbook.telemetry.query import compile_query
from drillbook.telemetry.ruler import Ruler
from drillbook.telemetry.rules import compile_rules
from tests.telemetry.series import MemorySource

RULES = Path(__file__).parents[3] / "shared" / "rules"
_CONNECTIONS = (
    "sum by (job,instance,server)(pg_stat_activity_count) > (sum by (job,instance,server)"
    "(pg_settings_max_connections) - sum by (job,instance,server)"
    "(pg_settings_superuser_reserved_connections)) * 0.8"
)
_MEMORY = (
    '(sum(container_memory_working_set_bytes{name!=""}) by (instance,name) / '
    "sum(container_spec_memory_limit_bytes > 0) by (instance,name) * 100) > 80"
)
_KILLED = (
    "(kube_pod_container_status_restarts_total - kube_pod_container_status_restarts_total offset 10m >= 1) "
    "and ignoring (reason) min_over_time("
    'kube_pod_container_status_last_terminated_reason{reason="OOMKilled"}[10m]) == 1'
)
_BACK_OFF = (
    'max_over_time(kube_pod_container_status_waiting_reason{reason="CrashLoopBackOff",'
    'job="kube-state-metrics"}[5m]) >= 1'
)
FAMILIES = [
    "pgbouncer_pools_client_waiting_connections > 20",
    "pgbouncer_pools_client_maxwait_seconds > 15",
    _CONNECTIONS,
    "sum(kafka_consumergroup_lag) by (consumergroup) > 10000",
    "sum by (job,topic,consumergroup)(delta(kafka_consumergroup_lag[5m])) > 0",
    _MEMORY,
    _KILLED,
    _BACK_OFF,
]


@pytest.mark.parametrize("expression", FAMILIES)
def test_the_expressions_of_the_three_families_compile(expression: str) -> None:
    assert not compile_query(expression).scalar


def _groups() -> list[RuleGroup]:
    if not RULES.is_dir():
        pytest.skip("the public rule files are not beside the checkout")
    texts = (path.read_text(encoding="utf-8") for path in sorted(RULES.glob("*.yml")))
    return [group for text in texts for group in RuleFile.model_validate(yaml.safe_load(text)).groups]


def test_all_public_rule_files_compile() -> None:
    assert len(compile_rules(_groups()).rules) > 200


def test_rules_over_metrics_that_do_not_exist_never_run() -> None:
    """Only rules that ask for absence, or for nothing in particular, stay alive."""
    rules = compile_rules(_groups())
    alive = [rules.rules[place].text for place in rules.alive(())]
    assert alive
    assert all("absent" in text or "vector(" in text for text in alive)
    ruler = Ruler(rules, MemorySource({}), horizon=600.0)
    assert ruler.active(600.0)
