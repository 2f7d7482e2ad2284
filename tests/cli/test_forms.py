"""`--form N` plays a variant, which is recorded, resumed and judged as such."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from drillbook.cli.live import begin, go_on, look_back
from drillbook.cli.main import main
from drillbook.events import facts as f


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DRILLBOOK_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DRILLBOOK_PATH", raising=False)
    return tmp_path


def test_a_run_says_its_form_and_stands_beside_the_same_calibration(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert (
        main(["run", "orders-missing", "--responder", "expert", "--seed", "2", "--form", "1", "--json"]) == 0
    )
    card = json.loads(capsys.readouterr().out)
    assert card["form"] == 1
    assert card["total"] > 70
    assert card["par"]["runs"] == 300


def test_an_exercise_is_resumed_in_its_form() -> None:
    exercise = begin("orders-missing", None, (), 3, 1)
    exercise.submit("kubectl rollout history deployment/members-api -n shop")
    exercise.skip(60.0)
    exercise.close()
    again = go_on("")
    (started,) = [fact for _, fact in again.log.of(f.Started)]
    assert started.form == 1
    assert any("members-api" in fact.output for _, fact in again.log.of(f.ProbeAnswered))
    again.close()
    drill, _, live = look_back("", unfinished=True)
    assert drill.prepared.form == 1
    assert live is not None
    live.close()


def test_a_form_that_there_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "db-pool-exhaustion", "--responder", "absent", "--form", "2"]) == 2
    assert "db-pool-exhaustion has no form 2; it has 1 to 1" in capsys.readouterr().err
