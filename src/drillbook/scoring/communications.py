"""Each update on the scorecard: what it said, how it was written, and whether it was true."""

from __future__ import annotations

from drillbook.scoring.case import Case
from drillbook.scoring.scorecard import Communication
from drillbook.scoring.updates import OUTSIDERS


def communications(case: Case) -> tuple[Communication, ...]:
    """The updates of the response side, in order, without lines of chat that inform nobody.

    The quality of an update is the mean of its facts and, for readers outside, its fit; with a contradiction
    it is 0.
    """
    verdicts = {each.event.seq: verdict for each, verdict in case.verdicts}
    heard: dict[str, float] = {}
    found = []
    for update in case.updates:
        event, audience = update.statement.event, update.statement.audience
        wrong = verdicts[event.seq].contradictions
        if not (update.informs or update.statement.formal or wrong):
            continue
        quality = update.facts.share
        if audience in OUTSIDERS:
            quality = (quality + update.fit.quality) / 2
        gap = event.t - heard.get(audience, min(case.duties_began, event.t))
        heard[audience] = event.t
        found.append(
            Communication(
                seq=event.seq,
                t=event.t,
                author=event.actor,
                audience=audience,
                text=update.statement.reading.text,
                charged=event.actor == case.person,
                facts_present=update.facts.present,
                facts_missing=update.facts.missing,
                contradictions=tuple(str(each) for each in wrong),
                jargon=update.fit.jargon if audience in OUTSIDERS else (),
                words=update.fit.words,
                cadence_gap_s=round(gap, 3),
                quality=0.0 if wrong else round(quality, 3),
            )
        )
    return tuple(found)
