"""What common random numbers are worth in runs of a shipped drill."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from drillbook.loading.catalog import Catalog
from drillbook.study import results, running
from drillbook.study.analysis.measured import measured
from drillbook.study.check import sound
from drillbook.study.executors import local
from drillbook.study.material import finder
from drillbook.study.rules import rule_of
from drillbook.study.setup import Setup
from drillbook.study.statistics.precision import half_width

STUDY = """\
kind: study
name: second-person
title: When the second person is called
question: What do two minutes instead of five before the next person is called bring?
scenarios: [{scenario: db-pool-exhaustion}]
responders: [{level: average}]
factors:
  - id: delay
    paths: ["playbook.on_call.escalation_policies.*.escalation_rules.*.escalation_delay_in_minutes"]
    levels: [{id: as-is}, {id: two, value: 2}]
replications: {kind: fixed, runs: @RUNS@}
measures: [{measure: acknowledge_s}, {measure: mitigate_s}, {measure: user_minutes}, {measure: notifications}]
objectives: [{measure: mitigate_s, goal: min}]
"""


@dataclass(frozen=True)
class Worth:
    """A row: half-widths of a difference with and without common random numbers."""

    measure: str
    runs: int
    independent: float
    paired: float
    correlation: float

    def row(self) -> str:
        """The row in Markdown."""
        times = f"{(self.independent / self.paired) ** 2:.1f}" if self.paired else "without bound"
        widths = f"± {self.independent:.4g} | ± {self.paired:.4g}"
        return f"| {self.measure} | {widths} | {self.correlation:.2f} | {times} |"


def worth(runs: int) -> list[Worth]:
    """Run the study in this process and compare the variances of differences."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "study.yaml"
        path.write_text(STUDY.replace("@RUNS@", str(runs)), encoding="utf-8")
        setup = Setup.of(sound(path, finder(path, Catalog.standard())))
        out = Path(folder) / "out"
        running.begin(setup, out, resume=False)
        running.run(setup, out, rule_of(setup.material.model), local(None), lambda status: None)
        table = results.load(out).table
    found = []
    for each in measured(setup.material.model, table):
        pair = each.pairing(1, 0)
        if pair is not None:
            independent, paired = half_width(pair.independent**0.5, runs), half_width(pair.paired**0.5, runs)
            name = each.title if each.unit == "1" else f"{each.title}, {each.unit}"
            found.append(Worth(name, runs, independent, paired, pair.correlation))
    return found
