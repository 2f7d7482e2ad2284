"""The documented example of a package with its own kind of component installs, checks and runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[3] / "docs" / "how-to" / "component-package"
USE = """
import json, sys
from datetime import UTC, datetime
from drillbook.engine.randomness import Randomness
from drillbook.model.system import System
from drillbook.world.state import Action
from drillbook.world.world import World

service = {
    "kind": "service", "name": "edge", "owner": "web", "replicas": 4, "concurrency": 200, "latency": "20ms",
    "release": "v1", "releases": [{"version": "v1", "notes": "first"}], "error_ratio": 0.0,
    "calls": [{"to": "sms", "share": 0.5, "timeout": "2s"}],
}
gate = {"kind": "smsgate", "name": "sms", "owner": "messaging", "quota": "40/s", "burst": 600.0}
system = System.model_validate({
    "domain": "shop.example", "history": "15s", "components": [service, gate],
    "workload": {"entry": "edge", "day": [{"at": "00:00", "rate": "100/s"}], "requests_per_user": "2/m"},
})
world = World(system, [], Randomness(1), duration=3600, start=datetime(2026, 3, 2, tzinfo=UTC))
before = world.truth(1).error_ratio
empty = world.truth(600).error_ratio
world.act(600, Action("smsgate-quota", "sms", "80"), "A1")
while (due := world.next_time()) is not None and due <= 1200:
    world.take(due)
after = world.truth(1200).error_ratio
labels, tokens = world.matrix("smsgate_tokens", 0, 40)
json.dump([before, empty, after, tokens[0].tolist(), world.map(600)[1].health], sys.stdout)
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as pip installs it, beside drillbook."""
    target = tmp_path_factory.mktemp("site")
    build = "from hatchling.build import build_wheel; print(build_wheel(__import__('sys').argv[1]))"
    name = subprocess.run(
        [sys.executable, "-c", build, str(target)],
        cwd=PACKAGE,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    ).stdout.split()[-1]
    unpack = "import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])"
    subprocess.run([sys.executable, "-c", unpack, str(target / name), str(target)], check=True, timeout=60)
    return target


def with_site(site: Path) -> dict[str, str]:
    path = os.pathsep.join(filter(None, [str(site), os.environ.get("PYTHONPATH", "")]))
    return {**os.environ, "PYTHONPATH": path}


def test_its_component_behaves_as_its_equations_say(site: Path) -> None:
    """50 messages a second against a quota of 40: the bucket of 600 lasts a minute, then a fifth is refused."""
    ran = subprocess.run(
        [sys.executable, "-c", USE],
        env=with_site(site),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    before, empty, after, tokens, health = json.loads(ran.stdout)
    assert empty == pytest.approx(0.5 * 0.2, rel=0.05)
    assert after == pytest.approx(0, abs=1e-6)
    assert tokens[-1] == 0
    assert health == "warn"
    assert before >= 0


def test_check_names_its_fields(site: Path, tmp_path: Path) -> None:
    scenario = Path(__file__).parents[3] / "scenarios" / "db-pool-exhaustion.yaml"
    gate = "  components:\n    - {kind: smsgate, name: sms, owner: messaging, qouta: 40/s}\n"
    text = scenario.read_text().replace("  components:\n", gate, 1)
    path = tmp_path / "own.yaml"
    path.write_text(text)
    ran = subprocess.run(
        [sys.executable, "-m", "drillbook", "check", str(path)], env=with_site(site), capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip
    said = ran.stdout + ran.stderr
    assert ran.returncode != 0
    assert "qouta" in said
    assert "quota" in said
