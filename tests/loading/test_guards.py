"""What a file may not be: each limit and each forbidden construct is refused with its place."""

import pytest

from drillbook.loading import limits
from tests.loading.sample import SCENARIO, edited, line_of, problems, told
from tests.timing import hundred_thousand_steps, ratio

TITLE = line_of(SCENARIO, "title:")
RULES = "groups:\n  - name: a\n    rules:\n      - alert: A\n        expr: "


def one(text: str | bytes, kind: str = "scenario") -> str:
    found = told(text, kind)
    assert len(found) == 1, found
    return found[0]


def test_the_shipped_scenario_is_sound() -> None:
    assert told(SCENARIO) == []


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n", "---\n...\n", "\ufeff"])
def test_an_empty_file_is_said_to_be_empty(text: str) -> None:
    assert one(text).startswith("f.yaml:1:1: the file is empty")


@pytest.mark.parametrize("text", ["just words\n", "- a\n- b\n", "42\n"])
def test_a_file_holds_a_group_of_keys(text: str) -> None:
    assert one(text).startswith("f.yaml:1:1: the file must hold a group of keys")


def test_a_file_larger_than_the_limit_is_refused() -> None:
    assert "larger than 1 MiB" in one(SCENARIO + "#" * limits.FILE_BYTES)


def test_a_file_at_the_limit_is_read() -> None:
    padding = "#" * (limits.FILE_BYTES - len(SCENARIO.encode()))
    assert told(SCENARIO + padding) == []


def test_nesting_at_the_limit_is_read_and_deeper_is_refused() -> None:
    inside = limits.DEPTH - 1
    assert not any("nested" in each for each in told("a: " + "[" * inside + "]" * inside))
    assert one("a: " + "[" * (inside + 1) + "]" * (inside + 1)) == "f.yaml:1:43: nested deeper than 40 levels"


def test_a_hundred_thousand_brackets_do_not_crash_the_reader() -> None:
    assert "nested deeper" in one("[" * 100_000)


def test_an_alias_counts_with_the_depth_of_what_it_repeats() -> None:
    deep = "a: &a " + "[" * 30 + "]" * 30 + "\nb: " + "[" * 30 + "*a" + "]" * 30
    assert "nested deeper" in one(deep)


def test_too_many_nodes_are_refused() -> None:
    rows = "".join(f"k{number}: {'[' + '1, ' * 99 + '1]'}\n" for number in range(600))
    assert "more than 50000 keys and values" in one(rows)


def test_too_many_entries_of_one_list_are_refused() -> None:
    assert "more than 2000 entries" in one("a: [" + "1, " * limits.ENTRIES + "1]")


def test_aliases_that_multiply_are_refused_before_they_do() -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True):
        bomb += f"{name}: &{name} [{', '.join(['*' + before] * 10)}]\n"
    assert ratio(lambda: one(bomb), hundred_thousand_steps, 2) < 10
    assert "aliases expanded" in one(bomb)


def test_more_aliases_than_allowed_are_refused() -> None:
    text = "a: &a x\nb: [" + "*a, " * limits.ALIASES + "*a]\n"
    assert "more than 200 aliases" in one(text)


def test_an_alias_stands_for_what_it_names() -> None:
    text = edited(SCENARIO, "text: \"PayGate's", "text: &news \"PayGate's")
    assert (
        told(
            edited(
                text,
                'text: "Spring campaign mail is going out now, expect some more visitors for the next hour."',
                "text: *news",
            )
        )
        == []
    )


def test_an_alias_of_what_it_stands_in_is_refused() -> None:
    assert "refers to what it stands in" in one("a: &x [*x]\n")


def test_an_alias_of_nothing_is_refused() -> None:
    assert "an anchor that was not defined" in one("a: *nope\n")


@pytest.mark.parametrize("tag", ["!!str", "!!python/object/apply:os.system", "!mine", "!"])
def test_tags_are_refused(tag: str) -> None:
    found = told(edited(SCENARIO, "title: The shop", f"title: {tag} The shop"))
    assert len(found) == 1
    assert found[0].startswith(f"f.yaml:{TITLE}:8: tags such as")


def test_a_second_document_is_refused() -> None:
    last = SCENARIO.count("\n") + 1
    assert one(SCENARIO + "---\nkind: scenario\n").startswith(
        f"f.yaml:{last}:1: a second document begins here"
    )


def test_a_key_that_is_there_twice_is_said_with_both_places() -> None:
    found = one(edited(SCENARIO, "title:", "title: another\ntitle:"))
    assert (
        found == f"f.yaml:{TITLE + 1}:1: the key `title` is there twice (it stands in line {TITLE} already)"
    )


