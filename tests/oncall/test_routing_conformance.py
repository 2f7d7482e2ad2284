"""The same routing trees and alerts through Alertmanager's own `amtool config routes test`."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from drillbook.oncall.routing import compile_routing
from tests.oncall.builders import routing

AMTOOL = shutil.which("amtool")
TREES, ALERTS = 60, 5


def random_route(draw: random.Random, depth: int) -> dict[str, Any]:
    names, values = "xyz", ["", "a", "b", "ab", "a|b", "a.*", ".+", "(?i)A", r"\\w"]
    matchers = [
        f'{draw.choice(names)}{draw.choice(["=", "!=", "=~", "!~"])}"{draw.choice(values)}"'
        for _ in range(draw.randrange(3))
    ]
    below = [random_route(draw, depth - 1) for _ in range(draw.randrange(4))] if depth else []
    receiver = {"receiver": draw.choice("rstu")} if draw.random() < 0.8 else {}
    older: dict[str, Any] = {}
    if draw.random() < 0.2:
        older["match"] = {draw.choice(names): draw.choice(["a", "b", ""])}
    if draw.random() < 0.2:
        older["match_re"] = {draw.choice(names): draw.choice(["a|b", "a.*", "(?i)A"])}
    return {**receiver, **older, "matchers": matchers, "continue": draw.random() < 0.4, "routes": below}


def asked(amtool: str, config: Path, alert: dict[str, str]) -> list[str]:
    pairs = [f"{name}={value}" for name, value in alert.items() if value]
    command = [amtool, "config", "routes", "test", f"--config.file={config}", *pairs]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10)
    return said.stdout.strip().split(",")


@pytest.mark.skipif(AMTOOL is None, reason="amtool is not installed (Debian: prometheus-alertmanager)")
def test_random_trees_route_random_alerts_as_amtool_does(tmp_path: Path) -> None:
    assert AMTOOL is not None
    draw = random.Random(29)
    config = tmp_path / "alertmanager.yml"
    for _ in range(TREES):
        model = routing(routes=[random_route(draw, 2) for _ in range(3)])
        written = model.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        config.write_text(json.dumps(written))
        tree = compile_routing(model).root
        for _ in range(ALERTS):
            alert = {name: draw.choice(["", "a", "b", "ab", "A"]) for name in "xyz"}
            found = [node.options.receiver for node in tree.match(alert)]
            assert found == asked(AMTOOL, config, alert), (written, alert)
