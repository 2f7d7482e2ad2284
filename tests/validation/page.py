"""The page `docs/validation.md` and its figures."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tests.validation import backcast, closed_forms, components, on_the_way, people, retries, studies
from tests.validation.claims import Claim
from tests.validation.drawing import Line, chart
from tests.validation.judge import FULL
from tests.world.builders import Play, deploy, plain

HEAD = "| what | asked | product | 99 % interval | verdict | remark |\n|---|---:|---:|---:|---|---|"
POINTS, RETRIES = (0.8, 0.9, 0.95, 1.05, 1.1, 1.2), (1, 2, 3)
LOADS = (0.37, 0.38, 0.39, 0.4)


def table(claims: Sequence[Claim]) -> str:
    return "\n".join([HEAD, *(claim.row() for claim in claims)])


def figures() -> dict[str, str]:
    """Names of files and what stands in them."""
    return {
        "retries.svg": _storms(), "threshold.svg": _threshold(), "pool.svg": _pool(), "tide.svg": _tide()
    }  # fmt: skip


def _storms() -> str:
    lines = [
        Line(text, [(retries.FIRST + k, part) for k, part in enumerate(retries.published(row))])
        for text, row in zip(
            ("−77.5 %, 10 s", "−80 %, 10 s", "−80 %, 9 s", "25 % fewer"), retries.ROWS, strict=True
        )
    ]
    return chart("Failed part of the requests in the four retry experiments",
                 ("seconds; the trigger begins at 60", range(50, 151, 10)),
                 ("failed part", (0, 0.25, 0.5, 0.75, 1)), lines)  # fmt: skip


def _threshold() -> str:
    lines = [
        Line(
            word,
            [
                (point, float(count))
                for count in RETRIES
                for point in POINTS
                if retries.word(retries.afterwards(point, count) > 0.5) == word
            ],
            dots=True,
        )
        for word in ("recovers", "stays")
    ]
    return chart("What is left long after a trigger, by the load with all its resends",
                 ("ρ(1 + R)", (0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3)), ("resends R", (0, 1, 2, 3, 4)),
                 lines)  # fmt: skip


def _pool() -> str:
    rate, hold, share = 50.0, closed_forms.LONG, closed_forms.SHARE
    play = Play(plain(f"{rate:g}/s"), [deploy()]).to(10)
    usual = rate * (1 - share) * 0.02
    closed = [
        (
            t / 2,
            min(closed_forms.SLOTS, usual + rate * share * hold * (1 - math.exp(-max(0, t / 2 - 1) / hold))),
        )
        for t in range(2, 121)
    ]
    found = [(float(t), play.pool(t).server_active) for t in range(2, 61, 2)]
    return chart("A release that holds connections exhausts the pool",
                 ("seconds after the release", range(0, 61, 10)), ("connections in use", range(0, 301, 50)),
                 [Line("closed form", closed), Line("product", found, dots=True)])  # fmt: skip


def _tide() -> str:
    hours, held = closed_forms.tide()
    omega = 2 * math.pi / 24
    size, lag = 10 / math.hypot(1, 2 * omega), math.atan(2 * omega) / omega
    closed = [(hour - 48, 20 + size * math.sin(omega * (hour - lag))) for hour in hours.tolist()]
    found = [(hour - 48, value) for hour, value in zip(hours.tolist()[::4], held.tolist()[::4], strict=True)]
    return chart("Messages worked on while arrivals follow the day", ("hours", range(0, 25, 4)),
                 ("messages", range(0, 36, 5)),
                 [Line("closed form", closed), Line("product", found, dots=True)])  # fmt: skip


def page() -> str:
    """The page as Markdown."""
    sections = {
        "ERLANG": closed_forms.erlang(FULL), "SINGLE": closed_forms.single(FULL),
        "IMPATIENT": closed_forms.impatient(FULL), "APPROXIMATE": closed_forms.approximate(FULL),
        "OVERLOADED": closed_forms.overloaded(FULL),
        "TIDAL": closed_forms.tidal(FULL), "LITTLE": closed_forms.little(),
        "POOLS": closed_forms.pools(FULL),
        "KAFKA": components.kafka(), "MEMORY": components.memory(), "WAY": on_the_way.every(),
        "ROWS": retries.rows(),
        "THRESHOLD": retries.threshold(POINTS, RETRIES), "CURES": retries.cures(),
        "TIRED": people.tired(), "ERRING": people.erring(), "ARRIVING": people.arriving(),
        "FITTING": people.fitting(),
    }  # fmt: skip
    text = TEXT.replace("@STUDIES@", studies.section())
    for name, claims in sections.items():
        text = text.replace(f"@{name}@", table(claims))
    every = [claim for claims in sections.values() for claim in claims]
    held = sum(claim.holds for claim in every)
    score = f"Of {len(every)} figures {held} hold. The other {len(every) - held} are of pools and services,"
    text = text.replace("@SCORE@", f"{score} which are fluids: see *What pools and services leave out*.")
    unsound = [claim.name for claim in every if not claim.sound]
    text = text.replace("@JUDGE@", "all of them" if not unsound else "all but: " + "; ".join(unsound))
    fluid = [f"| {room} | {blocking:.4f} | 0.0000 |" for room, blocking in closed_forms.fluid_error()]
    text = text.replace("@FLUID@", "\n".join(["| room | Erlang B | product |", "|---:|---:|---:|", *fluid]))
    names = [retries.name(row) for row in retries.ROWS]
    band = ["| ρ | " + " | ".join(names) + " |", "|---:|---|---|---|---|"]
    band.append("| published | " + " | ".join(retries.word(row.sticks) for row in retries.ROWS) + " |")
    band += [f"| {load:.2f} | " + " | ".join(found) + " |" for load, found in retries.band(LOADS)]
    chance = " | ".join(f"{100 * part:.0f} %" for part in retries.by_chance(30))
    band.append(f"| {retries.LOAD:g}, random customers: stays in so many of 30 runs | {chance} |")
    text = text.replace("@BAND@", "\n".join(band)).replace("@LOAD@", f"{retries.LOAD:g}")
    text = text.replace("@BACKCAST@", people.backcast()).replace("@SHAPE@", people.shape())
    return text.replace("@PUBLISHED@", backcast.section())


TEXT = """# Validation

