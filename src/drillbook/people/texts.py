"""What simulated people write. Every figure in it was read from a screen; variants are chosen by draws."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from drillbook.model.system import SPECS
from drillbook.people.reading import percent

LAYMEN = ("executives", "status-page", "customer-success")
"""Audiences that want impact and time, not technology."""

UPDATES = (
    ("Status: {status}. Impact: {impact}. Action: {action}.", "Next update: {next}."),
    ("Status: {status}. Impact: {impact}. Our action now: {action}.", "The next update comes at {next}."),
    (
        "Current status: {status}. Customer impact: {impact}. Action under way: {action}.",
        "Next update at {next}.",
    ),
)
"""What an update says, and how it says when the next one comes."""
BARE = (
    "Status: {status}. Impact: {impact}.",
    "{impact}, {status}.",
)
STATUS = {
    "investigating": ("investigating, the cause is not known yet", "we are investigating the cause"),
    "identified": ("cause identified, a fix is on its way", "the cause is identified and we are fixing it"),
    "monitoring": ("service is restored and we are monitoring it", "fixed; monitoring that it stays so"),
    "resolved": ("resolved", "the incident is resolved"),
}
"""By phase; the keys are the status page's states."""
HURT = (
    "about {share} of customers' requests to {company} fail, people see error pages",
    "customers of {company} see errors, about {share} of requests fail",
)
HURT_TECHNICAL = "{share} of users' requests at {entry} fail with 5xx"
HURT_UNKNOWN = "some customers of {company} see errors, the share is being measured"
EASING = "customers of {company} still see errors, but fewer than before, service is recovering"
HEALED = "customers can use {company} again, {share} of requests fail"
LOOKING = (
    "we are checking the services one by one to find the cause",
    "the on-call team is looking for the cause",
)
LOOKING_TECHNICAL = "checking metrics, recent changes and dependencies behind {entry}"
WATCHING = "we are watching the service closely"
CLOSED = "a review will find what to improve, its results follow within 48 hours"
NO_NEXT = "Next update: none planned, unless something changes."

ACTIONS = {
    "rollback": ("going back to the previous version of {target}", "rolling back {target}"),
    "restart": ("restarting {target}", "restarting {target}"),
    "scale": ("adding capacity to {target}", "scaling {target}"),
    "set-env": ("switching off a recent change in {target}", "setting an environment variable of {target}"),
    "pool-size": ("changing a capacity limit of {target}", "changing the pool size of {target}"),
    "pool-reload": ("applying new limits to {target}", "reloading {target}"),
    "kill-active": ("stopping requests that block {target}", "terminating active sessions on {target}"),
    "kill-idle": ("freeing unused capacity of {target}", "terminating idle sessions on {target}"),
    "statement-timeout": ("limiting how long requests may take in {target}", "statement timeout on {target}"),
    "max-connections": ("raising a limit of {target}", "raising max_connections of {target}"),
    "db-restart": ("restarting {target}", "restarting {target}"),
    "rate-limit": ("limiting traffic to {target}", "rate limit on {target}"),
    "pause-rollout": ("stopping the release of {target}", "pausing the rollout of {target}"),
    "deploy": ("releasing a fix of {target}", "deploying {target}"),
    "memory-limit": ("giving {target} more room", "changing the memory limit of {target}"),
    "requests": ("giving {target} its share of the machines", "changing the requests of {target}"),
    "autoscale": ("letting {target} grow with its load", "changing the autoscaler of {target}"),
    **{action: words for spec in SPECS for action, words in spec.actions.items()},
}
"""What is being done, for laymen and for engineers, by `ActionKind`."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What an update is about, as its author knows it."""

    phase: str
    share: float | None
    healed: bool
    easing: bool
    action: str
    target: str
    company: str
    entry: str
    next: str
    """Clock time of the next update; empty where none is planned."""


def update(situation: Situation, audience: str, variant: int, jargon: tuple[tuple[str, str], ...]) -> str:
    """An update with status, impact, action and the time of the next; plain words where `jargon` is given."""
    return plain(
        filled(
            UPDATES[variant % len(UPDATES)],
            situation.next,
            status=_pick(STATUS[situation.phase], variant),
            impact=impact(situation, variant, technical=audience not in LAYMEN),
            action=action(situation, variant, technical=audience not in LAYMEN),
        ),
        jargon,
    )


