"""`play --metrics --alertmanager --webhook` and `export openmetrics` as their users call them."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from drillbook.cli.live import begin
from drillbook.cli.main import main
from tests.exercise.links.stand import receiver


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def drillbook(home: Path, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "drillbook", *arguments],
        input=typed,
        env={**os.environ, "DRILLBOOK_HOME": str(home), "COLUMNS": "100"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def play(home: Path, *arguments: str, typed: str) -> subprocess.CompletedProcess[str]:
    return drillbook(home, "play", "db-pool-exhaustion", "--plain", "--seed", "3", *arguments, typed=typed)


def test_all_that_is_wrong_is_told_at_once_and_nothing_begins(home: Path) -> None:
    done = play(
        home, "--metrics", "ex.com:80", "--alertmanager", "127.0.0.1:9093", "--webhook", "file:///x",
        typed="/quit\n",
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "--alertmanager: '127.0.0.1:9093' is no http or https URL (such as http://127.0.0.1:9093)",
        "--metrics: 'ex.com:80' is no address of this computer (an IP address such as 127.0.0.1, not a name)",
        "--webhook: 'file:///x' is no http or https URL (such as http://127.0.0.1:8080/hook)",
    ]
    assert not home.exists()


def test_a_port_in_use_is_one_line_and_no_exercise(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = play(home, "--metrics", str(port), typed="/quit\n")
    assert done.returncode == 2
    assert done.stderr == (
        f"--metrics: cannot listen on 127.0.0.1:{port}: Address already in use; choose another port\n"
    )
    assert not home.exists()


def test_links_are_told_and_what_fails_out_there_does_not_end_the_drill(home: Path) -> None:
    lines = "/wait 8m\n/speed 2\n/wait 1s\n/quit\n"
    done = play(home, "--metrics", "0", "--alertmanager", "http://127.0.0.1:1", typed=lines)
    assert done.returncode == 0, done.stderr
    assert "Metrics for Prometheus: http://127.0.0.1:" in done.stderr
    assert "Alerts go to http://127.0.0.1:1, marked drill=" in done.stderr
    assert done.stderr.count("Connection refused") == 1
    assert "At speed 2 " in done.stderr
    assert "Nothing is lost" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_drill_from_a_pipe_sends_what_happens_in_it(home: Path) -> None:
    with receiver() as there:
        done = play(
            home,
            "--alertmanager",
            f"{there.url}/am",
            "--webhook",
            f"{there.url}/hook",
            typed="/wait 9m\n/end\n",
        )
        assert done.returncode == 0, done.stderr
        paths = {path for path, _ in there.posts}
        assert paths == {"/am/api/v2/alerts", "/hook"}
        hooks = [body for path, body in there.posts if path == "/hook"]
        assert all(body["version"] == "4" and body["groupKey"] for body in hooks)
        alerts = [body for path, body in there.posts if path != "/hook"][-1]
        assert "ShopErrorRatioHigh" in {alert["labels"]["alertname"] for alert in alerts}
        assert {alert["labels"]["drill"] for alert in alerts} == {
            path.stem for path in (home / "exercises").glob("*.db")
        }


def played(home: Path, monkeypatch: pytest.MonkeyPatch, minutes: float, *, over: bool) -> None:
    """An exercise in the home, in this process: programs start slowly."""
    monkeypatch.setenv("DRILLBOOK_HOME", str(home))
    exercise = begin("db-pool-exhaustion", None, (), 3)
    exercise.skip(60 * minutes)
    if over:
        exercise.submit("/end")
    exercise.close()


def test_export_writes_the_same_to_a_file_and_to_standard_output(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    played(home, monkeypatch, 9, over=True)
    file = tmp_path / "new" / "history.om"
    assert main(["export", "openmetrics", "-o", str(file)]) == 0
    assert capsys.readouterr().out == f"Written to {file}\n"
    assert main(["export", "openmetrics", "db-pool"]) == 0
    printed = capsys.readouterr().out
    assert printed == file.read_text()
    assert printed.endswith("# EOF\n")
    assert 'ALERTS{alertname="ShopErrorRatioHigh",alertstate="firing"' in printed
    assert [path.name for path in file.parent.iterdir()] == ["history.om"]


def test_of_a_drill_that_is_not_over_all_up_to_now_is_exported(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    played(home, monkeypatch, 1, over=False)
    assert main(["export", "openmetrics"]) == 0
    printed = capsys.readouterr().out
    assert 'pg_up{instance="orders-db:9187"' in printed
    times = [float(line.rsplit(" ", 1)[1]) for line in printed.splitlines() if not line.startswith("#")]
    assert max(times) == datetime(2026, 3, 10, 14, 19, tzinfo=UTC).timestamp()


def test_export_says_what_it_cannot_do(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DRILLBOOK_HOME", str(home))
    assert main(["export", "openmetrics"]) == 2
    assert "there is no exercise yet" in capsys.readouterr().err
    played(home, monkeypatch, 1, over=False)
    assert main(["export", "openmetrics", "-o", "/proc/none/history.om"]) == 2
    assert "cannot be written" in capsys.readouterr().err
    with closing(sqlite3.connect(next((home / "exercises").glob("*.db")))) as db, db:
        db.execute("""UPDATE event SET line = replace(line, '"seed":3', '"seed":4')""")
    file = tmp_path / "history.om"
    assert main(["export", "openmetrics", "-o", str(file)]) == 2
    assert "recorded by another version" in capsys.readouterr().err
    assert not file.exists()


def test_a_scenarios_rules_are_exported_for_a_real_prometheus(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "rules", "db-pool-exhaustion"]) == 0
    assert capsys.readouterr().out.startswith("groups:\n  - name: shop-users\n")
    assert main(["export", "rules", "db-pool-exhaustio"]) == 2
    assert "did you mean" in capsys.readouterr().err
