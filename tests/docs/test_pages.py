"""The runner of documentation examples notices what it should."""

from pathlib import Path

import pytest

from tests.docs.pages import blocks, matches, run_page


def page(folder: Path, text: str) -> Path:
    path = folder / "page.md"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ("a\nb\n", "a\nb\n"),
        ("a\n...\nd\n", "a\nb\nc\nd\n"),
        ("a\n...\nd\n", "a\nd\n"),
        ("took ... s\n", "took 1.25 s\n"),
        ("50% (a|b)\n", "50% (a|b)  \n\n"),
    ],
)
def test_output_matches(expected: str, actual: str) -> None:
    assert matches(expected, actual)


@pytest.mark.parametrize(
    ("expected", "actual"), [("a\n", "a\nb\n"), ("took ... s\n", "took\n1 s\n"), ("a|b\n", "a\n")]
)
def test_output_differs(expected: str, actual: str) -> None:
    assert not matches(expected, actual)


def test_files_commands_and_python_work_on_the_same_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = """
<!-- file: conf/a.yaml -->

```yaml
on: true
```

1. An indented one:

   ```console
   $ cat conf/a.yaml
   on: true
   $ echo hello \\
       world > said; ls missing; echo "exit $?"
   ls: ...missing...
   exit ...
   ```

```python
from pathlib import Path
said = Path("said").read_text()
```

```python
>>> said
'hello world\\n'
```
"""
    run_page(page(tmp_path, text), tmp_path)


@pytest.mark.parametrize(
    "example",
    [
        "```console\n$ echo two\none\n```\n",
        "```console\n$ echo one\n$ false\n```\n",
        "```python\nassert False\n```\n",
        "```python\n>>> 1 + 1\n3\n```\n",
    ],
)
def test_a_wrong_example_is_reported_with_its_line(example: str, tmp_path: Path) -> None:
    with pytest.raises(AssertionError) as caught:
        run_page(page(tmp_path, f"# Title\n\n{example}"), tmp_path)
    assert "page.md:4" in str(caught.value) or "page.md:4" in str(caught.traceback[-1])


def test_a_marked_block_is_left_alone() -> None:
    marked, plain = blocks(
        "<!-- not run: opens the cockpit -->\n```console\n$ a\n```\n\n```console\n$ b\n```\n"
    )
    assert not marked.is_example
    assert marked.what == "opens the cockpit"
    assert plain.is_example
