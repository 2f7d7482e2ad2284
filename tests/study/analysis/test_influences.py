"""Effects and influences of factors, for each kind of design."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from drillbook.engine.randomness import Randomness
from drillbook.study import designs
from drillbook.study.analysis.analyse import analyse
from drillbook.study.analysis.findings import Findings
from drillbook.study.analysis.subject import Option, Subject
from drillbook.study.statistics.interval import Floats
from tests.study.analysis.synthetic import Column, study, table

RANGE = {"low": 0, "high": 1}


def shifted(seconds: float, own_part: float = 20) -> Column:
    return lambda hard, own: 1000 * hard + own_part * own + seconds


def found(
    effects: Sequence[float],
    levels: Sequence[dict[str, Any]],
    places: Floats | None = None,
    *,
    own_part: float = 20,
    **written: Any,
) -> Findings:
    """Findings on alternatives that truly add so many seconds."""
    ids = [f"a{number}" for number in range(len(levels))]
    columns = {name: {"mitigate_s": shifted(each, own_part)} for name, each in zip(ids, effects, strict=True)}
    options = tuple(Option(name, name, each) for name, each in zip(ids, levels, strict=True))
    numbers = tuple(range(len(levels)))
    return analyse(Subject(study(ids, **written), options, table(columns, 40), numbers, places))


def factors(*names: str) -> list[dict[str, Any]]:
    return [{"id": name, "levels": [{"id": "off"}, {"id": "on"}]} for name in names]


def test_effects_are_told_from_todays_level_with_their_interaction() -> None:
    """Today both are on; switching one off costs 100 s, both 250 s, so together 50 s more than apart."""
    levels = [{"page": page, "auto": auto} for page in ("off", "on") for auto in ("off", "on")]
    truth = [250, 100, 100, 0]
    ordered = [levels[3], *levels[:3]]
    findings = found([truth[3], *truth[:3]], ordered, factors=factors("page", "auto"))
    measure = findings.measures[0]
    assert [(each.factor, each.level, each.against) for each in measure.effects] == [
        ("page", "off", "on"), ("auto", "off", "on")
    ]  # fmt: skip
    assert measure.effects[0].effect.value == pytest.approx(125, abs=5)
    assert measure.effects[0].text.startswith("page off instead of on: 2.08 min more (")
    assert measure.interactions[0].effect.value == pytest.approx(50, abs=10)


def test_what_rounding_leaves_of_an_effect_is_none() -> None:
    levels = [{"page": page, "auto": auto} for page in ("on", "off") for auto in ("on", "off")]
    findings = found([0.0, 0.1, 0.2, 0.1 + 0.2], levels, own_part=0, factors=factors("page", "auto"))
    interaction = findings.measures[0].interactions[0]
    assert interaction.effect.value != 0.0
    assert interaction.text.endswith("beyond each by itself: none in any run")


def test_a_hypercube_tells_the_change_over_each_range() -> None:
    places = np.array(designs.latin(12, 2, Randomness(1)))
    design = {"kind": "latin-hypercube", "alternatives": 12}
    ranges = [{"id": name, "paths": ["x"], "range": RANGE} for name in ("wait", "idle")]
    levels = [{"wait": float(a), "idle": float(b)} for a, b in places]
    findings = found((300 * places[:, 0]).tolist(), levels, places, factors=ranges, design=design)
    measure = findings.measures[0]
    assert [each.factor for each in measure.influences] == ["wait", "idle"]
    assert measure.influences[0].strength.value == pytest.approx(300, abs=10)
    low, high = measure.influences[1].strength.low, measure.influences[1].strength.high
    assert low is not None
    assert high is not None
    assert low < 0 < high


def test_screening_ranks_the_factors() -> None:
    pytest.importorskip("SALib.analyze.morris", reason="the extra `sensitivity` is not installed")
    places = np.array(designs.morris(6, 4, 2, Randomness(1)))
    design = {"kind": "morris", "trajectories": 6}
    ranges = [{"id": name, "paths": ["x"], "range": RANGE} for name in ("wait", "idle")]
    levels = [{"wait": float(a), "idle": float(b)} for a, b in places]
    findings = found((300 * places[:, 0]).tolist(), levels, places, factors=ranges, design=design)
    measure = findings.measures[0]
    assert [each.factor for each in measure.influences] == ["wait", "idle"]
    assert measure.influences[0].strength.value == pytest.approx(300, abs=20)
    assert findings.recommendation.kind == "factors"
    assert findings.recommendation.text.endswith("For time to mitigate these do: wait.")
