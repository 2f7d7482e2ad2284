"""A dry run as text of 80 columns: what happens when, a picture of it, and what is weak. No colours."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from types import MappingProxyType

from drillbook.cli.rehearsal import Rehearsal
from drillbook.loading.shown import shortened
from drillbook.model.labels import render
from drillbook.model.quantities import duration_text
from drillbook.oncall.dry_run import Hold, Told
from drillbook.oncall.page import ChangeKind, PageChange, Why

WIDTH = 80
_ROWS = 60
"""Lines of the table and rows of the picture at most: some policies repeat for a day."""
_LABEL = 22
_AXIS = WIDTH - _LABEL - 2
_TICKS = (10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600)
_LEGEND = "! notified   = has the page   A acknowledges   x gives up"


def to_text(rehearsal: Rehearsal, *, chosen: bool) -> str:
    """The whole text; `chosen` says that the moment was chosen for want of another. Ends with a line feed."""
    parts = [_head(rehearsal, chosen), _table(rehearsal), _picture(rehearsal), _holes(rehearsal)]
    return "\n\n".join("\n".join(line.rstrip() for line in part) for part in parts if part) + "\n"


def _head(rehearsal: Rehearsal, chosen: bool) -> list[str]:
    at = rehearsal.at.strftime("%a %Y-%m-%d %H:%M:%S %Z")
    why = ", the next Monday at 03:00 (--at chooses another time)" if chosen else ""
    who = "nobody acknowledges"
    if rehearsal.ack_after is not None:
        who = f"one acknowledgement {duration_text(rehearsal.ack_after)} after the page"
    return [
        *_wrapped(f"Dry run of {shortened(rehearsal.of, 200)}: {who}"),
        *_wrapped(f"{shortened(render(rehearsal.alert), 200)} fires at {at}{why}."),
    ]


def _wrapped(text: str, first: str = "", rest: str = "") -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)


def _table(rehearsal: Rehearsal) -> list[str]:
    run = rehearsal.run
    first = {each.receiver: each.t for each in reversed(run.told)}
    told = [(each.t, _told(each, again=each.t > first[each.receiver])) for each in run.told]
    happened = [(each.t, said) for each in run.changes if (said := _said(each))]
    lines = sorted([*told, *happened], key=lambda line: line[0])
    if not lines:
        return []
    shown = [_line(rehearsal, t, said) for t, said in lines[:_ROWS]]
    more = len(lines) - _ROWS
    rest = [f"... and {more} lines more, until {duration_text(run.end)}"] if more > 0 else []
    flat = [each for line in shown for each in line]
    return [f"{'after':<10}{'at':<10}", *flat, *rest]


def _line(rehearsal: Rehearsal, t: float, said: str) -> list[str]:
    at = rehearsal.at + timedelta(seconds=t)
    lead = f"{duration_text(t):<10}{at.strftime('%H:%M:%S'):<10}"
    return _wrapped(said, lead, " " * len(lead))


def _told(told: Told, *, again: bool) -> str:
    does = [f"pages {told.service}"] if told.service else []
    does += [f"writes to {told.channel}"] if told.channel else []
    does = does or ["reaches nobody here"]
    return f"receiver {shortened(told.receiver)}{', again' if again else ''}: {' and '.join(does)}"


def _said(change: PageChange) -> str:
    say = _SAY.get(change.kind)
    return say(change) if say else ""


def _notified(change: PageChange) -> str:
    later = f", pass {change.after.pass_}" if change.after and change.after.pass_ > 1 else ""
    return f"level {change.level}{later}: {change.user} is notified"


def _triggered(change: PageChange) -> str:
    urgency = change.after.urgency if change.after else ""
    return f"page {change.page} opens, urgency {urgency}" + (
        ": it does not escalate" if urgency == "low" else ""
    )


def _resolved(change: PageChange) -> str:
    by = {Why.TIMEOUT: "by the service's timeout", Why.POLICY: "as the policy says"}
    return f"page {change.page} closes by itself, {by[change.why]}" if change.why in by else ""


_SAY: Mapping[ChangeKind, Callable[[PageChange], str]] = MappingProxyType(
    {
        ChangeKind.TRIGGERED: _triggered,
        ChangeKind.NOTIFIED: _notified,
        ChangeKind.ACKNOWLEDGED: lambda change: f"{change.user} acknowledges: escalation stops",
        ChangeKind.ACK_TIMED_OUT: lambda change: f"{change.user}'s acknowledgement ends: it begins again",
        ChangeKind.EXHAUSTED: lambda _: "nobody is left to notify: it gives up",
        ChangeKind.NOBODY_ON_CALL: lambda change: f"nobody is on call for {change.service}: no page opens",
        ChangeKind.SUPPRESSED: lambda change: f"{change.service} is in maintenance: no page opens",
        ChangeKind.RESOLVED: _resolved,
    }
)


def _picture(rehearsal: Rehearsal) -> list[str]:
    """One row for each person on each level; marks say what a colour could not say to everybody."""
    run = rehearsal.run
    holds = run.holds()
    if not holds:
        return []
    end = _end(rehearsal)
    rows: dict[tuple[int, str], list[Hold]] = {}
    for hold in holds:
        rows.setdefault((hold.level, hold.user), []).append(hold)
    lines = [f"{f'{level} {shortened(user, _LABEL - 4)}':<{_LABEL}} {_bar(rehearsal, each, end)}"
             for (level, user), each in sorted(rows.items())]  # fmt: skip
    more = [f"... and {len(lines) - _ROWS} rows more"] if len(lines) > _ROWS else []
    return [*_axis(end), *lines[:_ROWS], *more, _LEGEND]


def _end(rehearsal: Rehearsal) -> float:
    """The right-hand side of the picture: a little after the last thing that people notice."""
    run = rehearsal.run
    seen = [each.t for each in run.changes if each.kind is not ChangeKind.RESOLVED]
    return max(60.0, 1.04 * max(seen, default=0.0))


def _column(t: float, end: float) -> int:
    return min(_AXIS - 1, int(t / end * _AXIS))


def _bar(rehearsal: Rehearsal, holds: list[Hold], end: float) -> str:
    cells = [" "] * _AXIS
    for hold in holds:
        if hold.start <= end:
            first, last = _column(hold.start, end), _column(min(hold.end, end), end)
            cells[first : last + 1] = "=" * (last + 1 - first)
    for hold in holds:
        if hold.start <= end:
            cells[_column(hold.start, end)] = "!"
    for t, mark in _marks(rehearsal, holds):
        cells[_column(t, end)] = mark
    return "".join(cells)


def _marks(rehearsal: Rehearsal, holds: list[Hold]) -> Iterator[tuple[float, str]]:
    for change in rehearsal.run.changes:
        has = [hold for hold in holds if hold.start <= change.t <= hold.end]
        if change.kind is ChangeKind.ACKNOWLEDGED and any(hold.user == change.user for hold in has):
            yield change.t, "A"
        elif change.kind is ChangeKind.EXHAUSTED and has:
            yield change.t, "x"


def _axis(end: float) -> list[str]:
    step = next((each for each in _TICKS if end / each <= _AXIS / 8), _TICKS[-1])
    words, ticks = [" "] * (_AXIS + 8), [" "] * _AXIS
    for number in range(int(end // step) + 1):
        place = _column(number * step, end)
        text = duration_text(number * step)
        words[place : place + len(text)] = text
        ticks[place] = "|"
    lead = " " * (_LABEL + 1)
    return [f"{'level, person':<{_LABEL}} {''.join(words)}"[:WIDTH], lead + "".join(ticks)]


def _holes(rehearsal: Rehearsal) -> list[str]:
    lines = ["Holes" if rehearsal.holes else "No holes found."]
    for hole in rehearsal.holes:
        when = "" if hole.t is None else f" ({_when(rehearsal, hole.t)})"
        lines += _wrapped(f"{shortened(hole.message, 240)}{when}", "  - ", "    ")
    chance = rehearsal.chance
    if chance is not None:
        night = " by night" if chance.night_factor > 1 else ""
        median = duration_text(chance.median * chance.night_factor)
        share = f"{chance.chance:.1%}" if chance.chance >= 0.0005 else "less than 0.1%"
        lines += _wrapped(
            f"Unanswered, it gives up after {duration_text(chance.until)}. Half of those who answer{night}"
            f" do so within {median}: the chance that by then nobody has answered is {share}."
        )
        lines += _wrapped(f"({chance.source})")
    elif rehearsal.run.notified:
        lines.append("It does not give up as long as the page is open.")
    return lines


def _when(rehearsal: Rehearsal, t: float) -> str:
    return (rehearsal.at + timedelta(seconds=t)).strftime("%a %Y-%m-%d %H:%M")
