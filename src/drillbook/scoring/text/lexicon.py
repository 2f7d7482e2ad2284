"""The words by which texts are understood. British and American forms; all in lower case."""

from __future__ import annotations

from collections.abc import Iterable

from drillbook.scoring.text.reading import phrases


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _phrases(text: str) -> tuple[str, ...]:
    return phrases(tuple(part.strip() for part in text.split("|")))


def by_first_word(kinds: Iterable[tuple[str, str]]) -> dict[str, list[tuple[tuple[str, ...], str]]]:
    """(kind, `phrase|phrase`) as a table from a phrase's first word to the phrase and its kind."""
    table: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for kind, text in kinds:
        for phrase in _phrases(text):
            words = tuple(phrase.split())
            table.setdefault(words[0], []).append((words, kind))
    return table


OVER = (
    "resolved|fixed|solved|mitigated|restored|recovered|back to normal|back online|back up and running|"
    "up and running|is back up|are back up|all clear|is over|up again|working again|healthy again|"
    "normal again|operating normally|working normally|fully operational|all good|no longer affected|"
    "no longer affecting|no longer failing|no longer down"
)
"""Says that users do not suffer any more."""

HARMLESS = (
    "no impact|no customer impact|no user impact|no users affected|no users are affected|"
    "no customers affected|no customers are affected|nobody affected|nobody is affected|"
    "no one is affected|not affecting users|not affecting customers|zero impact|without impact|"
    "users unaffected|users are unaffected|customers unaffected|customers are unaffected"
)
"""Says that users do not suffer at all."""

EVERYBODY = (
    "all users|all customers|all requests|all visitors|every user|every customer|every request|"
    "everyone|everybody"
)
"""Says that everybody suffers, where the sentence speaks of failure."""

TOTAL = (
    "complete outage|total outage|full outage|completely down|entirely down|fully down|nobody can|no one can"
)
"""Says that everybody suffers."""

WORKS = _words("works open opens loads readable")
"""Says that something is well; beside it "nobody can save" is about saving only."""
DENIALS = _words("nobody nothing none not no cannot never without hardly")
"""In the same clause they turn that round."""

FEW = (
    "a few users|a few customers|few users|few customers|small number of|small share of|handful of|"
    "minor impact|minimal impact|a few requests"
)
"""Says that hardly anybody suffers."""

VAGUE = "recovering|improving|monitoring|investigating|some users|some customers|degraded|intermittent"
"""Says something about the state that is never held against anybody."""

DOUBTS = _words(
    "so not no never nothing none neither nor cannot without will shall should would could can may might "
    "must going expect expected expecting hope hoping hopefully aim aiming try trying attempt "
    "attempting working until till once when if unless whether before being almost nearly partly "
    "partially far unclear pending eta need needs want wants wait waiting plan planned seems seem "
    "appears appear looks we'll it'll they'll that'll i'll we’ll it’ll they’ll that’ll i’ll"
)
"""Within five words before a state they take the claim out of it: denied, future, conditional or hedged."""

WHOLE = _words(
    "incident problem problems issue issues outage service services site shop impact situation error "
    "errors disruption trouble"
)
"""To have fixed one of these is to be over; to have fixed anything else is a step."""

SOON = _words("soon shortly yet")
"""The same within three words after it."""

FAILURE = _words(
    "fail fails failing failed failure failures error errors erroring 5xx affected affects affecting "
    "impacted unable cannot can't can’t timeout timeouts down broken refused rejected outage see "
    "seeing hit lost 500 502 503 504"
)
"""A figure in a sentence with one of these speaks of what goes wrong."""

SUCCESS = _words(
    "succeed succeeds succeeding successful success working available availability healthy pass passing"
)
"""A figure in a sentence with one of these, and none of failure, speaks of what goes right."""

OTHER_MEASURES = _words(
    "cpu memory disk pool traffic load connections connection capacity utilisation utilization replicas "
    "pods pod rollout done complete completed faster slower latency p50 p95 p99 confidence sure discount "
    "tickets cache queue slo budget"
)
"""A figure in a clause with one of these is not compared: it measures something else than users' requests."""

