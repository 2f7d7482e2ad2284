"""How sleepy somebody is: the three-process model of alertness, with sleep inertia.

Source: Åkerstedt, Folkard & Portin 2004 and Ingre et al. 2014; parameters as evidence.md §3 gives them.
Hours of the day are local, durations in hours, sleepiness on the Karolinska scale, 1 (alert) to 9.
"""

from __future__ import annotations

import math

LOW, HIGH = 2.4, 14.3
"""Asymptotes of the homeostatic process awake and asleep (la, ha)."""
DECAY = -0.0353
"""Its rate awake, per hour (d)."""
BRAKE = 12.2
"""Below this level sleep restores at a constant rate (bl)."""
RECOVERY = math.log((HIGH - 14) / (HIGH - 7.96)) / 8
"""Its rate asleep, per hour (g)."""
RESTED = 14.0
"""Its level after a full night."""
AMPLITUDE, PEAK = 2.5, 16.8
"""Circadian process: amplitude and hour of the peak (Ca, p)."""
ULTRADIAN_MEAN, ULTRADIAN = -0.5, 0.5
"""Twelve-hour process: mean and amplitude (Um, Ua)."""
INERTIA, INERTIA_RATE = -5.72, -1.51
"""Sleep inertia at waking, and its rate per hour (Wc, Wd)."""
BED, RISE = 23.0, 7.0
"""Usual night of somebody on call: asleep from 23:00 to 07:00 local time (assumption)."""
DEGRADED = 7.0
"""From this sleepiness on fitness is degraded (evidence.md §2; the threshold is an assumption)."""
FITNESS = 5.0
"""Multiplier on error probabilities for degraded fitness (evidence.md §3)."""


def awake(level: float, hours: float) -> float:
    """The homeostatic level after `hours` awake."""
    return LOW + (level - LOW) * math.exp(DECAY * hours)


def asleep(level: float, hours: float) -> float:
    """The homeostatic level after `hours` of sleep."""
    slope = RECOVERY * (BRAKE - HIGH)
    to_brake = max(0.0, (BRAKE - level) / slope)
    if hours <= to_brake:
        return level + slope * hours
    return HIGH - (HIGH - max(level, BRAKE)) * math.exp(RECOVERY * (hours - to_brake))


def sleepiness(level: float, hour: float, since_waking: float) -> float:
    """Karolinska sleepiness at an hour of the day, for a homeostatic level and hours since waking."""
    circadian = AMPLITUDE * math.cos(2 * math.pi / 24 * (hour - PEAK))
    ultradian = ULTRADIAN_MEAN + ULTRADIAN * math.cos(2 * math.pi / 12 * (hour - PEAK - 3))
    inertia = INERTIA * math.exp(INERTIA_RATE * since_waking)
    return 10.6 - 0.6 * (level + circadian + ultradian + inertia)


def on_call(paged: float, since: float) -> float:
    """Sleepiness `since` hours after a page at the local hour `paged`, with a usual night before."""
    before_bed = awake(RESTED, BED - RISE)
    slept = (paged - BED) % 24
    if slept < (RISE - BED) % 24:
        return sleepiness(awake(asleep(before_bed, slept), since), paged + since, since)
    up = (paged - RISE) % 24 + since
    return sleepiness(awake(RESTED, up), paged + since, up)


def fitness(kss: float) -> float:
    """The SPAR-H fitness multiplier at a sleepiness."""
    return FITNESS if kss >= DEGRADED else 1.0
