"""script/setup does nothing when nothing is to do, and says what is missing when it cannot work."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.timing import bare_start, ratio

ROOT = Path(__file__).parents[2]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A fresh checkout on a machine whose only Python is a stub: see `python`."""
    copy = tmp_path / "checkout"
    (copy / "script").mkdir(parents=True)
    shutil.copy(ROOT / "script/setup", copy / "script")
    for name in ("pyproject.toml", "requirements.lock", "requirements-dev.lock"):
        shutil.copy(ROOT / name, copy)
    return copy


def setup(checkout: Path, *arguments: str, python: str = "exit 1") -> subprocess.CompletedProcess[str]:
    """Runs script/setup where every Python there is runs the shell script `python` instead."""
    folder = checkout.parent / "bin"
    folder.mkdir()
    for tool in ("bash", "dirname", "env", "cmp", "rm", "cp", "mkdir"):
        found = shutil.which(tool)
        assert found
        (folder / tool).symlink_to(found)
    for name in ("python3", "python3.11", "python3.12", "python3.13", "python3.14"):
        (folder / name).write_text(f"#!/bin/sh\n{python}\n")
        (folder / name).chmod(0o755)
    return subprocess.run(
        [checkout / "script/setup", *arguments],
        env={"PATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_old_python_is_named_with_what_to_do(checkout: Path) -> None:
    old = 'case "$2" in *print*) echo 3.9 ;; *) exit 1 ;; esac'
    done = setup(checkout, python=old)
    assert done.returncode == 1
    assert "needs Python 3.11 or newer, but python3 is 3.9" in done.stderr
    assert "PYTHON=" in done.stderr


def test_no_python_at_all_is_said(checkout: Path) -> None:
    done = setup(checkout)
    assert done.returncode == 1
    assert "needs Python 3.11 or newer." in done.stderr


def test_a_python_without_pip_is_named_with_what_to_do(checkout: Path) -> None:
    done = setup(checkout, python='case "$*" in *print*) echo 3.11 ;; *-m\\ pip*) exit 1 ;; esac')
    assert done.returncode == 1
    assert "python3 has no pip" in done.stderr


def test_an_unknown_option_is_wrong_usage(checkout: Path) -> None:
    assert setup(checkout, "--dve").returncode == 2


@pytest.mark.skipif(
    not (ROOT / ".venv/.setup").is_dir(), reason="this environment was not made by script/setup"
)
def test_when_all_is_in_place_it_is_silent_and_takes_no_time() -> None:
    subprocess.run([ROOT / "script/setup", "--dev"], check=True)

    def again() -> None:
        done = subprocess.run(
            [ROOT / "script/setup", "--dev"], check=True, capture_output=True, cwd=os.sep, text=True
        )
        assert (done.stdout, done.stderr) == ("", "")

    assert ratio(again, bare_start) < 10
