"""A live drill killed at random moments goes on at the same simulated second, with every accepted command."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from drillbook.cli.live import begin, go_on
from drillbook.events import facts as f
from drillbook.events.codec import dump

LIVE = """
import sys, time
from drillbook.cli.live import begin
exercise = begin("db-pool-exhaustion", None, (), 5)
print(exercise.id, flush=True)
number = 0
while True:
    exercise.tick(7.0)
    number += 1
    said = ["/note line %d", "kubectl get pods -n shop # %d", "/post #incidents update %d"]
    exercise.submit(said[number % 3] % number, f"key-{number}")
    print(f"{number} {exercise.now}", flush=True)
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DRILLBOOK_HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("moment", range(20))
def test_a_kill_at_any_moment_loses_no_accepted_command(place: Path, moment: int) -> None:
    chance = random.Random(moment)
    with subprocess.Popen([sys.executable, "-c", LIVE], stdout=subprocess.PIPE, text=True) as live:
        assert live.stdout is not None
        name = live.stdout.readline().strip()
        number, now = 0, 0.0
        for _ in range(chance.randint(1, 60)):
            first, second = live.stdout.readline().split()
            number, now = int(first), float(second)
        time.sleep(chance.random() * 0.02)
        os.kill(live.pid, signal.SIGKILL)
    again = go_on(name)
    given = [fact.key for event, fact in again.log.of(f.CommandGiven) if event.actor == again.person]
    assert len(given) >= number
    assert given == [f"key-{each}" for each in range(1, len(given) + 1)]
    assert again.now >= now
    again.close()


def test_a_resumed_exercise_goes_on_as_if_nothing_had_happened(place: Path) -> None:
    whole = begin("db-pool-exhaustion", None, (), 3)
    for t, text in ((400, "/ack"), (60, "kubectl get pods -n shop"), (30, "/declare SEV-1 shop down")):
        whole.skip(t)
        whole.submit(text)
    name, now = whole.id, whole.now
    whole.close()
    again = go_on(name)
    assert again.now == now
    again.skip(500)
    straight = begin("db-pool-exhaustion", None, (), 3)
    for t, text in ((400, "/ack"), (60, "kubectl get pods -n shop"), (30, "/declare SEV-1 shop down")):
        straight.skip(t)
        straight.submit(text)
    straight.skip(500)
    assert dump(again.log) == dump(straight.log)
    again.close()
    straight.close()


def test_a_command_sent_twice_is_applied_once(place: Path) -> None:
    exercise = begin("db-pool-exhaustion", None, (), 1)
    assert exercise.submit("/note once", "k")
    assert not exercise.submit("/note once", "k")
    assert len(list(exercise.log.of(f.NoteTaken))) == 1
    exercise.close()
