"""The documented example of a package with its own kind of component installs, checks and runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

PACKAGE = Path(__file__).parents[3] / "docs" / "how-to" / "component-package"
USE = """
import json, sys
from datetime import UTC, datetime
from drillbook.engine.randomness import Randomness
from drillbook.model.scenario import Change
from drillbook.model.system import System
from drillbook.world.state import Action
from drillbook.world.world import World

service = {
    "kind": "service", "name": "edge", "owner": "web", "replicas": 4, "concurrency": 200, "latency": "20ms",
    "release": "v1", "releases": [{"version": "v1", "notes": "first"}], "error_ratio": 0.0,
    "calls": [{"to": "sms", "share": 0.5, "timeout": "2s"}],
}
gate = {"kind": "smsgate", "name": "sms", "owner": "messaging", "quota": "60/s", "burst": 600.0}
system = System.model_validate({
    "domain": "shop.example", "history": "15s", "components": [service, gate],
    "workload": {"entry": "edge", "day": [{"at": "00:00", "rate": "100/s"}], "requests_per_user": "2/m"},
})
planned = Change(do="change", at="1m", component="sms", set={"quota": "40/s"})
world = World(system, [planned], Randomness(1), duration=3600, start=datetime(2026, 3, 2, tzinfo=UTC))
times = [60, 115, 125, 600]
suffered = [world.truth(t).error_ratio for t in times]
world.act(600, Action("smsgate-quota", "sms", "80"), "A1")
while (due := world.next_time()) is not None and due <= 1200:
    world.take(due)
suffered.append(world.truth(1200).error_ratio)
labels, tokens = world.matrix("smsgate_tokens", 0, 40)
json.dump([suffered, tokens[0].tolist(), world.map(600)[1].health], sys.stdout)
"""


def python(*words: str, **more: Any) -> subprocess.CompletedProcess[str]:
    """What a Python program of its own says; 2 minutes at most."""
    command = [sys.executable, *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, **more)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as pip installs it, in a place of its own."""
    target = tmp_path_factory.mktemp("site")
    build = "import sys, hatchling.build; print(hatchling.build.build_wheel(sys.argv[1]))"
    name = python("-c", build, str(target), cwd=PACKAGE).stdout.split()[-1]
    with zipfile.ZipFile(target / name) as wheel:
        wheel.extractall(target)
    return target


def with_site(site: Path) -> dict[str, str]:
    path = os.pathsep.join(filter(None, [str(site), os.environ.get("PYTHONPATH", "")]))
    return {**os.environ, "PYTHONPATH": path}


def test_its_component_behaves_as_its_equations_say(site: Path) -> None:
    """50 messages a second, a quota that falls from 60 to 40: the bucket of 600 lasts a minute, then a fifth
    is refused; that is a tenth of the users' requests.
    """
    ran = python("-c", USE, env=with_site(site))
    assert ran.returncode == 0, ran.stderr
    suffered, tokens, health = json.loads(ran.stdout)
    assert suffered == pytest.approx([0, 0, 0.1, 0.1, 0], abs=1e-3)
    assert tokens[0] == 600
    assert tokens[-1] == 0
    assert health == "warn"


def test_check_names_its_fields(site: Path, tmp_path: Path) -> None:
    scenario = Path(__file__).parents[3] / "scenarios" / "db-pool-exhaustion.yaml"
    gate = "  components:\n    - {kind: smsgate, name: sms, owner: messaging, qouta: 40/s}\n"
    path = tmp_path / "own.yaml"
    path.write_text(scenario.read_text().replace("  components:\n", gate, 1))
    ran = python("-m", "drillbook", "check", str(path), env=with_site(site))
    said = ran.stdout + ran.stderr
    assert ran.returncode != 0
    assert "qouta" in said
    assert "quota" in said
