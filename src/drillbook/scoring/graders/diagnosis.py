"""Looking before acting, by the runbook, down to the cause."""

from __future__ import annotations

from drillbook.events import facts as f
from drillbook.events.event import Event
from drillbook.model.labels import get
from drillbook.model.playbook import Expectation
from drillbook.model.runbook import Runbook, Step
from drillbook.model.scenario import Cause
from drillbook.scoring.case import Case
from drillbook.scoring.grade import Grade, Outcome, in_time, late, missed, not_applicable, seqs, span
from drillbook.scoring.statement import Statement
from drillbook.scoring.text.reading import phrases
from drillbook.scoring.work import Look, alike, asks_for, command_words, shows

ENOUGH_LOOKS = 3
"""Different useful looks before the first change that make a diagnosis (assumption)."""
_HINT_COSTS = 0.2
_LONGEST = 100
"""Characters of a statement that a reason quotes."""
_DENIALS = frozenset({"not", "no", "isn't", "isn’t", "wasn't", "wasn’t", "never", "without", "unlikely"})


def diagnose_first(case: Case, expectation: Expectation) -> Grade:
    """Different useful looks (clues of the scenario, steps of the runbooks) came before the first change."""
    first = case.works[0].event if case.works else None
    before = [look for look in case.looks if first is None or look.event.t <= first.t]
    useful: dict[str, Event] = {}
    targets: set[str] = set()
    for look in before:
        hit = _target(case, look) if look.words not in useful else ""
        if hit:
            useful[look.words] = look.event
            targets.add(hit)
    count = min(len(useful), len(targets))
    proofs = seqs([*useful.values(), first])
    when = "before the first change" if first else "and nothing was changed"
    reason = f"{count} useful look{'' if count == 1 else 's'} {when}; {ENOUGH_LOOKS} make a diagnosis."
    if count >= ENOUGH_LOOKS:
        return Grade("met", reason, proofs)
    return Grade("partly" if count else "missed", reason, proofs)


def _target(case: Case, look: Look) -> str:
    """What a look is good for: a clue's probe or a runbook's step; empty where it is neither."""
    for clue in case.scenario.needs.clues:
        same = asks_for(look, clue.probe)
        if same and (alike(look.words, clue.probe) or shows(clue.shows, look)):
            return command_words(clue.probe)
    for runbook in case.playbook.runbooks:
        for step in runbook.steps:
            if step.command and alike(look.words, step.command):
                return command_words(step.command)
    return ""


def cause(case: Case, expectation: Expectation) -> Grade:
    """The true cause was stated; wrong ones before it and hints lower the quality."""
    causes = case.scenario.needs.causes
    true = next(each for each in causes if each.id == case.scenario.needs.cause)
    wrong: list[Event] = []
    for statement in case.statements:
        if isinstance(statement.event.fact, f.CauseStated):
            if names_cause(statement, true):
                return _found(case, expectation, statement.event, wrong)
            wrong.append(statement.event)
    passing = next((each.event for each in case.statements if names_cause(each, true)), None)
    if passing is not None:
        stated = f"{_quoted(case, wrong[-1])}, which does not name the cause; it" if wrong else "The cause"
        never = "" if wrong else ", but never stated (/cause)"
        return Grade("partly", f"{stated} was named in passing{never}.", seqs([*wrong, passing]))
    if wrong:
        return missed(f"{_quoted(case, wrong[-1])}, which does not name the cause. {true.summary}", *wrong)
    return missed(f"No cause was stated. {true.summary}")


def _quoted(case: Case, event: Event) -> str:
    """Who stated what."""
    said = event.fact.text if isinstance(event.fact, f.CauseStated) else ""
    words = " ".join(said.split())
    shown = words if len(words) <= _LONGEST else words[: _LONGEST - 1].rstrip() + "…"
    return f"{case.who(event.actor, first=True)} stated “{shown}”"


