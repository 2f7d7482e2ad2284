"""The picture of an escalation is sound markup whatever people are called, and says it in words too."""

from datetime import datetime
from xml.etree import ElementTree as ET

from drillbook.debrief.escalation_svg import escalation_svg
from drillbook.model.labels import labels
from drillbook.oncall.directory import Directory
from drillbook.oncall.dry_run import DryRun, dry_run
from tests.oncall.builders import PEOPLE, START, on_call, rule

SVG = "{http://www.w3.org/2000/svg}"


def run(*rules: dict[str, object], ack_after: float | None = None) -> DryRun:
    of = on_call(*rules)
    directory = Directory(of, PEOPLE, datetime.fromisoformat(START))
    return dry_run(of, directory, labels(alertname="Down"), ack_after=ack_after)


def texts(svg: str) -> list[str]:
    return [node.text or "" for node in ET.fromstring(svg).iter(f"{SVG}text")]


def test_each_person_has_a_row_with_marks_beside_the_colour() -> None:
    shown = texts(escalation_svg(run(rule("ann"), rule("bo"), ack_after=60.0), "Shop"))
    assert "1  ann" in shown
    assert shown.count("!") == 3  # ann, ann again when the acknowledgement ends, bo
    assert shown.count("A") == 1


def test_the_end_is_marked() -> None:
    assert texts(escalation_svg(run(rule("ann"), rule("bo")), "Shop")).count("x") == 1


def test_there_are_words_for_those_who_do_not_see_it() -> None:
    picture = ET.fromstring(escalation_svg(run(rule("ann"), rule("bo")), "Shop"))
    said = picture.findtext(f"{SVG}desc")
    assert said == "Level 1, ann: notified after 30s. Level 2, bo: notified after 5m30s."


def test_names_and_titles_are_text_and_never_markup() -> None:
    svg = escalation_svg(run(rule("ann")), '</title><script>alert(1)</script> & "\x1b[31m')
    assert "<script>" not in svg
    assert "\x1b" not in svg
    ET.fromstring(svg)


def test_a_run_without_pages_is_a_picture_too() -> None:
    ET.fromstring(escalation_svg(DryRun((), (), 0.0), "nothing"))


def test_the_same_run_gives_the_same_bytes() -> None:
    assert escalation_svg(run(rule("ann")), "a") == escalation_svg(run(rule("ann")), "a")
