"""The system: what calls what, who owns it, how it is."""

from __future__ import annotations

from textual.content import Content

from drillbook.tui.live import Live
from drillbook.tui.notation import FAINT, HEALTH, MUTED, one_line
from drillbook.tui.widgets.listing import Listing
from drillbook.world.state import Node


class MapPane(Listing):
    """A tree of who calls whom; each component once, with its health as symbol and word."""

    TITLE = "System"
    KEY = "F7"

    def show(self, live: Live) -> None:
        """Bring it up to date."""
        nodes = live.map()
        self.draw(tree(nodes))
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
