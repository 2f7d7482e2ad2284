"""Plain line charts as SVG, the same to the byte wherever they are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 640.0, 300.0
LEFT, RIGHT, TOP, BOTTOM = 62.0, 16.0, 40.0, 46.0
COLOURS = ("#0b5cad", "#b3430c", "#2f7d32", "#6a3d9a")
DASHES = ("", "7 3", "2 3", "9 3 2 3")


@dataclass(frozen=True)
class Line:
    """A named series; as dots where `dots` is set."""

    name: str
    points: Sequence[tuple[float, float]]
    dots: bool = False


def chart(
    title: str, x: tuple[str, Sequence[float]], y: tuple[str, Sequence[float]], lines: Sequence[Line]
) -> str:
    """A chart; `x` and `y` are each axis's title and its ticks, the first and the last being its ends."""
    (across, columns), (upwards, levels) = x, y

    def place(point: tuple[float, float]) -> tuple[float, float]:
        right = (point[0] - columns[0]) / (columns[-1] - columns[0])
        high = (point[1] - levels[0]) / (levels[-1] - levels[0])
        return LEFT + right * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - high * (HEIGHT - TOP - BOTTOM)

    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" role="img" '
            'font-family="sans-serif" font-size="11">'
        ),
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH:g}" height="{HEIGHT:g}" fill="#ffffff"/>',
    ]
    for value in columns:
        at, foot = place((value, levels[0]))
        parts.append(_stroke(at, foot, at, foot + 4) + _text(at, foot + 17, f"{value:g}", "middle"))
    for value in levels:
        left, at = place((columns[0], value))
        parts.append(_stroke(left, at, WIDTH - RIGHT, at, "#d5d5d5"))
        parts.append(_text(left - 6, at + 4, f"{value:g}", "end"))
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, across, "middle"))
    parts.append(_text(8, TOP - 10, upwards, "start"))
    at = LEFT + 80
    for k, line in enumerate(lines):
        parts += _series([place(point) for point in line.points], k, dots=line.dots)
        parts += _series([(at, 14.0), (at + 22, 14.0)], k, dots=line.dots)
        parts.append(_text(at + 28, 18, line.name, "start"))
        at += 42 + 6.0 * len(line.name)
    return "\n".join([*parts, "</svg>", ""])


def _series(points: Sequence[tuple[float, float]], k: int, *, dots: bool) -> list[str]:
    colour = COLOURS[k % len(COLOURS)]
    if dots:
        return [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dash = f' stroke-dasharray="{DASHES[k % len(DASHES)]}"' if DASHES[k % len(DASHES)] else ""
    return [f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.8"{dash}/>']


def _stroke(x1: float, y1: float, x2: float, y2: float, colour: str = "#444444") -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"/>'


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="#222222">{escape(text)}</text>'
