"""The application: which screen is shown, and how one leaves."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import App
from textual.binding import Binding
from textual.events import Resize
from textual.geometry import Size
from textual.screen import Screen

from drillbook.tui.dialogs.too_small import LEAST, TooSmall
from drillbook.tui.live import Live
from drillbook.tui.screens.briefing import BriefingScreen
from drillbook.tui.theme import THEME


class Cockpit(App[None]):
    """Briefing, incident, debrief. Built by `cockpit`."""

    TITLE = "drillbook"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS = [
        Binding("ctrl+q", "leave", "Leave", key_display="^q", priority=True),
        Binding("ctrl+c", "leave", show=False, priority=True),
    ]

    def __init__(
        self,
        live: Live,
        debrief_text: Callable[[], str],
        debrief_file: str,
        notices: Callable[[], list[str]],
    ) -> None:
        super().__init__()
        self._notices = notices
        self._live = live
        self._debrief_text = debrief_text
        self._debrief_file = debrief_file
        self.register_theme(THEME)
        self.theme = THEME.name

    def get_default_screen(self) -> Screen[None]:
        """The briefing, which lies below everything else."""
        return BriefingScreen(self._live)

    def on_mount(self) -> None:
        """Whoever goes on with an exercise has read the briefing."""
        if self._live.now > 0 or self._live.ended:
            self._begin()
        self.set_interval(1.0, self._notice)

    def on_resize(self, event: Resize) -> None:
        self._fit(event.size)

    def _fit(self, size: Size) -> None:
        """Cover a cockpit that does not fit: one in fragments would only mislead."""
        fits = size.width >= LEAST.width and size.height >= LEAST.height
        if isinstance(self.screen, TooSmall):
            if fits:
                self.pop_screen()
        elif not fits:
            self.push_screen(TooSmall())

    def _notice(self) -> None:
        for notice in self._notices():
            self.notify(notice, severity="warning", timeout=10, markup=False)

    def on_briefing_screen_begun(self) -> None:
        if isinstance(self.screen, BriefingScreen):
            self._begin()

    def _begin(self) -> None:
        # The briefing is the first frame; it does not wait for what only the incident needs.
        from drillbook.tui.screens.incident import IncidentScreen  # noqa: PLC0415

        self.push_screen(IncidentScreen(self._live, self._open_debrief))
        self._fit(self.size)

    def _open_debrief(self) -> None:
        from drillbook.tui.screens.debrief import DebriefScreen  # noqa: PLC0415

        self.push_screen(DebriefScreen(self._debrief_text, self._debrief_file))

    def action_leave(self) -> None:
        """Leave at once, as everything is on disk; but a selection is copied, as ctrl+c means that too."""
        selected = self.screen.get_selected_text()
        if selected:
            self.copy_to_clipboard(selected)
            self.screen.clear_selection()
            return
        self.exit()


def cockpit(
    live: Live,
    debrief_text: Callable[[], str] = str,
    debrief_file: str = "",
    notices: Callable[[], list[str]] = list[str],
) -> Cockpit:
    """The cockpit on a live exercise.

    `debrief_text` is called after the end, and may write the page named by `debrief_file`. The exercise stays
    its caller's to close, who also says how to go on with it. `notices` gives what else is to be told, once.
    """
    return Cockpit(live, debrief_text, debrief_file, notices)
