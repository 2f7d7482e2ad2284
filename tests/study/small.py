"""A study that takes a second: one short drill, few runs."""

import os
from functools import cache
from pathlib import Path

import drillbook
from drillbook.errors import InvalidInput
from drillbook.loading.catalog import Catalog
from drillbook.study.check import sound
from drillbook.study.material import finder
from drillbook.study.setup import Setup
from tests.loading.sample import ROOT, SCENARIO, edited

SHORT = edited(edited(SCENARIO, "duration: 2h", "duration: 12m"), "after: 15m", "after: 11m")
SHORT = edited(SHORT, "par_mitigate: 16m", "par_mitigate: 6m")
SHORT = edited(edited(SHORT, "time: 13m", "time: 9m"), "time: 18m", "time: 10m")
SHORT = SHORT.partition("\nforms:\n")[0] + "\nforms:\n  - swap: {Larkfield: Elmstead}\n"

HERE = {**os.environ, "PYTHONPATH": str(Path(drillbook.__file__).parents[1])}
"""The environment of processes that are to run the program under test, whatever their working directory."""
STUDY = """\
kind: study
name: small
title: A small study
question: Does it run?
scenarios:
  - {scenario: short.yaml, weight: 2}
  - {scenario: short.yaml, forms: [1]}
factors:
  - id: delay
    paths: ["playbook.on_call.escalation_policies.*.escalation_rules.1.escalation_delay_in_minutes"]
    levels: [{id: usual}, {id: short, value: 1}]
replications: {kind: fixed, runs: 12}
measures: [{measure: acknowledge_s}, {measure: mitigate_s, quantile: 0.9}, {measure: user_minutes}]
objectives: [{measure: user_minutes, goal: min}]
"""


catalog = cache(Catalog.standard)


def written(folder: Path, text: str = STUDY) -> Path:
    """The study's file, with the short drill beside it."""
    (folder / "short.yaml").write_text(SHORT, encoding="utf-8")
    path = folder / "small.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def setup(folder: Path, text: str = STUDY) -> Setup:
    """The study ready to be run."""
    path = written(folder, text)
    return Setup.of(sound(path, finder(path, catalog())))


def told(folder: Path, *edits: tuple[str, str]) -> list[str]:
    """What is wrong with the study after edits, without the name of the folder."""
    text = STUDY
    for old, new in edits:
        text = edited(text, old, new)
    try:
        setup(folder, text)
    except InvalidInput as error:
        return [str(problem).removeprefix(f"{folder}/") for problem in error.problems]
    return []


__all__ = ["HERE", "ROOT", "STUDY", "edited", "setup", "told", "written"]
