"""Whatever is typed gets an answer: never an error, never anything executed, always the same."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillbook.world.shell.answer import Output, Proposal, Unknown
from tests.world.shell.builders import Picture, T, answer, service, shell, shown

SHELL = shell()
WORDS = st.sampled_from(
    [
        "kubectl", "get", "pods", "deploy/orders-api", "-n", "shop", "logs", "--tail", "rollout", "undo",
        "scale",
        "--replicas=3", "set", "env", "X=1", "delete", "pod", "describe", "top", "psql", "-c", "-h",
        "pg-orders",
        "SELECT", "count(*)", "FROM", "pg_stat_activity", "WHERE", "state", "=", "'active'", "GROUP BY",
        "ORDER BY",
        "pid", "now()", "-", "query_start", ">", "interval '5 min'", "LIMIT", "(", ")", ",", "AND", "NOT",
        "5",
        "pg_terminate_backend(pid)", "left(query, 5)", "SHOW", "POOLS", ";", "|", "grep", "-v", "head",
        "curl",
        "https://shop.example.com/", "-w", "%{http_code}", "systemctl", "restart", "postgresql", "ssh",
        "query",
        "up", "promtool", "instant", "ALTER", "SYSTEM", "SET", "max_connections", "EXPLAIN", "journalctl",
        "-u",
        "pgbouncer", '"', "'", "--", "$(", "&&", ">", "\\", "*", "::", "text", "extract(epoch from", "||",
        "%",
        "avg(", "FILTER", "IS", "NULL", "IN", "~", "1.5", "999999999999999999", "-1", "git", "log", "dig",
        "-x",
    ]
)  # fmt: skip


@given(st.text(max_size=300))
def test_any_text_gets_an_answer(text: str) -> None:
    assert isinstance(SHELL.run(T, text), Output | Proposal | Unknown)


@given(st.lists(WORDS, max_size=16))
def test_near_misses_of_commands_get_an_answer(words: list[str]) -> None:
    first = SHELL.run(T, " ".join(words))
    assert isinstance(first, Output | Proposal | Unknown)
    assert not any(ord(c) < 32 and c not in "\n\t" for c in first.text)
    assert first == shell().run(T, " ".join(words))


@given(st.lists(WORDS, max_size=12))
def test_near_misses_of_sql_get_an_answer(words: list[str]) -> None:
    assert isinstance(SHELL.run(T, "SELECT " + " ".join(words)), Output | Proposal | Unknown)


@given(st.integers(0, 120), st.data())
def test_examples_cut_short_get_an_answer(at: int, data: st.DataObject) -> None:
    command, _ = data.draw(st.sampled_from(SHELL.examples()))
    assert isinstance(SHELL.run(T, command[:at]), Output | Proposal | Unknown)


@pytest.mark.parametrize("command", [command for command, _ in SHELL.examples()])
def test_every_example_works(command: str) -> None:
    found = SHELL.run(T, command)
    assert isinstance(found, Output | Proposal)
    assert not found.text.lower().startswith(("error", "bash", "psql: error", "curl: (6)"))


@pytest.mark.parametrize(
    "deep", ["(" * 1500, "NOT " * 400 + "true", "-" * 1500 + "1", "((1" * 300, "pid +" * 390]
)
def test_deep_nesting_does_not_exhaust_the_stack(deep: str) -> None:
    assert isinstance(SHELL.run(T, f"SELECT {deep}"), Output)


def bare_system() -> Picture:
    """One service, and nothing behind it."""
    picture = Picture()
    entry = [c for c in picture.system.components if c.name == "storefront"]
    picture.system = picture.system.model_copy(update={"components": entry})
    picture.shown = {"storefront": replace(service("storefront"), pods=(), desired=0, updated=0)}
    return picture


@pytest.mark.parametrize("command", [command for command, _ in SHELL.examples()])
def test_a_system_without_databases_answers_too(command: str) -> None:
    poor = shell(bare_system())
    assert isinstance(poor.run(T, command), Output | Proposal | Unknown)
    assert all(isinstance(poor.run(T, own), Output | Proposal) for own, _ in poor.examples())


def test_a_mistyped_tool_gets_the_nearest_one() -> None:
    found = SHELL.run(T, "kubctl get pods")
    assert isinstance(found, Unknown)
    assert "Did you mean: kubectl get pods" in found.text


@pytest.mark.parametrize("typed", ["ls", "red", "orders", "why is the pool full", "selekt everything"])
def test_what_is_near_no_tool_gets_nothing_but_the_names_of_tools(typed: str) -> None:
    """A suggestion of a whole command would tell where to look."""
    found = SHELL.run(T, typed).text
    assert "Did you mean" not in found
    assert "Known tools: kubectl, k, psql, curl, query" in found


def test_english_is_no_sql() -> None:
    assert isinstance(SHELL.run(T, "show me what is going on with the orders"), Unknown)
    assert isinstance(SHELL.run(T, "restart the database please"), Unknown)


def test_a_command_that_is_too_long_is_refused() -> None:
    assert isinstance(SHELL.run(T, "kubectl " + "x" * 2000), Unknown)


@pytest.mark.parametrize(
    ("command", "text"),
    [
        ("kubectl get pods 'x", "bash: unexpected EOF while looking for matching `''"),
        ("kubectl get pods && rm -rf /", "bash: one command at a time: the shell does not chain with &&"),
        ("kubectl get pods > out.txt", "bash: output cannot be written to a file here"),
        (
            "kubectl get pods $(date)",
            "bash: command substitution is not available here: type the inner command by itself",
        ),
        ("kubectl get pods | awk '{print $1}'", None),
    ],
)
def test_what_the_shell_does_not_do_is_said(command: str, text: str | None) -> None:
    found = shown(command)
    assert found.startswith("bash: ")
    assert text is None or found == text


@pytest.mark.parametrize(
    ("filters", "lines"),
    [
        ("grep orders", 4),
        ("grep -v Running", 2),
        ("grep -i NAME", 1),
        ("grep -c Running", 1),
        ("grep -E 'k8s4w|m4m4m'", 2),
        ("grep 'k8s4w\\|m4m4m'", 2),
        ("grep -A1 NAME", 2),
        ("head -n 3", 3),
        ("head -2", 2),
        ("tail -n +2", 7),
        ("tail -1", 1),
        ("sort -r | head -n 1", 1),
        ("grep orders | wc -l", 1),
        ("cat", 8),
    ],
)
def test_pipes_filter_the_output(filters: str, lines: int) -> None:
    assert len(shown(f"kubectl get pods | {filters}").split("\n")) == lines


def test_counts_in_pipes() -> None:
    assert shown("kubectl get pods | grep -c Running") == "6"
    assert shown("kubectl get pods --no-headers | wc -l") == "7"
    assert shown("kubectl top pods --no-headers | sort -k2 -n -r | head -1").split()[1] == "1500m"


def test_stderr_may_be_dropped() -> None:
    assert shown("kubectl get pods 2>/dev/null | head -1") == shown("kubectl get pods 2>&1 | head -1")


@pytest.mark.parametrize("pattern", ["(a+)+$", "[", "*", "(?P<", "a{999999}"])
def test_no_pattern_breaks_grep(pattern: str) -> None:
    assert isinstance(answer(f"kubectl get pods | grep -E '{pattern}'"), Output)


def test_control_characters_never_come_back() -> None:
    found = SHELL.run(T, "\x1b[31mkubectl\x07 get pods \u202e x")
    assert "\x1b" not in found.text
    assert "\u202e" not in found.text


def test_completion_offers_whole_lines_with_real_names() -> None:
    assert "kubectl" in SHELL.complete("kub")
    assert "kubectl logs deploy/orders-api" in SHELL.complete("kubectl logs")
    assert "kubectl rollout undo deployment/orders-api" in SHELL.complete("kubectl rollout undo")
    assert "SHOW POOLS;" in SHELL.complete("show p")
    assert "psql -h pg-orders " in SHELL.complete("psql")
    assert all(line.lower().startswith("kubectl get") for line in SHELL.complete("kubectl get"))


def test_examples_name_this_system_s_components() -> None:
    text = " ".join(command for command, _ in SHELL.examples())
    for name in ("orders-api", "pg-orders", "pgb-orders", "shop.example.com", "-n shop"):
        assert name in text


def test_a_tool_that_is_called_as_a_statement_begins_is_known_by_its_option() -> None:
    assert isinstance(SHELL.run(T, "truncate -s 0 /var/log/orders.log"), Unknown)
    assert not isinstance(SHELL.run(T, "TRUNCATE orders"), Unknown)


@pytest.mark.parametrize("typed", ["help kubectl", "help K", "kubectl --help", "man kubectl", "? kubectl"])
def test_help_on_a_tool_shows_what_it_understands_and_examples(typed: str) -> None:
    found = SHELL.run(T, typed)
    assert isinstance(found, Output)
    assert found.text.startswith("kubectl controls the Kubernetes cluster manager.")
    assert "Such as:\n  kubectl get pods" in found.text


def test_help_on_a_component_shows_what_can_be_typed_about_it() -> None:
    found = SHELL.run(T, "help orders-api").text
    assert found.startswith("orders-api: service of ")
    assert "kubectl rollout history deployment/orders-api" in found
    assert "storefront" not in found


def test_help_on_what_there_is_not_suggests_and_never_fails() -> None:
    found = SHELL.run(T, "help ordersapi")
    assert isinstance(found, Unknown)
    assert "did you mean orders-api?" in found.text


def test_help_fits_the_narrowest_terminal() -> None:
    """Commands of their own may be longer, so that they can be copied; what is said about them is not."""
    for typed in ("help", "help kubectl", "help psql", "help orders-api"):
        for line in SHELL.run(T, typed).text.splitlines():
            assert len(line) <= 76 or "#" not in line, line