Does the simulated system behave as queues, Kafka, Kubernetes and retry storms do, do simulated people tire,
err and take their time as people do, and do the statistics of studies keep what they promise? This page asks
the production code (system → world → states, responders, arrivals, fits, judgement, as drills and studies use
them) and puts its answers beside closed forms and published figures. It and its figures are written by

<!-- not run: takes some ten minutes on two processors -->
```console
$ python benchmarks/validation.py
```

to the same bytes each time, and `tests/validation` holds it current.

@SCORE@

**How to read the tables.** *Asked* is the closed form, or what was published. *99 % interval* is what an
independent judge measures, which serves random customers one by one (30 replications of 20,000 customers; no
code in common with the product). The verdict is *inside* where the product's figure lies in it. Closed forms
that the judge's own intervals hold: @JUDGE@. Where there is no interval the verdict names the tolerance. The
product is a fluid model: it follows means, and adds noise to what is scraped, so what lies outside is stated
as such and explained at the end.

## Waiting and loss

Work queues (`kind: rabbitmq`) against Erlang's formulas (any textbook of queueing theory):

@ERLANG@

One worker and different distributions of the work (Pollaczek and Khinchine):

@SINGLE@

Messages that are withdrawn after a random time (Erlang-A), and queues of different rank without preemption
(Cobham):

@IMPATIENT@

### What pools and services leave out

A pool of connections and a service are a fluid, with Erlang C's mean wait below capacity. The wait is what a
request takes longer than with connections in plenty.

@APPROXIMATE@

A service refuses nothing at exactly full load, where random arrivals do. The error shrinks with the root of
the room; a service in the shipped scenarios has room for hundreds to thousands:

@FLUID@

In overload, the state that drills are about, one timeout for all:

@OVERLOADED@

## Pools that fill and drain

With λ requests per second of which a part f holds a connection for h₂, c connections are exhausted at t* =
−h₂ ln(1 − c/(λ f h₂)); a queue of q is gone after q/(μ − λ).

