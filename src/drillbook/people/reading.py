"""Reading tools' output as people do: a number here, a row of a table there."""

from __future__ import annotations

import math
import re

_SAMPLE = re.compile(r"=>\s*([-+]?(?:\d[\d.]*(?:e[-+]?\d+)?|inf|nan))", re.IGNORECASE)
_ROWS = re.compile(r"\((\d+) rows?\)")


def number(output: str) -> float | None:
    """The first sample's value that `promtool query instant` printed; None where there is none."""
    found = _SAMPLE.search(output)
    if not found:
        return None
    value = float(found[1])
    return value if math.isfinite(value) else None


def share(output: str) -> float | None:
    """A ratio from 0 to 1; no sample at all is 0 (nothing of the kind was counted), other text is None."""
    if not output.strip() or "=> NaN" in output:
        return 0.0
    value = number(output)
    return None if value is None else min(1.0, max(0.0, value))


def failing_share_probe(entry: str) -> str:
    """The look at the entry service that says which share of users' requests fails."""
    total = f'sum(rate(http_requests_total{{job="{entry}"}}[1m]))'
    failed = f'sum(rate(http_requests_total{{job="{entry}",code=~"5.."}}[1m]))'
    return f"promtool query instant '{failed} / {total}'"


def table(output: str) -> list[dict[str, str]]:
    """The rows that psql printed, by column name."""
    lines = output.splitlines()
    ruler = next((number for number, line in enumerate(lines) if re.fullmatch(r"-+(\+-+)*", line.strip())), 0)
    if not ruler:
        return []
    names = [cell.strip() for cell in lines[ruler - 1].split("|")]
    rows = [[cell.strip() for cell in line.split("|")] for line in lines[ruler + 1 :]]
    return [dict(zip(names, row, strict=True)) for row in rows if len(row) == len(names) > 1]


def row_count(output: str) -> int | None:
    """The number of rows that psql printed beneath a table."""
    found = _ROWS.search(output)
    return int(found[1]) if found else None


def earlier_revision(history: str) -> str:
    """The newest revision of `kubectl rollout history` that is not what runs now; empty where there is none.

    A restart and an undo write a revision of their own with the old change cause, so the last but one may be
    the same release again.
    """
    rows = [line.split(None, 1) for line in history.splitlines() if line.strip()[:1].isdigit()]
    told = [(row[0], row[1].strip() if len(row) > 1 else "") for row in rows]
    return next((number for number, cause in reversed(told) if cause != told[-1][1]), "")


def percent(value: float) -> str:
    """A ratio as people say it: 0.342 -> `34%`, 0.0042 -> `0.4%`."""
    return f"{value:.0%}" if value >= 0.0995 or value == 0 else f"{value:.1%}"