def _found(case: Case, expectation: Expectation, event: Event, wrong: list[Event]) -> Grade:
    hints = len(case.of(f.HintGiven))
    quality = max(0.0, 1 / (1 + len(wrong)) - _HINT_COSTS * hints)
    reason = f"The cause was stated {span(event.t - case.began)} after the page"
    if wrong:
        reason += f", after {len(wrong)} that {'was' if len(wrong) == 1 else 'were'} wrong"
    if hints:
        reason += f", with {hints} hint{'' if hints == 1 else 's'}"
    late_by = late(event.t, case.began, expectation.within)
    outcome = in_time("met", late_by, expectation.within)
    within = expectation.within
    return Grade(outcome, reason + ".", seqs([*wrong, event]), late_by, within, round(quality, 3))


def names_cause(statement: Statement, of: Cause) -> bool:
    """Whether a text names a cause: a word of each of its lists, outside clauses that begin with a denial."""
    padded = statement.reading.padded
    if any(denial in padded for denial in _PADDED_DENIALS):
        kept = [
            word
            for sentence in statement.reading.sentences
            for clause in sentence.clauses
            if _DENIALS.isdisjoint(clause[:3])
            for word in clause
        ]
        padded = f" {' '.join(kept)} "
    return all(any(phrase in padded for phrase in phrases(tuple(words))) for words in of.words)


_PADDED_DENIALS = tuple(f" {word} " for word in sorted(_DENIALS))


def runbook(case: Case, expectation: Expectation) -> Grade:
    """A runbook to which a firing alert points was opened, and its looks were taken and ticked."""
    alerts = {
        get(fact.labels, "alertname") for _, fact in case.of(f.AlertChanged) if fact.state != "inactive"
    }
    fitting = [each for each in case.playbook.runbooks if not alerts.isdisjoint(each.alerts)]
    if not fitting:
        return not_applicable("No runbook belongs to these alerts.")
    books = {each.name for each in case.playbook.runbooks}
    opens = case.by_responders(f.RunbookOpened)
    opened = [(event, fact.runbook) for event, fact in opens if fact.runbook in books]
    names = {each.name: each for each in fitting}
    right = {name: event for event, name in reversed(opened) if name in names}
    if not right:
        what = "A runbook for something else was opened" if opened else "No runbook was opened"
        return missed(f"{what}; the alerts point to {fitting[0].name}.", *(event for event, _ in opened))
    judged = [_followed(case, event, names[name]) for name, event in right.items()]
    return max(reversed(judged), key=lambda grade: (grade.outcome == "met", grade.quality))


def _followed(case: Case, opened: Event, book: Runbook) -> Grade:
    ticks = {
        fact.step: event for event, fact in case.by_responders(f.StepChecked) if fact.runbook == book.name
    }
    steps = [step for step in book.steps if not _is_change(case, step)]
    done = [step for step in steps if _is_done(case, step)]
    empty = [step.id for step in steps if step.id in ticks and step not in done]
    share = len([step for step in done if step.id in ticks]) / len(steps) if steps else 1.0
    ticked = f"{len(ticks)} step{'' if len(ticks) == 1 else 's'} ticked"
    reason = f"Runbook {book.name}: {len(done)} of {len(steps)} looks taken, {ticked}."
    if empty:
        reason += f" Ticked without looking: {', '.join(empty)}."
    # Half of the steps will do: a runbook serves many incidents.
    outcome: Outcome = "met" if share >= 0.5 and not empty else "partly"
    return Grade(outcome, reason, seqs([opened, *ticks.values()]), quality=round(min(1.0, 2 * share), 3))


def _is_change(case: Case, step: Step) -> bool:
    """Whether a step changes the system: such steps are judged as remedies."""
    words = command_words(step.command)
    return bool(words) and any(
        alike(words, remedy.command) or alike(command_words(remedy.command), step.command)
        for remedy in case.scenario.needs.remedies
    )


def _is_done(case: Case, step: Step) -> bool:
    if not step.command:
        return True
    return any(alike(look.words, step.command) for look in case.looks)
