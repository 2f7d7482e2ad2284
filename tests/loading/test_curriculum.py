"""A curriculum is checked like any other file: each problem with its place and what was meant."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from drillbook.loading.catalog import Catalog
from drillbook.loading.courses import course_problems, opener
from drillbook.loading.files import document, read_curriculum, read_document
from drillbook.loading.packs import built_in
from drillbook.loading.starting import starter
from drillbook.loading.survey import survey
from drillbook.model.curriculum import Curriculum, DrillItem, Exercise, Quiz
from drillbook.model.outline import module_lines, overview
from tests.loading.sample import READERS, ROOT, edited
from tests.loading.sample import told as told_of

SMALL = """\
kind: curriculum
name: small
title: Small
audience: Nobody
playbook: incident-response
certificate: {name: Small certificate}
modules:
  - id: one
    title: One
    objectives: [Answer]
    items:
      - kind: reading
        id: page
        title: A page
        page: {page: severities}
      - kind: quiz
        id: quiz
        title: A quiz
        pass_mark: 1
        questions:
          - text: How soon?
            choices: {a: Now, b: Later}
            right: [a]
            explanation: Now.
            see: {page: duties}
  - id: two
    title: Two
    objectives: [Respond]
    requires: [one]
    items:
      - kind: drill
        id: drill
        title: A drill
        scenario: shops-crawl
        forms: [0, 1]
        pass_mark: {total: 60, areas: {communication: S}}
      - kind: exercise
        id: exercise
        title: An exercise
        task: Write
        rubric: [{text: Good, points: 3}]
        template: {page: post-mortem}
      - {kind: shadow, id: beside, title: Beside, hours: 8, signed_off_by: The primary}
