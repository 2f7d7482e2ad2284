"""Lines that came in order, in any number, wrapped again whenever the width changes."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events
from textual.cache import LRUCache
from textual.content import Content
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from drillbook.tui.wrapping import broken

KEPT = 6000
"""Entries that are kept at most."""

DROPPED = 1000
"""How many of the oldest go at once when there are more, so that wrapping again is rare."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to show: a head on its first line, and text under which continued lines are indented.

    Text that must keep its lines (a tool's table) is not wrapped; one scrolls sideways instead.
    """

    head: Content
    text: Content
    wrap: bool = True
    indent: int = 2


class Scrollback(ScrollView, can_focus=True):
    """Only lines on the screen are ever rendered, so thousands of entries cost nothing."""

    DEFAULT_CSS = """
    Scrollback {
        background: $surface;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
        scrollbar-size-horizontal: 1;
    }
    """

    ALLOW_SELECT = True

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._entries: list[Entry] = []
        self._lines: list[Content] = []
        self._wrapped_at = 0
        self._at_end = True
        self._widest = 0
        self._strips: LRUCache[tuple[int, int, int], Strip] = LRUCache(512)

    @property
    def plain_lines(self) -> list[str]:
        """What is there to read."""
        return [line.plain for line in self._lines]

    def add(self, *entries: Entry, to_end: bool = False) -> None:
        """Show more at the end; stays at the end unless somebody has scrolled up, or goes `to_end`."""
        self._at_end = self._at_end or to_end
        self._entries.extend(entries)
        if len(self._entries) > KEPT:
            del self._entries[: len(self._entries) - KEPT + DROPPED]
            self._wrap_all()
        else:
            for entry in entries:
                self._wrap(entry)
            self._resize_content()
        self._follow()

    def replace(self, entries: list[Entry]) -> None:
        """Show these instead."""
        self._entries = entries[-KEPT:]
        self._wrap_all()
        self._at_end = True
        self._follow()

    def _follow(self) -> None:
        if self._at_end:
            self.scroll_end(animate=False, force=True)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Somebody who scrolls up wants to read there, until they come back to the end."""
        super().watch_scroll_y(old_value, new_value)
        self._at_end = self.is_vertical_scroll_end

    def _wrap_all(self) -> None:
        self._lines.clear()
        self._strips.clear()
        self._widest = 0
        for entry in self._entries:
            self._wrap(entry)
        self._resize_content()

    def _wrap(self, entry: Entry) -> None:
        if not self._wrapped_at:
            return
        room = self._wrapped_at - entry.indent
        pad = " " * entry.indent
        head = entry.head
        for row in entry.text.split("\n", allow_blank=True):
            first = room + entry.indent - head.cell_length if head else room
            for line in broken(row, first, room) if entry.wrap else [row]:
                whole = Content.assemble(head or pad, line)
                self._widest = max(self._widest, whole.cell_length)
                self._lines.append(whole)
                head = Content("")

    def _resize_content(self) -> None:
        self.virtual_size = Size(self._widest, len(self._lines))
        self.refresh()

    def on_resize(self, event: events.Resize) -> None:
        width = self.scrollable_content_region.width
        if width and width != self._wrapped_at:
            self._wrapped_at = width
            self._wrap_all()
            self._follow()

    def notify_style_update(self) -> None:
        """Colours have changed: nothing that was rendered is of use."""
        super().notify_style_update()
        self._strips.clear()

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text, as it is shown."""
        return selection.extract("\n".join(line.plain for line in self._lines)), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Show what is selected."""
        self._strips.clear()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One row of the widget."""
        scroll_x, scroll_y = self.scroll_offset
        row, width = y + scroll_y, self.size.width
        if row >= len(self._lines):
            return Strip.blank(width, self.rich_style)
        key = (row, scroll_x, width)
        if key not in self._strips:
            self._strips[key] = self._rendered(row, scroll_x, width)
        return self._strips[key]

    def _rendered(self, row: int, scroll_x: int, width: int) -> Strip:
        line = self._lines[row]
        selection = self.text_selection
        span = selection.get_span(row) if selection is not None else None
        if span is not None:
            start, end = span
            line = line.stylize(
                self.screen.get_visual_style("screen--selection"), start, len(line) if end == -1 else end
            )
        strip = Strip(line.render_segments(self.visual_style), line.cell_length)
        return strip.crop_extend(scroll_x, scroll_x + width, self.rich_style).apply_offsets(scroll_x, row)
