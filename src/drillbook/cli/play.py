"""`drillbook play`: a person takes the pager, in the cockpit or line by line."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from drillbook.cli.links import connect, link_options, wanted_links
from drillbook.cli.options import which_drill

if TYPE_CHECKING:
    from drillbook.exercise.exercise import Exercise

NO_TERMINAL = """\
drillbook play opens a full-screen cockpit and needs a terminal; this is not one.
  drillbook play {scenario} --plain                    the whole drill line by line, from a pipe too
  drillbook run {scenario} --responder expert --seed 1 a simulated responder plays it"""


@click.command()
@click.argument("scenario", required=False)
@click.option("--surprise", is_flag=True, help="Pick a drill for me.")
@click.option(
    "--resume", is_flag=True, help="Go on with the last exercise, or with the one named instead of SCENARIO."
)
@which_drill
@click.option("--seed", type=click.IntRange(0, 999_999_999), help="The same seed gives the same incident.")
@click.option("--speed", type=click.FloatRange(0.25, 60), default=1.0, help="Simulated seconds a second.")
@click.option("--plain", is_flag=True, help="Line by line, without a full-screen interface.")
@link_options
def play(
    scenario: str | None,
    surprise: bool,
    resume: bool,
    form: int,
    playbook: str | None,
    rules: tuple[Path, ...],
    seed: int | None,
    speed: float,
    plain: bool,
    metrics: str | None,
    alertmanager: str | None,
    webhook: str | None,
) -> None:
    """Take the pager: play a drill in the terminal."""
    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    if not (plain or terminal):
        raise click.UsageError(NO_TERMINAL.format(scenario=scenario or "db-pool-exhaustion"))
    from drillbook.cli.live import begin, go_on, surprise_me

    wanted = wanted_links(metrics, alertmanager, webhook)
    if resume:
        exercise = go_on(scenario or "")
    else:
        if surprise:
            scenario = surprise_me(_chance() if seed is None else seed)
        if scenario is None:
            raise click.UsageError("which drill? `drillbook catalog` lists them, --surprise picks one")
        chosen = _chance() % 10_000 if seed is None else seed
        exercise = begin(scenario, playbook, rules, chosen, form)
    exercise.set_speed(speed)
    links = connect(exercise, wanted)
    notices = links.notices.take if links else list[str]
    try:
        _play(exercise, notices, plain=plain, live=terminal)
    finally:
        if links is not None:
            links.close()
        for notice in notices():
            click.echo(notice, err=True)
        _leave(exercise)


def _chance() -> int:
    return int.from_bytes(os.urandom(4), "little")


def _play(exercise: Exercise, notices: Callable[[], list[str]], *, plain: bool, live: bool) -> None:
    if plain:
        from drillbook.cli.plain import Plain

        Plain(exercise, live=live, notices=notices).play()
        return
    from drillbook.cli.report import debrief_text, page_path, write_page
    from drillbook.tui.app import cockpit

    def look_back() -> str:
        write_page(exercise)
        return debrief_text(exercise)

    cockpit(exercise, look_back, str(page_path(exercise)), notices).run()


def _leave(exercise: Exercise) -> None:
    from drillbook.cli.report import debrief_text, write_page

    if exercise.ended:
        page = write_page(exercise)
        click.echo(debrief_text(exercise))
        click.echo(f"The debrief as a page: {page}")
    else:
        click.echo(f"Nothing is lost. Go on with: drillbook play --resume {exercise.id}")
    exercise.close()
