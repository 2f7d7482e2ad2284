"""A study made ready to be run: its alternatives as bundles, and its mix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from drillbook.errors import InvalidInput, Problem
from drillbook.loading.document import bounded
from drillbook.study.alternatives import Plan, plan
from drillbook.study.bundle import Bundle, bundle, mixed, packed
from drillbook.study.changes import Change
from drillbook.study.manifest import CellRecord
from drillbook.study.material import Material
from drillbook.study.worker import TOGETHER

BLOCK = 10
"""Incidents of what a worker gets at a time, at least: about half a second of work."""


@dataclass(frozen=True)
class Setup:
    """A study ready to be run."""

    material: Material
    plan: Plan

    @classmethod
    def of(cls, material: Material) -> Setup:
        """Make a sound study ready. InvalidInput where levels do not fit together."""
        made = cls(material, plan(material.model))
        made.baseline  # noqa: B018  the drills of today must at least be there
        return made

    @cached_property
    def baseline(self) -> Bundle:
        """What is done today."""
        return self.bundle(self.plan.baseline)

    def bundle(self, number: int) -> Bundle:
        """An alternative's drills. InvalidInput, told at the levels in the study, where they do not fit."""
        alternative = self.plan.alternatives[number]
        try:
            return bundle(self.material, alternative)
        except InvalidInput as error:
            document = self.material.study.document
            place = alternative.changes[0].place if alternative.changes else ("factors",)
            found = [f"{alternative.id}: {problem.message}" for problem in error.problems]
            raise InvalidInput(
                bounded(Problem(document.source, *document.place(place), text) for text in found)
            ) from None

    @cached_property
    def packed(self) -> tuple[bytes, ...]:
        """The bundles of all alternatives, as they travel. InvalidInput."""
        return tuple(packed(self.bundle(number)) for number in range(len(self.plan.alternatives)))

    @property
    def cells(self) -> list[CellRecord]:
        """The mix."""
        return [
            CellRecord(
                scenario=cell.scenario.name, form=cell.form, responder=cell.responder, weight=cell.weight
            )
            for cell in self.baseline.cells
        ]

    def cells_of(self, replications: int) -> list[int]:
        """The cell of each replication; -1 for all with a horizon, which has incidents of every cell."""
        if self.baseline.horizon is not None:
            return [-1] * replications
        weights = tuple(cell.weight for cell in self.baseline.cells)
        return list(islice(mixed(weights), replications))

    @property
    def block(self) -> int:
        """Replications of a block: fewer where few alternatives are run together, so that none waits long."""
        alternatives = len(self.plan.alternatives)
        if self.baseline.horizon is not None:
            return 1
        return -(-BLOCK // alternatives) if alternatives <= TOGETHER else BLOCK

    @property
    def together(self) -> int:
        """Alternatives whose blocks are run together; stretches of days have little in common."""
        return TOGETHER if self.baseline.horizon is None else 1

    def settings(self, number: int) -> Sequence[Change]:
        """What an alternative changes."""
        return self.plan.alternatives[number].changes
