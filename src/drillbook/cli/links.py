"""The options of `play` that connect a drill with a team's real tools."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from drillbook.cli.options import together

if TYPE_CHECKING:
    from drillbook.exercise.exercise import Exercise
    from drillbook.exercise.links.links import Links, Wanted

link_options = together(
    click.option(
        "--metrics", metavar="ADDR", help="Serve /metrics for a real Prometheus, such as 9900 or IP:PORT."
    ),
    click.option("--alertmanager", metavar="URL", help="Send the drill's alerts to a real Alertmanager."),
    click.option("--webhook", metavar="URL", help="Post the drill's notifications to a webhook receiver."),
)
"""`--metrics`, `--alertmanager` and `--webhook`."""


def wanted_links(metrics: str | None, alertmanager: str | None, webhook: str | None) -> Wanted | None:
    """What was asked for; InvalidInput for what is no address or URL, DrillbookError for one in use."""
    if metrics is None and alertmanager is None and webhook is None:
        return None
    from drillbook.errors import InvalidInput, Problem
    from drillbook.exercise.links.address import listen, target
    from drillbook.exercise.links.alerts import PATH
    from drillbook.exercise.links.links import Wanted
    from drillbook.exercise.links.scrape import ScrapeServer

    problems: list[Problem] = []

    def read(of: Callable[[], Any]) -> Any:
        try:
            return of()
        except InvalidInput as error:
            problems.extend(error.problems)

    address = read(lambda: listen(metrics, "--metrics")) if metrics is not None else None
    alerts_to = (
        read(lambda: target(alertmanager, "--alertmanager", PATH)) if alertmanager is not None else None
    )
    posts_to = read(lambda: target(webhook, "--webhook")) if webhook is not None else None
    if problems:
        raise InvalidInput(problems)
    return Wanted(ScrapeServer(address) if address else None, alerts_to, posts_to)


def connect(exercise: Exercise, wanted: Wanted | None) -> Links | None:
    """Open the links of an exercise, and say what there is."""
    if wanted is None:
        return None
    from drillbook.exercise.links.links import Links

    links = Links(exercise, wanted)
    exercise.follow(links.follow)
    links.follow()
    for line in links.told():
        click.echo(line, err=True)
    return links
