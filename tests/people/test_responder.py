"""A responder does what their level does, with what their seat has seen, one thing at a time."""

import re
from functools import partial

import pytest

from drillbook.engine.randomness import Randomness
from drillbook.errors import NotFound
from drillbook.events import facts as f
from drillbook.model.labels import labels
from drillbook.people.cast import responder
from drillbook.people.mind import Mind
from drillbook.people.responder import Responder
from tests.people.stage import FLAWLESS, PAGED, Stage, drill, lines, play

SCENARIO, PLAYBOOK = drill()


@pytest.fixture(scope="module")
def expert() -> Stage:
    return play("flawless", 3)


@pytest.mark.parametrize("level", ["expert", "average", "novice"])
def test_nobody_acts_before_being_notified_and_the_first_thing_is_to_acknowledge(level: str) -> None:
    stage = play(level, 2)
    first = lines(stage, "primary")[0]
    assert first[0] > PAGED
    assert first[1] == "/ack"


def test_absent_never_types() -> None:
    assert lines(play("absent", 1), "primary") == []


def test_an_unknown_level_is_named_with_what_there_is() -> None:
    with pytest.raises(NotFound, match="no responder 'wizard'; there are expert, average, novice, absent"):
        responder("wizard", SCENARIO, PLAYBOOK, Randomness(1))


def test_without_a_page_nobody_does_anything() -> None:
    stage = Stage([responder("expert", SCENARIO, PLAYBOOK, Randomness(1))], quiet=True)
    stage.run(3600)
    assert stage.typed == []


@pytest.mark.parametrize("seed", range(1, 11))
def test_an_expert_restores_resolves_and_closes(seed: int) -> None:
    stage = play("flawless", seed)
    verbs = [text.split()[0] for _, text in lines(stage, "primary")]
    assert stage.cured_at is not None
    order = ["/ack", "/declare", "/cause", "kubectl", "/mitigated", "/resolve", "/note", "/handoff"]
    at = 0
    for verb in order:
        at = verbs.index(verb, at)
    assert stage.ended


def test_an_expert_looks_before_acting(expert: Stage) -> None:
    typed = [text for _, text in lines(expert, "primary")]
    acted = next(i for i, text in enumerate(typed) if "rollout undo" in text)
    looks = [text for text in typed[:acted] if not text.startswith("/")]
    assert len(set(looks)) >= 4


def test_the_severity_follows_from_the_measured_share() -> None:
    for share, severity in ((0.6, "SEV-1"), (0.1, "SEV-2"), (0.012, "SEV-3")):
        scenario, playbook = drill()
        stage = Stage([responder("expert", scenario, playbook, Randomness(3))], share=share)
        stage.run(1200)
        assert lines(stage, "primary", "/declare")[0][1].split()[1] == severity


def test_figures_told_are_figures_read(expert: Stage) -> None:
    """The stage's share is 36.42 % while it hurts and 0.13 % afterwards: nothing else may be told."""
    told = " ".join(text for _, text in lines(expert, "primary") if text.startswith(("/update", "/status")))
    assert set(re.findall(r"[\d.]+%", told)) == {"36%", "0.1%"}


def test_every_update_of_an_expert_has_the_four_facts(expert: Stage) -> None:
    updates = lines(expert, "primary", "/update") + lines(expert, "primary", "/status")
    assert len(updates) >= 6
    for _, text in updates:
        assert all(fact in text.lower() for fact in ("status", "impact", "action", "next update"))


def test_an_expert_keeps_the_cadence(expert: Stage) -> None:
    severity = PLAYBOOK.severities[0]
    declared = lines(expert, "primary", "/declare")[0][0]
    resolved = lines(expert, "primary", "/resolve")[0][0]
    for cadence in severity.updates:
        verb = "/status" if cadence.audience == "status-page" else f"/update {cadence.audience}"
        times = [t for t, _, text in expert.typed if text.startswith(verb)]
        last, allowed = declared, cadence.first_within or cadence.every
        for t in [*times, resolved]:
            assert t - last <= allowed
            last, allowed = t, cadence.every


def test_a_question_is_answered_where_it_was_asked() -> None:
    stage = Stage([responder("expert", SCENARIO, PLAYBOOK, Randomness(3))], cure="never")
    stage.run(900)
    stage.obey("vp-engineering", "/ask @primary How bad is it?")
    stage.run(1200)
    assert any(text.startswith("/post @vp-engineering") for t, text in lines(stage, "primary") if t > 900)


def test_a_careful_responder_thinks_again_once_when_the_consequence_is_grave() -> None:
    stage = play("expert", 3, risky="rollout undo")
    answers = [text for _, text in lines(stage, "primary") if text in ("/yes", "/no")]
    assert answers[-1] == "/yes"
    assert len(answers) <= 2
    assert stage.cured_at is not None


def test_what_does_not_help_is_said_and_the_next_belief_is_tried() -> None:
    stage = play("expert", 3, cure="default_pool_size")
    typed = [text for _, text in lines(stage, "primary")]
    first = next(i for i, text in enumerate(typed) if "rollout undo" in text)
    assert any("did not help" in text for text in typed[first:])
    assert any(text.startswith("/page dba") for text in typed)
    assert any(text.startswith("/escalate") for text in typed)


def test_a_further_page_is_acknowledged_too() -> None:
    stage = Stage([responder("expert", SCENARIO, PLAYBOOK, Randomness(3))], cure="never")
    stage.run(900)
    stage.say("pager", f.PageChanged("P2", "triggered"))
    stage.notify("primary", 1)
    stage.run(1200)
    assert len([t for t, _ in lines(stage, "primary", "/ack") if t > 900]) == 1


def test_better_levels_restore_sooner() -> None:
    def mean(level: str) -> float:
        runs = [play(level, seed) for seed in range(1, 13)]
        return sum(run.cured_at or run.duration for run in runs) / len(runs)

    expert, average, novice = mean("expert"), mean("average"), mean("novice")
    assert expert < average < novice


def test_the_same_seed_gives_the_same_lines() -> None:
    assert play("novice", 5).typed == play("novice", 5).typed
    assert play("novice", 5).typed != play("novice", 6).typed


def test_nothing_is_typed_after_the_end(expert: Stage) -> None:
    assert expert.agents["primary"].next_time() is None


def test_a_later_alert_opens_its_runbook_too() -> None:
    """The runbook of the first alert is general; a minute later the pool's own alert fires."""
    draws = Randomness(3)
    stage = Stage([Responder(Mind(SCENARIO, PLAYBOOK, draws, FLAWLESS, "primary"))])
    waiting = labels(alertname="PgbouncerClientsWaiting", severity="warning")
    fires = f.AlertChanged("firing", waiting, labels(summary="clients wait"), 400.0, 0.0)
    stage.after(PAGED + 320, partial(stage.say, "prometheus", fires))
    stage.run(4000)
    opened = [text.split()[1] for _, text in lines(stage, "primary", "/runbook")]
    assert opened == ["users-see-errors", "db-pool-exhaustion"]
