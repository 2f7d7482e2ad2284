"""The parts of a playbook that guide people and the automation fit together."""

from __future__ import annotations

import pytest

from tests.loading.sample import ROOT, edited, problems

NOVACRON = (ROOT / "playbooks" / "novacron.yaml").read_text(encoding="utf-8")
INSURANCE = (ROOT / "playbooks" / "insurance-on-call.yaml").read_text(encoding="utf-8")
FIRST = (ROOT / "playbooks" / "first-runbook.yaml").read_text(encoding="utf-8")


def only(text: str) -> str:
    """The one problem of a playbook, with its place."""
    found = problems(text, "playbook")
    assert len(found) == 1, [str(each) for each in found]
    return str(found[0])


@pytest.mark.parametrize("text", [NOVACRON, INSURANCE, FIRST])
def test_the_shipped_ones_are_sound(text: str) -> None:
    assert problems(text, "playbook") == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("leads_to: [auto-remediation,", "leads_to: [auto-remediaton,", "did you mean auto-remediation?"),
        ("name: investigation\n", "name: service-down\n", "there is a runbook called `service-down`, too"),
        (
            "    begins: 5m\n    ends: 15m\n    steps",
            "    begins: 5m\n    ends: 2m\n    steps",
            "after `begins`, 5m",
        ),
        ("        retries: 3\n", "", "nothing is tried again here"),
        ("severities: [P0, P1]}", "severities: [P0, P9]}", "there is no severity `P9`"),
        (
            "    severities: [P0, P1]\n    text",
            "    severities: [P0, P9]\n    text",
            "there is no severity `P9`",
        ),
        ("remediation: scale-up", "remediation: scale-out", "there is no remediation `scale-out`"),
        ("      runbook: cache-warmup", "      runbook: cache-warmer", "did you mean cache-warmup?"),
        (
            "{below: 0.2, of: traffic}",
            "{below: 20, of: traffic}",
            "`below` is a share of the traffic, 1 at most",
        ),
        ("incident: memory-leak", "incident: high-latency", "there are two rows called `high-latency`"),
        ("triage_at_most: 60s", "triage_at_most: 10s", "`triage_at_most` must be at least 30s"),
        ("lasts_at_most: 90m", "lasts_at_most: 70m", "the agenda takes 1h20m, longer than"),
        ("at_least: 0.99", "at_least: 99", "`at_least` is a share, 1 at most"),
        ("unit: seconds, measured: 45,", "unit: seconds,", "a figure is missing"),
        (
            "reports_to: commander\n    leads: SRE",
            "reports_to: comander\n    leads: SRE",
            "there is no role `comander`",
        ),
        (
            "reports_to: commander\n    leads: SRE",
            "reports_to: operations\n    leads: SRE",
            "reports to itself",
        ),
        (
            "confidence: 0.90\n      rollback: Scale",
            "confidence: 90\n      rollback: Scale",
            "must be at most 1, found",
        ),
    ],
)
def test_what_does_not_fit_is_said_at_its_place(old: str, new: str, said: str) -> None:
    found = only(edited(NOVACRON, old, new))
    assert said in found
    assert not found.startswith("f.yaml:0")


def test_a_severity_cannot_remediate_itself_without_an_automation() -> None:
    start, end = NOVACRON.index("\nautomation:\n"), NOVACRON.index("\nrunbooks:\n")
    found = [str(each) for each in problems(NOVACRON[:start] + NOVACRON[end:], "playbook")]
    assert len(found) == 3
    assert all("the playbook has no `automation` that could" in each for each in found)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{every: 2h, lasts: 15m}", "{every: 2h, lasts: 2h}", "a break must be shorter than 2h"),
        ("week_at_most: 60h", "week_at_most: 6h", "`week_at_most` must be at least `continuous_at_most`"),
        (
            "    when: at 09:00\n",
            "    begins: 9h\n",
            "`begins` is for the occasion `response`, not for `shift`",
        ),
    ],
)
def test_limits_and_occasions_fit(old: str, new: str, said: str) -> None:
    assert said in only(edited(INSURANCE, old, new))


def test_a_decision_leads_to_a_step_or_another_runbook() -> None:
    found = only(edited(FIRST, "go_to: node-health", "go_to: node-helth"))
    assert "`node-helth`, did you mean node-health?" in found


def test_a_level_of_the_chain_is_somebody_of_the_playbook_or_the_scenario() -> None:
    from drillbook.errors import InvalidInput
    from drillbook.loading.files import document, read_playbook, read_scenario, together
    from tests.loading.sample import SCENARIO

    playbook = read_playbook(
        document(edited(FIRST, "chain:\n  - person: primary", "chain:\n  - person: premier"), "p.yaml")
    )
    with pytest.raises(InvalidInput, match="premier"):
        together(read_scenario(document(SCENARIO, "s.yaml")), playbook)
