"""Texts and times: nothing gives the cause away, help comes when it is wanted, and somebody is called."""

from __future__ import annotations

from drillbook.batch.quality.course import Course
from drillbook.engine.verbs.talking import CHANNELS
from drillbook.loading.checks.findings import Findings
from drillbook.loading.shown import quoted
from drillbook.model.quantities import duration_text
from drillbook.model.scenario import Say, Scenario
from drillbook.oncall.check import Finding
from drillbook.scoring.text.reading import phrases, read


def text_findings(scenario: Scenario) -> Findings:
    """Titles and briefings that name the cause, and messages to places that there are not."""
    true = next(cause for cause in scenario.needs.causes if cause.id == scenario.needs.cause)
    for key in ("title", "briefing"):
        padded = read(getattr(scenario, key)).padded
        hits = [_hit(padded, words) for words in true.words]
        if all(hits):
            message = f"the {key} gives the cause away: it says {' and '.join(map(quoted, hits))}"
            yield Finding((key,), message, "these are words by which stating the cause is recognised")
    people = {f"@{person.id}" for person in scenario.people}
    for place, each in enumerate(scenario.timeline):
        if isinstance(each, Say) and not each.channel.startswith("#") and each.channel not in people:
            message = f"{quoted(each.channel)} is neither a channel nor somebody"
            hint = f"such as {', '.join(CHANNELS)} or another name after #, or @PERSON"
            yield Finding(("timeline", place, "channel"), message, hint)


def course_findings(course: Course) -> Findings:
    """Incidents that nobody suffers from or is called for, and hints before the call."""
    if course.onset is None:
        message = "users never suffer when nobody does anything"
        yield Finding(("timeline",), message, "`drillbook test-inject` shows what each part of it does")
    if course.page is None:
        yield Finding(("rules",), "nobody is ever paged when nobody does anything")
        return
    for place, hint in enumerate(course.scenario.hints):
        if hint.after < course.page:
            after, page = duration_text(hint.after), duration_text(float(round(course.page)))
            message = f"the hint may be had at {after}, before the first page at {page}"
            yield Finding(("hints", place, "after"), message)


def _hit(padded: str, words: list[str]) -> str:
    found = (word for word in phrases(tuple(words)) if word in padded)
    return next(found, "").strip()
