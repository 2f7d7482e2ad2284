"""From an export to a people file: what is said, what is written, and when nothing can be said."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest

from drillbook.cli.study_fit import fit as command
from drillbook.engine.randomness import Randomness
from drillbook.errors import DrillbookError
from drillbook.study.fit.export import Export, read_export
from drillbook.study.fit.fit import fit
from drillbook.study.fit.people import people_file
from drillbook.study.fit.summary import summary


def written(count: int, *, mixed: bool = False) -> str:
    """An export of a team that acknowledges in LN(3 min, 0.9) and mitigates 40 min later, LN sigma 1."""
    draws, at = Randomness(5), datetime(2026, 1, 5, tzinfo=UTC)
    lines = ["id,created_at,acknowledged_at,mitigated_at,resolved_at,timeout_escalation_count"]
    for n in range(count):
        at += timedelta(hours=draws.lognormal(20, 1.0, "gap", n))
        slow = 100 if mixed and n % 2 else 1
        moments = [at, at + timedelta(seconds=slow * draws.lognormal(180, 0.1 if mixed else 0.9, "ack", n))]
        moments.append(moments[-1] + timedelta(minutes=draws.lognormal(40, 1.0, "mitigate", n)))
        moments.append(moments[-1] + timedelta(minutes=draws.lognormal(20, 0.8, "verify", n)))
        lines.append(
            ",".join([str(n), *(f"{each:%Y-%m-%dT%H:%M:%SZ}" for each in moments), str(int(n % 10 == 0))])
        )
    return "\n".join(lines)


def read(count: int, *, mixed: bool = False) -> Export:
    return read_export(written(count, mixed=mixed), "ours.csv")


def test_known_parameters_are_found_within_their_intervals() -> None:
    found = fit(read(300))
    for name, median, sigma in (("acknowledge", 180, 0.9), ("mitigate", 2400, 1.0), ("verify", 1200, 0.8)):
        stage = found.stage(name)
        assert stage is not None
        assert stage.law is not None
        assert stage.law.mu_interval[0] < math.log(median) < stage.law.mu_interval[1]
        assert stage.law.sigma_interval[0] < sigma < stage.law.sigma_interval[1]
        assert stage.verdict == "fits"
    assert found.never == 0.1


def test_few_incidents_and_such_that_do_not_fit_are_told() -> None:
    assert "too few: 5 ended" in "\n".join(summary(fit(read(5)), "ours.csv"))
    assert "so few agree with many laws" in "\n".join(summary(fit(read(20)), "ours.csv"))
    said = "\n".join(summary(fit(read(60, mixed=True)), "ours.csv"))
    assert "created to acknowledged: " in said
    assert "look for two kinds of incidents in one" in said


def test_the_people_file_says_what_is_assumed() -> None:
    text = people_file(fit(read(60)), "us", "ours.csv", "average")
    assert "# diagnose is 41 % of the median time to mitigate" in text
    assert "never: 0.1\n" in text
    without = read_export(written(60).replace("timeout_escalation_count", "n"), "ours.csv")
    assert "# answer.never 0.05 is an assumption" in people_file(fit(without), "us", "ours.csv", "average")


def test_nothing_is_written_from_too_few() -> None:
    with pytest.raises(DrillbookError, match="no people file: no time has 8 incidents"):
        people_file(fit(read(4)), "us", "ours.csv", "average")


def test_the_command_refuses_bad_rows_or_skips_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    csv = tmp_path / "ours.csv"
    csv.write_text(written(40) + "\nx,2026-03-10 10:00,,,,\n", encoding="utf-8")
    with pytest.raises(DrillbookError, match=r"ours.csv:42:3: created_at: .* has no offset from UTC"):
        command.main([str(csv)], standalone_mode=False)
    assert not (tmp_path / "ours.yaml").exists()
    command.main([str(csv), "--skip-bad-rows"], standalone_mode=False)
    said = capsys.readouterr()
    assert "ours.csv:42:3" in said.err
    assert "40 incidents" in said.out
    assert (tmp_path / "ours.yaml").read_text(encoding="utf-8").startswith("# diagnose")


@pytest.mark.parametrize(
    "options", [["--columns", "acked=X"], ["--columns", "created"], ["--time-zone", "Mars/A"]]
)
def test_options_that_cannot_be_meant_are_usage_errors(tmp_path: Path, options: list[str]) -> None:
    (tmp_path / "ours.csv").write_text(written(10), encoding="utf-8")
    with pytest.raises(click.BadParameter):
        command.main([str(tmp_path / "ours.csv"), *options], standalone_mode=False)
