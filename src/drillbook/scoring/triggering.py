"""When each trigger of a playbook began to hold, by the log and the hidden truth."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from drillbook.events import facts as f
from drillbook.events.event import Event
from drillbook.model.playbook import Playbook
from drillbook.model.scenario import Scenario
from drillbook.oncall.watch import Began, Watch
from drillbook.scoring.impact import impacts


def triggers_began(
    scenario: Scenario,
    playbook: Playbook,
    log: Sequence[Event],
    acting: Collection[str],
    truth: f.TruthRecorded | None,
) -> dict[str, float]:
    """Seconds by the trigger's id, for those that held and are for responders to see to.

    `acting` are the people whose acts are progress.
    """
    judged = [trigger for trigger in playbook.triggers if not trigger.automatic]
    watch = Watch(playbook, judged, acting, scenario.needs.severity, scenario.needs.nature)
    measured = impacts(scenario.system.workload, truth) if watch.needs_impact else []
    began: list[Began] = []
    for event in log:
        while measured and measured[0][0] < event.t:
            t, impact = measured.pop(0)
            began += _due_before(watch, t)
            watch.measure(t, impact)
            began += watch.take(t)
        began += _due_before(watch, event.t)
        watch.see(event)
        began += watch.take(event.t)
    return {each.trigger.id: each.t for each in began}


def _due_before(watch: Watch, t: float) -> list[Began]:
    began: list[Began] = []
    while (due := watch.next_time()) is not None and due < t:
        began += watch.take(due)
    return began
