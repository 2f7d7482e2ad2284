"""A row of labels of which one is current; more rows where one is not enough."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.style import Style
from textual.widget import Widget


@dataclass(frozen=True, slots=True)
class Label:
    """`key` identifies it; `badge` is shown after `text`, and stands out."""

    key: str
    text: str
    badge: str = ""


class LabelBar(Widget):
    """Announces `Picked` when a label is clicked."""

    DEFAULT_CSS = """
    LabelBar { height: auto; width: 1fr; }
    """

    @dataclass
    class Picked(Message):
        """A label was clicked."""

        bar: LabelBar
        key: str

        @property
        def control(self) -> LabelBar:
            """The bar that it belongs to."""
            return self.bar

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.labels: tuple[Label, ...] = ()
        self._current = ""

    def show(self, labels: tuple[Label, ...], current: str) -> None:
        """Set the labels and which of them is current."""
        if (labels, current) != (self.labels, self._current):
            self.labels, self._current = labels, current
            self.refresh(layout=True)

    def _rows(self, width: int) -> list[Content]:
        rows: list[Content] = []
        row = Content("")
        for label in self.labels:
            part = self._part(label)
            if row and row.cell_length + part.cell_length > max(width, 1):
                rows.append(row)
                row = Content("")
            row = Content.assemble(row, part)
        return [*rows, row]

    def _part(self, label: Label) -> Content:
        current = label.key == self._current
        badge = (f"{label.badge} ", "bold $accent") if label.badge else ""
        text = (f"{label.text} ", "bold $foreground" if current else "$muted")
        part = Content.assemble(("▎" if current else " ", "$accent"), text, badge)
        if current:
            part = part.stylize("on $panel")
        return part.stylize(Style.from_meta({"label": label.key}))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many rows as the labels need."""
        return len(self._rows(width))

    def render(self) -> Content:
        """The rows."""
        return Content("\n").join(self._rows(self.size.width))

    def on_click(self, event: events.Click) -> None:
        key = event.style.meta.get("label")
        if key is not None:
            self.post_message(self.Picked(self, key))
