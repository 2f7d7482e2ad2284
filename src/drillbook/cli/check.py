"""`drillbook check`: what is wrong with packs and other tools' files, and where."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from drillbook.cli.packs import open_catalog

if TYPE_CHECKING:
    from drillbook.loading.survey import Report


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path))
@click.option("--quality", is_flag=True, help="Try scenarios out: is all that they ask for seen, done, met?")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def check(paths: tuple[Path, ...], quality: bool, as_json: bool) -> int:
    """Check scenarios, playbooks, curricula, studies, and files of other tools as they are.

    Known are rule files, prometheus.yml, alertmanager.yml, and policies and schedules of PagerDuty,
    GoAlert and Opsgenie in JSON or YAML, by what is in them. PATH is a file or a folder with YAML files,
    of which those of other kinds are skipped. Without a PATH the built-in packs are checked.

    With --quality a scenario in which nothing is wrong is also run a few times: clues that no probe shows,
    remedies whose command does something else, alert rules on metrics that nothing exports, texts that give
    the cause away, and what its calibration says about its par times and the playbook's expectations.

    Exit status: 0 everything holds, 1 something does not, 2 there is nothing to check or a file cannot be
    read.
    """
    from drillbook.loading.packs import built_in
    from drillbook.loading.survey import survey

    reports = survey(paths or built_in().files(), open_catalog())
    if any(report.kind == "study" for report in reports):
        from drillbook.study.check import checked_studies

        reports = checked_studies(reports, open_catalog())
    if quality:
        from drillbook.batch.quality.quality import qualities

        reports = qualities(reports, open_catalog())
    checked = [report for report in reports if not report.is_skipped]
    if as_json:
        click.echo(json.dumps(_document(checked, len(reports) - len(checked)), indent=2))
    else:
        _print(checked, len(reports) - len(checked))
    if not checked or any(report.unreadable for report in checked):
        return 2
    return 1 if any(report.problems for report in checked) else 0


def _print(checked: Sequence[Report], skipped: int) -> None:
    for report in checked:
        for problem in report.problems:
            click.echo(str(problem))
        if report.unreadable:
            click.echo(report.unreadable, err=True)
    click.echo(_summary(checked, skipped))


def _summary(checked: Sequence[Report], skipped: int) -> str:
    count = sum(len(report.problems) for report in checked)
    bad = sum(bool(report.problems) for report in checked)
    unread = sum(bool(report.unreadable) for report in checked)
    text = f"{_number(len(checked) - unread, 'file')} checked: "
    text += f"{_number(count, 'problem')} in {_number(bad, 'file')}" if count else "no problems"
    text += f"; {_number(unread, 'file')} could not be read" if unread else ""
    return text + (f"; {_number(skipped, 'YAML file')} of other kinds skipped" if skipped else "")


def _number(count: int, thing: str) -> str:
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


def _document(checked: Sequence[Report], skipped: int) -> dict[str, Any]:
    return {
        "ok": bool(checked) and not any(report.problems or report.unreadable for report in checked),
        "skipped": skipped,
        "files": [
            {
                "file": report.source,
                "kind": report.kind or None,
                "name": report.name or None,
                "unreadable": report.unreadable or None,
                "problems": [
                    {"line": each.line, "column": each.column, "message": each.message, "hint": each.hint}
                    for each in report.problems
                ],
            }
            for report in checked
        ],
    }
