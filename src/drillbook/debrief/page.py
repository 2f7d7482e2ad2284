"""The debrief as one HTML page that needs nothing else: no network, no scripts, its style inside."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from drillbook.debrief.document import Debrief
from drillbook.debrief.svg import charts_svg, describe
from drillbook.debrief.wording import Clock, percent, points, span
from drillbook.events.narrate import clock_text

WIDE, NARROW = 1040.0, 372.0
"""Widths for which the charts are drawn; the style shows the one that suits the screen."""

OUTCOMES = {
    "met": "✓ met",
    "partly": "◐ partly",
    "missed": "✕ missed",
    "violated": "! violated",
    "not-applicable": "– not asked for",
}
VERDICTS = {
    "right": "✓ right",
    "partial": "◐ partial",
    "useless": "– useless",
    "harmful": "✕ harmful",
    "not judged": "? not judged",
}
"""Outcomes and verdicts with a sign each, so that colour is never needed."""

_POLICY = "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'"
_FIRST = 5
"""Things to practise that are shown at once."""
_BLANK = re.compile(r"(\[to fill in: [^\]\n]*\])")


def to_html(debrief: Debrief) -> str:
    """The whole page. All texts are escaped; trusted is only the markup of the template and of the charts."""
    clock = Clock(datetime.fromisoformat(debrief.start))
    drawings = [Markup(charts_svg(debrief, width)) for width in (WIDE, NARROW)]  # noqa: S704  # it escapes
    style = _style()
    return _template().render(
        debrief=debrief,
        date=f"{clock.instant(0):%A %-d %B %Y, %H:%M} UTC",
        ended=_ended(debrief),
        drawings=drawings,
        alternative=describe(debrief),
        policy=_POLICY.format(_digest(style)),
        style=Markup(style),  # noqa: S704  # ours
        first=_FIRST,
        outcomes=OUTCOMES,
        verdicts=VERDICTS,
    )


def _ended(debrief: Debrief) -> str:
    how = {"resolved": "ended resolved", "time": "ended when its time was up", "stopped": "ended by hand"}
    return f"{how.get(debrief.ended, 'not ended')} after {span(debrief.end)}"


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    """A filled template in pieces, and whether each is a blank that is still to be filled in."""
    for piece in _BLANK.split(text):
        if piece:
            yield piece, piece.startswith("[to fill in: ")


def _digest(style: str) -> str:
    return b64encode(sha256(style.encode()).digest()).decode()


@cache
def _style() -> str:
    return files("drillbook.debrief").joinpath("templates", "page.css").read_text(encoding="utf-8")


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("drillbook.debrief"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(points=points, percent=percent, span=span, offset=clock_text, pieces=_pieces)
    return environment.get_template("page.html")
