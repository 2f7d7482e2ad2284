"""A curriculum's parts fit together: modules, prerequisites, pass marks and answers.

Whether its scenarios and pages are there is not checked here: that takes the catalog.
"""

from __future__ import annotations

from drillbook.loading.checks.findings import Findings, doubles, unknown
from drillbook.loading.document import Path
from drillbook.loading.shown import quoted
from drillbook.model.curriculum import (
    Curriculum,
    DrillItem,
    Exercise,
    Module,
    Question,
    Quiz,
    Reading,
    Shadow,
)
from drillbook.oncall.check import Finding


def curriculum_findings(curriculum: Curriculum) -> Findings:
    """What does not fit within the curriculum; paths start at the curriculum."""
    yield from doubles(("modules",), [each.id for each in curriculum.modules], "modules", "id")
    yield from _item_doubles(curriculum)
    yield from _requires(curriculum)
    yield from _cycles(curriculum)
    for place, module in enumerate(curriculum.modules):
        yield from _when(("modules", place), module, curriculum)
    for path, item in curriculum.items():
        if isinstance(item, DrillItem):
            yield from _drill(path, item)
        elif isinstance(item, Quiz):
            yield from _quiz(path, item)
        elif isinstance(item, Exercise):
            points = sum(each.points for each in item.rubric)
            yield from _reachable(path, item.pass_mark, points, f"the rubric has {points} points")
        elif isinstance(item, Reading):
            yield from _one_of(path, "page", item.page, "text", item.text)
        elif isinstance(item, Shadow):
            yield from _one_of(path, "hours", item.hours, "rotations", item.rotations)


def _item_doubles(curriculum: Curriculum) -> Findings:
    """Ids that two items have, of whichever modules."""
    homes: dict[str, str] = {}
    for path, item in curriculum.items():
        module = curriculum.modules[int(path[1])].id
        if item.id in homes:
            earlier = f"one in the module {quoted(homes[item.id])} has it already"
            yield Finding((*path, "id"), f"there are two items called {quoted(item.id)}", earlier)
        homes.setdefault(item.id, module)


def _requires(curriculum: Curriculum) -> Findings:
    modules = _by_id(curriculum)
    for place, module in enumerate(curriculum.modules):
        for number, name in enumerate(module.requires):
            path: Path = ("modules", place, "requires", number)
            if name not in modules:
                yield unknown(path, "module", name, modules)
            elif module.when == "course" and modules[name].when != "course":
                hint = "the certificate comes before it"
                message = f"a course cannot wait for {quoted(name)}, which is {modules[name].when}"
                yield Finding(path, message, hint)


def _cycles(curriculum: Curriculum) -> Findings:
    """Prerequisites that lead back to where they began, each circle once, at its first module."""
    modules = _by_id(curriculum)
    order = list(modules)
    done: set[str] = set()
    for start in modules:
        circle = _circle(start, modules, done)
        if circle:
            first = circle.index(min(circle, key=order.index))
            way = [*circle[first:], *circle[:first], circle[first]]
            module = modules[way[0]]
            path = ("modules", curriculum.modules.index(module), "requires", module.requires.index(way[1]))
            message = f"modules wait for each other: {' -> '.join(way)}"
            yield Finding(path, message, "take one `requires` out")


def _by_id(curriculum: Curriculum) -> dict[str, Module]:
    """The modules in their order; of two with the same id the first."""
    found: dict[str, Module] = {}
    for module in curriculum.modules:
        found.setdefault(module.id, module)
    return found


def _circle(start: str, modules: dict[str, Module], done: set[str]) -> list[str]:
    """The first circle that is reached from a module, through modules that are not done; empty if none."""
    way: list[str] = []
    branches = [iter([start])]
    while branches:
        name = next(branches[-1], None)
        if name is None:
            branches.pop()
            if way:
                done.add(way.pop())
        elif name in way:
            done.update(way)
            return way[way.index(name) :]
        elif name in modules and name not in done:
            way.append(name)
            branches.append(iter(modules[name].requires))
    return []


def _when(path: Path, module: Module, curriculum: Curriculum) -> Findings:
    if module.when == "ongoing" and module.every_months is None:
        yield Finding(path, "an ongoing module needs `every_months`", "every_months: 3")
    if module.when != "ongoing" and module.every_months is not None:
        yield Finding((*path, "every_months"), "only an ongoing module comes round", "when: ongoing")
    if module.when == "renewal" and curriculum.certificate is None:
        yield Finding((*path, "when"), "there is no certificate to renew", "say what `certificate` there is")


def _drill(path: Path, item: DrillItem) -> Findings:
    if item.pass_mark.total is None and not item.pass_mark.areas:
        yield Finding((*path, "pass_mark"), "it asks for nothing", "say a `total`, or a rating of `areas`")
    for place, form in enumerate(item.forms):
        if form in item.forms[:place]:
            yield Finding((*path, "forms", place), f"form {form} stands there twice")


def _quiz(path: Path, quiz: Quiz) -> Findings:
    count = len(quiz.questions)
    have = "there is 1 question" if count == 1 else f"there are {count} questions"
    yield from _reachable(path, quiz.pass_mark, count, have)
    for place, question in enumerate(quiz.questions):
        yield from _question((*path, "questions", place), question)


def _question(path: Path, question: Question) -> Findings:
    for place, key in enumerate(question.right):
        if key not in question.choices:
            yield unknown((*path, "right", place), "choice", key, question.choices)
        elif key in question.right[:place]:
            yield Finding((*path, "right", place), f"{quoted(key)} stands there twice")
    if set(question.right) >= set(question.choices):
        yield Finding((*path, "right"), "every choice is right", "add one that is wrong")
    texts: dict[str, str] = {}
    for key, text in question.choices.items():
        same = texts.setdefault(text.strip().lower(), key)
        if same != key:
            yield Finding((*path, "choices", key), f"it says the same as {quoted(same)}")


def _reachable(path: Path, mark: int | None, most: int, have: str) -> Findings:
    if mark is not None and mark > most:
        yield Finding((*path, "pass_mark"), f"nobody can reach {mark}: {have}", f"{most} at most")


def _one_of(path: Path, one: str, value: object, other: str, second: object) -> Findings:
    if (value is None) == (second is None):
        yield Finding(path, f"it needs either `{one}` or `{other}`", "one of them")