"""
SCHEMA_LINE = "# yaml-language-server: $schema=../docs/schema/curriculum.schema.json\n"
SHIPPED = sorted((ROOT / "curricula").glob("*.yaml"))
READERS.setdefault("curriculum", read_curriculum)


@cache
def catalog() -> Catalog:
    return Catalog.standard()


FIND = opener(catalog())


def told(text: str) -> list[str]:
    """What is wrong with it, by itself and together with what it names."""
    by_itself = told_of(text, "curriculum")
    if by_itself:
        return by_itself
    return [str(each) for each in course_problems(read_curriculum(document(text, "f.yaml")), FIND)]


def curriculum(path: Path) -> Curriculum:
    return read_curriculum(read_document(path)).model


def test_the_small_curriculum_is_sound() -> None:
    assert told(SMALL) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("scenario: shops-crawl", "scenario: shops-craw", "34:19: there is no scenario `shops-craw`, did"),
        ("scenario: shops-crawl", "scenario: gone.yaml", "34:19: there is no file"),
        ("forms: [0, 1]", "forms: [0, 9]", "35:20: `shops-crawl` has no form 9 (its forms: 0 to "),
        ("forms: [0, 1]", "forms: [1, 1]", "35:20: form 1 stands there twice"),
        ("forms: [0, 1]", "forms: []", "35:16: `forms` "),
        ("playbook: incident-response", "playbook: incident-respons", "5:11: there is no playbook"),
        ("{page: severities}", "{page: severitys}", "15:22: there is no page of the"),
        ("{page: duties}", "{page: dutys}", "25:25: there is no page of"),
        ("{page: post-mortem}", "{page: severities}", "42:26: there is no template of the playbook"),
        ("{page: post-mortem}", "{page: x, playbook: novacrn}", "42:39: there is no playbook"),
        ("playbook: incident-response\n", "", "14:15: it does not say of which playbook (name a `playbook`)"),
        ("requires: [one]", "requires: [ones]", "there is no module `ones`, did you mean one?"),
        ("requires: [one]", "requires: [two]", "29:16: modules wait for each other: two -> two"),
        ("title: One\n", "title: One\n    requires: [two]\n", "other: one -> two -> one"),
        ("title: One\n", "title: One\n    when: renewal\n", "a course cannot wait for `one`"),
        ("title: Two\n", "title: Two\n    when: ongoing\n", "an ongoing module needs `every_months`"),
        ("title: Two\n", "title: Two\n    every_months: 3\n", "28:19: only an ongoing module"),
        ("id: two", "id: one", "there are two modules called `one`"),
        ("id: drill", "id: page", "32:13: there are two items called `page` (one in"),
        ("right: [a]", "right: []", "23:20: `right` "),
        ("right: [a]", "right: [ab]", "23:21: there is no choice `ab`"),
        ("right: [a]", "right: [a, b]", "23:20: every choice is right (add one that is wrong)"),
        ("right: [a]", "right: [a, a]", "23:24: `a` stands there twice"),
        ("            right: [a]\n", "", "`right` is missing"),
        ("b: Later", "b: now", "22:34: it says the same as `a`"),
        ("{a: Now, b: Later}", "{a: Now}", "`choices` "),
        ("pass_mark: 1", "pass_mark: 2", "19:20: nobody can reach 2: there is 1 question (1 at most)"),
        ("task: Write", "task: Write\n        pass_mark: 4", "41:20: nobody can reach 4"),
        ("{total: 60,", "{total: 101,", "36:28: `total` must be at most 100"),
        ("{total: 60, areas: {communication: S}}", "{}", "36:20: it asks for nothing (say a `total`"),
        ("communication: S", "communications: S", "36:40: "),
        ("communication: S", "communication: U", "36:55: "),
        ("page: {page: severities}", "text: x\n        page: {page: severities}", "either `page` or `text`"),
        ("hours: 8", "hours: 8, rotations: 1", "it needs either `hours` or `rotations`"),
        ("hours: 8, ", "", "it needs either `hours` or `rotations`"),
        ("kind: quiz", "kind: quizz", "`kind` cannot be the text `quizz`"),
        ("{name: Small certificate}", "{name: Small, valid_months: 0}", "6:42: `valid_months` must"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(old: str, new: str, said: str) -> None:
    found = told(edited(SMALL, old, new))
    assert any(said in each for each in found), found
    assert all(each.startswith("f.yaml:") for each in found)


def test_a_renewal_needs_a_certificate() -> None:
    text = edited(SMALL, "certificate: {name: Small certificate}\n", "")
    text = edited(text, "title: Two\n", "title: Two\n    when: renewal\n")
    assert ["there is no certificate to renew" in each for each in told(text)] == [True]


def test_every_circle_is_told_once() -> None:
    """Two circles that share no module are two problems, however many modules lead into them."""
    modules = "".join(
        f"  - {{id: {name}, title: T, objectives: [O], requires: [{needs}], items: "
        f"[{{kind: reading, id: r-{name}, title: T, text: x}}]}}\n"
        for name, needs in (("e", "a, c"), ("a", "b"), ("b", "a"), ("c", "d"), ("d", "c"))
    )
    text = SMALL[: SMALL.index("  - id: one")] + modules
    found = [each for each in told(text) if "wait for each other" in each]
    assert ["a -> b -> a" in found[0], "c -> d -> c" in found[1], len(found)] == [True, True, 2]


def test_an_area_that_the_playbook_does_not_judge_cannot_be_passed(tmp_path: Path) -> None:
    text = starter("playbook", "narrow", "Narrow")
    lines = text[: text.index("expectations:")] + (
        "expectations:\n  - {id: a, area: acknowledgement, check: acknowledge, points: 1, rule: Soon}\n"
    )
    (tmp_path / "narrow.yaml").write_text(lines)
    (tmp_path / "c.yaml").write_text(
        edited(SMALL, "scenario: shops-crawl", "scenario: shops-crawl\n        playbook: narrow")
    )
    [report] = [each for each in survey([tmp_path], catalog()) if each.kind == "curriculum"]
    assert "expects nothing of communication (it judges acknowledgement)" in str(report.problems[0])


def test_paths_begin_where_the_curriculum_is(tmp_path: Path) -> None:
    (tmp_path / "ours.yaml").write_text((ROOT / "playbooks" / "incident-response.yaml").read_text())
    (tmp_path / "c.yaml").write_text(edited(SMALL, "playbook: incident-response", "playbook: ours.yaml"))
    [report] = survey([tmp_path / "c.yaml"], catalog())
    assert not report.problems


def test_a_broken_playbook_is_told_at_the_place_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "ours.yaml").write_text("kind: playbook\n")
    (tmp_path / "c.yaml").write_text(edited(SMALL, "playbook: incident-response", "playbook: ours.yaml"))
    [report] = survey([tmp_path / "c.yaml"], catalog())
    assert [str(each).partition("c.yaml:")[2][:24] for each in report.problems] == [
        "5:11: the playbook `ours"
    ]


def test_the_starting_file_is_sound() -> None:
    assert told(starter("curriculum", "ours", "Ours")) == []


def test_the_shipped_curricula_are_built_in() -> None:
    """So the tests of `drillbook check` without a path find what is wrong with them."""
    assert {path for path in built_in().files() if path.parent.name == "curricula"} == set(SHIPPED)
    assert len(SHIPPED) == 5


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_curriculum_is_named_as_its_file_and_names_its_schema(path: Path) -> None:
    assert curriculum(path).name == path.stem
    assert path.read_text().startswith(SCHEMA_LINE)


def test_the_labs_are_all_there() -> None:
    made = curriculum(ROOT / "curricula" / "incident-management-labs.yaml")
    ids = {item.id for _, item in made.items()}
    assert {f"lab-29.{number}" for number in range(1, 11)} <= ids


def test_the_first_week_asks_for_easy_drills_only() -> None:
    drills = [
        item
        for _, item in curriculum(ROOT / "curricula" / "first-week.yaml").items()
        if isinstance(item, DrillItem)
    ]
    assert {catalog().scenario(item.scenario).difficulty for item in drills} == {"easy"}


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_what_is_shown_has_every_item_and_no_answer(path: Path) -> None:
    made = curriculum(path)
    whole = "\n".join(overview(made))
    for module in made.modules:
        text = "\n".join(module_lines(made, module))
        for item in module.items:
            assert item.title in whole
            assert item.title in text
            if isinstance(item, Exercise):
                assert all(each.text in text for each in item.rubric)
            if isinstance(item, Quiz):
                assert not any(each.explanation.strip() in text for each in item.questions)
