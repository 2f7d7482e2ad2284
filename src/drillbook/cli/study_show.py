"""`drillbook study show`: what a study would run, without running it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from drillbook.cli.study_files import open_study

if TYPE_CHECKING:
    from drillbook.study.setup import Setup

_SHOWN = 40
"""Alternatives, and aliases, that are listed."""


@click.command()
@click.argument("file")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def show(file: str, as_json: bool) -> None:
    """Tell what a study would run: alternatives, the mix of incidents, how many runs and how long.

    The time is an estimate from one incident of each kind, which is run for it.
    """
    from drillbook.study.estimate import seconds_per_run
    from drillbook.study.rules import rule_of

    setup = open_study(file)
    rule = rule_of(setup.material.model)
    each = seconds_per_run(setup)
    runs = rule.at_most * len(setup.plan.alternatives)
    if as_json:
        click.echo(json.dumps(_document(setup, runs, each), indent=2, ensure_ascii=False))
        return
    for line in _lines(setup):
        click.echo(line)
    study = setup.material.model
    most = "" if study.replications.kind == "fixed" else "at most "
    click.echo(
        f"{most}{rule.at_most} runs of each alternative, {most}{runs} in all; seeds from {study.first_seed}"
    )
    click.echo(f"about {_time(runs * each)} of one core's time ({1 / each:.1f} runs a second and core)")


def _lines(setup: Setup) -> Iterator[str]:
    study, plan = setup.material.model, setup.plan
    yield f"{study.title}\n{study.question.strip()}\n"
    yield f"{len(plan.alternatives)} alternatives ({study.design.kind}), * is what is done today:"
    for number, each in enumerate(plan.alternatives[:_SHOWN]):
        mark = "*" if number == plan.baseline else " "
        changes = "; ".join(f"{change.path} = {json.dumps(change.value)}" for change in each.changes)
        yield f" {mark} {each.id}: {changes or 'nothing is changed'}"
    if len(plan.alternatives) > _SHOWN:
        yield f"   and {len(plan.alternatives) - _SHOWN} more"
    if plan.generators:
        yield f"generators: {'; '.join(plan.generators)}"
        yield "what this fraction cannot tell apart:"
        yield from (f"   {line}" for line in plan.aliases[:_SHOWN])
        if len(plan.aliases) > _SHOWN:
            yield f"   and {len(plan.aliases) - _SHOWN} more"
    total = sum(cell.weight for cell in setup.cells)
    yield "the mix:"
    for cell in setup.cells:
        form = f" form {cell.form}" if cell.form else ""
        yield f"   {100 * cell.weight / total:5.1f} %  {cell.scenario}{form}, {cell.responder}"


def _document(setup: Setup, runs: int, seconds: float) -> dict[str, Any]:
    plan = setup.plan
    return {
        "study": setup.material.model.name,
        "alternatives": [
            {
                "id": each.id,
                "levels": each.levels,
                "changes": {change.path: change.value for change in each.changes},
            }
            for each in plan.alternatives
        ],
        "baseline": plan.alternatives[plan.baseline].id,
        "generators": list(plan.generators),
        "aliases": list(plan.aliases),
        "cells": [cell.model_dump() for cell in setup.cells],
        "runs_at_most": runs,
        "seconds_per_run": round(seconds, 4),
    }


def _time(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 7200 else f"{seconds / 3600:.1f} hours"
