"""Alternatives that are run together give the rows of alternatives that are run each by itself."""

from pathlib import Path

import pytest

from drillbook.events.codec import dump
from drillbook.study import worker
from drillbook.study.bundle import unpacked
from drillbook.study.worker import incident, made_ready, together
from drillbook.world.metrics.family import Record
from tests.study.small import STUDY, setup

LEVELS = """\
  - id: what
    levels:
      - id: usual
      - id: delay
        set: {"playbook.on_call.escalation_policies.*.escalation_rules.1.escalation_delay_in_minutes": 1}
      - id: rule
        set: {rules.PgbouncerClientsWaiting.for: 3m}
      - id: system
        set: {scenario.system.workload.session: 3m}
"""


def study(text: str = STUDY) -> str:
    return (
        text.partition("factors:\n")[0]
        + "factors:\n"
        + LEVELS
        + "replications:"
        + text.partition("replications:")[2]
    )


def test_rows_and_logs_do_not_depend_on_who_is_run_before(tmp_path: Path) -> None:
    """Alternatives differ in the playbook, in how long an alert waits, and in the system itself."""
    made = setup(tmp_path, study())
    alone = [made_ready(unpacked(each)) for each in made.packed]
    rows: list[str] = []
    logs: list[str] = []
    for each in alone:
        worker._foreseen.cache_clear()
        fresh = made_ready(each.bundle)
        logs.append(dump(incident(fresh, 1, 5).log))
        rows += map(repr, together([fresh], 1, 5))
    assert len(set(logs)) == 4
    worker._foreseen.cache_clear()
    ready = [made_ready(each.bundle) for each in alone]
    for order in ((0, 1, 2, 3), (3, 2, 1, 0)):
        chosen = [ready[number] for number in order]
        assert list(map(repr, together(chosen, 1, 5))) == [rows[number] for number in order]
        for each in chosen:
            each.prepared[1].foreseen.keep(5)
        assert [dump(incident(each, 1, 5).log) for each in chosen] == [logs[number] for number in order]


def test_only_alternatives_with_the_same_system_share_samples(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = setup(tmp_path, study())
    worker._foreseen.cache_clear()
    ready = [made_ready(unpacked(each)) for each in made.packed]
    systems = [each.prepared[0].foreseen for each in ready]
    assert systems[0] is systems[1] is systems[2] is not systems[3]
    kept = []
    draw = Record._drawn

    def seen(self: Record, *arguments: object) -> object:
        kept.append([system.drawn is not None for system in systems])
        return draw(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Record, "_drawn", seen)
    list(together(ready, 0, 1))
    assert kept
    assert {tuple(each) for each in kept} == {(True, True, True, False)}
    assert all(system.drawn is None for system in systems)
