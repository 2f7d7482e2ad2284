"""`drillbook run`: a simulated responder or a script handles a drill, without a screen."""

from __future__ import annotations

import json
import re
from pathlib import Path
from statistics import fmean
from typing import Any

import click

from drillbook.cli.options import which_drill

_SEEDS = re.compile(r"(\d{1,9})(?:\.\.(\d{1,9}))?")
_MOST_SEEDS = 10_000


class Seeds(click.ParamType[range]):
    """A seed, or a range of seeds such as 1..30."""

    name = "N|N..M"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> range:
        """The seeds; a usage error for anything else."""
        match = _SEEDS.fullmatch(str(value))
        if not match:
            self.fail(f"{value!r} is neither a seed such as 7 nor a range such as 1..30", param, ctx)
        first, last = int(match[1]), int(match[2] or match[1])
        if not first <= last < first + _MOST_SEEDS:
            self.fail(f"{value!r}: a range goes up, over {_MOST_SEEDS} seeds at most", param, ctx)
        return range(first, last + 1)


@click.command()
@click.argument("scenario")
@click.option(
    "--responder",
    required=True,
    metavar="expert|average|novice|absent|script:FILE|people:FILE",
    help="Who handles it: a simulated responder, nobody, a script of timed lines, or your team.",
)
@click.option(
    "--seed", type=Seeds(), default="1", show_default=True, help="A seed, or a range such as 1..30."
)
@which_drill
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for events.jsonl, scorecard.json and debrief.html.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def run(
    scenario: str,
    responder: str,
    seed: range,
    form: int,
    playbook: str | None,
    rules: tuple[Path, ...],
    out: Path | None,
    as_json: bool,
) -> None:
    """Let a simulated responder or a script handle a drill."""
    from drillbook.cli.drill import cast_for, open_drill
    from drillbook.cli.report import write_out
    from drillbook.scoring.score import score

    drill = open_drill(scenario, playbook, rules, form)
    cast = cast_for(responder)
    par = drill.par
    cards = []
    for number in seed:
        simulation = drill.simulation(number, cast)
        simulation.advance(drill.scenario.duration + 1)
        card = score(drill.scenario, drill.playbook, simulation.log, par=par)
        cards.append(card)
        if out is not None:
            write_out(out if len(seed) == 1 else out / str(number), simulation, card)
        if not as_json:
            click.echo(_line(number, card.to_dict()))
    if as_json:
        click.echo(json.dumps(_document(seed, [card.to_dict() for card in cards]), indent=2))
    elif len(seed) > 1:
        click.echo(f"mean total {fmean(card.total for card in cards):.1f} over {len(seed)} seeds")


def _document(seed: range, cards: list[dict[str, Any]]) -> dict[str, Any]:
    if len(seed) == 1:
        return cards[0]
    return {
        "seeds": [seed[0], seed[-1]],
        "mean_total": round(fmean(card["total"] for card in cards), 2),
        "runs": cards,
    }


def _line(seed: int, card: dict[str, Any]) -> str:
    measures = card["measures"]
    shown = [
        f"{name[:-2]} {_minutes(measures.get(name))}" for name in ("acknowledge_s", "mitigate_s", "resolve_s")
    ]
    return f"seed {seed:<4} total {card['total']:5.1f} ({card['rating']})  " + "  ".join(shown)


def _minutes(value: float | None) -> str:
    return "never" if value is None else f"{int(value // 60)}m{int(value % 60):02}s"
