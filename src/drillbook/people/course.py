"""The times that an incident is given by stage, where responders have such: drawn once for each incident."""

from __future__ import annotations

import math
from collections.abc import Mapping

from drillbook.model.draws import Draws
from drillbook.model.scenario import Scenario
from drillbook.model.stages import Law, Mitigation, Stages

_ROLLBACK = ("rollback", "workload-rollback", "pause-rollout")
_RESTART = (
    "restart", "db-restart", "cache-restart", "kubelet-restart", "workload-restart", "unit-restart",
    "replica-restart", "pool-reload", "uncordon",
)  # fmt: skip
_REPLACE = (
    "cert-renew", "delete-node", "node-pool", "dns-record", "dns-writer", "failover", "promote", "reinit",
)  # fmt: skip
_ISOLATE = (
    "kill-active", "kill-idle", "cordon", "drain", "unit-stop", "unit-quiet", "link-down", "pods-clean",
    "slot-drop", "rabbitmq-purge", "synchronous",
)  # fmt: skip
_FLOW = ("rate-limit", "workload-limit", "statement-timeout", "vendor-quota")
_SCALE = (
    "scale", "pool-size", "max-connections", "memory-limit", "requests", "autoscale", "cache-memory",
    "workload-scale", "disk-grow", "kafka-partitions",
)  # fmt: skip
KIND: Mapping[str, Mitigation] = {
    action: kind
    for kind, actions in (
        ("rollback", _ROLLBACK), ("restart", _RESTART), ("replace", _REPLACE), ("isolate", _ISOLATE),
        ("flow-control", _FLOW), ("scale", _SCALE),
    )
    for action in actions
}  # fmt: skip
"""What kind of mitigation a remediation is (our reading of evidence.md §1); any other is a fix."""


def mitigation(scenario: Scenario) -> Mitigation:
    """What mitigates a scenario's incidents: the remedy that goes with their cause."""
    needs = scenario.needs
    place = next(each.remedy for each in needs.causes if each.id == needs.cause)
    known = place is not None and place < len(needs.remedies)
    return KIND.get(needs.remedies[place].action, "fix") if place is not None and known else "fix"


class Course:
    """An incident's times in seconds, the same whoever handles it; 0 for what responders are not given."""

    def __init__(self, stages: Stages | None, draws: Draws, mitigated: Mitigation) -> None:
        self._stages = stages if stages is not None else Stages()
        self._draws = draws
        self._mitigated = mitigated

    @property
    def detect(self) -> float:
        """From when an alert's condition held until it is taken for an incident."""
        return self._time("detect", self._stages.detect)

    @property
    def identify(self) -> float:
        """From then until the cause is known, through everybody who had it."""
        return self._time("identify", self._stages.identify) * self._hops()

    @property
    def mitigate(self) -> float:
        """From then until a remedy is applied: by what mitigates it in the end, whatever is tried."""
        return self._time("mitigate", self._stages.mitigate.get(self._mitigated))

    @property
    def verify(self) -> float:
        """From when users are well until it is resolved."""
        return self._time("verify", self._stages.verify)

    def _time(self, stage: str, law: Law | None) -> float:
        if law is None:
            return 0.0
        shared = self._stages.together
        own = math.sqrt(1 - shared) * self._draws.normal("course", stage)
        z = own + math.sqrt(shared) * self._draws.normal("course", "shared") if shared else own
        return law.median * math.exp(law.sigma * z)

    def _hops(self) -> float:
        hops = self._stages.hops
        factor = 1.0
        for number, each in enumerate(hops.factors if hops else ()):
            assert hops is not None  # noqa: S101  it has factors
            chance = hops.chance if number == 0 else hops.again
            if self._draws.uniform("course", "hop", number) >= chance:
                break
            factor *= each
        return factor
