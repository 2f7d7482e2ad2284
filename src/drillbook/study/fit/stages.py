"""The times that responders take, from what an export says; what had not happened yet is censored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from drillbook.study.fit.export import Export, Incident
from drillbook.study.table import Floats


@dataclass(frozen=True, slots=True)
class Stage:
    """A time to estimate: from one moment of an incident to another."""

    name: str
    title: str
    begins: str
    ends: str


STAGES = (
    Stage("acknowledge", "created to acknowledged", "created", "acknowledged"),
    Stage("diagnose", "acknowledged to diagnosed", "acknowledged", "diagnosed"),
    Stage("mitigate", "acknowledged to mitigated", "acknowledged", "mitigated"),
    Stage("verify", "mitigated to resolved", "mitigated", "resolved"),
    Stage("resolve", "acknowledged to resolved", "acknowledged", "resolved"),
)


@dataclass(frozen=True, eq=False)
class Sample:
    """Times in seconds, all above 0."""

    stage: Stage
    times: Floats
    seen: np.ndarray[tuple[int], np.dtype[np.bool_]]
    """Whether it happened after that time; otherwise it had not happened by then."""
    skipped: int = 0
    """Rows that say nothing about it: the end is known to have come, but not when."""
    lifted: int = 0
    """Times below the resolution of the export, counted as half of it."""

    def __len__(self) -> int:
        return len(self.times)

    @property
    def events(self) -> int:
        """How many happened."""
        return int(self.seen.sum())


def samples(export: Export) -> list[Sample]:
    """A sample for each stage whose two moments the export has."""
    known = [stage for stage in STAGES if {stage.begins, stage.ends} <= set(export.columns)]
    return [_sample(stage, export.incidents, export.until, export.resolution / 2) for stage in known]


def _sample(stage: Stage, incidents: Sequence[Incident], until: float, least: float) -> Sample:
    times, seen, skipped, lifted = [], [], 0, 0
    for each in incidents:
        begin, end = each.at.get(stage.begins), each.at.get(stage.ends)
        if begin is None:
            continue
        if end is None and stage.ends != "acknowledged" and "resolved" in each.at:
            skipped += 1
            continue
        if end is None:
            # Whoever resolved it without an acknowledgement ended the wait.
            last = each.at.get("resolved", until)
            if last <= begin:
                continue
            times.append(last - begin)
        else:
            lifted += end - begin < least
            times.append(max(end - begin, least))
        seen.append(end is not None)
    return Sample(stage, np.array(times, float), np.array(seen, bool), skipped, lifted)
