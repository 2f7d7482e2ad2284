"""The same scenario, playbook, seed and commands give the same log, to the byte."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

import pytest

from drillbook.cli.drill import Drill, cast_for
from drillbook.events.codec import dump
from tests.drill.conftest import Play

PROGRAM = """
import hashlib, sys
from drillbook.cli.drill import cast_for, open_drill
from drillbook.events.codec import dump
from tests.drill.conftest import Play
drill = open_drill("db-pool-exhaustion", None, ())
run = drill.simulation(int(sys.argv[2]), cast_for(sys.argv[1]))
run.advance(drill.scenario.duration + 1)
print(hashlib.sha256(dump(run.log).encode()).hexdigest(), len(run.log))
"""


def digest(responder: str, seed: int, hash_seed: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, responder, str(seed)],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.mark.parametrize(("responder", "seed"), [("expert", 3), ("novice", 8)])
def test_two_processes_give_the_same_bytes(responder: str, seed: int) -> None:
    assert digest(responder, seed, "1") == digest(responder, seed, "271828")


def test_cutting_the_time_into_pieces_changes_nothing(drill: Drill, play: Play) -> None:
    whole, _ = play("average", 5)
    pieces = drill.simulation(5, cast_for("average"))
    t = 0.0
    while not pieces.ended:
        t += 7.3
        pieces.advance(t)
        pieces.query_range("up", max(0.0, t - 60), t, 15)
        pieces.system_map()
    assert (
        hashlib.sha256(dump(pieces.log).encode()).digest()
        == hashlib.sha256(dump(whole.log).encode()).digest()
    )
