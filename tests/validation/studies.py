"""The section of the page about the statistics of studies."""

from __future__ import annotations

from tests.validation import coverage, published
from tests.validation.worth import worth

TIMES, RESAMPLED, RUNS = 2000, 1000, 200
CLAIMS = "| what | published | product | | verdict | remark |\n|---|---:|---:|---:|---|---|"
COVERAGE = "| interval | of | holds the truth | times | verdict | remark |\n|---|---|---:|---:|---|---|"
CHOSEN = (
    "| alternatives | asked | right | runs of all five | times | verdict |\n|---|---:|---:|---:|---:|---|"
)
WORTH = "| measure | independent | common numbers | correlation | as many runs |\n|---|--:|--:|--:|--:|"


def section() -> str:
    """The section as Markdown."""
    covered = [
        *coverage.averages(TIMES),
        *coverage.parts(TIMES),
        *coverage.medians(TIMES, RESAMPLED),
        *coverage.sequential(RESAMPLED),
    ]
    parts = {
        "COVERED": [COVERAGE, *(each.row() for each in covered)],
        "CHOSEN": [CHOSEN, *(each.row() for each in coverage.selections(1000))],
        "ALLOCATION": [CLAIMS, published.allocation().row()],
        "DAVIDOVIC": [CLAIMS, *(each.row() for each in published.davidovic(4000))],
        "POWERS": [CLAIMS, *(each.row() for each in published.powers(2000))],
        "WORTH": [WORTH, *(each.row() for each in worth(RUNS))],
    }
    text = TEXT.replace("@RUNS@", f"{RUNS}")
    for name, rows in parts.items():
        text = text.replace(f"@{name}@", "\n".join(rows))
    return text


TEXT = """## Statistics of studies

The functions that `drillbook study` judges runs by, on rows whose truth is known. All draws are keyed, so the
page is the same each time.

### Do 95 % intervals hold?

How often an interval holds the true value, where 93 to 97 % counts as holding. Lognormal with σ = 1.25 is
what times of real incidents are like. What is too careful is wider than it needs to be; what holds too
seldom is said so.

@COVERED@

Sequential stopping looks at 50, 75, 113 … runs until
the interval is as narrow as asked at two looks in turn.

### Is the selected one the best?

KN with five alternatives, the best ahead of four equal ones by just the indifference zone of half a standard
deviation, which is the hardest case:

@CHOSEN@

OCBA gives further runs where they help most:

@ALLOCATION@

### What others found

Davidovič, "Incident Metrics in SRE": what the mean time to resolve shows by chance, with lognormal times of
the companies' means and deviations. Samples are half of a company's incidents each for the first figure, all
of them for the second.

@DAVIDOVIC@

The chance that Welch's t of the logarithms notices shorter incidents, LN(4.25, 1.25):

@POWERS@

### What common random numbers are worth

`db-pool-exhaustion`, @RUNS@ incidents with average responders: the next person is called after two minutes
instead of five (ten for the third). Half-widths of the 95 % interval of the difference; independent runs
would have to be so many times as many.

@WORTH@

"""
