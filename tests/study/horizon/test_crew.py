"""The rota: one engineer a turn, the next one as secondary, sites in their hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from drillbook.model.horizon import Rota, Site
from drillbook.study.horizon.crew import Crew

START = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday
SUN = Rota(
    sites=[
        Site(id="eu", time_zone="Europe/Berlin", engineers=3, begins="08:00", ends="20:00"),
        Site(id="us", time_zone="America/Los_Angeles", engineers=3, begins="11:00", ends="23:00"),
    ]
)


def names(crew: Crew, at: datetime) -> tuple[str, str]:
    primary, secondary = crew.holder("primary", at), crew.holder("secondary", at)
    return primary.id if primary else "", secondary.id if secondary else ""


def test_turns_change_on_monday_at_nine_and_the_secondary_is_the_next_primary() -> None:
    crew = Crew(Rota(sites=[Site(id="home", engineers=3)]), START)
    weeks = [names(crew, START + timedelta(days=7 * week)) for week in range(4)]
    assert weeks == [("home-1", "home-2"), ("home-2", "home-3"), ("home-3", "home-1"), ("home-1", "home-2")]
    assert names(crew, START + timedelta(days=7, seconds=-1)) == ("home-1", "home-2")


def test_nobody_is_their_own_secondary() -> None:
    assert names(Crew(Rota(sites=[Site(id="home", engineers=1)]), START), START) == ("home-1", "")
    assert names(Crew(Rota(secondary=False), START), START) == ("home-1", "")


def test_sites_follow_the_sun() -> None:
    crew = Crew(SUN, START)
    assert names(crew, datetime(2026, 3, 3, 8, tzinfo=UTC)) == ("eu-1", "eu-2")
    assert names(crew, datetime(2026, 3, 3, 20, tzinfo=UTC)) == ("us-2", "us-3")


def test_shifts_cover_the_whole_time_once() -> None:
    crew = Crew(SUN, START)
    end = START + timedelta(days=5)
    primary = [each for each in crew.shifts(START, end) if each.seat == "primary"]
    assert primary[0].begin == START
    assert primary[-1].end == end
    assert all(first.end == second.begin for first, second in pairwise(primary))


@given(st.integers(2, 9), st.integers(0, 20_000), st.sampled_from(["1d", "1w", "2w"]))
def test_over_time_everybody_has_the_pager_as_often(engineers: int, hour: int, turn: str) -> None:
    days = {"1d": 1, "1w": 7, "2w": 14}[turn]
    crew = Crew(Rota.model_validate({"sites": [{"id": "home", "engineers": engineers}], "turn": turn}), START)
    at = START + timedelta(hours=hour)
    held = [crew.holder("primary", at + timedelta(days=days * n)) for n in range(engineers)]
    assert len({each.id for each in held if each}) == engineers