@POOLS@

![A pool fills as the closed form says](images/validation/pool.svg)

Arrivals that follow the day, and Little's law:

@TIDAL@

![Messages worked on over a day](images/validation/tide.svg)

@LITTLE@

## Kafka

Lag conserves messages: what was written is committed or behind. Half an hour at 100 messages a second.

@KAFKA@

## Memory

Bytes left behind per second and pod are rate / pods × leak; a killed container waits 10, 20, 40 … 300 s
(Kubernetes, pod lifecycle, container restarts).

@MEMORY@

## On the way

A lost record reaches clients as their answers run out, 1 − t / TTL, and comes back as denials do. Connections
from before a certificate's end last for their lifetime. A vendor takes its quota × t and its burst. A segment
that is lost is late by RTO · p / (1 − 2p) on average: four of them, 200 ms.

@WAY@

## Retry storms

Huang et al., "Metastable Failures in the Wild" (OSDI 2022): requests time out after 3 s and are sent again
up to four times; what was given up is still worked on. At 60 s a trigger takes CPU away. The load is not
stated; the product is run at ρ = @LOAD@, inside the 0.37 to 0.395 that fit.

@ROWS@

![The four retry experiments](images/validation/retries.svg)

How sharp that is: the same at other loads, and by the judge with random customers. At 60 requests a second
chance decides near the edge; the rows keep their order.

@BAND@

The storm keeps itself alive when ρ(1 + R) > 1, whatever began it. A trigger of one minute takes 90 % of the
capacity; 25 minutes later:

@THRESHOLD@

![What recovers and what stays, by the load with all its resends](images/validation/threshold.svg)

What ends a storm at ρ = 0.4 with two retries, so that ρ(1 + R) = 1.2, done at 300 s and looked at 20
minutes later. What brings ρ(1 + R) below 1 does, and stays so when it is lifted; what does not, does not:

@CURES@

## Fatigue and human error

The three-process model of alertness (Åkerstedt, Folkard and Portin 2004) on the Karolinska scale, 1 alert to
9 fighting sleep; and SPAR-H's formulas for three or more negative factors, and for an error after an error.

@TIRED@

@ERRING@

## Incidents over weeks

Incidents of a horizon, 3,000 days at the defaults: not a plain Poisson process, and more of them in working
hours. What is asked for the parts of day and week follows from the weights.

@ARRIVING@

## Responders' delays from an export

500 samples of 60 incidents with known parameters, μ = 5 and σ = 1.1, about one in nine not yet ended when the
export was made. The last row is the test of fit, 250 samples with a bootstrap of 499 each.

@FITTING@

## Response times of the drills beside published ones

The ten first drills as they are, 30 seeds each, handled by an average responder, beside 354 cloud
post-mortems (ISSRE 2022): nothing was fitted to them but the time to diagnose. Drills are not drawn from the
same incidents: they can be solved within their two hours, and their remedies act at once when they are
right.

@BACKCAST@

@SHAPE@

So a study of drills as they are compares policies; it does not forecast a year of outages. Detection and
repair are the drills' own, faster than published; diagnosis is the responders', and within a factor of
two. For times like those of published incidents there are the responders of the next section.

@PUBLISHED@@STUDIES@## Limits

- Pools and services are a fluid. Chance as such is missing: loss at exactly full load (Erlang B), giving up
  below capacity (Erlang-A), and random tipping near a threshold. The mean wait below capacity is Erlang C's,
  and 1 s at most; it is given to every request alike, so the part served at once, and the tail, are not
  Erlang's. Holds of connections count as exponential, and timeouts are one per pool or call.
- In a pool a step, up to 300 s where nothing bends, takes the rate at its end: what follows a slow day comes
  too early by about half a step.
- Work queues are exact in equilibrium, and follow the pointwise stationary approximation in between. Patience
  is exponential; with patience or a bound, work counts as exponential. A message that goes back to its queue
  is drawn anew.
- Retries cannot be changed while a drill runs; limits, capacity and roll-outs can. Failures that come late
  are followed with the timeout as a lag, not as the staircase of single resends.
"""
