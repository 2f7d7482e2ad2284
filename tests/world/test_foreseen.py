"""What runs share of the solution changes nothing of it."""

from __future__ import annotations

import numpy as np

from drillbook.model.labels import Labels
from drillbook.model.scenario import Say
from drillbook.world.foreseen import MOST_SEGMENTS, Foreseen
from drillbook.world.queueing import Floats
from tests.world.builders import Play, deploy, plain

NAMES = ("http_requests_total", "http_request_duration_seconds_bucket", "kube_deployment_status_replicas")


def everything(foreseen: Foreseen | None, seed: int, *, acts: bool) -> list[bytes]:
    play = Play(plain("60/s"), [deploy("30s")], seed=seed, foreseen=foreseen).to(400)
    if acts:
        play.at(410, "rollback", "orders")
        play.at(417.5, "scale", "orders", "9")
    play.to(900)
    rows = [np.array(row).tobytes() for row in play.world._plant.trajectory.rows]
    return rows + [play.world.matrix(name, -10, 60)[1].tobytes() for name in NAMES]


def test_runs_that_share_what_they_foresee_are_those_that_do_not() -> None:
    """Also after a run that intervened, and with what one run solved further than the others."""
    foreseen = Foreseen()
    for seed, acts in ((1, True), (2, False), (1, True), (3, True), (2, False)):
        assert everything(foreseen, seed, acts=acts) == everything(None, seed, acts=acts)


def test_samples_of_one_seed_are_the_same_whoever_drew_them() -> None:
    """In whatever pieces they were read, before and after interventions; each run also sees its own pods."""
    pieces = [[(-10, 3), (2, 30)], [(0, 60)], [(25, 26), (-5, 40)]]

    def read(foreseen: Foreseen | None, number: int, *, acts: bool) -> list[object]:
        play = Play(plain("60/s"), [deploy("30s")], seed=4, foreseen=foreseen)
        found: list[object] = []
        for until, part in ((100, pieces[number]), (400, pieces[number - 1])):
            play.to(until)
            for first, last in part:
                matrices = [play.world.matrix(name, first, last) for name in NAMES]
                found += [ordered(rows, values) for rows, values in matrices]
            if acts:
                play.at(until + 7, "scale", "orders", str(until // 20))
        return found

    foreseen = Foreseen()
    foreseen.keep(4)
    for number, acts in ((0, False), (1, True), (2, True), (2, False), (1, False), (0, True)):
        assert read(foreseen, number, acts=acts) == read(None, number, acts=acts)


def ordered(rows: tuple[Labels, ...], values: Floats) -> list[tuple[str, bytes]]:
    return sorted(
        (str(row), np.ascontiguousarray(each).tobytes()) for row, each in zip(rows, values, strict=True)
    )


def test_interventions_leave_nothing_behind() -> None:
    """What is kept is bounded by the scenario, however many runs there are."""
    foreseen = Foreseen()
    everything(foreseen, 1, acts=False)

    def count() -> int:
        waiting, found = list(foreseen.begins.values()), 0
        while waiting:
            segment = waiting.pop()
            found += 1 + len(segment.knots)
            waiting += segment.after.values()
        return found

    known = count()
    for seed in range(2, 5):
        everything(foreseen, seed, acts=True)
    assert count() == known


def test_what_is_only_said_takes_nobody_out_of_what_is_shared() -> None:
    """Nothing of it is solved again: the knots of both runs are the same objects, after what was said too."""
    foreseen = Foreseen()
    quiet, told = (Play(plain("60/s"), [deploy("30s")], seed=seed, foreseen=foreseen) for seed in (1, 2))
    quiet.to(900).world.truth(900)
    say = Say(do="say", person="ada", channel="ops", text="The campaign begins at three.")
    assert told.to(400).world.inject(410, say, "I1")[0].text == say.text
    told.to(900).world.truth(900)
    rows = [play.world._plant.trajectory.rows for play in (quiet, told)]
    assert all(one is other for one, other in zip(*rows, strict=True))


def test_runs_that_share_nothing_are_forgotten_before_they_fill_the_memory() -> None:
    """As where a run's own draws are in its laws; here each run has another traffic."""
    foreseen = Foreseen()
    for number in range(60):
        traffic = {"do": "traffic", "at": "60s", "factor": 1 + number / 100, "over": "30s"}
        Play(plain("60/s"), [traffic], foreseen=foreseen).to(70)
        foreseen.trim()
        assert len(foreseen.begins) <= MOST_SEGMENTS


def test_plans_that_differ_only_in_how_much_traffic_comes_are_told_apart() -> None:
    def rates(factor: float, foreseen: Foreseen | None) -> list[float]:
        traffic = {"do": "traffic", "at": "60s", "factor": factor, "over": "30s"}
        return [Play(plain("60/s"), [traffic], foreseen=foreseen).to(600).service(600).request_rate]

    foreseen = Foreseen()
    assert [rates(factor, foreseen) for factor in (2, 3)] == [rates(factor, None) for factor in (2, 3)]


def test_samples_are_the_same_when_they_are_read_again_and_in_other_pieces() -> None:
    """What counters had counted is gone on with, wherever reading begins."""
    play = Play(plain("60/s"), [deploy("30s")]).to(400)
    play.at(410, "rollback", "orders")
    pieces = Play(plain("60/s"), [deploy("30s")])
    for first, last in ((0, 3), (2, 9), (30, 40), (1, 5), (-5, 20)):
        pieces.world.matrix("http_requests_total", first, last)
    pieces.to(400).at(410, "rollback", "orders")
    for first, last in ((20, 60), (-10, 60)):
        parts = [
            play.world.matrix("http_requests_total", at, min(at + 6, last))
            for at in range(first, last + 1, 7)
        ]
        rows, whole = pieces.world.matrix("http_requests_total", first, last)
        assert parts[-1][0] == rows
        assert np.hstack([part[1] for part in parts]).tobytes() == whole.tobytes()
