"""`drillbook test-inject` shows what one happening does, and nothing that is not its doing."""

from __future__ import annotations

from pathlib import Path

import pytest

from drillbook.batch.alone import Move
from drillbook.cli.main import main
from tests.loading.sample import SCENARIO, edited


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DRILLBOOK_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DRILLBOOK_PATH", raising=False)
    return tmp_path


def test_the_fault_shows_its_alerts_metrics_and_components(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test-inject", "orders-missing", "6", "--minutes", "12"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("orders-missing, inject 6: change at 3m: component=events")
    assert "+1:00  (hidden) change events poison=order-events:4" in said
    assert "Alert KafkaConsumerGroupLag (warning) fires" in said
    assert "kafka kafka_consumergroup_lag" in said
    assert "Alert ParcelPartnerSlow" not in said
    assert said.rstrip().splitlines()[-1].split()[0] == "events"


def test_what_changes_nothing_is_said_to(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test-inject", "db-pool-exhaustion", "3", "--minutes", "3"]) == 0
    said = capsys.readouterr().out
    assert "[#vendors] Customer support lead: PayGate" in said
    assert "Metrics that moved" not in said
    assert said.count("as it was") == 4
    assert "every component is as it would have been" in said


@pytest.mark.parametrize(
    ("without", "with_it", "unusual"),
    [(10.0, 14.0, False), (10.0, 16.0, True), (10.0, 4.0, True), (0.0, 0.0, False)],
)
def test_a_metric_moves_by_more_than_it_varies_by_itself(
    without: float, with_it: float, unusual: bool
) -> None:
    """Meanwhile it would have been between 8 and 11: what lies 3 above or below that is its own."""
    assert Move((), 0.0, without, with_it, (8.0, 11.0)).unusual is unusual


def test_an_inject_by_condition_is_shown_by_its_id(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = edited(SCENARIO, "{do: traffic, at: 1m,", "{do: traffic, id: crowd, when: {state: declared},")
    (folder / "a.yaml").write_text(text)
    assert main(["test-inject", "a.yaml"]) == 0
    assert "  4  crowd                traffic by condition: factor=1.12" in capsys.readouterr().out
    assert main(["test-inject", "a.yaml", "crowd", "--minutes", "3"]) == 0
    assert "+1:00  (hidden) traffic ×1.12" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["0", "11", "crowd", "", "٣"])
def test_an_inject_that_there_is_not(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test-inject", "db-pool-exhaustion", name]) == 2
    assert "there are by number 1 to 10" in capsys.readouterr().err
