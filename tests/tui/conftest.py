"""A cockpit on a fake exercise, at both sizes."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypeAlias

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from drillbook.tui.app import Cockpit, cockpit
from tests.tui.fake import FakeExercise

SMALL = (80, 24)
LARGE = (160, 48)

Sitting: TypeAlias = Callable[..., AbstractAsyncContextManager[tuple[Pilot[None], FakeExercise]]]


@pytest.fixture(params=[SMALL, LARGE], ids=["80x24", "160x48"])
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    value: tuple[int, int] = request.param
    return value


@asynccontextmanager
async def sit(
    exercise: FakeExercise, size: tuple[int, int] = LARGE
) -> AsyncIterator[tuple[Pilot[None], FakeExercise]]:
    """Past the briefing, with the first frame of the cockpit shown."""
    app = cockpit(exercise, lambda: "Total 74 of 100\n" * 60, "/home/ada/debrief.html")
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        if exercise.now == 0:
            await pilot.press("enter")
        await pilot.pause(0.1)
        yield pilot, exercise


def text_of(screen: Screen[Any]) -> str:
    """What can be read on the screen."""
    return "\n".join(strip.text for strip in screen._compositor.render_strips())


__all__ = ["LARGE", "SMALL", "Cockpit", "sit", "text_of"]
