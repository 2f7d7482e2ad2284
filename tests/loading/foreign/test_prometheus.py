"""Rule files and prometheus.yml become groups of rules; what cannot be evaluated is told."""

import shutil
import subprocess
from pathlib import Path

import pytest

from drillbook.errors import InvalidInput
from drillbook.loading.catalog import Catalog
from drillbook.loading.foreign.importing import Imported, Wishes, import_files
from drillbook.loading.survey import Report, survey
from tests.loading.foreign.samples import PROMETHEUS, RULES

SUPPORTED = RULES.replace('sort_by_label(up, "job")', "up == 0")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("rules").mkdir()
    Path("rules/shop.yml").write_text(RULES)
    Path("prometheus.yml").write_text(PROMETHEUS)
    return tmp_path


def imported(*names: str) -> Imported:
    return import_files("prometheus", [Path(name) for name in names], Wishes())


def checked(text: str) -> Report:
    Path("prometheus.yml").write_text(text)
    (first, *_) = survey([Path("prometheus.yml")], Catalog.standard())
    return first


def test_a_rule_that_is_not_supported_is_left_out_and_told() -> None:
    made = imported("rules/shop.yml")
    assert "sort_by_label" not in made.text
    (note,) = made.notes
    assert str(note).startswith("rules/shop.yml:13:15: ")
    assert str(note).endswith("`sort_by_label` is not supported (the rule is left out)")


def test_expressions_are_kept_as_they_were_written() -> None:
    assert "expr: |\n          shop:errors:rate5m\n            > 5\n" in imported("rules/shop.yml").text


def test_prometheus_yml_brings_its_rule_files_interval_and_labels() -> None:
    text = imported("prometheus.yml").text
    assert text.count("interval: 1m") == 1  # the other group has its own
    assert "region: eu\n          severity: critical" in text
    assert "region: us" in text  # a rule's own label wins
    assert 'record: "shop:errors:rate5m"\n        expr:' in text  # recorded series get none


def test_without_an_interval_prometheus_own_counts() -> None:
    Path("prometheus.yml").write_text("rule_files: [rules/*.yml]\n")
    assert "interval: 1m\n" in imported("prometheus.yml").text
    assert "interval: 1m\n" not in imported("rules/shop.yml").text


def test_a_file_that_is_named_twice_is_read_once() -> None:
    assert imported("prometheus.yml", "rules/shop.yml").text.count("ShopErrors") == 1


def test_a_pattern_without_files_is_told() -> None:
    Path("prometheus.yml").write_text("rule_files: [nothing/*.yml]\n")
    (note,) = imported("prometheus.yml").notes
    assert "names no file that is there" in str(note)
    assert note.line == 1


def test_nothing_secret_is_repeated() -> None:
    made = imported("prometheus.yml")
    assert "SECRET" not in made.text + "\n".join(map(str, made.notes))


def test_rules_that_are_wrong_are_refused_with_their_own_place() -> None:
    Path("rules/shop.yml").write_text(RULES.replace("for: 2m", "for: 2"))
    with pytest.raises(InvalidInput) as caught:
        imported("prometheus.yml")
    assert str(caught.value).startswith("rules/shop.yml:10:14: `for` cannot be `2`")


REFUSED = (
    "global: {scrape_interval: 15}\n",
    "global: {evaluation_interval: x}\n",
    "rule_files: [no.yml]\n",
    "foo: 1\nrule_files: []\n",
    "global: {external_labels: [a]}\n",
)


@pytest.mark.parametrize("text", REFUSED)
def test_what_promtool_refuses_is_refused(text: str) -> None:
    assert checked(text).problems
    assert _promtool() in (None, False)


@pytest.mark.parametrize(
    "text",
    [
        PROMETHEUS,
        "global:\nrule_files: [none/*.yml]\n",
        "global: {evaluation_interval: 0}\nscrape_configs: []\n",
    ],
)
def test_what_promtool_takes_is_taken(text: str) -> None:
    Path("rules/shop.yml").write_text(SUPPORTED)
    assert checked(text).problems == ()
    assert _promtool() in (None, True)


def _promtool() -> bool | None:
    """Whether promtool takes prometheus.yml; None where it is not installed."""
    if not shutil.which("promtool"):
        return None
    command = ["promtool", "check", "config", "prometheus.yml"]
    return subprocess.run(command, capture_output=True, timeout=30, check=False).returncode == 0


def test_a_check_goes_through_the_rule_files_and_keeps_what_is_not_supported() -> None:
    (report,) = survey([Path("prometheus.yml")], Catalog.standard())[:1]
    assert report.kind == "prometheus"
    (problem,) = report.problems
    assert str(problem).startswith("rules/shop.yml:13:15: ")
