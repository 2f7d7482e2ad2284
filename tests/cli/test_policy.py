"""`drillbook policy dry-run` tells in 80 columns what the engine of a drill would do."""

import json
from pathlib import Path

import pytest

from drillbook.cli.main import main
from tests.loading.foreign import samples

AT = ["--at", "2026-03-10T03:00:00+01:00"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DRILLBOOK_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DRILLBOOK_PATH", raising=False)
    Path("pd.json").write_text(samples.PAGERDUTY)
    Path("am.yml").write_text(samples.ALERTMANAGER)
    Path("ga.json").write_text(samples.GOALERT)
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> str:
    capsys.readouterr()
    assert main(["policy", "dry-run", *arguments]) == status
    said = capsys.readouterr()
    return said.out if status == 0 else said.err


def test_the_table_says_who_is_notified_when(capsys: pytest.CaptureFixture[str]) -> None:
    lines = told(capsys, "incident-response", *AT).splitlines()
    assert lines[0] == "Dry run of incident-response: nobody acknowledges"
    assert "10s       02:00:10  receiver on-call: pages production and writes to #alerts" in lines
    assert "5m10s     02:05:10  level 2: secondary is notified" in lines
    assert "1h10s     03:00:10  nobody is left to notify: it gives up" in lines
    assert "No holes found." in lines


def test_the_picture_needs_no_colour_and_fits_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    text = told(capsys, "incident-response", *AT)
    assert all(len(line) <= 80 for line in text.splitlines())
    assert "\x1b" not in text
    row = next(line for line in text.splitlines() if line.startswith("1 primary  "))
    assert row.count("!") == 2  # two passes
    assert next(line for line in text.splitlines() if line.startswith("4 vp-engin")).count("x") == 1


def test_without_a_time_it_says_which_it_took(capsys: pytest.CaptureFixture[str]) -> None:
    text = told(capsys, "incident-response")
    assert "the next Monday at 03:00" in text
    assert "Mon 20" in text


def test_the_severity_decides_the_route(capsys: pytest.CaptureFixture[str]) -> None:
    text = told(capsys, "incident-response", "--severity", "warning", *AT)
    assert "receiver alerts: writes to #alerts" in text
    assert "nobody is paged" in text


def test_an_acknowledgement_and_what_its_end_brings_back(capsys: pytest.CaptureFixture[str]) -> None:
    lines = told(capsys, "incident-response", "--ack-after", "7m", *AT).splitlines()
    assert "7m10s     02:07:10  secondary acknowledges: escalation stops" in lines
    assert "37m10s    02:37:10  secondary's acknowledgement ends: it begins again" in lines
    assert next(line for line in lines if line.startswith("2 secondary")).count("A") == 1


def test_a_tools_own_file_is_enough(capsys: pytest.CaptureFixture[str]) -> None:
    text = told(capsys, "pd.json", *AT)
    assert "level 1: dee is notified" in text  # the override of that day
    assert "level 2: the-boss is notified" in text


def test_a_tools_own_files_together(capsys: pytest.CaptureFixture[str]) -> None:
    text = told(capsys, "am.yml", "pd.json", *AT)
    assert "receiver pagers: pages web-shop" in text
    warning = told(capsys, "am.yml", "pd.json", "--severity", "warning", *AT)
    assert "receiver hook: reaches nobody here" in warning


def test_a_step_without_targets_is_pointed_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert "level 3 names nobody, and its delay passes all the same" in told(capsys, "ga.json", *AT)


def test_labels_choose_the_route_and_a_service_overrules_it(capsys: pytest.CaptureFixture[str]) -> None:
    database = told(capsys, "am.yml", "pd.json", "--severity", "x", "--label", "team=database",
                    "--label", "service=stock-db", *AT)  # fmt: skip
    assert "receiver database: pages web-shop and writes to #database" in database
    forced = told(capsys, "incident-response", "--service", "production", "--severity", "warning", *AT)
    assert "urgency low: it does not escalate" in forced
    assert "level 2, 3, 4 never acts" in forced


def test_json_is_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    made = json.loads(told(capsys, "incident-response", "--json", *AT))
    assert made["at"] == "2026-03-10T02:00:00+00:00"
    assert made["told"][0] == {
        "t": 10.0,
        "receiver": "on-call",
        "service": "production",
        "channel": "#alerts",
    }
    rings = [(each["t"], each["user"]) for each in made["events"] if each["kind"] == "notified"]
    assert rings[:2] == [(10.0, "primary"), (310.0, "secondary")]
    assert made["holes"] == []
    assert made["unanswered"]["night_factor"] == 1.25


def test_the_picture_can_be_kept(capsys: pytest.CaptureFixture[str]) -> None:
    told(capsys, "incident-response", "--svg", "deep/picture.svg", *AT)
    assert Path("deep/picture.svg").read_text().startswith("<svg ")
    Path("taken").write_text("")
    assert "cannot be written" in told(capsys, "incident-response", "--svg", "taken/x.svg", *AT, status=2)


def test_a_drill_in_which_nobody_responds_rings_the_same_phones_at_the_same_distance(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run = ["run", "db-pool-exhaustion", "--responder", "absent", "--out", "out"]
    assert main(run) == 0
    events = [json.loads(line) for line in Path("out/events.jsonl").read_text().splitlines()]
    pages = [(event["t"], event["fact"]) for event in events if event["kind"] == "page-changed"]
    rung = [(t, fact["user"], fact["level"]) for t, fact in pages
            if fact["page"] == "P1" and fact["change"] == "notified"]  # fmt: skip
    made = json.loads(told(capsys, "incident-response", "--json", *AT))
    dry = [(each["t"], each["user"], each["level"]) for each in made["events"] if each["kind"] == "notified"]
    assert len(rung) == 8
    assert _from_the_first(rung) == _from_the_first(dry)


def _from_the_first(rings: list[tuple[float, str, int]]) -> list[tuple[float, str, int]]:
    return [(round(t - rings[0][0], 3), user, level) for t, user, level in rings]


def test_the_same_moment_gives_the_same_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, "pd.json", *AT) == told(capsys, "pd.json", *AT)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["incident-response", "--at", "2026-03-10T03:00:00"], "needs its offset from UTC"),
        (["incident-response", "--at", "monday"], "is not a time such as"),
        (["incident-response", "--at", "0001-01-01T00:00:00Z"], "the year must be"),
        (["incident-response", "--ack-after", "7"], "a duration is a number with a unit"),
        (["incident-response", "--label", "x"], "is not a label"),
        (["incident-response", "--service", "prodction"], "did you mean production?"),
        (["incident-respons"], "did you mean incident-response?"),
        (["am.yml"], "there is no escalation policy in these files"),
        (["no.json"], "there is no file no.json"),
        ([], "Missing argument"),
    ],
)
def test_what_cannot_be_meant_is_told(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said in told(capsys, *arguments, status=2)
