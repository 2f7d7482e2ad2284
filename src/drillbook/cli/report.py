"""What is written and printed after a drill."""

from __future__ import annotations

import json
from pathlib import Path

from drillbook.cli.home import home
from drillbook.debrief.build import build
from drillbook.debrief.document import Chart, Debrief
from drillbook.debrief.page import to_html
from drillbook.debrief.text import to_text
from drillbook.engine.simulation import Simulation
from drillbook.errors import DrillbookError
from drillbook.events.codec import dump
from drillbook.exercise.charts import golden_signals
from drillbook.exercise.exercise import Exercise
from drillbook.model.labels import render
from drillbook.scoring.scorecard import Scorecard

_STEP = 15.0
_BEFORE = 300.0
"""Seconds of ordinary life shown before the drill's start."""


def charts(run: Simulation | Exercise) -> list[Chart]:
    """The golden signals over the whole run."""
    drawn = []
    for signal in golden_signals(run.scenario.system):
        series = run.query_range(signal.expr, -_BEFORE, run.now, _STEP)
        lines = [(render(labels) if labels else signal.title, xs, ys) for labels, xs, ys in series]
        drawn.append(Chart(signal.title, signal.unit, lines))
    return drawn


def debrief_of(run: Simulation | Exercise, card: Scorecard) -> Debrief:
    """The debrief of a run."""
    return build(run.scenario, run.playbook, run.log, card, charts(run))


def write_out(folder: Path, run: Simulation, card: Scorecard) -> None:
    """events.jsonl, scorecard.json and debrief.html of a run."""
    write(folder / "events.jsonl", dump(run.log))
    write(folder / "scorecard.json", json.dumps(card.to_dict(), indent=2) + "\n")
    write(folder / "debrief.html", to_html(debrief_of(run, card)))


def page_path(exercise: Exercise) -> Path:
    """Where the page of an exercise belongs."""
    return home() / "debriefs" / f"{exercise.id}.html"


def write_page(exercise: Exercise) -> Path:
    """The debrief of an exercise as a page in the place for such; where it is."""
    path = page_path(exercise)
    write(path, to_html(debrief_of(exercise, exercise.scorecard())))
    return path


def debrief_text(exercise: Exercise) -> str:
    """The debrief of an exercise to be read in a terminal."""
    return to_text(debrief_of(exercise, exercise.scorecard()))


def write(path: Path, text: str) -> None:
    """Put a text into a file, in folders made for it; DrillbookError where that cannot be done."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise DrillbookError(f"{path}: cannot be written: {error.strerror}") from error
