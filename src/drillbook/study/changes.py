"""Changes that levels make: where their paths lead, and the scenario, playbook and settings that come out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

from pydantic import JsonValue

from drillbook.errors import InvalidInput, Problem
from drillbook.loading.checks.study import responder_findings
from drillbook.loading.document import KEY, Document, bounded, data
from drillbook.loading.document import Path as Place
from drillbook.loading.files import misfits, read_playbook, read_scenario
from drillbook.loading.nodes import Mapping, node_of, with_node
from drillbook.loading.shown import listed, quoted, shortened
from drillbook.loading.validate import Authored, validate
from drillbook.model.automation import Automation
from drillbook.model.design import Factor, Level
from drillbook.model.nearest import most_like
from drillbook.model.people import Person
from drillbook.model.playbook import Playbook
from drillbook.model.rules import Rule
from drillbook.model.scenario import Scenario
from drillbook.model.study import Incidents
from drillbook.study.material import Material, Parts
from drillbook.study.paths import EVERY, Stuck, known_paths, resolve
from drillbook.study.settings import Settings

File = Literal["scenario", "playbook", "settings"]

FIXED = (
    "scenario.kind",
    "scenario.name",
    "scenario.playbook",
    "scenario.forms",
    "playbook.kind",
    "playbook.name",
)
"""Paths to what a file is called and belongs to: no parameters."""
ROOTS = ("playbook", "automation", "scenario", "rules", "people", "responders", "horizon", "pay", "slo")
"""What a path may begin with."""


_LONGEST = 160
"""Characters of a path that a message shows."""


class Change(NamedTuple):
    """A path, what it is set to, and where the study says each of the two."""

    path: str
    value: JsonValue
    place: Place
    """Of the value."""
    path_place: Place


class Spot(NamedTuple):
    """A place in one of the files."""

    file: File
    path: Place


class _Root(NamedTuple):
    """Where paths that begin with a word go on: in which file, below which place, written for what."""

    file: File
    base: Place
    data: Any
    wanted: Any


@dataclass(frozen=True, slots=True)
class Changed:
    """A scenario, its playbook and the study's settings under an alternative; sound each and together."""

    scenario: Authored[Scenario]
    playbook: Authored[Playbook]
    settings: Settings


def changes_of(factor: Factor, number: int, level: Level) -> list[Change]:
    """What a level changes; `number` is the factor's place in the study."""
    place: Place = ("factors", number, "levels", factor.levels.index(level))
    found = [
        Change(path, value, (*place, "set", path), (*place, "set", path, KEY))
        for path, value in level.set.items()
    ]
    if "value" in level.model_fields_set:
        found += put(factor, number, level.value, (*place, "value"))
    return found


def own_changes(incidents: Incidents, number: int) -> list[Change]:
    """What the mix sets about a scenario itself; `number` is its place there."""
    place: Place = ("scenarios", number, "set")
    return [Change(path, value, (*place, path), (*place, path, KEY)) for path, value in incidents.set.items()]


def put(factor: Factor, number: int, value: JsonValue, place: Place) -> list[Change]:
    """The value in all of a factor's paths."""
    return [
        Change(path, value, place, ("factors", number, "paths", entry))
        for entry, path in enumerate(factor.paths)
    ]


def spots(parts: Parts, path: str) -> list[Spot] | Stuck:
    """The places that a path means in some parts; Stuck where it means none."""
    head, _, rest = path.partition(".")
    found: list[Spot] = []
    stuck = Stuck("", head, ROOTS)
    for root in _roots(parts, head):
        ends = resolve(root.data, root.wanted, rest) if rest else Stuck(head, "", ())
        if isinstance(ends, list):
            found += [Spot(root.file, (*root.base, *end)) for end in ends]
            if head == "people" and EVERY not in rest:
                break
        else:
            stuck = _further(stuck, Stuck(f"{head}.{ends.reached}".strip("."), ends.step, ends.known))
    return found or stuck


def _further(one: Stuck, other: Stuck) -> Stuck:
    """The one of two ends that came further; of two that came as far, what is known at either."""
    if len(one.reached) == len(other.reached):
        return Stuck(one.reached, one.step, (*one.known, *other.known))
    return one if len(one.reached) > len(other.reached) else other


