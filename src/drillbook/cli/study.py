"""`drillbook study`: what-if studies, from the question to the report."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import click

from drillbook.cli.lazy import LazyGroup, Subcommand

SUBCOMMANDS: Mapping[str, Subcommand] = MappingProxyType(
    {
        "show": Subcommand("drillbook.cli.study_show:show", "Tell what a study would run."),
        "run": Subcommand("drillbook.cli.study_run:run", "Run a study on all cores or on a cluster."),
        "replay": Subcommand("drillbook.cli.study_replay:replay", "Run one row again and look back on it."),
        "report": Subcommand("drillbook.cli.study_report:report", "Tell what a study found."),
        "weeks": Subcommand("drillbook.cli.study_weeks:weeks", "Show what a horizon was for its people."),
        "fit": Subcommand("drillbook.cli.study_fit:fit", "Learn your responders' pace from your incidents."),
    }
)


@click.group(cls=LazyGroup, subcommands=SUBCOMMANDS)
def study() -> None:
    """Compare policies over thousands of simulated incidents.

    FILE is the name of a study (`drillbook catalog` lists them) or a YAML file; `drillbook new study NAME`
    writes one to start from.
    """