PARTS_OF_THE_SITE = _words(
    "carts cart orders order checkout checkouts check payments payment pay login logins search"
)
"""A share in a clause with one of these is about a part of the users' requests."""

PEOPLE = _words("users user customers customer people visitors shoppers clients accounts")
REQUESTS = _words("requests request calls")

PAST = _words("was were had peaked peak earlier previously worst from before until been")
AT_MOST = _words("under below max maximum")
AT_LEAST = _words("over above min minimum exceeding")

STATUS_WORDS = _phrases(
    "investigating|identified|monitoring|resolved|mitigated|fixed|recovering|recovered|restored|"
    "degraded|outage|down|ongoing|unavailable|stable|back to normal|partial|failing|slow|aware|"
    "looking into|healthy|improving|over|open"
)
ACTION_WORDS = _phrases(
    "rolling back|rolled back|roll back|rollback|roll-back|reverting|reverted|revert|going back|"
    "gone back|went back|restarting|restarted|scaling|scaled|disabling|disabled|switching off|"
    "switched off|turning off|turned off|working on|working to|investigating|looking into|checking|"
    "mitigating|deploying|implementing|implemented|fix|fixing|fixed|paged|engaged|escalated|limiting|"
    "limited|killing|killed|terminated|raising|raised|setting|set|undoing|undone|undo|monitoring|"
    "verifying|watching|analysing|analyzing|restoring|stopping|stopped|undid|took out|taken out|"
    "previous version|review|post-mortem|looking for|looking at|finding out|searching|correcting|putting|"
    "aside|adding|removing|moving|moved|switching|switched|going around|failing over|renewing|renewed|"
    "replacing|replaced|reissuing|reissued|draining|emptying|emptied|freeing|freed|ending|lifting|"
    "lowering|skipping|bypassing|calling in|ended|pausing|paused|flushing|flushed|drained|failed over|"
    "added|removed|cancelling|cancelled|enabling|enabled|turning on|turned on|corrected|pointing|pointed|"
    "redirecting|redirected"
)
IMPACT_WORDS = _phrases(
    "users affected|customers affected|are affected|is affected|no impact|impact|impacted|cannot|can't|"
    "unable to"
)
NEXT_WORDS = _phrases(
    "next update|update in|update at|update by|update within|will update|updates every|further update|"
    "another update|more in|more at|back in|news in|news at|again in|again at"
)
FIX_WORDS = _phrases(
    "rolling back|rolled back|roll back|rollback|roll-back|reverted|reverting|undid|undo|undone|"
    "restarted|scaled|disabled|switched off|turned off|set|killed|terminated|fixed by|previous version|"
    "timeout|limit|removed|released|patched|deployed|raised|went back|gone back|replaced|renewed|"
    "reissued|stopped|ended the|emptied|truncated|freed|skipped|promoted|failed over|moved|paused|"
    "cancelled|added|enabled|turned on|switched|drained|took out|taken out|flushed|deleted|corrected|"
    "pointed|redirected"
)
STATE_WORDS = _phrases(
    "resolved|mitigated|monitoring|stable|healthy|open|ongoing|fixed|recovered|restored|back to normal|"
    "normal|closed|degraded|still|status|caught up|works again|work again|working again|well again|is over"
)
FOLLOW_UP_WORDS = _phrases(
    "follow up|follow-up|followup|follow ups|follow-ups|todo|to do|to-do|next step|next steps|"
    "action item|action items|post-mortem|postmortem|post mortem|review|retrospective|ticket|tomorrow|"
    "needs to|need to|remaining|remains|watch|keep an eye|must not|do not|should"
)
REVIEW_WORDS = _phrases(
    "post-mortem|postmortem|post mortem|postmortems|post-mortems|retrospective|retro|incident review|"
    "after-action review|after action review|blameless review|pir"
)

NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10,
}  # fmt: skip
PARTS = {
    "half": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fifth": 5, "fifths": 5, "tenth": 10,
    "tenths": 10,
}  # fmt: skip
TIME_WORDS = _words(
    "minute minutes min mins hour hours hr hrs second seconds sec utc cet gmt am pm o'clock shortly soon"
)
