"""The shipped scenario and playbook as text, and edits of it."""

from pathlib import Path

from drillbook.errors import InvalidInput, Problem
from drillbook.loading.files import document, read_playbook, read_rules, read_scenario
from drillbook.loading.text import decode

ROOT = Path(__file__).parents[2]
SCENARIO = (ROOT / "scenarios" / "db-pool-exhaustion.yaml").read_text(encoding="utf-8")
PLAYBOOK = (ROOT / "playbooks" / "incident-response.yaml").read_text(encoding="utf-8")
READERS = {"scenario": read_scenario, "playbook": read_playbook, "rules": read_rules}


def edited(text: str, old: str, new: str) -> str:
    """The text with the first `old` replaced."""
    assert old in text
    return text.replace(old, new, 1)


def problems(text: str | bytes, kind: str = "scenario") -> list[Problem]:
    """What reading the text as a file of a kind finds wrong."""
    content = text.encode() if isinstance(text, str) else text
    try:
        checked, found = decode(content, "f.yaml")
        if found:
            return found
        READERS[kind](document(checked, "f.yaml"))
    except InvalidInput as error:
        return list(error.problems)
    return []


def told(text: str | bytes, kind: str = "scenario") -> list[str]:
    """The same as authors see it."""
    return [str(problem) for problem in problems(text, kind)]


def line_of(text: str, part: str) -> int:
    """The line of the first occurrence."""
    return text[: text.index(part)].count("\n") + 1
