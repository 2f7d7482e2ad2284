"""The lock files pin everything, with hashes, and name no host."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")


def pinned(lock: str) -> list[Requirement]:
    text = (ROOT / lock).read_text(encoding="utf-8")
    return [Requirement(line) for line in re.findall(r"^(\w[^\\\n]*?) *\\?$", text, re.MULTILINE)]


def declared(*groups: str) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    listed = list(project["project"]["dependencies"])
    for group in groups:
        listed += project["dependency-groups"][group]
    return [Requirement(entry) for entry in listed]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host_and_no_option(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.findall(r"^\s*--(?!hash=)", text, re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS)
def test_each_version_is_exact_and_hashed(lock: str) -> None:
    entries = pinned(lock)
    assert entries
    assert all(str(entry.specifier).startswith("==") for entry in entries)
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert len(re.findall(r"\\\n +--hash=sha256:[0-9a-f]{64} ?\\?\n(?! +--hash)", text)) >= len(entries) - 1
    assert all(
        re.search(rf"^{re.escape(entry.name)}==\S+( ;[^\\\n]*)? \\$", text, re.MULTILINE) for entry in entries
    )


@pytest.mark.parametrize(
    ("lock", "groups"),
    [("requirements.lock", ["build"]), ("requirements-dev.lock", ["build", "test", "lint", "docs"])],
)
def test_what_the_project_declares_is_locked_within_its_bounds(lock: str, groups: list[str]) -> None:
    """Otherwise pyproject.toml was changed and script/lock was not run."""
    versions: dict[str, list[str]] = {}
    for entry in pinned(lock):
        versions.setdefault(canonicalize_name(entry.name), []).append(str(entry.specifier)[2:])
    for wanted in declared(*groups):
        locked = versions.get(canonicalize_name(wanted.name))
        assert locked, f"{wanted} is not in {lock}: run script/lock"
        assert all(wanted.specifier.contains(version) for version in locked), f"{wanted}: {lock} has {locked}"


def test_both_locks_agree() -> None:
    assert {str(entry) for entry in pinned("requirements.lock")} <= {
        str(entry) for entry in pinned("requirements-dev.lock")
    }
