"""What happened behind the scenes is told in the author's words, or by component and figures."""

import pytest
from pydantic import TypeAdapter

from drillbook.debrief.background import planned, words
from drillbook.events import facts as f
from drillbook.model.scenario import Happening

_HAPPENING: TypeAdapter[Happening] = TypeAdapter(Happening)


def happening(**of: object) -> Happening:
    return _HAPPENING.validate_python({"at": "60s"} | of)


SLOW = happening(do="external", name="paygate", latency="3s", error_ratio=0.02)
LOSS = happening(do="change", component="rooms", set={"loss": 0.3})
WORN = happening(do="change", at=None, when={"state": "declared"}, component="rooms", set={"loss": 0.6},
                 told="A second optic gives out.")  # fmt: skip
MORE = happening(do="traffic", factor=1.3)
SHIP = happening(do="deploy", service="web", version="v2", told="The banner goes out.")
SAID = happening(do="say", person="comms", channel="#news", text="external paygate 3s 0.02")
LATER = happening(do="external", at=None, when={"state": "declared"}, name="mailer", latency="9s")
TIMELINE = [LATER, SLOW, LOSS, WORN, MORE, SHIP, SAID]


@pytest.mark.parametrize(
    ("t", "what", "found"),
    [
        (60.0, "external paygate 3s 0.02", SLOW),
        (90.0, "external paygate recovers", None),
        (90.0, "external mailer 9s 0", LATER),
        (120.0, "external mailer recovers", None),
        (60.0, "change rooms loss=0.3", LOSS),
        (75.0, "change rooms loss=0.6", WORN),
        (60.0, "change rooms-b loss=0.3", None),
        (60.0, "traffic ×1.3", MORE),
        (60.0, "oom web web-1", None),
    ],
)
def test_a_change_of_the_world_is_known_by_the_happening_that_it_comes_from(
    t: float, what: str, found: Happening | None
) -> None:
    assert planned(TIMELINE, t, f.WorldChanged(what)) is found


def test_a_deployment_is_known_by_service_and_version() -> None:
    started = f.ActionStarted("W1", "deploy", "web", "v2", "ci-bot deploys web v2")
    assert planned(TIMELINE, 60.0, started) is SHIP
    assert planned(TIMELINE, 60.0, f.ActionStarted("A1", "deploy", "web", "v3", "")) is None


@pytest.mark.parametrize(
    ("of", "said"),
    [
        (SLOW, "paygate answers in 3s and fails 2.0% of the calls."),
        (LOSS, "rooms changes: loss 0.3."),
        (WORN, "A second optic gives out."),
        (MORE, "Traffic goes to 1.3 times what the hour brings, at once."),
        (SHIP, "The banner goes out."),
    ],
)
def test_it_is_told_in_the_authors_words_or_by_its_figures(of: Happening, said: str) -> None:
    assert words(of) == said  # type: ignore[arg-type]
