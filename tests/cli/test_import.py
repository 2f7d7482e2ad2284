"""`drillbook import`: from a team's files to a drill under them, without surprises on the way."""

import json
from pathlib import Path

import pytest

from drillbook.cli.main import main
from tests.loading.foreign import samples


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DRILLBOOK_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DRILLBOOK_PATH", raising=False)
    Path("pd.json").write_text(samples.PAGERDUTY)
    Path("am.yml").write_text(samples.ALERTMANAGER)
    Path("rules.yml").write_text(samples.RULES)
    return tmp_path


def test_a_drill_runs_under_imported_routing_and_policies(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever imports PagerDuty's policies and Alertmanager's routing can be paged by both."""
    cast = ["--cast", "primary,secondary"]
    assert main(["import", "pagerduty", "pd.json", "--into", "incident-response", *cast, "-o", "a.yaml"]) == 0
    wishes = ["--service", "pagers=web-shop", "--service", "database=web-shop"]
    assert main(["import", "alertmanager", "am.yml", "--into", "a.yaml", *wishes, "-o", "b.yaml"]) == 0
    assert main(["check", "a.yaml", "b.yaml"]) == 0
    capsys.readouterr()
    run = ["run", "db-pool-exhaustion", "--responder", "absent", "--playbook", "b.yaml", "--out", "out"]
    assert main(run) == 0
    events = [json.loads(line) for line in Path("out/events.jsonl").read_text().splitlines()]
    facts = [event["fact"] for event in events if event["kind"] == "page-changed"]
    rings = [fact for fact in facts if fact["page"] == "P1" and fact["change"] == "notified"]
    assert {fact["service"] for fact in rings} == {"web-shop"}
    assert [(fact["user"], fact["level"]) for fact in rings[:3]] == [
        ("primary", 1),
        ("secondary", 2),
        ("primary", 1),
    ]


def test_imported_rules_are_a_rule_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", "prometheus", "rules.yml", "-o", "made.yml"]) == 0
    assert "the rule is left out" in capsys.readouterr().err
    assert main(["check", "made.yml"]) == 0
    assert main(["run", "db-pool-exhaustion", "--responder", "absent", "--rules", "made.yml"]) == 0


def test_without_a_file_to_write_the_part_is_printed_and_nothing_else(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["import", "pagerduty", "pd.json"]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("# Imported from PagerDuty: pd.json\non_call:\n")
    assert "listed above" in said.err
    Path("part.yaml").write_text(said.out)
    assert main(["check", "part.yaml"]) == 0


def test_strict_says_by_its_status_that_something_was_left_out() -> None:
    assert main(["import", "pagerduty", "pd.json", "--strict"]) == 1
    small = {
        "id": "P",
        "name": "p",
        "escalation_rules": [
            {"escalation_delay_in_minutes": 5, "targets": [{"id": "U", "type": "user_reference"}]}
        ],
    }
    Path("small.json").write_text(json.dumps(small))
    assert main(["import", "pagerduty", "small.json", "--strict"]) == 0


def test_a_file_that_is_there_is_not_overwritten_unless_told(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.yaml").write_text("mine\n")
    assert main(["import", "pagerduty", "pd.json", "-o", "a.yaml"]) == 2
    assert "--force overwrites it" in capsys.readouterr().err
    assert Path("a.yaml").read_text() == "mine\n"
    assert main(["import", "pagerduty", "pd.json", "-o", "a.yaml", "--force"]) == 0
    assert "written to a.yaml" in capsys.readouterr().err
    assert Path("a.yaml").read_text().startswith("# Imported")


def test_a_file_that_cannot_be_written_leaves_nothing_behind(capsys: pytest.CaptureFixture[str]) -> None:
    Path("taken").write_text("")
    assert main(["import", "pagerduty", "pd.json", "-o", "taken/a.yaml"]) == 2
    assert "cannot be written" in capsys.readouterr().err
    assert sorted(path.name for path in Path().iterdir()) == ["am.yml", "pd.json", "rules.yml", "taken"]


def test_a_file_with_problems_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    Path("pd.json").write_text(samples.PAGERDUTY.replace('"num_loops": 2', '"num_loops": -1'))
    assert main(["import", "pagerduty", "pd.json", "-o", "a.yaml"]) == 2
    assert "pd.json:10:20: `num_loops` must be at least 0, found `-1`" in capsys.readouterr().err
    assert not Path("a.yaml").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["pagerdty", "pd.json"], "did you mean pagerduty?"),
        (["goalert", "pd.json"], "this is a file of PagerDuty"),
        (["pagerduty", "no.json"], "there is no file no.json"),
        (["pagerduty", "."], "not a file that can be read"),
        (["pagerduty", "pd.json", "--into", "nope"], "there is no playbook `nope`"),
        (["pagerduty", "pd.json", "--person", "Ann"], "not two names"),
        (["pagerduty", "pd.json", "--person", "Ann Lee=a", "--person", "Ann Lee=b"], "names 'Ann Lee' twice"),
        (["pagerduty", "pd.json", "--person", "Anne Lee=a"], "did you mean ann-lee?"),
        (["pagerduty", "pd.json", "--service", "x=web-shop"], "there is no receiver `x`"),
        (["pagerduty"], "Missing argument"),
    ],
)
def test_what_cannot_be_meant_is_told(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", *arguments]) == 2
    assert said in capsys.readouterr().err


BAD = {
    "cut off": samples.PAGERDUTY[:700].encode(),
    "not text": bytes(range(256)),
    "too large": b"a" * (50 * 2**20),
    "too deep": b"[" * 5000,
    "an alias bomb": "\n".join(
        [
            "a0: &a0 [x, x, x, x, x, x, x, x, x]",
            *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)),
        ]
    ).encode(),
    "empty": b"",
    "an empty list": b"[]",
    "something else": b'{"a": 1}',
    "a control character": b'[{"id": "a", "name": "\\u001b[31m", "escalation_rules": []}]',
}


@pytest.mark.parametrize("case", BAD)
@pytest.mark.parametrize("command", [["import", "pagerduty"], ["check"], ["policy", "dry-run"]])
def test_bad_files_get_one_clear_line(
    case: str, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    Path("bad.json").write_bytes(BAD[case])
    assert main([*command, "bad.json"]) in (1, 2)
    said = capsys.readouterr()
    first = (said.out + said.err).splitlines()[0]
    assert first.startswith("bad.json:")
    assert len(first) < 250
    assert "\x1b" not in said.out + said.err


def test_check_names_the_tool(capsys: pytest.CaptureFixture[str]) -> None:
    Path("am.yml").write_text(
        samples.ALERTMANAGER.replace("opsgenie_configs:\n", "opsgenie_configs:\n").replace("SECRET-TWO", "x")
    )
    assert main(["check", "--json", "pd.json", "am.yml", "rules.yml"]) == 1  # one rule is not supported
    files = json.loads(capsys.readouterr().out)["files"]
    assert [file["kind"] for file in files] == ["pagerduty", "alertmanager", "rules"]
    assert [len(file["problems"]) for file in files] == [0, 0, 1]
