"""What the server shows: the metrics as they are now, and a word to whoever looks with a browser."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from drillbook.exercise.links.board import Board
from drillbook.telemetry.exposition import CONTENT_TYPES, Head, Sample, negotiate, render
from drillbook.world.metrics.meaning import meaning
from drillbook.world.metrics.present import Reading

EXPLANATION = """\
drillbook: the metrics of a simulated system, for a Prometheus to scrape.

/metrics has every series as it is at this second of the drill. The labels job and instance are
those of the simulated targets, so the scrape needs

  scrape_configs:
    - job_name: drillbook
      honor_labels: true
      static_configs:
        - targets: ["{address}"]

Rules in a Prometheus run on the wall clock: play at speed 1.
"""


def metrics_page(board: Board, accept: str) -> tuple[str, str]:
    """Content type and text of /metrics, in the format that the scraper asks for."""
    form = negotiate(accept)
    return CONTENT_TYPES[form], render(families(board.read()), form)


def start_page(address: str) -> tuple[str, str]:
    """Content type and text of /."""
    return "text/plain; charset=utf-8", EXPLANATION.format(address=address)


def families(readings: Iterable[Reading]) -> Iterator[tuple[Head, list[Sample]]]:
    """Readings by family: a histogram's three metrics go together. Families without series are left out."""
    found: dict[str, tuple[Head, list[Reading]]] = {}
    for reading in readings:
        what = meaning(reading.name)
        head = Head(what.family, what.kind, what.help)
        found.setdefault(what.family, (head, []))[1].append(reading)
    for head, parts in found.values():
        samples = [
            Sample(part.name, labels, value)
            for part in parts
            for labels, value in zip(part.labels, part.values.tolist(), strict=True)
        ]
        if samples:
            yield head, _by_target(samples) if head.kind == "histogram" else samples


def _by_target(samples: list[Sample]) -> list[Sample]:
    """A histogram's samples with the buckets, count and sum of each target together."""
    grouped: dict[tuple[tuple[str, str], ...], list[Sample]] = {}
    for sample in samples:
        own = tuple(pair for pair in sample.labels if pair[0] != "le")
        grouped.setdefault(own, []).append(sample)
    return [sample for group in grouped.values() for sample in group]
