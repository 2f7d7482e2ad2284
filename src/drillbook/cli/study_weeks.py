"""`drillbook study weeks`: what a horizon was for the people on call, by incident and by week."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from drillbook.study.horizon.watch import Met, Watch
    from drillbook.study.weeks import Weeks


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.argument("row", type=click.IntRange(1))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def weeks(folder: Path, row: int, as_json: bool) -> None:
    """Show the days of a row: who was called when, how tired, and each person's weeks.

    FOLDER holds the results of a study with a horizon, ROW is the number in the column `row`, from 1.
    """
    import json

    from drillbook.study.weeks import weeks as passed_again

    found = passed_again(folder, row)
    if as_json:
        click.echo(json.dumps(_document(found), indent=2))
        return
    click.echo(f"Row {row}: {found.alternative}, seed {found.seed}\n")
    for line in [*_incidents(found.watch), "", *_people(found)]:
        click.echo(line.rstrip())


def _incidents(watch: Watch) -> Iterator[str]:
    heads = f"{'begins (UTC)':<18}{'scenario':<22}{'acknowledged by':<18}{'after':>8}{'mitigated':>11}"
    yield f"{heads}  sleepiness"
    for met in watch.met:
        name, owner = watch.drills[met.cell].scenario.name, _owner(met) or "nobody"
        after, mitigated = (_time(met.figures[each]) for each in ("acknowledge_s", "mitigate_s"))
        kss = "" if met.kss is None else f"{met.kss:.1f}"
        beside = "during another" if met.concurrent else ""
        yield f"{_clock(met):<18}{name:<22}{owner:<18}{after:>8}{mitigated:>11}  {kss:<5}{beside}"


def _people(found: Weeks) -> Iterator[str]:
    yield (
        f"{'person':<22}{'week':>4}{'on call':>9}{'pages':>7}{'night':>7}{'taken':>7}{'worked':>8}"
        f"{'sleep lost':>12}{'short rests':>13}{'over limits':>13}{'cost':>9}"
    )
    for row in found.ledger:
        if row.pages or row.worked_hours or row.on_call_hours:
            yield (
                f"{row.person:<22}{row.week:>4}{row.on_call_hours:>7.0f} h{row.pages:>7}{row.night_pages:>7}"
                f"{row.incidents:>7}{row.worked_hours:>6.1f} h{row.lost_sleep_hours:>10.1f} h"
                f"{row.rest_violations:>13}{row.limit_breaches:>13}{row.cost:>9,.0f}"
            )
    yield f"cost in all: {sum(row.cost for row in found.ledger):,.0f} USD"


def _clock(met: Met) -> str:
    from datetime import UTC, datetime

    return f"{datetime.fromtimestamp(met.begun, UTC):%a %d %b %H:%M}"


def _owner(met: Met) -> str:
    return met.humans.get(met.traces.owner, "")


def _time(seconds: float) -> str:
    return "never" if math.isnan(seconds) else f"{int(seconds // 60)}m{int(seconds % 60):02}s"


def _document(found: Weeks) -> dict[str, Any]:
    from dataclasses import asdict
    from datetime import UTC, datetime

    def known(values: Any) -> dict[str, float | None]:
        return {name: None if math.isnan(value) else value for name, value in values.items()}

    return {
        "row": found.row,
        "alternative": found.alternative,
        "seed": found.seed,
        "incidents": [
            {
                "number": met.number,
                "scenario": found.watch.drills[met.cell].scenario.name,
                "begins": datetime.fromtimestamp(met.begun, UTC).isoformat(),
                "acknowledged_by": _owner(met) or None,
                "kss": met.kss,
                "during": met.concurrent,
                "measures": known(met.figures),
            }
            for met in found.watch.met
        ],
        "weeks": [{**asdict(row), "cost": row.cost} for row in found.ledger],
    }
