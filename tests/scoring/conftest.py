"""A drill to judge, and logs of it that read like scripts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from drillbook.model.playbook import Playbook
from drillbook.model.scenario import Scenario
from tests.scoring.scripts import Script

ROOT = Path(__file__).parents[2]


def _document(path: str) -> object:
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def scenario() -> Scenario:
    return Scenario.model_validate(_document("scenarios/db-pool-exhaustion.yaml"))


@pytest.fixture(scope="session")
def playbook() -> Playbook:
    return Playbook.model_validate(_document("playbooks/incident-response.yaml"))


@pytest.fixture
def drill(scenario: Scenario, playbook: Playbook) -> Script:
    """A run in which users suffer from 4m on and the page comes at 6m; nothing else has happened yet."""
    return Script.begin(scenario, playbook)


@pytest.fixture(scope="session")
def begin(scenario: Scenario, playbook: Playbook) -> Callable[[], Script]:
    """Begins a run anew: what generated examples are played on, small to print in their reports."""

    def script() -> Script:
        return Script.begin(scenario, playbook)

    return script
