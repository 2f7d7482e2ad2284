"""First frame of the cockpit against that of a bare Textual application, in alternation on the same machine.

Both processes load the scenario and have a pseudo-terminal; the clock runs from just before the interface is
imported until its text has arrived at the terminal. Run it as `python -m benchmarks.first_frame`.
"""

from __future__ import annotations

import fcntl
import os
import pty
import statistics
import struct
import sys
import termios
import time

ROUNDS = 15
TARGET = 1.2
"""The cockpit's median over the bare application's, at most."""

START = b"\x1b]drillbook-start\x07"
"""Written by the child when it has loaded the scenario; a terminal would ignore it."""

PREPARE = """
import os, sys
from tests.tui.fake import FakeExercise
exercise = FakeExercise()
os.write(sys.__stderr__.fileno(), b"\\x1b]drillbook-start\\x07")
"""

BARE = """
from textual.app import App
from textual.widgets import Static

class Bare(App):
    def compose(self):
        yield Static("The shop stops answering")

Bare().run()
"""

COCKPIT = """
from drillbook.tui.app import cockpit

cockpit(exercise).run()
"""

SHOWN = b"stops answering"


def first_frame(program: str) -> float:
    """Seconds from the mark until the text is shown."""
    child, terminal = pty.fork()
    if child == 0:
        os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
        os.execv(sys.executable, [sys.executable, "-c", PREPARE + program])  # noqa: S606
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 48, 160, 0, 0))
    try:
        _read_until(terminal, START)
        began = time.perf_counter()
        _read_until(terminal, SHOWN)
        return time.perf_counter() - began
    finally:
        os.close(terminal)
        os.waitpid(child, 0)


def _read_until(terminal: int, wanted: bytes) -> None:
    seen = b""
    while wanted not in seen:
        seen = seen[-len(wanted) :] + os.read(terminal, 65536)


def main() -> int:
    """Measure and print; status 1 where the target is missed."""
    bare, cockpit = [], []
    for _ in range(ROUNDS):
        bare.append(first_frame(BARE))
        cockpit.append(first_frame(COCKPIT))
    ratio = statistics.median(cockpit) / statistics.median(bare)
    sys.stdout.write(
        f"bare {statistics.median(bare) * 1000:.0f} ms, cockpit {statistics.median(cockpit) * 1000:.0f} ms, "
        f"ratio {ratio:.2f} (target {TARGET})\n"
    )
    return int(ratio > TARGET)


if __name__ == "__main__":
    sys.exit(main())
