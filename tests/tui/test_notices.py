"""What the links to real tools have to say reaches the trainee, whatever is on the screen."""

from drillbook.tui.app import cockpit
from tests.tui.conftest import LARGE, text_of
from tests.tui.fake import FakeExercise


async def test_a_notice_is_shown_once_as_it_is_written() -> None:
    waiting = [["Alertmanager http://h: no answer ([b]x[/b]); the drill goes on"]]

    def notices() -> list[str]:
        return waiting.pop() if waiting else []

    async with cockpit(FakeExercise(), notices=notices).run_test(size=LARGE, notifications=True) as pilot:
        await pilot.pause(1.2)
        assert "[b]x[/b]" in text_of(pilot.app.screen)
        await pilot.press("enter")
        await pilot.pause(1.2)
        assert len(pilot.app._notifications) == 1
