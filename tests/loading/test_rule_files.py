"""What is wrong in a rule file is told with its place, and promtool finds fault with the same files."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.loading.rule_files import BROKEN, NEWER, REFUSED_HERE, SOUND
from tests.loading.sample import problems

promtool = shutil.which("promtool")
needs_promtool = pytest.mark.skipif(
    promtool is None, reason="promtool is not installed (Debian: apt-get install prometheus)"
)
FAULTY = {**BROKEN, **REFUSED_HERE, **NEWER}


@pytest.mark.parametrize("name", FAULTY)
def test_a_broken_rule_file_is_refused_where_it_is_broken(name: str) -> None:
    text, line, part = FAULTY[name]
    found = [(each.line, str(each)) for each in problems(text, "rules")]
    assert any(place == line and part in said for place, said in found), found


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_rule_file_is_taken(name: str) -> None:
    assert problems(SOUND[name], "rules") == []


def _refused(folder: Path, texts: dict[str, str]) -> dict[str, str]:
    """The files that promtool refuses, and why."""
    for number, text in enumerate(texts.values()):
        (folder / f"{number}.yml").write_text(text)
    files = [str(folder / f"{number}.yml") for number in range(len(texts))]
    ran = subprocess.run(
        [str(promtool), "check", "rules", *files], capture_output=True, text=True, check=False
    )
    names = list(texts)
    said = re.findall(r"^\s*\S*/(\d+)\.yml: (.*)$", ran.stderr, re.MULTILINE)
    return {names[int(number)]: why for number, why in said}


@needs_promtool
def test_promtool_refuses_what_is_broken_and_takes_what_is_sound(tmp_path: Path) -> None:
    texts = {name: text for name, (text, _, _) in FAULTY.items()}
    assert _refused(tmp_path, texts).keys() == {*BROKEN, *NEWER}
    assert _refused(tmp_path, SOUND) == {}


@needs_promtool
def test_lines_are_those_that_promtool_gives(tmp_path: Path) -> None:
    """Where it gives one; it counts the lines before a tab, and gives the second of two keys."""
    said = _refused(tmp_path, {name: text for name, (text, _, _) in BROKEN.items()})
    places = {name: re.match(r"(?:yaml: line )?([1-9]\d*):", why) for name, why in said.items()}
    known = {name: int(place[1]) for name, place in places.items() if place}
    assert len(known) > 40
    apart = {name for name, line in known.items() if BROKEN[name][1] != line}
    assert apart <= {"later line", "tab", "alert and record"}  # we give the line inside the expression
