"""What is analysed follows from the study's own plan."""

from __future__ import annotations

from pathlib import Path

import pytest

from drillbook.study.analysis.analyse import analyse
from drillbook.study.analysis.opening import subject
from tests.study.analysis.synthetic import minutes_faster, table
from tests.study.small import STUDY, edited, setup

SPREAD = edited(
    edited(STUDY, "levels: [{id: usual}, {id: short, value: 1}]", "range: {low: 1, high: 9}"),
    "replications:",
    "design: {kind: latin-hypercube, alternatives: 5}\nreplications:",
)


def test_places_of_a_hypercube_are_those_that_were_run(tmp_path: Path) -> None:
    made = setup(tmp_path, SPREAD)
    ids = [each.id for each in made.plan.alternatives]
    columns = {
        name: {measure: minutes_faster(0) for measure in ("acknowledge_s", "mitigate_s", "user_minutes")}
        for name in ids
    }
    opened = subject(made.material.model, made.plan, table(columns, 10))
    assert opened.places is not None
    assert opened.places.shape == (5, 1)
    assert [opened.id(number) for number in opened.points] == [f"point-{n}" for n in range(1, 6)]
    for place, number in zip(opened.places[:, 0], opened.points, strict=True):
        assert opened.options[number].levels["delay"] == pytest.approx(1 + 8 * place)
    found = analyse(opened)
    assert found.baseline == "as-is"
    assert [each.factor for each in found.measures[0].influences] == ["delay"]
