"""Finds and runs the examples of a documentation page, in order, in one folder of their own.

- In a ```console block every line after `$ ` is run by the shell; the lines below it are the expected output
  (standard output and errors together), where any are shown. `...` stands for anything: within a line, or as
  a line of its own for any number of lines. A command must succeed; one that does not shows it:
  `$ drillbook check x.yaml; echo "exit $?"`.
- A ```python block is run, or checked as a doctest where it has `>>>` prompts.
- `<!-- file: NAME -->` before any block saves it under that name first.
- `<!-- not run: REASON -->` before a block leaves it alone.
"""

import doctest
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_BLOCK = re.compile(
    r"(?:^ *<!-- (?P<mark>file|not run): (?P<what>[^\n]+?) -->\n\s*)?"
    r"^(?P<indent> *)```(?P<language>\w+)\n(?P<body>.*?)^ *```$",
    re.DOTALL | re.MULTILINE,
)
_TIMEOUT_S = 120


@dataclass(frozen=True)
class Block:
    """A fenced block: `line` is the first of its body, `mark` is "file", "not run" or nothing."""

    line: int
    language: str
    body: str
    mark: str = ""
    what: str = ""

    @property
    def is_example(self) -> bool:
        """Whether there is something to do for it."""
        return self.mark != "not run" and (self.mark == "file" or self.language in {"console", "python"})


def blocks(text: str) -> list[Block]:
    """The fenced blocks of a page that have a language."""
    return [
        Block(
            line=text.count("\n", 0, found.start("body")) + 1,
            language=found["language"],
            body=re.sub(rf"^{found['indent']}", "", found["body"], flags=re.MULTILINE),
            mark=found["mark"] or "",
            what=found["what"] or "",
        )
        for found in _BLOCK.finditer(text)
    ]


def run_page(page: Path, folder: Path) -> None:
    """Run all examples of `page` in `folder`; AssertionError names the line of the first that fails."""
    names: dict[str, Any] = {"__name__": "__example__"}
    for block in filter(lambda block: block.is_example, blocks(page.read_text(encoding="utf-8"))):
        where = f"{page.name}:{block.line}"
        if block.mark == "file":
            target = folder / block.what
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block.body, encoding="utf-8")
        elif block.language == "console":
            for command, expected in _commands(block.body):
                _run_command(command, expected, folder, where)
        else:
            _run_python(block.body, names, where)


def matches(expected: str, actual: str) -> bool:
    """Whether `actual` is the `expected` output; white space at the ends of lines does not count."""

    def pattern(line: str) -> str:
        if line == "...":
            return r"(?:.*\n)*?"
        return ".*?".join(re.escape(part) for part in line.split("...")) + r"\n"

    wanted = "".join(pattern(line.rstrip()) for line in expected.rstrip().splitlines())
    got = "".join(f"{line.rstrip()}\n" for line in actual.rstrip().splitlines())
    return re.fullmatch(wanted, got) is not None


def _commands(body: str) -> Iterator[tuple[str, str]]:
    for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
        found = re.match(r"(?:.*\\\n)*.*\n?", part)
        assert found
        yield found[0].rstrip("\n"), part[found.end() :]


def _run_command(command: str, expected: str, folder: Path, where: str) -> None:
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env=_environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=_TIMEOUT_S,
        check=False,
    )
    assert done.returncode == 0, f"{where}: `{command}` ended with {done.returncode}:\n{done.stdout}"
    if expected.strip():
        assert matches(expected, done.stdout), (
            f"{where}: `{command}`\n--- the page says\n{expected}\n--- it printed\n{done.stdout}"
        )


def _environment(folder: Path) -> dict[str, str]:
    """A user who has just installed drillbook: nothing configured, an empty home, a plain terminal."""
    kept = {name: os.environ[name] for name in ("LANG", "TMPDIR") if name in os.environ}
    return kept | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(folder / ".home"),
        "LC_ALL": "C.UTF-8",
        "COLUMNS": "100",
        "NO_COLOR": "1",
        "TERM": "dumb",
    }


def _run_python(body: str, names: dict[str, Any], where: str) -> None:
    if ">>>" not in body:
        exec(compile(body, where, "exec"), names)
        return
    runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.ELLIPSIS)
    said: list[str] = []
    runner.run(
        doctest.DocTestParser().get_doctest(body, names, where, where, 0), out=said.append, clear_globs=False
    )
    assert runner.failures == 0, "".join(said)
