"""Whatever happens to a file, it loads or says where it is broken; never a traceback, never a hang."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drillbook.errors import Problem
from tests.loading.sample import PLAYBOOK, SCENARIO, problems

ODD = (
    "on",
    "yes",
    "12:30",
    "0o17",
    "017",
    "1_000",
    ".inf",
    ".nan",
    "~",
    "null",
    "[]",
    "{}",
    "-1",
    "1e999",
    "9" * 20,
    "9" * 5000,
    "9" * 400 + "s",
    '""',
    "''",
    "*a",
    "&a b",
    "*a : b",
    "!!str x",
    "- x",
    "{a: 1}",
    "[1, 2]",
    "\t",
    "true",
    '"\\e[31m"',
    '"\\ud800"',
    "<<: {a: 1}",
    "x: y: z",
    "2026-01-01",
    "|",
    ">",
    "?",
    "%",
    "@",
    "`",
    "#",
    "'",
    '"',
    "0s",
    "-5m",
    "a" * 300,
    "9999-12-31T23:59:59Z",
    "../../etc/passwd",
    "(?<=a)",
    "\u202e",
    "\x00",
    "\x1b[2J",
    "\ufeff",
    "\u2028",
    "é",
    "😀",
    "[" * 60,
    "[" * 6000,
    "{{ ((( }}",
    "sum(rate(x[5m])",
    "&a [*a]",
    "&a [[x, x], [x, x]]",
)


def _delete(lines: list[str], at: int, _: int) -> None:
    del lines[at]


def _double(lines: list[str], at: int, _: int) -> None:
    lines.insert(at, lines[at])


def _swap(lines: list[str], at: int, number: int) -> None:
    other = number % len(lines)
    lines[at], lines[other] = lines[other], lines[at]


def _rename(lines: list[str], at: int, number: int) -> None:
    key, colon, rest = lines[at].partition(":")
    place = number % (len(key) + 1)
    lines[at] = f"{key[:place]}{'xz_ -'[number % 5]}{key[place:]}{colon}{rest}"


def _value(lines: list[str], at: int, number: int) -> None:
    key, colon, _ = lines[at].partition(": ")
    lines[at] = f"{key}{colon or ': '}{ODD[number % len(ODD)]}"


def _word(lines: list[str], at: int, number: int) -> None:
    words = [word for word in lines[at].replace(",", " ").split() if len(word) > 3]
    if words:
        word = words[number % len(words)]
        place = number % len(word)
        lines[at] = lines[at].replace(word, word[:place] + "q" + word[place + 1 :], 1)


def _indent(lines: list[str], at: int, number: int) -> None:
    lines[at] = " " * (number % 9) + lines[at].lstrip()


def _tab(lines: list[str], at: int, _: int) -> None:
    lines[at] = lines[at].replace("  ", "\t", 1)


def _insert(lines: list[str], at: int, number: int) -> None:
    place = number % (len(lines[at]) + 1)
    lines[at] = lines[at][:place] + ODD[number % len(ODD)] + lines[at][place:]


def _cut(lines: list[str], at: int, number: int) -> None:
    lines[at] = lines[at][: number % (len(lines[at]) + 1)]
    del lines[at + 1 :]


def _bomb(lines: list[str], at: int, number: int) -> None:
    lines[at : at + 1] = ["lol0: &lol0 [x, x, x, x, x, x, x, x, x]"] + [
        f"lol{level}: &lol{level} [{', '.join([f'*lol{level - 1}'] * 9)}]"
        for level in range(1, 2 + number % 12)
    ]


CHANGES = (
    _delete,
    _double,
    _swap,
    _rename,
    _value,
    _value,
    _word,
    _word,
    _indent,
    _tab,
    _insert,
    _cut,
    _bomb,
)

changes = st.lists(
    st.tuples(st.sampled_from(CHANGES), st.integers(0, 10_000), st.integers(0, 10_000)),
    min_size=1,
    max_size=3,
)


@given(kind=st.sampled_from(["scenario", "playbook"]), made=changes)
@settings(max_examples=500, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_a_corrupted_file_loads_or_says_where(kind: str, made: list[tuple[object, int, int]]) -> None:
    lines = (SCENARIO if kind == "scenario" else PLAYBOOK).split("\n")
    for change, at, number in made:
        change(lines, at % len(lines), number)  # type: ignore[operator]
    text = "\n".join(lines)
    for problem in problems(text.encode("utf-8", "surrogatepass"), kind):
        _is_located(problem, text.count("\n") + 2)


@given(
    kind=st.sampled_from(["scenario", "playbook", "rules"]),
    at=st.integers(0, 13_000),
    noise=st.binary(min_size=1, max_size=6),
)
@settings(max_examples=100)
def test_a_file_with_random_bytes_in_it_loads_or_says_where(kind: str, at: int, noise: bytes) -> None:
    content = (PLAYBOOK if kind == "playbook" else SCENARIO).encode()
    content = content[:at] + noise + content[at:]
    for problem in problems(content, kind):
        _is_located(problem, content.count(b"\n") + 2)


@given(st.text(max_size=200))
@settings(max_examples=200)
def test_any_text_loads_or_says_where(text: str) -> None:
    for problem in problems(text.encode("utf-8", "surrogatepass")):
        _is_located(problem, text.count("\n") + 2)


def _is_located(problem: Problem, lines: int) -> None:
    assert problem.source == "f.yaml"
    assert 1 <= problem.line <= lines
    assert problem.column >= 1
    assert str(problem).isprintable()
    assert len(problem.message) < 500
