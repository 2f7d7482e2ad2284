"""`drillbook study compare`: two folders of results beside each other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from drillbook.study.compare import Apart


@click.command()
@click.argument("first", type=click.Path(path_type=Path, file_okay=False))
@click.argument("second", type=click.Path(path_type=Path, file_okay=False))
def compare(first: Path, second: Path) -> None:
    """Compare two folders of results: what was run otherwise, and what came out otherwise.

    Alternatives are matched by their ids, runs by seed, scenario and responder. Differences are the second's
    mean less the first's, with 95 % intervals.
    """
    from drillbook.loading.shown import escaped
    from drillbook.study.compare import compared
    from drillbook.study.results import load

    found = compared(load(first), load(second))
    click.echo("What was run:" if found.inputs else "What was run is the same.")
    for line in found.inputs:
        click.echo(f"  {escaped(line)}")
    for names, which in zip(found.only, ("first", "second"), strict=True):
        if names:
            click.echo(f"  only in the {which}: {escaped(', '.join(names))}")
    last = ""
    for each in found.apart:
        if each.alternative != last:
            click.echo(f"\n{escaped(each.alternative)}")
            last = each.alternative
        click.echo(_line(each))
    if not found.apart:
        click.echo("They have no alternative and measure in common.")


def _line(each: Apart) -> str:
    from drillbook.study.analysis.wording import amount, between

    unit = each.unit
    off = amount(each.difference.value, unit, off=True)
    how = f"{each.pairs} pairs" if each.pairs else "not paired"
    sign = "+" if each.difference.value > 0 else ""
    return (
        f"  {each.title:<34} {amount(each.first, unit):>10} {amount(each.second, unit):>10}  "
        f"{sign}{off} ({between(each.difference, unit, off=True)}; {how})"
    )