def path_problem(material: Material, change: Change) -> Problem | None:
    """What is wrong with a path that leads nowhere in any scenario of the mix."""
    if change.path in FIXED:
        message = f"{quoted(change.path)} is a name and no parameter"
        return material.study.document.problem(change.path_place, message)
    ends = [spots(parts, change.path) for parts in material.parts]
    stuck = [end for end in ends if isinstance(end, Stuck)]
    if len(stuck) < len(ends):
        return None
    furthest = max(stuck, key=lambda end: len(end.reached))
    every = dict.fromkeys(each for parts in material.parts for each in every_path(parts))
    near = most_like(change.path[:200], every)
    message = f"there is no `{shortened(change.path, _LONGEST)}`" + (
        f", did you mean {near}?" if near else ""
    )
    known = [name for name in dict.fromkeys(furthest.known) if name]
    where = f"in {furthest.reached}" if furthest.reached else "a path begins with"
    return material.study.document.problem(
        change.path_place, message, f"{where}: {listed(known, 300)}" if known else ""
    )


def every_path(parts: Parts) -> Iterator[str]:
    """Every path that leads to a single value."""
    for head in ROOTS:
        for root in _roots(parts, head):
            for each in known_paths(root.data, root.wanted):
                yield f"{head}.{each}"


def changed(parts: Parts, changes: Iterable[Change]) -> Changed:
    """The parts with changes made, read anew. InvalidInput with every problem, at its place in those files.

    A path that leads nowhere here changes nothing here: another scenario of the mix has it.
    """
    files: dict[File, Document] = {
        "scenario": parts.scenario,
        "playbook": parts.playbook,
        "settings": parts.settings,
    }
    for change in changes:
        found = spots(Parts(files["scenario"], files["playbook"], files["settings"]), change.path)
        for spot in found if isinstance(found, list) else ():
            document = files[spot.file]
            node = node_of(change.value, document.place(spot.path))
            root = with_node(document.root, spot.path, node)
            assert isinstance(root, Mapping)  # noqa: S101  a change is never at the root itself
            files[spot.file] = replace(document, root=root)
    return _read(files)


def _read(files: dict[File, Document]) -> Changed:
    problems: list[Problem] = []
    try:
        scenario = read_scenario(files["scenario"])
    except InvalidInput as error:
        problems += error.problems
    try:
        playbook = read_playbook(files["playbook"])
    except InvalidInput as error:
        problems += error.problems
    try:
        settings = validate(files["settings"], Settings)
        problems += _misnamed(files["settings"], settings)
    except InvalidInput as error:
        problems += error.problems
    if not problems:
        problems = misfits(scenario, playbook)
    if problems:
        raise InvalidInput(bounded(problems))
    return Changed(scenario, playbook, settings)


def _misnamed(document: Document, settings: Settings) -> Iterator[Problem]:
    """What is wrong with responders besides their values."""
    for name, people in settings.responders.items():
        for each in responder_findings(people):
            yield document.problem(("responders", name, *each.path), each.message, each.hint)


def _roots(parts: Parts, head: str) -> Iterator[_Root]:
    """Where a first word leads."""
    scenario, playbook = data(parts.scenario.root), data(parts.playbook.root)
    match head:
        case "playbook":
            yield _Root("playbook", (), playbook, Playbook)
        case "scenario":
            yield _Root("scenario", (), scenario, Scenario)
        case "automation":
            if "automation" in playbook:
                yield _Root("playbook", ("automation",), playbook["automation"], Automation)
        case "rules":
            for number, group in enumerate(scenario.get("rules", ())):
                base: Place = ("rules", number, "rules")
                yield _Root("scenario", base, group.get("rules", []), list[Rule])
        case "people":
            yield _Root("scenario", ("people",), scenario.get("people", []), list[Person])
            yield _Root("playbook", ("people",), playbook.get("people", []), list[Person])
        case "responders" | "horizon" | "pay" | "slo":
            settings = data(parts.settings.root)
            if head != "horizon" or "horizon" in settings:
                yield _Root("settings", (head,), settings.get(head), Settings.model_fields[head])
        case _:
            pass
