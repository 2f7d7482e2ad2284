"""`drillbook policy dry-run`: who would be notified when and by what, without any incident."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from drillbook.cli.packs import open_catalog

if TYPE_CHECKING:
    from drillbook.cli.rehearsal import Rehearsal
    from drillbook.model.policy import OnCall


class Moment(click.ParamType[datetime]):
    """A moment with its offset from UTC."""

    name = "TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The moment; a usage error for one that cannot be told apart from others."""
        try:
            at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a time such as 2026-03-09T03:00:00+01:00", param, ctx)
        if at.tzinfo is None:
            self.fail(f"{value!r} needs its offset from UTC, such as {value}Z or {value}+01:00", param, ctx)
        if not 1971 < at.year < 2199:
            self.fail(f"{value!r}: the year must be 1972 to 2198", param, ctx)
        return at


class Span(click.ParamType[float]):
    """A length of time with its unit."""

    name = "DURATION"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Seconds; a usage error for anything else."""
        from drillbook.model.quantities import seconds

        try:
            return value if isinstance(value, float) else seconds(str(value))
        except ValueError as error:
            self.fail(f"{value!r}: {error}", param, ctx)


class Label(click.ParamType[tuple[str, str]]):
    """A label of the alert."""

    name = "NAME=VALUE"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """Name and value; a usage error where there are not two."""
        if isinstance(value, tuple):
            return value[0], value[1]
        name, equals, text = str(value).partition("=")
        if not (equals and name.isidentifier()):
            self.fail(f"{value!r} is not a label such as team=database", param, ctx)
        return name, text


@click.group()
def policy() -> None:
    """Look at escalation policies."""


@policy.command(name="dry-run")
@click.argument("files", nargs=-1, required=True, metavar="PLAYBOOK|FILE...")
@click.option("--at", type=Moment(), help="When the alert fires; the next Monday at 03:00 where left out.")
@click.option("--severity", default="critical", show_default=True, help="The alert's severity label.")
@click.option("--label", "labels", multiple=True, type=Label(), help="Another label of the alert.")
@click.option("--service", help="Page this service, whatever the routing says.")
@click.option(
    "--ack-after", type=Span(), help="The person notified last acknowledges that long after the page."
)
@click.option("--svg", type=click.Path(path_type=Path), help="Write the picture into a file, too.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def dry_run(
    files: Sequence[str],
    at: datetime | None,
    severity: str,
    labels: Sequence[tuple[str, str]],
    service: str | None,
    ack_after: float | None,
    svg: Path | None,
    as_json: bool,
) -> None:
    """Who is notified when and by what, if an alert fires and nobody (or one person once) answers.

    PLAYBOOK is a playbook's name or path. FILE is another tool's, as it is: policies and schedules of
    PagerDuty, GoAlert or Opsgenie, with or without an alertmanager.yml. The engine is that of a drill.
    """
    from drillbook.cli.rehearsal import rehearse
    from drillbook.cli.rehearsal_text import to_text
    from drillbook.loading.foreign.whole import whole_on_call
    from drillbook.model.labels import labels as label_set

    whole = whole_on_call([_file(name) for name in files])
    on_call = whole.on_call if service is None else _paging(whole.on_call, service)
    alert = label_set({"alertname": "DryRun", "severity": severity, **dict(labels)})
    shown = " ".join(click.format_filename(name) for name in files)
    moment = at.astimezone(_zone(on_call)) if at is not None else _next_monday(_zone(on_call))
    rehearsal = rehearse(shown, on_call, moment, alert, ack_after)
    if svg is not None:
        _draw(rehearsal, svg)
    if as_json:
        click.echo(json.dumps(_document(rehearsal), indent=2, ensure_ascii=False))
        return
    for note in whole.notes:
        click.echo(str(note), err=True)
    click.echo(to_text(rehearsal, chosen=at is None), nl=False)


def _draw(rehearsal: Rehearsal, path: Path) -> None:
    from drillbook.cli.report import write
    from drillbook.debrief.escalation_svg import escalation_svg

    at = rehearsal.at.strftime("%a %Y-%m-%d %H:%M %Z")
    write(path, escalation_svg(rehearsal.run, f"{rehearsal.of}: alert at {at}"))


def _file(name: str) -> Path:
    """A file that is there, or the playbook of a name."""
    path = Path(name)
    return path if path.exists() or path.suffix else open_catalog().index.find("playbook", name)


def _paging(on_call: OnCall, service: str) -> OnCall:
    """The same with a routing that pages one service."""
    from drillbook.errors import NotFound
    from drillbook.loading.shown import quoted
    from drillbook.model.nearest import nearest
    from drillbook.model.routing import Receiver, Route, Routing

    known = [each.id for each in on_call.services]
    if service not in known:
        near = nearest(service[:80], known)
        raise NotFound(f"there is no service {quoted(service)}{near}\nthere are: {', '.join(known)}")
    receiver = Receiver(name=service, pager_service=service)
    routing = Routing(route=Route(receiver=service), receivers=[receiver])
    return on_call.model_copy(update={"routing": routing})


def _zone(on_call: OnCall) -> ZoneInfo:
    """The zone of the first schedule; UTC without one."""
    for schedule in on_call.schedules:
        for key in ("time_zone", "timezone"):
            if hasattr(schedule, key):
                return ZoneInfo(getattr(schedule, key))
    return ZoneInfo("UTC")


def _next_monday(zone: ZoneInfo) -> datetime:
    """The next Monday at 03:00 by the clocks of a zone."""
    now = datetime.now(UTC).astimezone(zone)
    monday = (now - timedelta(days=now.weekday())).replace(hour=3, minute=0, second=0, microsecond=0)
    return monday if monday > now else monday + timedelta(days=7)


def _document(rehearsal: Rehearsal) -> dict[str, Any]:
    run, chance = rehearsal.run, rehearsal.chance
    return {
        "of": rehearsal.of,
        "at": rehearsal.at.isoformat(),
        "alert": dict(rehearsal.alert),
        "ack_after_s": rehearsal.ack_after,
        "told": [each._asdict() for each in run.told],
        "events": [
            {
                "t": each.t,
                "kind": each.kind.value,
                "page": each.page or None,
                "service": each.service,
                "user": each.user,
                "level": each.level,
                "pass": each.after.pass_ if each.after else None,
                "urgency": each.after.urgency if each.after else None,
            }
            for each in run.changes
        ],
        "holds": [each._asdict() for each in run.holds()],
        "holes": [{"kind": each.kind, "message": each.message, "t": each.t} for each in rehearsal.holes],
        "unanswered": chance._asdict() if chance else None,
        "end": run.end,
    }
