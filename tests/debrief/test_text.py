from __future__ import annotations

import unicodedata
from dataclasses import replace

from drillbook.debrief.build import Chart, Debrief
from drillbook.debrief.text import WIDTH, to_text
from drillbook.events import facts as f
from drillbook.loading.files import Drill
from tests.debrief import runs
from tests.debrief.conftest import Make


def test_the_text_has_80_columns_up_to_the_records_that_one_copies(handled: Debrief, absent: Debrief) -> None:
    for debrief in (handled, absent):
        shown = to_text(debrief).split("INCIDENT TIMELINE\n")[0]
        assert max(map(len, shown.splitlines())) <= WIDTH


def test_every_part_has_its_heading(handled: Debrief, absent: Debrief) -> None:
    headings = (
        "SCORE", "IN FIGURES", "TIMELINE", "SCORECARD", "REMEDIES", "EXPLANATIONS AND CLUES", "COMMUNICATION",
        "WHAT WENT WELL", "WHAT TO PRACTISE NEXT", "OBJECTIVES OF THIS DRILL", "QUESTIONS TO TALK ABOUT",
        "INCIDENT TIMELINE", "POST-MORTEM", "MODELLED ON",
    )  # fmt: skip
    for debrief in (handled, absent):
        lines = to_text(debrief).splitlines()
        assert all(any(line.startswith(heading) for line in lines) for heading in headings)


def test_the_score_is_said_in_words_and_signs(handled: Debrief) -> None:
    assert "escalation       M     40  ########............  Performed with major challenges" in to_text(
        handled
    )


def test_a_terminal_is_never_told_to_do_anything(drill: Drill, make: Make) -> None:
    run = runs.outage(drill.scenario).at(600)
    hostile = "\x1b[2J\x1b]0;gone\x07 \x9b31m \u202eevil\u2066 \r overwritten \x00"
    run.types("primary", "/status", f.StatusUpdated("investigating", hostile))
    run.looks("primary", "psql -p 6432 pgbouncer -c 'SHOW POOLS'", runs.FULL_POOL + hostile)
    text = to_text(make(run.ends("stopped")))
    acting = {char for char in text if unicodedata.category(char) in {"Cc", "Cf", "Cs"}}
    assert acting == {"\n"}
    assert "␛[2J" in text


def test_a_chart_is_a_line_of_bars_as_wide_as_the_page(handled: Debrief) -> None:
    lines = to_text(handled).splitlines()
    bars = lines[lines.index("Requests that truly failed: at most 24.1 %") + 1]
    assert len(bars) == WIDTH
    assert set(bars) <= set("▁▂▃▄▅▆▇█")
    assert bars[0] == "▁"
    assert "█" in bars


def test_what_was_done_late_reads_as_done(handled: Debrief) -> None:
    """Outcome and lateness stand apart; together they say that it was done, and how long after its target."""
    late = [line for area in handled.areas for line in area.lines if line.late_by_s and line.outcome == "met"]
    text = to_text(handled)
    assert text.count("done, ") >= len(late)
    assert "met, " not in "".join(row for row in text.splitlines() if "after its target" in row)


def test_of_what_is_left_the_least_is_told(handled: Debrief) -> None:
    room = Chart("Room on db", "bytes", [("room", [-5.0, 900.0], [2.0**31, 2.0**30])])
    lines = to_text(replace(handled, charts=(room,))).splitlines()
    bars = lines[lines.index("Room on db: at least 1 GiB") + 1]
    assert bars[0] == "█"  # what was so before the start is so at the start
