"""A scenario's rules as a rule file."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from drillbook.loading.catalog import Catalog
from drillbook.loading.files import load_rules
from drillbook.loading.rule_file import rule_file
from drillbook.model.rules import RuleFile

AWKWARD = RuleFile.model_validate({
    "groups": [
        {
            "name": "odd: #1", "interval": "1m30s", "limit": 3, "query_offset": "250ms",
            "labels": {"team": "yes", "n": "010"},
            "rules": [
                {"record": "a:b", "expr": "1", "labels": {"x": "{{"}},
                {"alert": "Multi", "expr": 'a\n  > 1  # why\nand on (b)\n  c{d=~"[^\\\\d]+"}',
                 "for": "1500ms", "keep_firing_for": "2d",
                 "annotations": {"summary": "{{ $value | printf \"%.2f\" }}: 'ü' \\ \t", "empty": ""}},
            ],
        },
        {"name": "nothing"},
    ]
})  # fmt: skip


def test_reading_it_gives_the_same_groups(tmp_path: Path) -> None:
    catalog = Catalog.standard()
    scenarios = [entry.name for entry in catalog.entries() if entry.kind == "scenario"]
    assert scenarios
    for groups in (AWKWARD.groups, *(catalog.scenario(name).rules for name in scenarios)):
        path = tmp_path / "rules.yml"
        path.write_text(rule_file(groups))
        assert load_rules(path).groups == list(groups)


@pytest.mark.skipif(
    not shutil.which("promtool"), reason="promtool is not installed (Debian: apt-get install prometheus)"
)
def test_prometheus_takes_it(tmp_path: Path) -> None:
    path = tmp_path / "rules.yml"
    path.write_text(rule_file(Catalog.standard().scenario("db-pool-exhaustion").rules))
    done = subprocess.run(
        ["promtool", "check", "rules", str(path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "SUCCESS: 10 rules found" in done.stdout
