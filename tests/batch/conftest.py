"""A small calibration, made once."""

from __future__ import annotations

import pytest

from drillbook.batch.calibrate import calibrate
from drillbook.loading.catalog import Catalog
from drillbook.loading.files import Drill
from drillbook.model.calibration import Calibration

SEEDS = range(1, 7)


@pytest.fixture(scope="session")
def drill() -> Drill:
    return Catalog.standard().drill("orders-missing")


@pytest.fixture(scope="session")
def told() -> list[int]:
    return []


@pytest.fixture(scope="session")
def small(drill: Drill, told: list[int]) -> Calibration:
    """Six seeds in this process."""
    return calibrate(drill.scenario, drill.playbook, SEEDS, 1, told.append)
