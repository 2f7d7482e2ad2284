"""The summary for a terminal: at most 80 columns wide, no colours, nothing that anybody wrote as markup."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from drillbook.loading.shown import escaped
from drillbook.study.analysis.findings import Findings, MeasureFound
from drillbook.study.manifest import Manifest
from drillbook.study.report.shown import MARKS, STANDINGS, STATUS, against, bounds, level, name, value

WIDTH = 80
_LABEL = 36
"""Characters of an alternative's name, so that those of several factors can be told apart."""


def summary(findings: Findings, manifest: Manifest) -> str:
    """What to do, how sure that is, and every measure."""
    lines = [
        *_wrapped(findings.title),
        *_wrapped(findings.question, "  "),
        "",
        *_recommended(findings),
        "",
        *_options(findings),
    ]
    for measure in findings.measures:
        lines += ["", *_measure(findings, measure)]
    for part in (
        _constraints(findings),
        _weighted(findings),
        _selection(findings),
        _pareto(findings),
        _factors(findings),
    ):
        lines += ["", *part] if part else []
    return "\n".join([*lines, "", *_made(findings, manifest)])


def _wrapped(text: str, indent: str = "", hang: str | None = None) -> list[str]:
    hang = indent if hang is None else hang
    text = escaped(" ".join(text.split()))
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=hang) or [indent]


def _recommended(findings: Findings) -> list[str]:
    found = findings.recommendation
    lines = _wrapped(found.text)
    for reason in found.reasons:
        lines += _wrapped(reason, "  - ", "    ")
    for caveat in found.caveats:
        lines += _wrapped(caveat, "  ! ", "    ")
    return lines


def _options(findings: Findings) -> list[str]:
    lines = [f"{len(findings.options)} alternatives ({findings.design}); * is what is done today"]
    for each in findings.options:
        mark = "*" if each.baseline else " "
        title = f": {each.title}" if each.title and each.title != each.id else ""
        lines += _wrapped(f"{each.id}{title} ({each.runs:,} runs)", f" {mark} ", "     ")
    return lines


def _measure(findings: Findings, of: MeasureFound) -> list[str]:
    width = min(_LABEL, max(len(each.alternative) for each in of.estimates))
    lines = _wrapped(name(of))
    for each in of.estimates:
        label = escaped(each.alternative)[:width]
        interval = bounds(each.figure, of.unit)
        lines.append(f"  {label:<{width}} {value(each.figure, of.unit):>10}  {interval:<24}".rstrip())
        difference = against(of, each.alternative)
        if difference is not None:
            shown = value(difference.difference, of.unit, off=True)
            mark = MARKS[difference.verdict]
            lines.append(f"  {'':<{width}} {shown:>10}  {bounds(difference.difference, of.unit, off=True)}")
            more = difference.text if difference.verdict == "no-difference-detectable" else mark
            lines += _wrapped(more, " " * (width + 15))
    return lines


def _constraints(findings: Findings) -> list[str]:
    lines: list[str] = []
    for each in findings.constraints:
        lines += _wrapped(each.text)
        for kept in each.alternatives:
            lines += _wrapped(f"{kept.alternative}: {STATUS[kept.status]}", "  ")
    return lines


def _selection(findings: Findings) -> list[str]:
    return _wrapped(findings.selection.text) if findings.selection is not None else []


def _weighted(findings: Findings) -> list[str]:
    """Priorities with several objectives: what these add up to."""
    lines: list[str] = []
    for tier in findings.tiers:
        told = [each for each in tier.ranked if each.change is not None]
        lines += _wrapped(f"{tier.text[:1].upper()}{tier.text[1:]}:") if told else []
        for each in told:
            if each.change is not None:
                size = f"{value(each.change, '1')} ({bounds(each.change, '1')})"
                lines += _wrapped(f"{each.alternative}: {size}", "  ", "    ")
    return lines


def _pareto(findings: Findings) -> list[str]:
    if findings.pareto is None:
        return []
    lines = _wrapped(f"Nobody beats these in all of {', '.join(findings.pareto.objectives)}:")
    for each in findings.pareto.alternatives:
        by = f" by {', '.join(each.by)}" if each.by and each.standing != "front" else ""
        lines += _wrapped(f"{each.alternative}: {STANDINGS[each.standing]}{by}", "  ", "    ")
    return lines


def _factors(findings: Findings) -> list[str]:
    lines: list[str] = []
    for measure in findings.measures:
        told = [each.text for each in measure.effects] + [each.text for each in measure.interactions]
        told += [
            f"{each.factor}: strength {value(each.strength, '1')} ({bounds(each.strength, '1')})"
            for each in measure.influences
        ]
        if told:
            lines += _wrapped(f"Factors, {name(measure)}")
            for text in told:
                lines += _wrapped(text, "  - ", "    ")
    return lines


def _made(findings: Findings, manifest: Manifest) -> Iterator[str]:
    last = manifest.first_seed + max(each.runs for each in findings.options) - 1
    yield from _wrapped(
        f"{findings.runs:,} runs, seeds {manifest.first_seed} to {last}, the same for every alternative; "
        f"intervals hold {level(findings)}; verdicts on one measure hold together. "
        f"drillbook {manifest.version}, digest {manifest.digest}."
    )
