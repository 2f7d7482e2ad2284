"""A curriculum as text to read: the whole on a screen, and each module. No answers are given away."""

from __future__ import annotations

from collections.abc import Iterator

from drillbook.model.curriculum import (
    AnyItem,
    Curriculum,
    DrillItem,
    Exercise,
    Module,
    PageReference,
    PassMark,
    Quiz,
    Reading,
)
from drillbook.model.handbook.writing import bullets, under
from drillbook.model.quantities import duration_text

_WHEN = {"ongoing": "afterwards", "renewal": "to renew the certificate"}
_PLURAL = {"drill": "drills", "quiz": "quizzes"}
_ROLES = {"observer": "look on", "secondary": "as secondary", "primary": "as primary"}


def overview(curriculum: Curriculum) -> Iterator[str]:
    """What it is, for whom, what it leads to, and its modules."""
    yield curriculum.title
    yield ""
    yield f"For: {curriculum.audience.strip()}"
    if curriculum.certificate is not None:
        given = curriculum.certificate
        yield f"Leads to: {given.name}, valid for {_months(given.valid_months)}"
    if curriculum.repetition is not None:
        kinds = " and ".join(_PLURAL[each] for each in curriculum.repetition.kinds)
        target = f"{100 * curriculum.repetition.target:g} %"
        yield f"Comes back: {kinds}, when the chance that they are still known falls to {target}"
    if curriculum.source is not None:
        yield f"From: {curriculum.source.strip()}"
    width = max(len(module.id) for module in curriculum.modules)
    for module in curriculum.modules:
        yield ""
        yield f"{module.id:<{width}}  {module.title}{_conditions(module)}"
        for item in module.items:
            extra = " (optional)" if item.optional else ""
            yield f"  {item.kind:<9} {item.title}{extra}{_takes(item.takes)}"


def module_lines(curriculum: Curriculum, module: Module) -> Iterator[str]:
    """A module with all that its items ask for."""
    yield f"{module.title}{_conditions(module)}"
    yield ""
    yield from under("Afterwards you can", module.objectives)
    for item in module.items:
        yield ""
        optional = ", optional" if item.optional else ""
        yield f"{item.title} ({item.kind} {item.id}{optional}){_takes(item.takes)}"
        yield from (f"  {line}" if line else "" for line in _item_lines(curriculum, item))


def _item_lines(curriculum: Curriculum, item: AnyItem) -> Iterator[str]:
    if isinstance(item, DrillItem):
        yield from _drill(curriculum, item)
    elif isinstance(item, Quiz):
        yield from _quiz(item)
    elif isinstance(item, Exercise):
        yield from _exercise(curriculum, item)
    elif isinstance(item, Reading):
        if item.page is not None:
            yield _page(curriculum, item.page)
        yield from (item.text or "").strip().splitlines()
    else:
        amount = f"{item.hours:g} h" if item.hours is not None else f"turns of the rota: {item.rotations}"
        yield f"{amount}, {_ROLES[item.role]}; signed off by {item.signed_off_by}"
        yield from bullets(item.tasks)


def _drill(curriculum: Curriculum, item: DrillItem) -> Iterator[str]:
    playbook = item.playbook or curriculum.playbook
    under_it = f" --playbook {playbook}" if playbook else ""
    yield f"drillbook play {item.scenario}{under_it}"
    if item.forms != [0]:
        order = "in this order" if item.choose == "in-order" else "drawn"
        yield f"forms {', '.join(map(str, item.forms))}, {order}"
    yield f"pass: {_mark(item.pass_mark)}{_attempts(item.attempts)}"


def _mark(mark: PassMark) -> str:
    asked = [f"{mark.total:g} of 100"] if mark.total is not None else []
    return ", ".join(asked + [f"{area} {rating} or better" for area, rating in mark.areas.items()])


def _quiz(item: Quiz) -> Iterator[str]:
    needed = item.pass_mark or len(item.questions)
    yield f"pass: {needed} of {len(item.questions)} right{_attempts(item.attempts)}"
    for number, question in enumerate(item.questions, 1):
        yield f"{number}. {question.text.strip()}"
        yield from (f"   {key}) {text.strip()}" for key, text in question.choices.items())


def _exercise(curriculum: Curriculum, item: Exercise) -> Iterator[str]:
    yield from item.task.strip().splitlines()
    yield from (f"{number}. {text.strip()}" for number, text in enumerate(item.steps, 1))
    if item.template is not None:
        yield f"template: {_page(curriculum, item.template)}"
    if item.text is not None:
        yield from (f"  | {line}" for line in item.text.rstrip().splitlines())
    points = sum(each.points for each in item.rubric)
    yield f"pass: {item.pass_mark or points} of {points} points, judged by {_judge(item)}"
    yield from bullets(f"{each.text.strip()} ({each.points})" for each in item.rubric)


def _judge(item: Exercise) -> str:
    return "yourself" if item.judged_by == "self" else f"a {item.judged_by}"


def _page(curriculum: Curriculum, reference: PageReference) -> str:
    return f"drillbook catalog {reference.playbook or curriculum.playbook} {reference.page}"


def _conditions(module: Module) -> str:
    parts = [f"after {', '.join(module.requires)}"] if module.requires else []
    if module.when != "course":
        parts.append(_WHEN[module.when])
    if module.every_months is not None:
        parts.append(f"every {_months(module.every_months)}")
    return f" ({'; '.join(parts)})" if parts else ""


def _attempts(count: int | None) -> str:
    return f"; {count} attempt{'s' if count > 1 else ''} at most" if count else ""


def _takes(value: float | None) -> str:
    return f", {duration_text(value)}" if value is not None else ""


def _months(count: int) -> str:
    return "month" if count == 1 else f"{count} months"
