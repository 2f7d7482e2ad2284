"""The debrief as plain text of 80 columns, for terminals and mails: no colours, no control characters."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Sequence

from drillbook.debrief.clues import MISLEADING
from drillbook.debrief.document import Area, Chart, ClueSeen, Communication, Debrief, Entry, Explanation, Line
from drillbook.debrief.wording import amount, counts_down, listing, percent, points, sentences, span
from drillbook.events.narrate import clock_text

WIDTH = 80
_BARS = "▁▂▃▄▅▆▇█"
_BAR = 20


def to_text(debrief: Debrief) -> str:
    """The whole debrief; it ends with a line feed."""
    parts = (
        _head(debrief),
        _score(debrief),
        _figures(debrief),
        _charts(debrief),
        _timeline(debrief),
        _scorecard(debrief),
        _remedies(debrief),
        _clues(debrief),
        _communications(debrief),
        _lessons(debrief),
        *(_section(record.title, record.text.split("\n")) for record in debrief.records),
        _sources(debrief),
    )
    return "\n\n".join("\n".join(line.rstrip() for line in part) for part in parts if part) + "\n"


def _section(title: str, lines: Iterable[str]) -> list[str]:
    return [title.upper(), "-" * min(len(title), WIDTH), *lines]


def _wrap(text: str, first: str = "", rest: str | None = None) -> list[str]:
    """Text in lines of at most 80 characters, behind `first` and then behind `rest` (as wide as `first`)."""
    following = " " * len(first) if rest is None else rest
    paragraphs = text.split("\n") or [""]
    lines: list[str] = []
    for paragraph in paragraphs:
        lead = following if lines else first
        wrapped = textwrap.wrap(
            paragraph, WIDTH, initial_indent=lead, subsequent_indent=following, break_on_hyphens=False
        )
        lines += wrapped or [lead]
    return lines


def _bullets(texts: Sequence[str]) -> list[str]:
    return [line for text in texts for line in _wrap(text, "- ")] or ["Nothing."]


def _head(debrief: Debrief) -> list[str]:
    ended = {
        "resolved": "ended resolved",
        "time": "ended when its time was up",
        "stopped": "ended by hand",
    }.get(debrief.ended, "not ended")
    facts = (
        f"{debrief.scenario}, seed {debrief.seed}, playbook {debrief.playbook}; "
        f"from {debrief.start}, {ended} after {span(debrief.end)}"
    )
    return [
        "=" * WIDTH,
        *_wrap(f"DEBRIEF: {debrief.title}"),
        *_wrap(facts),
        "=" * WIDTH,
        "",
        *_wrap(" ".join(debrief.verdict)),
        "",
        *_wrap(debrief.happened, "What truly happened: ", "  "),
    ]


def _score(debrief: Debrief) -> list[str]:
    rows = [_area_row(area) for area in debrief.areas]
    total = f"{points(debrief.total)} of 100: {debrief.rating}, {debrief.meaning.lower()}"
    return _section("Score", [f"Total {total}", "", *rows, *_standing(debrief)])


def _standing(debrief: Debrief) -> list[str]:
    return ["", *_bullets(debrief.standing)] if debrief.standing else []


def _area_row(area: Area) -> str:
    if area.score is None:
        return f"{area.name:<16} -          {area.meaning}"
    filled = round(area.score / 100 * _BAR)
    bar = "#" * filled + "." * (_BAR - filled)
    return f"{area.name:<16} {area.rating}  {points(area.score):>5}  {bar}  {area.meaning}"


def _figures(debrief: Debrief) -> list[str]:
    rows = [
        f"{figure.label:<20} {figure.value:<16}" + (f" ({figure.note})" if figure.note else "")
        for figure in debrief.figures
    ]
    return _section("In figures", rows)


def _charts(debrief: Debrief) -> list[str]:
    rows = [line for chart in debrief.charts for line in _chart(chart, debrief.end)]
    if not rows:
        return []
    span_text = f"from {clock_text(0)} to {clock_text(debrief.end)}"
    return _section(f"Charts, {span_text}", rows)


def _chart(chart: Chart, end: float) -> list[str]:
    """Each series as one line of bars, with its highest value; of room on disks the lowest counts."""
    lines = []
    for name, times, values in chart.series:
        known = [value for value in values if math.isfinite(value)]
        if known:
            top = max(known)
            which = f", {name}" if len(chart.series) > 1 else ""
            word, value = ("at least", min(known)) if counts_down(chart.unit) else ("at most", top)
            lines += _wrap(f"{chart.title}{which}: {word} {amount(value, chart.unit)}")
            lines.append(_bars(times, values, end, top))
    return lines


def _bars(times: Sequence[float], values: Sequence[float], end: float, top: float) -> str:
    columns: list[float | None] = [None] * WIDTH
    last = 0.0
    for t, value in zip(times, values, strict=True):
        if math.isfinite(value) and t < 0:
            last = value
        elif math.isfinite(value) and t <= end:
            at = min(WIDTH - 1, int(WIDTH * t / end)) if end else 0
            columns[at] = max(value, columns[at] or 0.0)
    signs = []
    for column in columns:
        last = last if column is None else column
        signs.append(_BARS[min(7, int(8 * max(0.0, last) / top))] if top > 0 else _BARS[0])
    return "".join(signs)


def _timeline(debrief: Debrief) -> list[str]:
    rows = [line for entry in debrief.timeline for line in _entry(entry)]
    return _section("Timeline (UTC; * marks the turning points)", rows)


def _entry(entry: Entry) -> list[str]:
    mark = "*" if entry.key else " "
    lead = f"{entry.number:>3}{mark} {entry.at} {entry.kind:<8} "
    lines = _wrap(entry.text, lead)
    for note in entry.notes:
        lines += _wrap(note, " " * len(lead) + "> ")
    return lines


def _scorecard(debrief: Debrief) -> list[str]:
    rows: list[str] = []
    for area in debrief.areas:
        if area.lines:
            rows += ["", f"{area.name}: {area.rating or '-'}, {area.meaning.lower()}"]
            rows += [line for each in area.lines for line in _line(each)]
    explained = _wrap("Numbers in brackets are the timeline's; “log” goes before those of the event log.")
    return _section("Scorecard", [*explained, *rows])


def _line(line: Line) -> list[str]:
    grades = [line.outcome]
    if line.late_by_s:
        grades = [
            f"{'done' if line.outcome == 'met' else line.outcome}, {span(line.late_by_s)} after its target"
        ]
    if line.quality is not None:
        grades.append(f"quality {percent(line.quality)}")
    won = "-" if line.outcome == "not-applicable" else f"{points(line.points)}/{points(line.max)}"
    seen = [f"{each.number}" if each.number else f"log {each.seq}" for each in line.evidence]
    evidence = f" [{', '.join(seen)}]" if seen else ""
    return [
        f"  {line.id:<24} {won:>7}  {', '.join(grades)}",
        *_wrap(f"{line.reason}{evidence}", "      "),
        *_wrap(f"Playbook: {line.rule}", "      "),
    ]


def _remedies(debrief: Debrief) -> list[str]:
    rows: list[str] = []
    for attempt in debrief.attempts:
        number = f"{attempt.number}. " if attempt.number else ""
        rows += _wrap(f"{number}{attempt.at} {attempt.who}: {attempt.command}")
        rows += _wrap(f"{attempt.verdict}: {attempt.why}", "    ")
        rows += _wrap(sentences((attempt.effect, f"It ended: {attempt.outcome}")), "    ")
    rows = rows or ["Nobody tried a remedy."]
    rows += ["", "What would have helped:"]
    for remedy in debrief.remedies:
        tried = " (done)" if remedy.tried else ""
        rows += _wrap(f"{remedy.verdict}{tried}: {remedy.command}", "- ", "  ")
        rows += _wrap(remedy.why, "    ")
    return _section("Remedies", rows)


def _clues(debrief: Debrief) -> list[str]:
    rows = [line for each in debrief.explanations for line in _explanation(each)]
    rows += ["", "Clues, in the order in which an experienced engineer would look:"]
    rows += [line for clue in debrief.clues for line in _clue(clue)]
    return _section("Explanations and clues", rows)


def _explanation(each: Explanation) -> list[str]:
    followed = [
        f"{what} at {listing([str(number) for number in where])}"
        for what, where in (("clues seen", each.seen), ("stated", each.stated), ("acted upon", each.tried))
        if where
    ]
    lead = "[true]  " if each.true else "[false] "
    return [*_wrap(each.summary, lead), *_wrap("; ".join(followed) or "not followed", " " * len(lead))]


def _clue(clue: ClueSeen) -> list[str]:
    seen = f"seen at {clue.number} by {clue.who}" if clue.number else "not seen"
    trail = f" {MISLEADING}" if clue.misleading else ""
    return [*_wrap(clue.probe, "- ", "    "), *_wrap(f"{clue.says}{trail} ({seen})", "    ")]


def _communications(debrief: Debrief) -> list[str]:
    rows = [line for each in debrief.communications for line in _communication(each)]
    return _section("Communication", rows or ["Nothing was said to anybody."])


def _communication(each: Communication) -> list[str]:
    lines = _wrap(f"{each.at} {each.who}, {each.where}:")
    lines += _wrap(each.text, "    | ", "    | ")
    if each.truth:
        lines += _wrap(each.truth, "    ")
    grades = [
        f"{grade.name}: {grade.verdict}" + (f" ({grade.why})" if grade.why else "") for grade in each.grades
    ]
    return lines + (_wrap("; ".join(grades) + ".", "    ") if grades else [])


def _lessons(debrief: Debrief) -> list[str]:
    return [
        *_section("What went well", _bullets([each.text for each in debrief.strengths])),
        "",
        *_section("What to practise next", _bullets([each.text for each in debrief.practice])),
        "",
        *_section("Objectives of this drill: reached?", _bullets(debrief.objectives)),
        "",
        *_section("Questions to talk about", _bullets(debrief.questions)),
    ]


def _sources(debrief: Debrief) -> list[str]:
    return _section("Modelled on", _bullets(debrief.sources))
