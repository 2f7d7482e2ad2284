"""`drillbook study fit`: how fast a team's responders are, from its own incident export."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click


class Columns(click.ParamType[dict[str, str]]):
    """Which column holds which moment."""

    name = "WHAT=NAME,..."

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, str]:
        """The names by moment; a usage error for what cannot be meant."""
        from drillbook.model.nearest import nearest
        from drillbook.study.fit.columns import ESCALATIONS, MOMENTS

        allowed = (*MOMENTS, ESCALATIONS)
        found = {}
        for part in str(value).split(","):
            what, equals, name = (each.strip() for each in part.partition("="))
            if not (equals and name):
                self.fail(f"{part!r} is not such as acknowledged=NAME", param, ctx)
            if what not in allowed:
                self.fail(
                    f"no {what!r}{nearest(what[:80], allowed)}; there are {', '.join(allowed)}", param, ctx
                )
            found[what] = name
        return found


@click.command()
@click.argument("csv", type=click.Path(path_type=Path))
@click.option(
    "--columns", type=Columns(), multiple=True,
    help="Which column holds what, where the names do not tell: created=Opened,resolved=Closed. A column of "
    "times since the creation has a unit: acknowledged=TTA:min (ms, s, min, h).",
)  # fmt: skip
@click.option("--time-zone", help="Zone of moments that name none, such as Europe/Berlin.")
@click.option(
    "--time-format", default="", help='Form of the moments if not ISO 8601, such as "%d/%m/%Y %H:%M".'
)
@click.option("--skip-bad-rows", is_flag=True, help="Tell what is wrong with rows, and use the others.")
@click.option(
    "--like", type=click.Choice(["expert", "average", "novice"]), default="average", show_default=True,
    help="Whose skill the team has, beside its times.",
)  # fmt: skip
@click.option("--name", default="", help="The team's name in the people file; the file's name by default.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="The people file; CSV's name with .yaml."
)
@click.option("--seed", type=click.IntRange(0, 999_999_999), default=1, help="Of the bootstrap.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def fit(
    csv: Path,
    columns: tuple[dict[str, str], ...],
    time_zone: str | None,
    time_format: str,
    skip_bad_rows: bool,
    like: str,
    name: str,
    out: Path | None,
    seed: int,
    as_json: bool,
) -> None:
    """Estimate how fast your responders are, from your own incidents.

    CSV is an export with a row per incident (PagerDuty, Opsgenie, GoAlert, or a list of your own). A row may
    lack later moments. Writes a people file, to be named in studies and in `run --responder people:FILE`.
    """
    import json

    from drillbook.loading.shown import file_name
    from drillbook.study.fit.fit import fit as fitted
    from drillbook.study.fit.people import people_file
    from drillbook.study.fit.summary import summary

    given = {what: column for each in columns for what, column in each.items()}
    export = _export(csv, _clock(time_zone, time_format), given, skip_bad_rows)
    found = fitted(export, seed)
    path = out or csv.with_suffix(".yaml")
    source = f"{csv.name}, {len(export.incidents)} incidents"
    text = people_file(found, name or _named(csv), source, like)
    if as_json:
        click.echo(json.dumps(_document(found), indent=2))
    else:
        for line in summary(found, file_name(csv)):
            click.echo(line)
    _write(path, text)
    if not as_json:
        click.echo(f"\nPeople file: {file_name(path)}")


def _export(csv: Path, clock: Any, given: dict[str, str], skip: bool) -> Any:
    from drillbook.errors import InvalidInput
    from drillbook.loading.document import bounded
    from drillbook.loading.limits import EXPORT_BYTES
    from drillbook.loading.shown import file_name
    from drillbook.loading.text import decode, read_bytes
    from drillbook.study.fit.export import read_export

    source = file_name(csv)
    text, problems = decode(read_bytes(csv, EXPORT_BYTES), source, EXPORT_BYTES)
    if problems:
        raise InvalidInput(bounded(problems))
    export = read_export(text, source, clock, given)
    if export.problems and not skip:
        raise InvalidInput(bounded(export.problems))
    for problem in bounded(export.problems):
        click.echo(f"skipped {problem}", err=True)
    return export


def _clock(zone: str | None, form: str) -> Any:
    from zoneinfo import ZoneInfo

    from drillbook.study.fit.moments import Clock

    try:
        return Clock(ZoneInfo(zone) if zone else None, form)
    except (KeyError, ValueError, OSError):
        raise click.BadParameter(
            f"{zone!r} is not a time zone such as Europe/Berlin", param_hint="--time-zone"
        ) from None


def _named(csv: Path) -> str:
    import re

    return re.sub(r"[^a-z0-9]+", "-", csv.stem.lower()).strip("-")[:60] or "team"


def _write(path: Path, text: str) -> None:
    from drillbook.errors import DrillbookError
    from drillbook.loading.shown import file_name

    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise DrillbookError(f"{file_name(path)}: cannot be written: {error.strerror}") from None


def _document(found: Any) -> dict[str, Any]:
    stages = {}
    for each in found.stages:
        law = each.law
        stages[each.sample.stage.name] = {
            "n": len(each.sample),
            "open": len(each.sample) - each.sample.events,
            "verdict": each.verdict,
            "lognormal": law
            and {
                "mu": law.mu,
                "mu_interval": law.mu_interval,
                "sigma": law.sigma,
                "sigma_interval": law.sigma_interval,
                "median_s": law.median,
            },
            "distance": each.distance,
            "p_value": each.p_value,
            "aic": each.criteria,
        }
    return {"incidents": len(found.export.incidents), "never": found.never, "times": stages}
