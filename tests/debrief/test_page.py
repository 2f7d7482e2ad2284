from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drillbook.debrief.build import Chart, Debrief, build
from drillbook.debrief.page import to_html
from drillbook.events import facts as f
from drillbook.events.log import EventLog
from drillbook.loading.files import Drill
from drillbook.scoring.score import score
from drillbook.scoring.scorecard import Scorecard
from tests.debrief import runs
from tests.debrief.conftest import Make


class Page(HTMLParser):
    """What a browser would see: tags with their attributes, and text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs)
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def shape(self) -> list[tuple[str, tuple[str, ...]]]:
        return [(tag, tuple(attributes)) for tag, attributes in self.tags]


@pytest.fixture(scope="module")
def pages(drill: Drill, make: Make, handled: Debrief, absent: Debrief) -> list[Page]:
    return [Page(to_html(each)) for each in (handled, absent, make(runs.stopped(drill.scenario)))]


def test_the_page_needs_no_network_and_no_script(pages: list[Page]) -> None:
    for page in pages:
        names = {name for _, attributes in page.tags for name in attributes}
        assert not {tag for tag, _ in page.tags} & {
            "script",
            "link",
            "img",
            "iframe",
            "object",
            "form",
            "base",
        }
        assert not {name for name in names if name.startswith("on")} | (names & {"src", "srcset", "style"})
        assert all(attributes.get("href", "#").startswith("#") for _, attributes in page.tags)


def test_the_policy_allows_the_pages_own_style_and_nothing_else(handled: Debrief) -> None:
    html = to_html(handled)
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    assert style is not None
    digest = b64encode(sha256(style[1].encode()).digest()).decode()
    policy = next(
        a["content"] for _, a in Page(html).tags if a.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.split("; ")[:2] == ["default-src 'none'", f"style-src 'sha256-{digest}'"]
    assert "url(" not in style[1]
    assert "@import" not in style[1]


def test_every_link_leads_somewhere_and_every_id_is_there_once(pages: list[Page]) -> None:
    for page in pages:
        ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
        assert len(ids) == len(set(ids))
        links = {attributes["href"][1:] for _, attributes in page.tags if "href" in attributes}
        assert links <= set(ids)
        labels = {
            attributes["aria-labelledby"] for _, attributes in page.tags if "aria-labelledby" in attributes
        }
        assert labels <= set(ids)


def test_each_turning_point_is_marked_over_the_charts_and_named_for_those_who_listen(
    handled: Debrief,
) -> None:
    marks = [
        a for tag, a in Page(to_html(handled)).tags if tag == "a" and a.get("class", "").startswith("mark ")
    ]
    keys = [each for each in handled.timeline if each.key]
    assert [mark["href"] for mark in marks] == 2 * [f"#t{each.number}" for each in keys]
    assert all(each.text in mark["aria-label"] for mark, each in zip(marks, keys, strict=False))


def test_headings_go_down_one_level_at_a_time_and_tables_have_headers(pages: list[Page]) -> None:
    for page in pages:
        levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))
        assert all("scope" in attributes for tag, attributes in page.tags if tag == "th")


def test_ratings_outcomes_and_verdicts_are_words_too(handled: Debrief) -> None:
    text = " ".join(Page(to_html(handled)).texts)
    for words in (
        "Performed with major challenges",
        "✓ met",
        "◐ partly",
        "✕ missed",
        "✓ right",
        "✕ false trail",
    ):
        assert words in text


def test_blanks_are_marked(handled: Debrief) -> None:
    page = Page(to_html(handled))
    assert sum(tag == "mark" for tag, _ in page.tags) >= 8


def test_a_run_without_measurements_says_so(drill: Drill) -> None:
    log = runs.handled(drill.scenario)[:30]
    debrief = build(drill.scenario, drill.playbook, log, score(drill.scenario, drill.playbook, log))
    assert "The log holds no measurements" in to_html(debrief)


# --- colours ------------------------------------------------------------------------------------------------

SCHEMES = ("light", "dark", "print")
INKS = ("ink", "muted", "accent", "good", "fair", "weak", "bad", "none")


def colours(html: str) -> dict[str, dict[str, str]]:
    """The colours of each scheme; what a scheme does not set is as in the first."""
    blocks = re.findall(r":root \{(.*?)\}", html, re.DOTALL)
    found = [dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{3,6})", block)) for block in blocks]
    return {name: {**found[0], **each} for name, each in zip(SCHEMES, found, strict=True)}


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_text_is_readable_on_every_ground(handled: Debrief, scheme: str) -> None:
    """WCAG 2.2, 1.4.3: at least 4.5 to 1."""
    found = colours(to_html(handled))[scheme]
    for ground in ("paper", "card"):
        for ink in INKS:
            assert contrast(found[ink], found[ground]) >= 4.5, (ink, ground)
    for tone in ("good", "fair", "weak", "bad", "none"):
        assert contrast(found["chip-ink"], found[tone]) >= 4.5, tone
    for ground in ("mark", "faint", "band"):
        assert contrast(found["ink"], found[ground]) >= 4.5, ground
    assert contrast(found["muted"], found["mark"]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
def test_lines_of_charts_stand_out(handled: Debrief, scheme: str) -> None:
    """WCAG 2.2, 1.4.11: at least 3 to 1."""
    found = colours(to_html(handled))[scheme]
    for line in ("series", "series-2", "series-3", "series-4"):
        assert contrast(found[line], found["paper"]) >= 3
        assert contrast(found[line], found["band"]) >= 3


# --- what people type ---------------------------------------------------------------------------------------


def typed(drill: Drill, text: str) -> EventLog:
    """A run in which `text` is in every place that a person or a tool can put text into."""
    run = runs.outage(drill.scenario, ends=1200.0)
    run.at(450).types("primary", text, f.IncidentDeclared(text, text), claim=True)
    run.at(460).types("primary", text, f.RoleAssigned(text, text), claim=False)
    run.at(470).types("primary", text, f.PersonPaged(text, text), claim=False)
    run.add("dba", f.PersonAnswered("dba", text))
    for fact in (
        f.StatusUpdated("investigating", text),
        f.UpdateSent("executives", text),
        f.MessagePosted(f"#{text}", text),
        f.MessagePosted(f"@{text}", text, asks=True),
        f.NoteTaken(text),
        f.CauseStated(text),
        f.RunbookOpened(text),
        f.MitigationClaimed(text),
    ):
        run.at(run.t + 10).types("primary", text, fact)
    run.at(700).looks("primary", f"psql {text}", runs.FULL_POOL + text)
    run.at(800).acts("primary", f.ActionStarted("A1", "rollback", "orders-api", text, text), 60.0, text)
    run.at(900).add("engine", f.HintGiven(1, text), to="primary")
    run.fires(f"A{text}", text, text)
    run.at(1200).impact(suffering=False)
    run.at(1300).types("primary", text, f.IncidentResolved(text))
    run.add("engine", f.IncidentReopened(text))
    run.at(1310).types("primary", text, f.HandedOff(text, text))
    return run.ends("stopped")


@pytest.fixture(scope="module")
def card(drill: Drill) -> Scorecard:
    return score(drill.scenario, drill.playbook, typed(drill, "plain"))


def page_of(drill: Drill, card: Scorecard, text: str) -> Page:
    charts = [Chart(text, text, [(text, [0.0, 10.0], [1.0, 2.0])])]
    return Page(to_html(build(drill.scenario, drill.playbook, typed(drill, text), card, charts)))


HOSTILE = (
    "<script>alert(1)</script>", '"onload="alert(1)', "' onmouseover='x", "</title><script>", "-->", "<!--",
    "]]>", "&lt;b&gt;", "&#60;b&#62;", "&amp;", "<svg/onload=x>", "</style><b>", "</pre></details>",
    "{{ 7 * 7 }}", "{% raw %}", "\u202e\u2066gnp.exe", "\x00", "\x1b[31m", "javascript:x", "<a href=//x>",
    "\ud800",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_and_never_markup(drill: Drill, card: Scorecard, text: str) -> None:
    assert page_of(drill, card, text).shape == page_of(drill, card, "plain").shape


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(exclude_categories=()), min_size=1)),
        min_size=1,
        max_size=4,
    )
)
def test_no_text_at_all_becomes_markup(drill: Drill, card: Scorecard, parts: list[str]) -> None:
    page = page_of(drill, card, "".join(parts))
    assert page.shape == page_of(drill, card, "plain").shape
    assert all(
        value.startswith("#")
        for _, attributes in page.tags
        for name, value in attributes.items()
        if name == "href"
    )


def test_what_was_typed_can_be_read(drill: Drill, card: Scorecard) -> None:
    text = "".join(page_of(drill, card, "<b>5 & \"6\" 'x'</b>").texts)
    assert "declares it mitigated: <b>5 & \"6\" 'x'</b>" in text
