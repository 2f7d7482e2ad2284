"""Alertmanager's files are refused where Alertmanager refuses them; nothing secret is repeated."""

import shutil
import subprocess
from pathlib import Path

import pytest

from drillbook.errors import InvalidInput, Problem
from drillbook.loading.foreign.alertmanager import read_alertmanager
from drillbook.loading.foreign.importing import Wishes, import_files, read_parts
from drillbook.loading.foreign.integrations import INTEGRATIONS
from drillbook.loading.foreign.reader import any_document
from tests.loading.foreign.samples import ALERTMANAGER

RECEIVER = "receivers: [{name: a}]\n"
REFUSED = {
    "an unknown key": ("route: {receiver: a}\nfoo: 1\n" + RECEIVER, "2:1", "`foo` is not known"),
    "an unknown key of a route": ("route: {receiver: a, recever: b}\n" + RECEIVER, "1:22", "mean receiver?"),
    "an unknown receiver": ("route: {receiver: b}\n" + RECEIVER, "1:19", "there is no receiver 'b'"),
    "no receivers": ("route: {receiver: a}\n", "1:19", "there is no receiver `a`"),
    "two receivers of one name": (
        "route: {receiver: a}\nreceivers: [{name: a}, {name: a}]\n",
        "2:24",
        "already",
    ),
    "a receiver without a name": (
        'route: {receiver: a}\nreceivers: [{name: a}, {name: ""}]\n',
        "2:31",
        "`name`",
    ),
    "no route": (RECEIVER, "1:1", "`route` is missing"),
    "a route without a receiver": ("route: {}\n" + RECEIVER, "1:8", "needs a receiver"),
    "a root with matchers": ("route: {receiver: a, matchers: [a=b]}\n" + RECEIVER, "1:32", "no matchers"),
    "a root that continues": ("route: {receiver: a, continue: true}\n" + RECEIVER, "1:32", "no siblings"),
    "a matcher that is none": (
        'route: {receiver: a, routes: [{matchers: ["a~b"]}]}\n' + RECEIVER,
        "1:43",
        "not a matcher",
    ),
    "an expression that is none": (
        'route: {receiver: a, routes: [{match_re: {a: "("}}]}\n' + RECEIVER,
        "1:46",
        "not a regular expression",
    ),
    "a group interval of nothing": (
        "route: {receiver: a, group_interval: 0s}\n" + RECEIVER,
        "1:38",
        "longer than",
    ),
    "a label twice": ("route: {receiver: a, group_by: [a, a]}\n" + RECEIVER, "1:36", "there twice"),
    "a label that is none": (
        "route: {receiver: a, group_by: [a-b]}\n" + RECEIVER,
        "1:33",
        "not a label name",
    ),
    "all labels and one": ('route: {receiver: a, group_by: [a, "..."]}\n' + RECEIVER, "1:32", "stands alone"),
    "an interval that is nowhere": (
        "route: {receiver: a, routes: [{mute_time_intervals: [x]}]}\n" + RECEIVER,
        "1:54",
        "no time interval 'x'",
    ),
    "a muted root": (
        "route: {receiver: a, mute_time_intervals: [x]}\ntime_intervals: [{name: x}]\n" + RECEIVER,
        "1:43",
        "the root route",
    ),
    "two intervals of one name": (
        "route: {receiver: a}\nmute_time_intervals: [{name: x}]\ntime_intervals: [{name: x}]\n" + RECEIVER,
        "2:23",
        "already",
    ),
    "a weekday that is none": (
        "route: {receiver: a}\ntime_intervals: [{name: x, time_intervals: [{weekdays: [mondai]}]}]\n"
        + RECEIVER,
        "2:57",
        "weekday",
    ),
    "a duration without a unit": ("route: {receiver: a, group_wait: 5}\n" + RECEIVER, "1:34", "a duration"),
    "a duration with a fraction": (
        "route: {receiver: a, group_wait: 1.5h}\n" + RECEIVER,
        "1:34",
        "a duration",
    ),
    "Slack without an address": (
        'route: {receiver: a}\nreceivers: [{name: a, slack_configs: [{channel: "#x"}]}]\n',
        "2:39",
        "needs `api_url`",
    ),
    "PagerDuty without a key": (
        "route: {receiver: a}\nreceivers: [{name: a, pagerduty_configs: [{}]}]\n",
        "2:43",
        "needs `routing_key`",
    ),
    "a webhook without an address": (
        "route: {receiver: a}\nreceivers: [{name: a, webhook_configs: [{}]}]\n",
        "2:41",
        "needs `url`",
    ),
    "mail to nobody": (
        "route: {receiver: a}\nreceivers: [{name: a, email_configs: [{smarthost: 'x:25', from: y}]}]\n",
        "2:39",
        "needs `to`",
    ),
    "a key and a file of it": (
        "global: {slack_api_url: http://x, slack_api_url_file: y}\nroute: {receiver: a}\n" + RECEIVER,
        "1:35",
        "exclude each other",
    ),
    "Telegram without a token": (
        "route: {receiver: a}\nreceivers: [{name: a, telegram_configs: [{chat_id: 1}]}]\n",
        "2:42",
        "needs `bot_token`",
    ),
    "VictorOps without a key": (
        "route: {receiver: a}\nreceivers: [{name: a, victorops_configs: [{routing_key: x}]}]\n",
        "2:43",
        "needs `api_key`",
    ),
    "an expression of nothing": (
        "route: {receiver: a, routes: [{match_re: {a: }}]}\n" + RECEIVER,
        "1:46",
        "must be text",
    ),
    "an unknown key of an integration": (
        'route: {receiver: a}\nreceivers: [{name: a, slack_configs: [{api_url: "http://x", chanel: "#"}]}]\n',
        "2:61",
        "mean channel?",
    ),
    "an unknown integration": (
        "route: {receiver: a}\nreceivers: [{name: a, slak_configs: []}]\n",
        "2:23",
        "mean slack_configs?",
    ),
    "an inhibition with a bad matcher": (
        'route: {receiver: a}\ninhibit_rules: [{source_match: {a: b}, target_matchers: ["x~"]}]\n' + RECEIVER,
        "2:58",
        "not a matcher",
    ),
}
ACCEPTED = {
    "the sample": ALERTMANAGER.replace(
        "api_url: https://hooks.slack.example/SECRET-TWO", "api_url: https://x/y"
    ),
    "a small one": "route: {receiver: a}\n" + RECEIVER,
    "keys without values": "global:\nroute:\n  receiver: a\n  group_wait: 0\n  routes:\n" + RECEIVER,
    "numbers as labels": "route: {receiver: a, routes: [{match: {code: 500, ok: true}}]}\n" + RECEIVER,
    "a year": "route: {receiver: a, repeat_interval: 1y}\n" + RECEIVER,
}


