"""`drillbook test-inject`: what one happening of a scenario does, by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from drillbook.batch.alone import Alone, Move
    from drillbook.events.event import Event
    from drillbook.model.scenario import Happening, Scenario

_MOST_METRICS = 10
_MINUTES = 10


@click.command("test-inject")
@click.argument("scenario")
@click.argument("inject", required=False)
@click.option(
    "--minutes",
    type=click.IntRange(1, 600),
    default=_MINUTES,
    show_default=True,
    help="How long to watch it.",
)
@click.option("--seed", type=click.IntRange(0, 999_999_999), default=1, show_default=True, help="Chance.")
def test_inject(scenario: str, inject: str | None, minutes: int, seed: int) -> None:
    """Show what one inject does, by itself.

    INJECT is its id or its number in the timeline; without it they are listed. It happens after one quiet
    minute, nothing else does, and nobody responds. Figures are compared with the same minutes without it.
    """
    from drillbook.batch.alone import Alone, number_of
    from drillbook.cli.packs import open_catalog

    drill = open_catalog().drill(scenario)
    if inject is None:
        for line in _list(drill.scenario):
            click.echo(line)
        return
    number = number_of(drill.scenario, inject)
    chosen = drill.scenario.timeline[number]
    shown = Alone(drill.scenario, drill.playbook, chosen, 60.0 * minutes, seed)
    click.echo(f"{drill.scenario.name}, inject {number + 1}: {_said(chosen)}")
    click.echo(f"here by itself at +1:00, watched for {minutes} min, seed {seed}")
    for line in (*_told(shown), *_signals(shown), *_metrics(shown), *_health(shown)):
        click.echo(line)


def _list(scenario: Scenario) -> Iterator[str]:
    for number, inject in enumerate(scenario.timeline, 1):
        yield f"{number:>3}  {inject.id or '':<20} {_said(inject)}"


def _said(inject: Happening) -> str:
    """The inject as its author wrote it, and when it happens."""
    from drillbook.loading.shown import shortened
    from drillbook.model.quantities import duration_text

    written = inject.model_dump(mode="json", exclude_unset=True, exclude={"id", "do", "at", "when", "told"})
    rest = " ".join(f"{key}={value}" for key, value in written.items())
    moment = "by condition" if inject.at is None else f"at {duration_text(inject.at)}"
    return f"{inject.do} {moment}: {shortened(rest, 100)}"


def _told(shown: Alone) -> Iterator[str]:
    from drillbook.events.narrate import clock_text

    names = {person.id: person.title or person.id for person in shown.scenario.people}
    yield ""
    lines = [(event.t, text) for event in shown.events() if (text := _sentence(event, names))]
    for t, text in lines:
        yield f"{clock_text(t):>9}  {text}"
    if not lines:
        yield "Nothing that anybody could notice happens."


def _sentence(event: Event, names: dict[str, str]) -> str:
    from drillbook.events import facts as f
    from drillbook.events.narrate import narrate

    if isinstance(event.fact, f.WorldChanged):
        return f"(hidden) {event.fact.what}"
    if isinstance(event.fact, f.ImpactChanged):
        return f"(hidden) users {'begin' if event.fact.suffering else 'cease'} to suffer"
    if isinstance(event.fact, f.AlertChanged) and event.fact.state == "pending":
        return ""
    return narrate(event, names)


def _signals(shown: Alone) -> Iterator[str]:
    from drillbook.exercise.charts import golden_signals

    yield ""
    yield f"{'Golden signals':<34}{'without':>12}{'with':>12}   at"
    for signal in golden_signals(shown.scenario.system):
        for move in shown.moves(signal.expr):
            yield _row(f"{signal.title} ({signal.unit})", move)


def _metrics(shown: Alone) -> Iterator[str]:
    from drillbook.model.labels import get

    moved = shown.moved(_MOST_METRICS)
    if moved:
        yield ""
        yield "Metrics that moved most, by job"
        for name, move in moved:
            yield _row(f"{get(move.labels, 'job')} {name}", move)


def _row(name: str, move: Move) -> str:
    from drillbook.events.narrate import clock_text

    gap = "" if len(name) < 34 else f"\n{'':<34}"
    at = clock_text(move.t) if move.size else "as it was"
    return f"{name:<34}{gap}{move.without:>12.4g}{move.with_it:>12.4g}   {at}"


def _health(shown: Alone) -> Iterator[str]:
    yield ""
    unwell = shown.unwell()
    yield "At the end every component is as it would have been." if not unwell else "At the end"
    for name, health, summary in unwell:
        yield f"  {name:<20} {health:<10} {summary}"
