"""What is weak in an escalation: levels that reach nobody or the same people, ends that come too soon."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeAlias

from drillbook.model.people import Answer
from drillbook.model.policies.goalert import GoAlertPolicy
from drillbook.model.policies.opsgenie import OpsgenieEscalation
from drillbook.model.policy import EscalationPolicy, OnCall
from drillbook.oncall.directory import Directory
from drillbook.oncall.dry_run import DryRun
from drillbook.oncall.page import ChangeKind
from drillbook.oncall.references import Reference, references

WEEK = 7 * 86400.0
TOO_OFTEN = 0.01
"""A policy that gives up before anybody has answered more often than this is worth a word."""
_MOST_SHIFTS = 2000

Kind: TypeAlias = Literal[
    "nobody-paged", "nobody-on-call", "level-empty", "level-unused", "no-time", "same-person", "gives-up",
    "handoff", "gap", "uncovered",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hole:
    """One weakness, and the moment it is about in seconds from the alert, if it is about one."""

    kind: Kind
    message: str
    t: float | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch in which a schedule has nobody on call; seconds from the alert."""

    schedule: str
    start: float
    end: float


def levels(on_call: OnCall, policy: EscalationPolicy) -> dict[int, tuple[Reference, ...]]:
    """Whom each level of a policy names, by the level's number. Waits of Grafana OnCall's are no levels."""
    place = on_call.escalation_policies.index(policy)
    found: dict[int, tuple[Reference, ...]] = {}
    if isinstance(policy, GoAlertPolicy):
        found = {number: () for number, step in enumerate(policy.steps, start=1) if not step.targets}
    for each in references(on_call):
        if each.path[:2] == ("escalation_policies", place):
            number = _number(policy, int(each.path[3]))
            found[number] = (*found.get(number, ()), each)
    return found


def _number(policy: EscalationPolicy, place: int) -> int:
    """What the pager calls the level at a place of the policy: Opsgenie's rules go by their delays."""
    if not isinstance(policy, OpsgenieEscalation):
        return place + 1
    in_order = sorted(range(len(policy.rules)), key=lambda each: policy.rules[each].delay.seconds)
    return in_order.index(place) + 1


def people_of(directory: Directory, level: tuple[Reference, ...], t: float) -> tuple[str, ...]:
    """Everybody whom a level would reach at a moment, each once."""
    found: list[str] = []
    for each in level:
        if each.kind == "person":
            found.append(each.id)
        elif each.kind == "team":
            found += directory.team(each.id)
        else:
            found += directory.on_call(each.id, t, each.kind)
    return tuple(dict.fromkeys(found))


def gaps(directory: Directory, schedule: str, start: float = 0.0, length: float = WEEK) -> list[Gap]:
    """When nobody is on call for a schedule, within a span of time."""
    made: list[Gap] = []
    t, end = start, start + length
    for _ in range(_MOST_SHIFTS):
        change = directory.next_change(schedule, t)
        until = end if change is None else min(change, end)
        if not directory.on_call(schedule, t):
            made.append(Gap(schedule, t, until))
        if until >= end:
            break
        t = until
    return made


def unanswered(run: DryRun, until: float, answer: Answer, factor: float) -> float:
    """The chance that nobody who was notified has answered by a moment.

    Each answers their first ring after a lognormal time, `factor` times longer at night, or never.
    """
    first: dict[str, float] = {}
    for each in run.notified:
        first.setdefault(each.user or "", each.t)
    chance = 1.0
    for t in first.values():
        chance *= 1 - answered(until - t, answer, factor)
    return chance


def answered(seconds: float, answer: Answer, factor: float) -> float:
    """The chance that somebody answers a page within so many seconds."""
    if seconds <= 0:
        return 0.0
    z = math.log(seconds / (answer.median * factor)) / answer.sigma
    return (1 - answer.never) * (0.5 * (1 + math.erf(z / math.sqrt(2))))


def holes(run: DryRun, on_call: OnCall, directory: Directory, answer: Answer, factor: float) -> list[Hole]:
    """Everything worth a word about a run in which nobody acknowledged."""
    services = list(dict.fromkeys(each.service for each in run.told if each.service))
    if not run.told:
        return [Hole("nobody-paged", "no receiver hears of it within 24 h: the routing mutes it")]
    if not services:
        return [Hole("nobody-paged", "nobody is paged: no receiver that hears of it pages a service")]
    by_id = {service.id: service.escalation_policy for service in on_call.services}
    policies = {policy.id: policy for policy in on_call.escalation_policies}
    paged = [policies[name] for name in dict.fromkeys(by_id[service] for service in services)]
    found = list(_nobody(run))
    for policy in paged:
        found += _empty(run, directory, levels(on_call, policy))
        found += _unused(run, directory, levels(on_call, policy))
        found += _uncovered(directory, levels(on_call, policy))
    found += [*_too_short(run, answer, factor), *_same(run), *_gives_up(run, answer, factor)]
    schedules = [
        each.id for policy in paged for level in levels(on_call, policy).values() for each in level
        if each.kind == "schedule"
    ]  # fmt: skip
    for schedule in dict.fromkeys(schedules):
        found += _handoff(run, directory, schedule)
        found += _gap(directory, schedule)
    return found


def _nobody(run: DryRun) -> Iterator[Hole]:
    empty = [each for each in run.changes if each.kind is ChangeKind.NOBODY_ON_CALL]
    for each in empty[:1]:
        again = f"; tried again {len(empty) - 1} times" if len(empty) > 1 else ""
        message = f"nobody is on call at any level of the service {each.service}: no page opens{again}"
        yield Hole("nobody-on-call", message, each.t)


