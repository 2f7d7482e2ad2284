"""Simulated responders call whom the playbook's triggers name, where they can see that they hold."""

from __future__ import annotations

import pytest

from drillbook.cli.drill import cast_for, open_drill
from drillbook.events import facts as f
from drillbook.model.trigger import Trigger

MANY = {"kind": "users-affected", "above": 100}


@pytest.mark.parametrize(
    ("when", "automatic", "called"),
    [
        (MANY, False, True),
        (MANY, True, False),
        ({"kind": "several-services", "count": 2}, False, True),
        ({"kind": "several-services", "count": 9}, False, False),
        ({"kind": "severity", "severities": ["SEV-1", "SEV-2"]}, False, True),
        ({"kind": "severity", "severities": ["SEV-3"]}, False, False),
        ({"kind": "unresolved", "after": "30s"}, False, True),
        ({"kind": "unresolved", "after": "9h"}, False, False),
        ({"kind": "nature", "of": ["security"]}, False, False),
    ],
)
def test_an_expert_pages_those_whom_a_trigger_names_when_it_can_be_seen_to_hold(
    when: dict[str, object], automatic: bool, called: bool
) -> None:
    drill = open_drill("db-pool-exhaustion", None, ())
    given = {"id": "t", "rule": "r", "when": when, "escalate_to": ["comms"], "automatic": automatic}
    playbook = drill.playbook.model_copy(update={"triggers": [Trigger.model_validate(given)]})
    drill = type(drill)(drill.scenario, playbook, drill.prepared)
    run = drill.simulation(3, cast_for("expert"))
    run.advance(1500)
    pages = [event for event, fact in run.log.of(f.PersonPaged) if fact.person == "comms"]
    assert any(event.actor == "primary" for event in pages) is called
