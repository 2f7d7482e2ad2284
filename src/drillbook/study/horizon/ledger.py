"""The ledger: each engineer's weeks on call, what was asked of them, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass

from drillbook.study.horizon.rest import breaches, short_rests
from drillbook.study.horizon.spans import Span, length, within
from drillbook.study.horizon.watch import Watch

WEEK = 604800.0


@dataclass(frozen=True, slots=True)
class PersonWeek:
    """A week of somebody's; the last one of a horizon may be shorter."""

    person: str
    week: int
    """From 1."""
    on_call_hours: float
    """Hours with the pager, as primary or secondary."""
    pages: int
    """Times that they were paged."""
    night_pages: int
    """At night where they are, 22:00 to 08:00."""
    incidents: int
    """That they acknowledged."""
    worked_hours: float
    """On incidents."""
    lost_sleep_hours: float
    """Of usual nights, less what was made up in the morning."""
    worst_kss: float | None
    """The greatest Karolinska sleepiness at which they took an incident."""
    rest_violations: int
    """Mornings before which they had not had the rest between two shifts."""
    limit_breaches: int
    """Of the limits on hours, rest and incidents."""
    stipend: float
    """In USD, as the further amounts."""
    bonus: float
    lieu: float
    """Value of the time off for pages at night."""
    labour: float
    """Hours on incidents."""

    @property
    def cost(self) -> float:
        """All of it."""
        return self.stipend + self.bonus + self.lieu + self.labour


def ledger(watch: Watch) -> list[PersonWeek]:
    """A row for each engineer of the rota and week, and for others who were paged or worked."""
    begin, end = watch.start.timestamp(), watch.end.timestamp()
    shifts: dict[str, list[Span]] = {person: [] for person in watch.lives}
    for shift in watch.crew.shifts(watch.start, watch.end):
        shifts[shift.engineer.id].append((shift.begin.timestamp(), shift.end.timestamp()))
    rows = []
    for person in watch.lives:
        number, at = 1, begin
        while at < end:
            rows.append(_row(watch, person, number, (at, min(at + WEEK, end)), shifts[person]))
            number, at = number + 1, at + WEEK
    return [row for row in rows if row.person in watch.crew.engineers or row.pages or row.worked_hours]


def _row(watch: Watch, person: str, number: int, week: Span, shifts: list[Span]) -> PersonWeek:
    begin, end = week
    life, pay = watch.lives[person], watch.pay

    def count(times: list[float]) -> int:
        return sum(begin <= t < end for t in times)

    nights = count(life.night_pages)
    on_call = length(within(shifts, begin, end))
    worked = length(within(life.work, begin, end)) / 3600
    slept = life.sleep(begin, end)
    usual = life.usual_sleep(begin, end)
    short = short_rests(life, begin, end, watch.horizon.limits.between_shifts)
    engineer = person in watch.crew.engineers
    return PersonWeek(
        person=person,
        week=number,
        on_call_hours=on_call / 3600,
        pages=count(life.pages),
        night_pages=nights,
        incidents=count([t for t, _ in life.handled]),
        worked_hours=worked,
        lost_sleep_hours=max(0.0, length(usual) - length([*within(slept, begin, end)])) / 3600,
        worst_kss=max((kss for t, kss in life.sleepiest if begin <= t < end), default=None),
        rest_violations=len(short) if engineer else 0,
        limit_breaches=sum(1 for _ in breaches(life, begin, end, watch.horizon.limits)) if engineer else 0,
        stipend=pay.stipend_per_week * on_call / WEEK,
        bonus=pay.per_severe_incident * count(life.severe),
        lieu=pay.hour * pay.lieu_per_night_page / 3600 * nights,
        labour=pay.hour * worked,
    )
