"""The pages of the sources: every section has a row, and every place that a row names is there."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from drillbook.engine.commands import VERBS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "seeds.md").read_text(encoding="utf-8")

SECTIONS = {
    "Documentation and leadership, section 7": """
Section 7: Documentation & Leadership
7.1 Incident runbook outline
7.2 On-call escalation guide outline
7.3 Mentoring & communication
""",
    "NovaCron incident response playbook": """
Incident Response Playbook V2 - NovaCron
Table of Contents
Incident Classification
Severity Levels
Incident Types
Response Procedures
Incident Lifecycle
Detection Phase
Triage Phase
Mitigation Phase
Validation Phase
Automated Response
Decision Matrix
Example: Service Down Auto-Response
Manual Intervention
When to Intervene
Incident Commander Role
Manual Response Checklist
Communication
Communication Channels
Communication Templates
Initial Notification (P0/P1)
Status Update
Resolution Notification
Update Frequency
Post-Mortem Process
Blameless Post-Mortem
Post-Mortem Template
Post-Mortem Meeting
Runbooks
Runbook Structure
Common Runbooks
Runbook Best Practices
Escalation Matrix
Escalation Triggers
On-Call Rotation
Contact List
Escalation Path
Metrics and Goals
SLA Targets
Incident Metrics
""",
    "On-call runbook of the insurance lead platform": """
On-Call Runbook
Overview
Table of Contents
On-Call Responsibilities
Primary Responsibilities
1. Incident Detection and Response
2. System Health Monitoring
3. Communication
4. Documentation and Knowledge Sharing
Daily Responsibilities
Morning Handoff Review (9:00 AM)
Periodic Health Checks (Every 4 hours)
End-of-Shift Handoff (9:00 PM or shift end)
Core Competencies Required
Technical Skills
Operational Skills
On-Call Schedule
Current Schedule Structure
Primary On-Call Rotation
Team Rotation
Escalation Chain
Level 1: Primary On-Call
Level 2: Secondary On-Call
Level 3: Platform Lead
Level 4: Engineering Manager
Level 5: VP Engineering
Schedule Management
Holiday and Vacation Coverage
Emergency Coverage
Alert Response Guide
Alert Classification
SEV-1 (Critical) - Page Immediately
SEV-2 (High) - Page within 15 minutes
SEV-3 (Medium) - Investigate within 1 hour
SEV-4 (Low) - Review within 24 hours
Alert Response Procedure
1. Initial Response (First 5 minutes)
2. Investigation Phase (5-30 minutes)
3. Mitigation Phase (30+ minutes)
Communication Procedures
Internal Communication Channels
Primary Channels
Channel Guidelines
Status Update Templates
Initial Alert Acknowledgment
Investigation Update
Mitigation Update
Resolution
External Communication
Customer-Facing Communication
Stakeholder Communication
Escalation Matrix
Technical Escalation
SEV-1 Escalation Path
SEV-2 Escalation Path
SEV-3 Escalation Path
Business Escalation
Customer Impact Escalation
Escalation Triggers
Automatic Escalation
Manual Escalation Decision Points
Training Requirements
On-Call Training Program
Week 1: System Overview
Week 2: Hands-On Practice
Week 3: Supervised On-Call
Ongoing Training
Monthly Training Sessions
Quarterly Assessments
Annual Recertification
Training Resources
Documentation
Tools and Access
Shift Handoff Procedures
Handoff Process
Pre-Handoff Preparation (30 minutes before shift end)
Handoff Meeting (15 minutes)
Post-Handoff Verification (15 minutes after shift start)
Handoff Template
Handoff Quality Checklist
Information Completeness
Communication Quality
Follow-up Actions
Wellness and Fatigue Management
Fatigue Prevention Strategies
Shift Length Limits
Break Requirements
Wellness Monitoring
Self-Assessment Checklist
Warning Signs of Fatigue
Fatigue Management Actions
Individual Actions
Team Actions
Emergency Procedures
Emergency Coverage Activation
Mental Health Support
Quick Reference
Emergency Contacts
Critical Tools and Access
Response Time SLAs
Essential Commands
""",
    "Incident response playbook": """
Incident Response Playbook
Severity Levels
SEV-1: Critical Production Outage
SEV-2: Major Degradation
SEV-3: Minor Issue
On-Call Rotation
Compensation
Incident Timeline Template
Post-Incident Review Process
Rules
Post-Mortem Template
Common Runbooks
Database Connection Pool Exhaustion
Kafka Consumer Lag
Memory Pressure on Kubernetes Pods
""",
    "Incident management and on-call": """
Incident Management & On-Call
Learning Objectives
Theoretical Concepts
1. Incident Severity Levels
2. Incident Response Roles
3. The Incident Lifecycle
4. Blameless Post-Mortems
Practical Examples
Runbook Template
PagerDuty Escalation Policy
Hands-on Labs
Additional Resources
Official Documentation
Templates
Key Takeaways
Next Steps
""",
}
"""The headings of each source, in order."""

WITHOUT_A_PLACE = ("Below", "Not yet", "Not kept")


def rows(source: str) -> list[tuple[str, str]]:
    """Section and place of each row of a source's table."""
    part = PAGE.split(f"\n## {source}\n", 1)[1].split("\n## ", 1)[0]
    found = re.findall(r"^\| (.*?) \| (.*) \|$", part, re.MULTILINE)
    return [(section, where) for section, where in found if section != "section"]


def places() -> list[str]:
    """Everything on the page that reads as a place, each once."""
    marked = [where for source in SECTIONS for _, where in rows(source)]
    return sorted({place for where in marked for place in re.findall(r"`([a-z-]+: [^`]+)`", where)})


@cache
def authored(name: str) -> Any:
    """The file of a playbook or curriculum as plain data."""
    found = [ROOT / folder / f"{name}.yaml" for folder in ("playbooks", "curricula")]
    path = next(each for each in found if each.is_file())
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def within(node: Any, key: str) -> Any:
    """The value at a key, or the entry of a list that has this id, name or person."""
    if isinstance(node, list):
        return next(each for each in node if key in (each.get("id"), each.get("name"), each.get("person")))
    return node[key]


@pytest.mark.parametrize("source", SECTIONS)
def test_every_section_of_a_source_has_a_row_in_its_order(source: str) -> None:
    assert [section for section, _ in rows(source)] == SECTIONS[source].strip().splitlines()


@pytest.mark.parametrize("source", SECTIONS)
def test_a_row_names_a_place_or_says_that_there_is_none(source: str) -> None:
    for section, where in rows(source):
        assert re.search(r"`[a-z-]+: [^`]+`", where) or where.startswith(WITHOUT_A_PLACE), section


@pytest.mark.parametrize("place", places())
def test_a_place_is_there(place: str) -> None:
    kind, _, path = place.partition(": ")
    if kind == "scenario":
        assert (ROOT / "scenarios" / f"{path}.yaml").is_file()
    elif kind == "command":
        assert path.removeprefix("/") in VERBS
    elif kind == "page":
        assert (ROOT / "docs" / "reference" / f"{path}.md").is_file()
    else:
        node = authored(kind)
        # Ids may hold dots (lab-29.1): such a path has slashes.
        for key in path.split("/" if "/" in path else "."):
            node = within(node, key)
        assert node


def test_every_playbook_and_curriculum_has_a_source_on_the_page() -> None:
    named = {place.partition(":")[0] for place in places()}
    for folder in ("playbooks", "curricula"):
        assert {path.stem for path in (ROOT / folder).glob("*.yaml")} <= named
