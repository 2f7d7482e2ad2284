"""Sessions live: they keep their process id while their query runs, and others follow them."""

from __future__ import annotations

import statistics
from dataclasses import replace
from itertools import pairwise

from drillbook.world.shell.answer import Output
from tests.world.shell.builders import REPORT, SLOW, Picture, T, backend, server, service, shell

SHELL = shell()


def ages(t: float, query: str = SLOW, picture: Picture | None = None) -> dict[str, float]:
    """Process ids and ages of a query's sessions."""
    within = query.replace("'", "''")
    sql = (
        f"SELECT pid, extract(epoch from now() - query_start) FROM pg_stat_activity WHERE query = '{within}'"
    )
    answer = (shell(picture) if picture else SHELL).run(t, f'psql -At -c "{sql}" | cat')
    assert isinstance(answer, Output)
    rows = (line.split("|") for line in answer.text.split("\n"))
    return {pid: float(age) for pid, age in rows}


def test_a_session_keeps_its_process_id_and_grows_older_until_it_ends() -> None:
    for t in (700.0, 701.5, 950.0):
        first, second = ages(t), ages(t + 1.0)
        stay = [pid for pid in first if pid in second]
        assert len(first) * 0.5 < len(stay) < len(first)
        assert all(abs(second[pid] - first[pid] - 1.0) < 1e-3 for pid in stay)
        assert all(second[pid] <= 1.0 for pid in second if pid not in first)


def test_the_oldest_session_is_not_always_the_same() -> None:
    oldest = [max(found, key=found.__getitem__) for found in map(ages, (700.0, 720.0, 740.0, 760.0))]
    assert all(a != b for a, b in pairwise(oldest))


def test_ages_are_about_the_typical_one_and_never_above_the_oldest() -> None:
    found = [age for t in range(700, 900, 20) for age in ages(float(t)).values()]
    assert max(found) <= 9.5
    assert 0.6 * 4.1 < statistics.mean(found) < 1.2 * 4.1


def test_nothing_runs_for_longer_than_the_pods_that_ask_for_it() -> None:
    picture = Picture()
    busy = backend("active", 40, SLOW, 600.0, 120.0)
    picture.shown["pg-orders"] = replace(server(), backends=(busy,), connections=40.0)
    orders = service("orders-api")
    pods = tuple(replace(pod, started_at=T - 20.0) for pod in orders.pods)
    picture.shown["orders-api"] = replace(orders, pods=pods)
    assert max(ages(T, picture=picture).values()) <= 20.0


def test_a_long_session_of_a_person_stays() -> None:
    own, later = ages(700.0, REPORT), ages(700.5, REPORT)
    stays = [pid for pid, age in own.items() if age > 400.0]
    assert [round(later[pid] - own[pid], 3) for pid in stays] == [0.5]
