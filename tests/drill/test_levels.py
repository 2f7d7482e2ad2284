"""Skill shows: expert, average, novice and absent on the same incidents."""

from __future__ import annotations

import math
from itertools import pairwise
from statistics import fmean, median

from drillbook.cli.drill import Drill
from drillbook.events import facts as f
from drillbook.model.policies.pagerduty import PagerDutyPolicy
from tests.drill.conftest import Name, Play

SEEDS = range(1, 31)
LEVELS = ("expert", "average", "novice", "absent")


def test_mean_totals_fall_strictly_with_skill(play: Play) -> None:
    means = [fmean(play(level, seed)[1].total for seed in SEEDS) for level in LEVELS]
    assert all(better > worse for better, worse in pairwise(means)), means


def test_every_expert_restores_service(play: Play) -> None:
    for seed in SEEDS:
        simulation, card = play("expert", seed)
        assert card.measures.mitigate_s is not None, seed
        impacts = [fact.suffering for _, fact in simulation.log.of(f.ImpactChanged)]
        assert impacts, seed
        assert impacts[-1] is False, seed


def test_without_anybody_every_level_of_the_policy_is_notified_twice_and_then_nobody_is_left(
    play: Play, drill: Drill
) -> None:
    policy = drill.playbook.on_call.escalation_policies[0]
    assert isinstance(policy, PagerDutyPolicy)
    for seed in SEEDS:
        simulation, _ = play("absent", seed)
        changes = [fact for _, fact in simulation.log.of(f.PageChanged) if fact.page == "P1"]
        levels = [fact.level for fact in changes if fact.change == "notified"]
        expected = list(range(1, len(policy.escalation_rules) + 1)) * (policy.num_loops + 1)
        assert levels == expected, seed
        assert changes[-1].change == "exhausted", seed
        assert simulation.log[-1].fact == f.Ended("time"), seed


def test_a_good_script_scores_at_least_as_high_as_the_experts_median(play: Play, script: Name) -> None:
    experts = median(play("expert", seed)[1].total for seed in SEEDS)
    scripted = [play(script("good-responder"), seed)[1].total for seed in (1, 2, 3, 4, 5)]
    assert min(scripted) >= experts, (scripted, experts)


def test_claiming_resolved_while_requests_fail_is_told_with_the_true_figure(play: Play, script: Name) -> None:
    _, card = play(script("resolves-too-early"), 1)
    truth = next(each for each in card.expectations if each.id == "truth")
    assert truth.outcome == "violated"
    assert "%" in truth.reason
    validate = next(each for each in card.expectations if each.id == "validate")
    assert validate.outcome in {"missed", "violated"}


def test_restarting_everything_at_once_makes_the_outage_longer(play: Play, script: Name) -> None:
    _, good = play(script("good-responder"), 1)
    _, storm = play(script("restarts-everything"), 1)
    assert good.measures.mitigate_s is not None
    assert (storm.measures.mitigate_s or math.inf) > good.measures.mitigate_s
    assert good.measures.user_minutes is not None
    assert storm.measures.user_minutes is not None
    assert storm.measures.user_minutes > good.measures.user_minutes
