"""The built wheel holds all that the checkout has, and runs without it."""

import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKS = ("scenarios", "playbooks", "curricula", "studies", "people")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    with zipfile.ZipFile(built) as opened:
        yield opened


def contents(wheel: zipfile.ZipFile) -> set[str]:
    return set(wheel.namelist())


def test_it_holds_every_file_of_the_content_packs(wheel: zipfile.ZipFile) -> None:
    for pack in PACKS:
        files = {
            f"drillbook/packs/{file.relative_to(ROOT).as_posix()}"
            for file in (ROOT / pack).rglob("*")
            if file.is_file() and not file.name.startswith(".")
        }
        assert files
        assert files <= contents(wheel)


def test_it_is_marked_as_typed_and_carries_its_licence(wheel: zipfile.ZipFile) -> None:
    assert "drillbook/py.typed" in contents(wheel)
    assert any(name.endswith("licenses/LICENSE") for name in contents(wheel))


def test_it_holds_nothing_but_the_package(wheel: zipfile.ZipFile) -> None:
    tops = {name.partition("/")[0] for name in contents(wheel)}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"drillbook"}


def test_it_runs_outside_the_checkout(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    wheel.extractall(tmp_path / "site")
    script = "import sys, drillbook.cli.main as m; print(m.__file__); sys.exit(m.main(['--version']))"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
        check=True,
    )
    where, version = done.stdout.splitlines()
    assert Path(where).is_relative_to(tmp_path)
    assert version.startswith("drillbook ")
