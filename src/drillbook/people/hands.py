"""One pair of hands: goes through lines of work move by move, side lines before the main one."""

from __future__ import annotations

from collections.abc import Callable

from drillbook.people.moves import LOOK_AT_MOST, NO_ANSWER, Line, Look, Move, Say, Until


class Task:
    """A line of work under way, its present move and when that is due."""

    def __init__(self, line: Line[None]) -> None:
        self._line = line
        self._result = ""
        self._begun = False
        self.move: Move | None = None
        self.due = 0.0
        self.asked = False
        """A look was typed; its answer is awaited."""
        self.over = False
        self.free = True
        """Whether the hands could do something else now: while thinking before a look, and while waiting."""
        self._awaited: Callable[[], bool] | None = None

    def postpone(self, by: float) -> None:
        """Something came in between: thinking goes on where it was, `by` seconds later."""
        if isinstance(self.move, Look) and not self.asked:
            self.due = round(self.due + by, 3)

    def step(self, t: float) -> None:
        """Begin the next move, if none is under way."""
        while self.move is None and not self.over:
            try:
                self.move = self._line.send(self._result) if self._begun else next(self._line)
            except StopIteration:
                self.over = True
                return
            self._begun = True
            self._begin(self.move, t)

    def _begin(self, move: Move, t: float) -> None:
        self.asked, self.free = False, not isinstance(move, Say)
        if isinstance(move, Until):
            self._awaited = move.met
            self.due = round(t + move.at_most, 3)
            if move.met():
                self.finish("met")
        else:
            self.due = round(t + move.after, 3)

    def ring(self, t: float) -> list[str]:
        """The move's time has come: what is typed."""
        move = self.move
        if isinstance(move, Say):
            self.finish("")
            return list(move.commands)
        if isinstance(move, Look) and not self.asked:
            self.asked, self.free, self.due = True, False, round(t + LOOK_AT_MOST, 3)
            return [move.command]
        self.finish(NO_ANSWER if isinstance(move, Look) else "")
        return []

    def finish(self, result: str) -> None:
        """The move is over."""
        self.move, self._result, self._awaited, self.free = None, result, None, True

    def answered(self, command: str, output: str) -> None:
        """A probe showed something."""
        if isinstance(self.move, Look) and self.asked and self.move.command.strip() == command:
            self.finish(output)

    def refused(self) -> None:
        """What was typed last is not a command."""
        if isinstance(self.move, Look) and self.asked:
            self.finish(NO_ANSWER)

    def check(self) -> bool:
        """Something happened: whether it is what was waited for."""
        if self._awaited is not None and self._awaited():
            self.finish("met")
            return True
        return False