def _empty(run: DryRun, directory: Directory, named: dict[int, tuple[Reference, ...]]) -> Iterator[Hole]:
    t, used = run.told[0].t, set[int | None]()
    if run.opened_at == t:
        used = {each.level for each in run.notified if each.after and each.after.pass_ == 1}
    for number, level in named.items():
        if number in used:
            continue
        if not level:
            yield Hole("level-empty", f"level {number} names nobody, and its delay passes all the same")
        elif not people_of(directory, level, t):
            names = ", ".join(each.id for each in level)
            yield Hole("level-empty", f"level {number} reaches nobody: nobody is on call for {names}", t)


def _unused(run: DryRun, directory: Directory, named: dict[int, tuple[Reference, ...]]) -> Iterator[Hole]:
    """Levels that would reach somebody and never do."""
    used, t = {each.level for each in run.notified}, run.opened_at or 0.0
    able = [number for number, level in named.items() if people_of(directory, level, t)]
    idle = [number for number in able if number not in used]
    if not idle or not run.notified:
        return
    page = next(each.after for each in run.notified if each.after)
    shown = ", ".join(map(str, idle))
    if page.urgency == "low":
        message = f"the urgency is low: it never escalates, and level {shown} never acts"
        yield Hole("level-unused", message)
    else:
        yield Hole("level-unused", f"level {shown} never acts")


def _too_short(run: DryRun, answer: Answer, factor: float) -> Iterator[Hole]:
    """Levels that are left at once, or before half of those who answer would have."""
    told: set[tuple[int, int]] = set()
    for before, after in pairwise(_steps(run)):
        pair, wait = (before[1], after[1]), after[0] - before[0]
        if pair in told or wait >= answer.median * factor or not _by_itself(run, after[0]):
            continue
        told.add(pair)
        if wait:
            share = answered(wait, answer, factor)
            message = f"level {before[1]} is left after {wait:g} s: {share:.0%} of people answer so fast"
        else:
            message = (
                f"level {before[1]} has no time to answer: level {after[1]} is notified at the same moment"
            )
        yield Hole("no-time", message, before[0])


def _by_itself(run: DryRun, t: float) -> bool:
    """Whether what happens at a moment is an escalation and not another page."""
    return any(each.kind is ChangeKind.ESCALATED and each.t == t for each in run.changes)


def _same(run: DryRun) -> Iterator[Hole]:
    told: set[tuple[int, int]] = set()
    for before, after in pairwise(_steps(run)):
        pair = (before[1], after[1])
        if after[1] > before[1] and pair not in told and after[2] <= before[2]:
            told.add(pair)
            names = ", ".join(sorted(after[2]))
            message = f"level {after[1]} brings nobody new: {names} was notified at level {before[1]} already"
            yield Hole("same-person", message, after[0])


def _steps(run: DryRun) -> list[tuple[float, int, frozenset[str]]]:
    """The levels in the order in which they notified, each with its moment and its people."""
    made: list[tuple[float, int, frozenset[str]]] = []
    for each in run.notified:
        user = frozenset((each.user or "",))
        if made and made[-1][:2] == (each.t, each.level):
            made[-1] = (*made[-1][:2], made[-1][2] | user)
        else:
            made.append((each.t, each.level or 0, user))
    return made


def _gives_up(run: DryRun, answer: Answer, factor: float) -> Iterator[Hole]:
    at = run.first(ChangeKind.EXHAUSTED)
    if at is None:
        return
    chance = unanswered(run, at, answer, factor)
    if chance >= TOO_OFTEN:
        message = f"it gives up before anybody has answered in {chance:.0%} of cases"
        yield Hole("gives-up", message, at)


def _handoff(run: DryRun, directory: Directory, schedule: str) -> Iterator[Hole]:
    opened = run.opened_at
    if opened is None:
        return
    end = run.first(ChangeKind.EXHAUSTED) or run.end
    change = directory.next_change(schedule, opened)
    if change is None or change >= end:
        return
    came = [
        each
        for each in directory.on_call(schedule, change)
        if each not in directory.on_call(schedule, opened)
    ]
    late = [each.t for each in run.notified if each.user in came and each.t >= change]
    who = ", ".join(came) or "nobody"
    then = (
        "is notified at the next step that reaches the schedule" if late else "is not notified by this page"
    )
    message = f"{schedule} hands over while the page is open: {who} {then}"
    yield Hole("handoff", message, change)


def _uncovered(directory: Directory, named: dict[int, tuple[Reference, ...]]) -> Iterator[Hole]:
    """When nobody at all would be reached, in the next week: all levels name schedules, and all have gaps."""
    every = [each for level in named.values() for each in level]
    schedules = dict.fromkeys(each.id for each in every if each.kind == "schedule")
    if len(schedules) < 2 or any(each.kind != "schedule" for each in every):
        return
    open_ = [(0.0, WEEK)]
    for schedule in schedules:
        own = [(gap.start, gap.end) for gap in gaps(directory, schedule)]
        both = [(max(a, c), min(b, d)) for a, b in open_ for c, d in own]
        open_ = [(start, end) for start, end in both if start < end]
    if open_:
        hours = sum(end - start for start, end in open_) / 3600
        times = "once" if len(open_) == 1 else f"{len(open_)} times"
        message = f"no level reaches anybody {times} in the next 7 days, {hours:g} h in all"
        yield Hole("uncovered", message, open_[0][0])


def _gap(directory: Directory, schedule: str) -> Iterator[Hole]:
    found = gaps(directory, schedule)
    if found:
        hours = sum(gap.end - gap.start for gap in found) / 3600
        times = "once" if len(found) == 1 else f"{len(found)} times"
        message = f"{schedule} has nobody on call {times} in the next 7 days, {hours:g} h in all"
        yield Hole("gap", message, found[0].start)