@pytest.mark.parametrize("key", ["? [a, b]\n", "? {a: b}\n", "? \n", "null", "~"])
def test_keys_are_words(key: str) -> None:
    assert any("a key must be a word" in each for each in told(f"{key}: 1\n"))


def test_merge_keys_are_refused() -> None:
    found = told("base: &b {a: 1}\nother:\n  <<: *b\n")
    assert "f.yaml:3:3: merge keys `<<` are not allowed (write the keys out)" in found


def test_a_tab_where_indentation_belongs_is_called_a_tab() -> None:
    assert (
        one("kind: scenario\nsystem:\n\tdomain: x\n")
        == "f.yaml:3:1: a tab is not allowed here (indent with spaces)"
    )


def test_tabs_inside_text_are_text() -> None:
    assert told(edited(SCENARIO, "Your phone is next", "Your\tphone is next")) == []


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_other_encodings_are_refused(encoding: str) -> None:
    found = told(SCENARIO.encode(encoding))
    assert found
    assert "UTF-" in found[0] or "control character" in found[0]


def test_a_byte_that_is_not_utf_8_is_told_with_its_place() -> None:
    found = one("kind: scenario\ntitle: Café\n".encode("latin-1"))
    assert found == "f.yaml:2:11: byte 0xE9 is not UTF-8 (save the file as UTF-8)"


def test_a_byte_order_mark_at_the_beginning_is_fine() -> None:
    assert told("\ufeff" + SCENARIO) == []


def test_line_ends_of_windows_are_fine_and_count_once() -> None:
    text = SCENARIO.replace("\n", "\r\n")
    assert told(text) == []
    assert problems(edited(text, "difficulty: easy", "difficulty: esy"))[0].line == line_of(
        SCENARIO, "difficulty:"
    )


@pytest.mark.parametrize("character", ["\0", "\x1b", "\x07", "\x85", "\u2028", "\u202e", "\ufeff", "\r"])
def test_hidden_characters_are_refused_wherever_they_stand(character: str) -> None:
    found = one(edited(SCENARIO, "The shop", f"The{character} shop"))
    assert found.startswith(f"f.yaml:{TITLE}:11: found ")
    assert found.isprintable()


@pytest.mark.parametrize("escape", [r"\e", r"\0", r"\x1b", r"\u202e", r"\N", r"\a", r"\r"])
def test_escapes_do_not_bring_hidden_characters_in(escape: str) -> None:
    found = one(edited(SCENARIO, "title: The shop stops answering", f'title: "The shop {escape} stops"'))
    assert found.startswith(f"f.yaml:{TITLE}:8: the text contains ")


def test_values_are_shown_shortened_and_escaped() -> None:
    found = one(edited(SCENARIO, "difficulty: easy", "difficulty: " + "\u200b" + "x" * 500))
    assert found.isprintable()
    assert "x" * 100 not in found
    assert "…" in found


@pytest.mark.parametrize(
    "expr",
    [
        "(" * 20_000 + "a" + ")" * 20_000,
        "-" * 20_000 + "a",
        "a^" * 2000 + "a",
        "abs(" * 500 + "a" + ")" * 500,
    ],
)
def test_an_expression_too_involved_for_the_parser_is_refused(expr: str) -> None:
    assert "more than 150 operators and brackets" in one(f"{RULES}'{expr}'\n", "rules")


def test_a_template_too_involved_is_refused() -> None:
    template = '"{{ ' + "(" * 20_000 + "1" + ")" * 20_000 + ' }}"'
    assert "the template has more than 100 brackets" in one(
        f"{RULES}a\n        labels: {{x: {template}}}\n", "rules"
    )


@pytest.mark.parametrize("value", ["9" * 400 + "s", "9" * 30 + "w"])
def test_quantities_beyond_all_measure_are_refused(value: str) -> None:
    assert any(
        "the number is too large" in each for each in told(edited(SCENARIO, "lasts: 24m", f"lasts: {value}"))
    )


def test_moments_beyond_the_calendar_are_refused() -> None:
    assert "the year must be 1971 to 2199" in one(edited(SCENARIO, "2026-03-10T", "9999-12-31T"))


def test_a_ruined_file_tells_its_first_hundred_problems() -> None:
    found = told("".join(f"key{number}: 1\n" for number in range(300)))
    assert len(found) == limits.PROBLEMS + 1
    assert "problems more" in found[-1]
