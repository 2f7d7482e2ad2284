"""The same drill under a team's own rule files, dropped in unchanged."""

from __future__ import annotations

from pathlib import Path

import pytest

from drillbook.cli.drill import cast_for, open_drill
from drillbook.events import facts as f

RULES = Path(__file__).parents[3] / "shared" / "rules"
pytestmark = pytest.mark.skipif(
    not RULES.is_dir(), reason="the public rule files are not beside the checkout"
)


def fired(*files: str) -> set[str]:
    drill = open_drill("db-pool-exhaustion", None, [RULES / name for name in files])
    run = drill.simulation(1, cast_for("absent"))
    run.advance(3600)
    return {
        dict(fact.labels)["alertname"] for _, fact in run.log.of(f.AlertChanged) if fact.state == "firing"
    }


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("spreaker-pgbouncer-exporter.yml", {"PgbouncerActiveConnections", "PgbouncerMaxConnections"}),
        ("postgres-exporter.yml", {"PostgresqlTooManyConnections"}),
        ("kubestate-exporter.yml", {"KubernetesDeploymentReplicasMismatch"}),
    ],
)
def test_the_rules_that_should_fire_do(file: str, expected: set[str]) -> None:
    assert expected <= fired(file)


def test_on_an_ordinary_hour_they_are_quiet() -> None:
    files = ("spreaker-pgbouncer-exporter.yml", "postgres-exporter.yml", "kubestate-exporter.yml")
    drill = open_drill("db-pool-exhaustion", None, [RULES / name for name in files])
    calm = drill.scenario.model_copy(update={"timeline": []})
    from drillbook.engine.simulation import Simulation

    run = Simulation(calm, drill.playbook, 1, prepared=drill.prepared)
    run.advance(3600)
    firing = [fact for _, fact in run.log.of(f.AlertChanged) if fact.state == "firing"]
    assert [dict(fact.labels)["alertname"] for fact in firing] == []


def test_all_three_together_page_somebody() -> None:
    files = ("spreaker-pgbouncer-exporter.yml", "postgres-exporter.yml", "kubestate-exporter.yml")
    drill = open_drill("db-pool-exhaustion", None, [RULES / name for name in files])
    run = drill.simulation(1, cast_for("absent"))
    run.advance(1800)
    assert any(fact.change == "notified" for _, fact in run.log.of(f.PageChanged))
