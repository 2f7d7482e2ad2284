"""Every way to end becomes an exit status, and what `--help` does not need is not imported."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from drillbook import __version__
from drillbook.cli import main as cli
from drillbook.cli.lazy import Subcommand
from drillbook.errors import InvalidInput, Problem
from tests.timing import bare_start, ratio

PROGRAM = [sys.executable, "-m", "drillbook"]


@pytest.fixture
def subcommand(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Makes `drillbook probe` call what it is given."""

    def install(callback: Callable[[], object]) -> None:
        command = click.Command("probe", callback=callback)
        monkeypatch.setattr(sys.modules[__name__], "probe", command, raising=False)
        table = {**cli.SUBCOMMANDS, "probe": Subcommand(f"{__name__}:probe", "For the tests.")}
        monkeypatch.setattr(cli.drillbook, "subcommands", table)

    return install


def test_alone_it_says_what_to_type_next(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 0
    assert "drillbook play db-pool-exhaustion" in capsys.readouterr().out


def test_help_lists_every_subcommand_and_where_to_start(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert "Start here:" in shown
    assert all(f"  {name} " in shown and entry.help in shown for name, entry in cli.SUBCOMMANDS.items())


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"drillbook {__version__}\n"


@pytest.mark.parametrize("name", cli.SUBCOMMANDS)
def test_a_subcommand_is_where_the_table_says(name: str) -> None:
    command = cli.drillbook.get_command(click.Context(cli.drillbook), name)
    assert command is not None
    assert command.name == name


def test_an_unknown_subcommand_gets_the_nearest_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["debreif"]) == 2
    assert "Did you mean 'debrief'?" in capsys.readouterr().err


def test_an_unknown_option_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--sped"]) == 2
    assert "No such option" in capsys.readouterr().err


def test_what_a_subcommand_returns_is_the_exit_status(subcommand: Callable[..., None]) -> None:
    subcommand(lambda: 1)
    assert cli.main(["probe"]) == 1


def test_bad_input_prints_every_problem_and_no_traceback(
    subcommand: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    problems = [Problem("a.yaml", 3, 5, "unknown field"), Problem("a.yaml", 9, 1, "no unit", "write 5m")]

    def fail() -> None:
        raise InvalidInput(problems)

    subcommand(fail)
    assert cli.main(["probe"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "a.yaml:3:5: unknown field\na.yaml:9:1: no unit (write 5m)\n"


def test_an_interrupt_ends_it_without_a_traceback(
    subcommand: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    subcommand(interrupt)
    assert cli.main(["probe"]) == 130
    assert "Traceback" not in capsys.readouterr().err


def test_a_reader_that_goes_away_is_not_complained_about() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([*PROGRAM, "--help"], stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)
    assert done.returncode == cli.PIPE_CLOSED
    assert done.stderr == ""


def test_help_imports_neither_subcommands_nor_heavy_libraries() -> None:
    script = (
        "import sys; from drillbook.cli.main import main, SUBCOMMANDS; main(['--help'])\n"
        "heavy = {'pydantic', 'textual', 'simpy', 'numpy', 'yaml', 'faker', 'jinja2', 'rich', 'asyncio'}\n"
        "heavy |= {entry.target.partition(':')[0] for entry in SUBCOMMANDS.values()}\n"
        "sys.exit(' '.join(heavy & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_help_is_quick() -> None:
    """45 ms where Python alone needs 10; the target is 100."""

    def show() -> None:
        subprocess.run([*PROGRAM, "--help"], stdout=subprocess.DEVNULL, check=True, cwd=Path.home())

    assert ratio(show, bare_start) < 10
