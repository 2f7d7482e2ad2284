"""What is written reads back as it was."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from drillbook.loading.document import data
from drillbook.loading.foreign.emit import comment, to_yaml
from drillbook.loading.foreign.parts import COMMENT
from drillbook.loading.text import HIDDEN
from drillbook.loading.yaml import parse

ODD = [
    "yes",
    "null",
    "~",
    "12:30",
    "017",
    "0x1f",
    "1e3",
    "",
    " a ",
    "a: b",
    "# a",
    "- a",
    "a\nb",
    "a\nb\n",
    "'\"",
]
ODD += ["on", 'severity="critical"', "a\n\n b", "%", "*x", "&x", "!x", "{{ $value }}", "a\tb", "5m", "true"]
plain = st.text(max_size=30).filter(lambda text: not HIDDEN.search(text) and text.isprintable())
texts = plain | st.sampled_from(ODD)
inner_keys = texts.filter(lambda key: key not in ("", COMMENT, "<<") and "\n" not in key)
scalars = texts | st.booleans() | st.integers(-(10**9), 10**9) | st.none()
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(inner_keys, inner, max_size=4),
    max_leaves=20,
)
keys = st.from_regex(r"[a-z_]{1,8}", fullmatch=True)


@given(st.dictionaries(keys, values, min_size=1, max_size=4))
def test_any_values_read_back_as_they_were(made: dict[str, Any]) -> None:
    root, problems = parse(to_yaml(made), "f")
    assert problems == []
    assert root is not None
    assert data(root) == made


def test_comments_are_one_harmless_line() -> None:
    assert comment("a\nkey: value \x1b[31m") == "# a\\nkey: value \\x1b[31m"


def test_comments_stand_above_what_they_are_about() -> None:
    made = to_yaml({"list": [{COMMENT: "from here", "id": "a", "of": {}}], "empty": []})
    assert made == "list:\n  # from here\n  - id: a\n    of: {}\nempty: []\n"


def test_short_lists_stand_on_one_line_and_expressions_as_written() -> None:
    made = to_yaml({"by": ["a", "b"], "expr": "sum(up)\n  > 5\n", "m": ['a="b"']})
    assert made == "by: [a, b]\nexpr: |\n  sum(up)\n    > 5\nm: ['a=\"b\"']\n"