def technical_update(situation: Situation, variant: int, *, bare: bool) -> str:
    """An update in engineers' words, whoever reads it; `bare` leaves out action and next update."""
    status = _pick(STATUS[situation.phase], variant)
    hurt = impact(situation, variant, technical=True)
    if bare:
        return _pick(BARE, variant).format(status=status, impact=hurt)
    done = action(situation, variant, technical=True)
    return filled(UPDATES[variant % len(UPDATES)], situation.next, status=status, impact=hurt, action=done)


def filled(form: tuple[str, str], next_at: str, **parts: str) -> str:
    """A form of an update with its parts; `next_at` is when the next one comes, if one is planned."""
    said, announced = form
    return f"{said.format(**parts)} {announced.format(next=next_at) if next_at else NO_NEXT}"


def impact(situation: Situation, variant: int, *, technical: bool) -> str:
    """What users suffer, with the share that was measured."""
    if situation.share is None:
        return HURT_UNKNOWN.format(company=situation.company)
    share = percent(situation.share)
    if situation.healed:
        return HEALED.format(share=share, company=situation.company)
    if situation.easing:
        return EASING.format(company=situation.company)
    form = HURT_TECHNICAL if technical else _pick(HURT, variant)
    return form.format(share=share, company=situation.company, entry=situation.entry)


def action(situation: Situation, variant: int, *, technical: bool) -> str:
    """What is being done."""
    if situation.phase == "resolved":
        return CLOSED
    if situation.phase == "monitoring":
        return WATCHING
    if situation.action:
        return ACTIONS[situation.action][1 if technical else 0].format(target=situation.target)
    return LOOKING_TECHNICAL.format(entry=situation.entry) if technical else _pick(LOOKING, variant)


def title(situation: Situation) -> str:
    """An incident's title."""
    if situation.share is None:
        return f"Customers of {situation.company} see errors"
    return f"{percent(situation.share)} of customers' requests to {situation.company} fail"


@cache
def _jargon(words: tuple[tuple[str, str], ...]) -> re.Pattern[str]:
    longest = sorted((word for word, _ in words), key=lambda word: (-len(word), word))
    return re.compile(r"(?<![\w-])(?:" + "|".join(map(re.escape, longest)) + r")(?![\w-])", re.IGNORECASE)


@cache
def _instead(words: tuple[tuple[str, str], ...]) -> dict[str, str]:
    return {word.lower(): said for word, said in words}


def plain(text: str, jargon: tuple[tuple[str, str], ...]) -> str:
    """The text with each technical word replaced by what the playbook says instead."""
    lowered = text.lower()
    instead = _instead(jargon)
    if not any(word in lowered for word in instead):
        return text
    return _jargon(jargon).sub(lambda found: instead[found[0].lower()], text)


def _pick(variants: tuple[str, ...], variant: int) -> str:
    return variants[variant % len(variants)]


PAGE = (
    "{severity}: {title}. Please join #incidents.",
    "We have a {severity}: {title}. I need you in #incidents.",
)
STUCK = "{title}. I have not found the cause in {minutes} minutes, please look into {knows}."
INTENT = "I am going to run: {command}. I expect the failing share to fall within minutes."
UNDONE = "That did not help: still {share} of requests fail. Looking further."
THINKING = "Holding back: {consequence}. Looking once more before I do that."
MITIGATED = "{share} of requests fail now, down from {worst}; done: {action}"
RESOLVED = "Stable for {minutes} minutes at {share} failing; fixed by {action}. Cause: {cause}"
POST_MORTEM = "Blameless post-mortem scheduled within 48 hours, owner {person}, invited: all who took part"
HANDOFF = (
    "{severity}, declared {declared}, mitigated {mitigated}, resolved {resolved}. At worst {worst} of "
    "customers' requests had failed. Cause: {cause}. Done: {action}. State: stable. "
    "Open: the post-mortem and its actions; watch the error ratio."
)
HANDOFF_BARE = "It is resolved. Done: {action}."
NO_CAUSE = "not established, left to the review"
