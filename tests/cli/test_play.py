"""`drillbook play`, `run` and `debrief` as their users call them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHELL = "kubectl rollout undo deployment/orders-api -n shop"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def drillbook(home: Path, *arguments: str, typed: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "drillbook", *arguments],
        input=typed,
        env={**os.environ, "DRILLBOOK_HOME": str(home), "COLUMNS": "100"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_without_a_terminal_play_says_what_to_do_instead(home: Path) -> None:
    done = drillbook(home, "play", "db-pool-exhaustion", typed="")
    assert done.returncode == 2
    assert "--plain" in done.stderr
    assert "drillbook run db-pool-exhaustion" in done.stderr


def test_a_whole_drill_can_be_played_line_by_line(home: Path) -> None:
    lines = ["/wait 6m", "/alerts", "/ack", "/declare SEV-1 most requests fail", "/map", "/charts",
             "psql -p 6432 pgbouncer -c 'SHOW POOLS'", SHELL, "yes", "/wait 8m", "/pages", "/messages",
             "/resolve rolled back", "/wait 5m"]  # fmt: skip
    done = drillbook(home, "play", "db-pool-exhaustion", "--plain", "--seed", "3", typed="\n".join(lines))
    assert done.returncode == 0, done.stderr
    for told in ("Page P1 notifies", "acknowledged by", "cl_waiting", "Do it? Type yes or no.",
                 "successfully rolled out", "The drill is over.", "The debrief as a page:"):  # fmt: skip
        assert told in done.stdout, told
    page = Path(done.stdout.rsplit("The debrief as a page: ", 1)[1].strip())
    assert page.read_text().startswith("<!doctype html>") or "<html" in page.read_text()
    again = drillbook(home, "debrief", "--json")
    assert again.returncode == 0, again.stderr
    json.loads(again.stdout)


def test_silenced_alerts_are_marked_line_by_line(home: Path) -> None:
    lines = ["/wait 6m", "/silence PaymentProviderSlow 1h provider knows", "/alerts", "/silence list",
             "/silence ShopErrorRatioHigh 1h loud", "no", "/end"]  # fmt: skip
    done = drillbook(home, "play", "db-pool-exhaustion", "--plain", "--seed", "3", typed="\n".join(lines))
    assert done.returncode == 0, done.stderr
    for told in ("warning   PaymentProviderSlow (silenced): ", ": provider knows", "left alone",
                 "Critical and firing, and silenced for 1h: ShopErrorRatioHigh."):  # fmt: skip
        assert told in done.stdout, told
    assert "critical  ShopErrorRatioHigh: " in done.stdout


def test_leaving_loses_nothing_and_resume_goes_on_at_the_same_second(home: Path) -> None:
    first = drillbook(home, "play", "db-pool-exhaustion", "--plain", "--seed", "1", typed="/wait 7m\n/ack\n")
    assert "Nothing is lost" in first.stdout
    second = drillbook(home, "play", "--resume", "--plain", typed="/clock\n/pages\n")
    assert second.returncode == 0, second.stderr
    assert "+7:00" in second.stdout
    assert "acknowledged" in second.stdout
    early = drillbook(home, "debrief")
    assert early.returncode == 2
    assert "is not over" in early.stderr
    assert "v2.3.1" not in early.stdout + early.stderr


def test_nonsense_gets_a_helpful_answer_and_never_a_traceback(home: Path) -> None:
    lines = ["/akc", "kubctl get pods", "[bold]x[/bold]", "\x1b[31mred", "/wait soon", "/speed fast",
             "/declare", "/assign king me", "/page nobody", "/post #incidnts hello", "/status fine all good",
             "'unbalanced", "\U0001f600" * 50, "x" * 10_000, "/check 1", "/runbook kafka"]  # fmt: skip
    done = drillbook(home, "play", "db-pool-exhaustion", "--plain", typed="\n".join(lines))
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert "\x1b" not in done.stdout
    for told in ("did you mean ack?", "did you mean #incidents?", "there are primary", "a status is one of"):
        assert told in done.stdout, told


def test_surprise_picks_a_drill(home: Path) -> None:
    done = drillbook(home, "play", "--surprise", "--plain", typed="/quit\n")
    assert done.returncode == 0, done.stderr
    assert "You are the primary on-call engineer" in " ".join(done.stdout.split())


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("play", "db-pool-exhaustio", "--plain"), "db-pool-exhaustion"),
        (("play", "--plain"), "which drill?"),
        (("play", "--resume", "--plain"), "there is no exercise yet"),
        (("run", "db-pool-exhaustion", "--responder", "exprt"), "did you mean expert?"),
        (("run", "db-pool-exhaustion", "--responder", "script:none.yaml"), "none.yaml"),
        (("run", "db-pool-exhaustion", "--responder", "expert", "--seed", "9..1"), "a range goes up"),
        (("run", "db-pool-exhaustion", "--responder", "expert", "--rules", "README.md"), "README.md"),
        (("debrief", "nothing"), "there is no exercise"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_what_cannot_be_done_is_said_with_status_2(home: Path, arguments: tuple[str, ...], told: str) -> None:
    done = drillbook(home, *arguments, typed="")
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_run_prints_one_json_document_and_writes_its_files(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = drillbook(home, "run", "db-pool-exhaustion", "--responder", "average", "--seed", "4", "--json",
                     "--out", str(out))  # fmt: skip
    assert done.returncode == 0, done.stderr
    card = json.loads(done.stdout)
    assert {"scenario", "playbook", "seed", "form", "scoring_version", "total", "rating", "areas",
            "expectations", "measures"} <= set(card)  # fmt: skip
    assert json.loads((out / "scorecard.json").read_text()) == card
    assert (out / "events.jsonl").read_text().splitlines()[0].startswith('{"seq":1,')
    assert "http" not in _outside(out / "debrief.html")


def _outside(page: Path) -> str:
    """What the page would load from elsewhere."""
    text = page.read_text()
    return " ".join(part for part in text.split('"') if part.startswith(("http:", "https:", "//")))


def test_a_range_of_seeds_gives_a_mean(home: Path) -> None:
    done = drillbook(home, "run", "db-pool-exhaustion", "--responder", "absent", "--seed", "1..3", "--json")
    document = json.loads(done.stdout)
    assert document["seeds"] == [1, 3]
    assert len(document["runs"]) == 3
