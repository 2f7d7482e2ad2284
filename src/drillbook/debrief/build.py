"""From a run and its judgement to the debrief."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from drillbook.debrief.clues import clues_seen, explanations, sights
from drillbook.debrief.document import Attempt, Chart, Debrief, Lesson, Remedy, disarmed
from drillbook.debrief.judgement import RATINGS, areas, cited, communications, figures
from drillbook.debrief.records import records
from drillbook.debrief.story import HELPFUL, Story
from drillbook.debrief.timeline import numbers, timeline
from drillbook.debrief.verdict import verdict
from drillbook.events import facts as f
from drillbook.events.event import Event
from drillbook.model.playbook import Playbook
from drillbook.model.scenario import Scenario
from drillbook.scoring.scorecard import Remark, Scorecard

__all__ = ["Chart", "Debrief", "build"]

TRUTH = "Requests that truly failed"
"""Title of the chart of the hidden truth."""


def build(
    scenario: Scenario,
    playbook: Playbook,
    log: Sequence[Event],
    scorecard: Scorecard,
    charts: Sequence[Chart] = (),
) -> Debrief:
    """The debrief of a run. Pure: the same run gives the same debrief.

    `charts` are what the responders could see (the golden signals over the run); the truth is added from the
    log. DrillbookError when the log is empty or is not of this scenario. No text has control characters.
    """
    story = Story(scenario, playbook, log, scorecard.person)
    seen = sights(story)
    entries = timeline(story, seen, cited(scorecard, log))
    by_seq = numbers(story, entries)
    told = verdict(story, scorecard)
    return disarmed(
        Debrief(
            title=scenario.title,
            scenario=scenario.name,
            family=scenario.family,
            playbook=playbook.name,
            playbook_title=playbook.title,
            seed=story.started.seed,
            form=story.started.form,
            start=story.started.start,
            end=story.end,
            ended=story.ended,
            verdict=told,
            happened=story.cause.summary.strip(),
            objectives=tuple(scenario.objectives),
            sources=tuple(scenario.sources),
            total=scorecard.total,
            rating=scorecard.rating,
            meaning=RATINGS[scorecard.rating],
            scoring_version=scorecard.scoring_version,
            figures=figures(story, scorecard),
            areas=areas(scorecard, by_seq),
            timeline=entries,
            suffering=story.suffering,
            charts=(*_truth(story), *map(_drawn, charts)),
            attempts=_attempts(story, by_seq),
            remedies=_remedies(story),
            clues=clues_seen(story, seen, by_seq),
            explanations=explanations(story, seen, by_seq),
            communications=communications(story, scorecard, by_seq),
            standing=scorecard.par.texts if scorecard.par else (),
            strengths=_lessons(scorecard.strengths),
            practice=_lessons(scorecard.next),
            questions=tuple(scenario.questions),
            records=records(story, scorecard, entries, told),
        )
    )


def _lessons(remarks: Sequence[Remark]) -> tuple[Lesson, ...]:
    return tuple(Lesson(remark.expectation, remark.points, remark.text) for remark in remarks)


def _truth(story: Story) -> tuple[Chart, ...]:
    history = story.case.history
    if history is None or not history.error_ratio:
        return ()
    times = tuple(index * history.step for index in range(len(history.error_ratio)))
    values = tuple(round(100 * ratio, 4) for ratio in history.error_ratio)
    return (Chart(TRUTH, "%", (("failed", times, values),)),)


def _drawn(chart: Chart) -> Chart:
    """The chart without series that have no values."""
    return replace(chart, series=tuple(each for each in chart.series if len(each[1])))


def _attempts(story: Story, by_seq: Mapping[int, int]) -> tuple[Attempt, ...]:
    ends = {fact.id: fact.text for _, fact in story.case.of(f.ActionFinished)}
    return tuple(
        Attempt(
            number=by_seq.get(work.event.seq),
            seq=work.event.seq,
            t=work.event.t,
            at=story.clock.time(work.event.t),
            who=story.name(work.event.actor),
            command=work.action.command,
            verdict=work.remedy.verdict if work.remedy else "not judged",
            why=work.why,
            outcome=ends.get(work.action.id) or "not finished when the drill ended",
            effect=story.effect(work),
        )
        for work in story.case.works
    )


def _remedies(story: Story) -> tuple[Remedy, ...]:
    tried = [work.remedy for work in story.case.works]
    return tuple(
        Remedy(each.command, each.verdict, each.why.strip(), any(each is one for one in tried))
        for each in sorted(story.scenario.needs.remedies, key=lambda each: each.verdict != "right")
        if each.verdict in HELPFUL
    )
