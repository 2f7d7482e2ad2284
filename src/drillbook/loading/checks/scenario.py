"""A scenario's parts fit together: people, timeline, rules' names, and what the incident needs."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from pydantic import ValidationError

from drillbook.loading.checks.findings import Findings, at_least, at_most, bad_regex, doubles, unknown
from drillbook.loading.checks.injects import inject_findings
from drillbook.loading.checks.system import names, of_kind, system_findings
from drillbook.loading.document import KEY, Path
from drillbook.loading.shown import quoted
from drillbook.model.scenario import (
    Change,
    Configure,
    Deploy,
    ExternalTrouble,
    Happening,
    Needs,
    Remedy,
    Say,
    Scenario,
    SessionStarts,
)
from drillbook.model.system import External, Pgbouncer, Postgres, Service, System
from drillbook.oncall.check import Finding

_SHORTEST_S, _LONGEST_S = 60.0, 7 * 86400.0

_ON_POOLS = ("pool-size", "pool-reload")
_ON_DATABASES = ("kill-active", "kill-idle", "statement-timeout", "max-connections", "db-restart")
"""Actions on a kind of component; all others are done to a service."""


def scenario_findings(scenario: Scenario) -> Findings:
    """What does not fit within the scenario; paths start at the scenario."""
    for finding in system_findings(scenario.system):
        yield Finding(("system", *finding.path), finding.message, finding.hint)
    yield from at_least(("duration",), scenario.duration, _SHORTEST_S)
    yield from at_most(("duration",), scenario.duration, _LONGEST_S, "a week")
    yield from _people(scenario)
    for place, happening in enumerate(scenario.timeline):
        yield from _happening(("timeline", place), happening, scenario)
    yield from inject_findings(scenario)
    yield from _needs(scenario.needs, scenario)
    yield from _suspicions(scenario)
    yield from _hints(scenario)


def _suspicions(scenario: Scenario) -> Findings:
    yield from doubles(
        ("suspicions",), [each.incident for each in scenario.suspicions], "suspicions", "incident"
    )
    for place, each in enumerate(scenario.suspicions):
        if each.of != "nodes" and each.touches > 1:
            path = ("suspicions", place, "touches")
            yield Finding(path, f"`touches` is a share of the {each.of}, 1 at most", "20% is 0.2")


def _people(scenario: Scenario) -> Findings:
    yield from doubles(("people",), [person.id for person in scenario.people], "people", "id")
    primaries = [place for place, person in enumerate(scenario.people) if person.part == "primary"]
    if not primaries:
        yield Finding(("people",), "nobody is `part: primary`", "exactly one person has it")
    for place in primaries[1:]:
        path = ("people", place, "part")
        yield Finding(path, "a second person is `part: primary`", "exactly one person has it")
    known = names(scenario.system)
    for number, person in enumerate(scenario.people):
        for place, name in enumerate(person.knows):
            if name not in known:
                yield unknown(("people", number, "knows", place), "component", name, known)


def _happening(path: Path, happening: Happening, scenario: Scenario) -> Findings:
    if isinstance(happening, Deploy):
        yield from _deploy(path, happening, of_kind(scenario.system, Service))
    elif isinstance(happening, ExternalTrouble):
        known = of_kind(scenario.system, External)
        if happening.name not in known:
            yield unknown((*path, "name"), "external", happening.name, known)
    elif isinstance(happening, SessionStarts):
        servers = of_kind(scenario.system, Postgres)
        if happening.postgres not in servers:
            yield unknown((*path, "postgres"), "postgres", happening.postgres, servers)
    elif isinstance(happening, Configure):
        yield from _configure(path, happening, of_kind(scenario.system, Service))
    elif isinstance(happening, Change):
        yield from _change(path, happening, scenario.system)
    elif isinstance(happening, Say):
        people = [person.id for person in scenario.people]
        if happening.person not in people:
            yield unknown((*path, "person"), "person", happening.person, people)


def _configure(path: Path, configure: Configure, services: Mapping[str, Service]) -> Findings:
    if configure.service not in services:
        yield unknown((*path, "service"), "service", configure.service, services)
        return
    live = [each.name for each in services[configure.service].settings if each.live]
    if configure.setting not in live:
        yield unknown((*path, "setting"), f"live setting of {configure.service}", configure.setting, live)


def _change(path: Path, change: Change, system: System) -> Findings:
    able = {each.name: each.changes for each in system.components if each.changes is not None}
    changes = able.get(change.component)
    if changes is None:
        what = "component that can change" if change.component in names(system) else "component"
        yield unknown((*path, "component"), what, change.component, able)
        return
    try:
        valid = changes.model_validate(change.set, strict=True)
    except ValidationError as error:
        for each in error.errors(include_url=False):
            place = (*path, "set", *each["loc"])
            if each["type"] == "extra_forbidden":
                yield unknown((*place, KEY), "setting", str(each["loc"][-1]), changes.model_fields)
            else:
                yield Finding(place, each["msg"])
        return
    for misfit in system.component(change.component).change_misfits(valid):
        yield Finding((*path, "set", *misfit.path), misfit.message, misfit.hint)


def _deploy(path: Path, deploy: Deploy, services: Mapping[str, Service]) -> Findings:
    if deploy.service not in services:
        yield unknown((*path, "service"), "service", deploy.service, services)
        return
    versions = [release.version for release in services[deploy.service].releases]
    if deploy.version not in versions:
        yield unknown((*path, "version"), f"release of {deploy.service}", deploy.version, versions)


def _needs(needs: Needs, scenario: Scenario) -> Findings:
    causes = [cause.id for cause in needs.causes]
    yield from doubles(("needs", "causes"), causes, "causes", "id")
    if needs.cause not in causes:
        yield unknown(("needs", "cause"), "cause", needs.cause, causes)
    yield from _causes(needs)
    yield from doubles(("needs", "clues"), [clue.id for clue in needs.clues], "clues", "id")
    for place, clue in enumerate(needs.clues):
        if clue.points_to not in causes:
            yield unknown(("needs", "clues", place, "points_to"), "cause", clue.points_to, causes)
        yield from bad_regex(("needs", "clues", place, "shows"), clue.shows)
    for place, remedy in enumerate(needs.remedies):
        yield from _remedy(("needs", "remedies", place), remedy, scenario)
    people = [person.id for person in scenario.people]
    for place, name in enumerate(needs.page):
        if name not in people:
            yield unknown(("needs", "page", place), "person", name, people)
    for key, seconds in (("par_mitigate", needs.par_mitigate), ("stable_for", needs.stable_for)):
        yield from at_most(("needs", key), seconds, scenario.duration, "the scenario's duration")
    yield from _blank(("needs", "impacted"), needs.impacted)
    alerts = [rule.alert for group in scenario.rules for rule in group.rules if rule.alert]
    for place, name in enumerate(needs.noise):
        if name not in alerts:
            yield unknown(("needs", "noise", place), "alert", name, alerts)


def _causes(needs: Needs) -> Findings:
    for number, cause in enumerate(needs.causes):
        path = ("needs", "causes", number)
        if cause.remedy is not None and cause.remedy >= len(needs.remedies):
            message = f"there is no remedy {cause.remedy}; the last one is {len(needs.remedies) - 1}"
            yield Finding((*path, "remedy"), message, "remedies are counted from 0")
        for place, alternatives in enumerate(cause.words):
            yield from _blank((*path, "words", place), alternatives)


def _blank(path: Path, words: list[str]) -> Findings:
    """Lists of words that nothing, or anything, would match."""
    if not words:
        yield Finding(path, "needs at least one word")
    for place, word in enumerate(words):
        if not word.strip():
            yield Finding((*path, place), "an empty word is found in everything")


def _remedy(path: Path, remedy: Remedy, scenario: Scenario) -> Findings:
    what, able = _able(remedy, scenario)
    if remedy.target not in able:
        what = what if remedy.target in names(scenario.system) else "component"
        yield unknown((*path, "target"), what, remedy.target, able)
    elif remedy.action == "set-env" and remedy.value is not None:
        settings = [each.name for each in of_kind(scenario.system, Service)[remedy.target].settings]
        name, equals, _ = remedy.value.partition("=")
        if not equals:
            message = f"{quoted(remedy.value)} is not NAME=value"
            yield Finding((*path, "value"), message, "as for `kubectl set env`")
        elif name not in settings:
            yield unknown((*path, "value"), f"setting of {remedy.target}", name, settings)


def _able(remedy: Remedy, scenario: Scenario) -> tuple[str, list[str]]:
    """What the action is done to, and the components that are such."""
    if remedy.action in _ON_POOLS:
        return "pgbouncer", list(of_kind(scenario.system, Pgbouncer))
    if remedy.action in _ON_DATABASES:
        return "postgres", list(of_kind(scenario.system, Postgres))
    own = [each.name for each in scenario.system.components if remedy.action in each.actions]
    if own:
        return f"component with the action {remedy.action}", own
    return "service", list(of_kind(scenario.system, Service))


def _hints(scenario: Scenario) -> Findings:
    for place, hint in enumerate(scenario.hints):
        path = ("hints", place, "after")
        yield from at_most(path, hint.after, scenario.duration, "the scenario's duration")
    for place, (before, after) in enumerate(pairwise(scenario.hints)):
        if after.after < before.after:
            path = ("hints", place + 1, "after")
            yield Finding(path, "a hint comes before the one above it", "hints stand in the order of time")