def problems(text: str) -> tuple[Problem, ...]:
    try:
        read_alertmanager(any_document(text, "f"))
    except InvalidInput as error:
        return error.problems
    return ()


@pytest.mark.parametrize("case", REFUSED)
def test_what_alertmanager_refuses_is_told_at_its_place(case: str) -> None:
    text, place, said = REFUSED[case]
    (problem,) = problems(text)
    assert f"{problem.line}:{problem.column}" == place
    assert said in str(problem)


@pytest.mark.parametrize("case", ACCEPTED)
def test_what_alertmanager_takes_is_taken(case: str) -> None:
    assert problems(ACCEPTED[case]) == ()


@pytest.mark.skipif(not shutil.which("amtool"), reason="amtool is not installed")
@pytest.mark.parametrize("case", [*REFUSED, *ACCEPTED])
def test_amtool_judges_the_same(case: str, tmp_path: Path) -> None:
    file = tmp_path / "alertmanager.yml"
    file.write_text(REFUSED[case][0] if case in REFUSED else ACCEPTED[case])
    done = subprocess.run(["amtool", "check-config", str(file)], capture_output=True, timeout=30, check=False)
    assert (done.returncode == 0) == (case in ACCEPTED), done.stdout + done.stderr


def test_all_problems_come_at_once() -> None:
    text = "route: {receiver: b, group_wait: 5}\nreceivers: [{name: a, slack_configs: [{x: 1}]}]\n"
    assert len(problems(text)) == 1  # shapes first: without them nothing can be said about names
    assert len(problems(text.replace(", group_wait: 5", ""))) == 3


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "am.yml"
    path.write_text(ALERTMANAGER)
    return path


def test_routing_is_carried_over_with_its_times_and_inhibitions(file: Path) -> None:
    routing = read_parts("alertmanager", [file]).routing
    assert routing is not None
    route = routing["route"]
    assert (route["receiver"], route["group_by"], route["repeat_interval"]) == (
        "default",
        ["alertname", "cluster"],
        "7d",
    )
    assert route["routes"][1]["mute_time_intervals"] == ["weekends"]
    assert routing["inhibit_rules"][0]["equal"] == ["alertname", "cluster"]
    assert routing["time_intervals"][0]["name"] == "weekends"


def test_pagers_become_services_and_chats_channels(file: Path) -> None:
    routing = read_parts("alertmanager", [file]).routing
    assert routing is not None
    assert routing["receivers"] == [
        {"name": "default", "channel": "#alerts"},
        {"name": "pagers", "pager_service": "pagers"},
        {"name": "database", "pager_service": "database", "channel": "#database"},
        {"name": "hook"},
    ]


def test_nothing_secret_is_repeated(file: Path) -> None:
    imported = import_files("alertmanager", [file], Wishes())
    assert "SECRET" not in imported.text
    assert "SECRET" not in "\n".join(map(str, imported.notes))


def test_what_has_no_counterpart_is_listed_with_its_place(file: Path) -> None:
    notes = [
        str(note).removeprefix(str(file)) for note in import_files("alertmanager", [file], Wishes()).notes
    ]
    for said in (
        ":1:1: `global` has no counterpart",
        "`slack_configs` of `default`: title (left out)",
        "`pagerduty_configs` of `pagers`: service_key, severity (left out)",
        "the channel of `database` is worked out by a template (the channel is called #database)",
        "`webhook_configs` of `hook` has no counterpart: url",
        "`templates` has no counterpart",
    ):
        assert any(said in note for note in notes), said


def test_a_webhook_that_pages_is_named_by_hand(file: Path) -> None:
    imported = import_files("alertmanager", [file], Wishes(services={"hook": "shop"}))
    assert "- name: hook\n        pager_service: shop\n" in imported.text


def test_a_wish_about_a_receiver_that_is_not_there_is_refused(file: Path) -> None:
    with pytest.raises(InvalidInput, match="did you mean hook"):
        import_files("alertmanager", [file], Wishes(services={"hok": "shop"}))


def test_two_files_are_one_too_many(file: Path) -> None:
    with pytest.raises(InvalidInput, match="one routing"):
        read_parts("alertmanager", [file, file])


def test_every_integration_has_its_keys() -> None:
    needs = [(each.keys, need.keys) for each in INTEGRATIONS.values() for need in each.needs]
    assert all(set(wanted) <= keys for keys, wanted in needs)
