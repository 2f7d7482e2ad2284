"""The system: what calls what, who owns it, how it is."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from drillbook.tui.live import Live
from drillbook.tui.notation import FAINT, HEALTH, MUTED, fitted, one_line
from drillbook.tui.widgets.pane import Pane
from drillbook.world.state import Node


class MapPane(Pane):
    """A tree of who calls whom; each component once, with its health as symbol and word."""

    DEFAULT_CSS = """
    MapPane VerticalScroll { scrollbar-size-vertical: 1; }
    """
    TITLE = "System"
    KEY = "F7"

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Static(id="map")

    def on_mount(self) -> None:
        super().on_mount()
        self._shown = Content("")

    def enter(self) -> None:
        self.query_one(VerticalScroll).focus()

    def show(self, live: Live) -> None:
        """Bring it up to date."""
        nodes = live.map()
        width = max(self.query_one(VerticalScroll).scrollable_content_region.width, 20)
        content = Content("\n").join([fitted(row, width) for row in tree(nodes)])
        if content != self._shown:
            taller = content.plain.count("\n") != self._shown.plain.count("\n")
            self._shown = content
            self.query_one("#map", Static).update(content, layout=taller)
            bad = sum(node.health != "ok" for node in nodes)
            self.border_subtitle = f"{bad} not ok" if bad else "all ok"


def tree(nodes: tuple[Node, ...]) -> list[Content]:
    """Two lines per component, callees below their first caller."""
    by_name = {node.name: node for node in nodes}
    called = {name for node in nodes for name in node.calls}
    seen: set[str] = set()
    rows: list[Content] = []

    def walk(node: Node, lead: str, branch: str, below: str) -> None:
        seen.add(node.name)
        rows.extend(_rows(node, lead + branch, lead + below))
        callees = [by_name[name] for name in node.calls if name in by_name and name not in seen]
        for callee in callees:
            last = callee is callees[-1]
            if callee.name not in seen:
                walk(callee, lead + below, "└ " if last else "├ ", "  " if last else "│ ")

    for node in [*(node for node in nodes if node.name not in called), *nodes]:
        if node.name not in seen:
            walk(node, "", "", "")
    return rows


def _rows(node: Node, lead: str, below: str) -> list[Content]:
    symbol, word, style = HEALTH[node.health]
    bar = "│ " if node.calls else "  "
    return [
        Content.assemble(
            (lead, FAINT),
            (f"{symbol} {word} ", style),
            (one_line(node.name), "bold"),
            (f"  {one_line(node.owner)}", MUTED),
        ),
        Content.assemble((below + bar, FAINT), (one_line(node.summary), MUTED)),
    ]
