"""How each drill goes for one expert, as text that is kept beside the tests and read in reviews.

After a change that is meant to change a drill's course, `python -m tests.drill.narration` writes them anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from textwrap import shorten

from drillbook.cli.drill import Drill, cast_for, open_drill
from drillbook.events import facts as f
from drillbook.events.codec import dump
from drillbook.events.event import Event
from drillbook.events.log import EventLog
from drillbook.events.narrate import clock_text, narrate

ROOT = Path(__file__).parents[2]
KEPT = Path(__file__).parent / "golden"
SCENARIOS = sorted(path.stem for path in (ROOT / "scenarios").glob("*.yaml"))
SEED = 3
_WIDTH = 160


@cache
def drill_of(name: str) -> Drill:
    """A shipped drill, read once."""
    return open_drill(str(ROOT / "scenarios" / f"{name}.yaml"), None, ())


def narration(name: str) -> str:
    """What an expert sees and does in a drill, a line an event; last the digest of the whole log."""
    drill = drill_of(name)
    run = drill.simulation(SEED, cast_for("expert"))
    run.advance(drill.scenario.duration + 1)
    lines = [f"{name}, form 0, seed {SEED}, expert", *_lines(run.log, run.person)]
    digest = hashlib.sha256(dump(run.log).encode()).hexdigest()[:16]
    return "\n".join([*lines, f"{len(run.log)} events, sha256 {digest}"]) + "\n"


def _lines(log: EventLog, person: str) -> Iterator[str]:
    for event in log:
        text = _told(event, person)
        if text:
            yield f"{clock_text(event.t):>8}  {shorten(text, _WIDTH, placeholder=' …')}"


def _told(event: Event, person: str) -> str:
    """The event by ids, which no change of names or of what others said before moves."""
    match event.fact:
        case f.ImpactChanged(suffering=suffering, error_ratio=ratio):
            return f"({'users suffer' if suffering else 'users are well'}, {ratio:.1%} fail)"
        case f.ActionAdvanced() | f.Started():
            return ""
        case f.ProbeAnswered(command=command, output=output):
            own = event.visible_to(person)
            return f"{person} looks: {command} ({_size(output)})" if own else ""
        case f.Replied(text=text):
            return text.split("\n", 1)[0] if event.visible_to(person) else ""
    return narrate(event, {}) if event.visible_to(person) else ""


def _size(output: str) -> str:
    lines = output.splitlines()
    return lines[0].strip() if len(lines) == 1 else f"{len(lines)} lines"


if __name__ == "__main__":
    KEPT.mkdir(exist_ok=True)
    for each in SCENARIOS:
        (KEPT / f"{each}.txt").write_text(narration(each), encoding="utf-8")
