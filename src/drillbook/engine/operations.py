"""What people do to the system: probes, remediations with their confirmation, and what comes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Protocol

from drillbook.engine.clock import Rank
from drillbook.engine.confirmation import Confirmations
from drillbook.engine.record import Record
from drillbook.events import facts as f
from drillbook.events.event import EVERYONE, HIDDEN
from drillbook.world.shell.answer import Errand, Output, Proposal, Unknown
from drillbook.world.shell.shell import Shell
from drillbook.world.state import Happening
from drillbook.world.world import World


class Moment(Protocol):
    """The present, and a way to do something later."""

    @property
    def now(self) -> float:
        """Simulated seconds since the start."""

    def later(self, t: float, rank: Rank, action: Callable[[], None]) -> None:
        """Do something at `t`."""


class Operations:
    """Runs the shell for everybody, and keeps actions and their authors together."""

    def __init__(
        self,
        world: World,
        shell: Shell,
        moment: Moment,
        confirmations: Confirmations,
        record: Record,
        changed: Callable[[float], None],
    ) -> None:
        self.shell = shell
        self._world = world
        self._moment = moment
        self._record = record
        self._changed = changed
        self._confirmations = confirmations
        self._started: dict[str, tuple[str, int]] = {}
        self._count = 0

    def shell_command(self, person: str, text: str, cause: int) -> None:
        """Somebody typed a command of the shell."""
        self._confirmations.forget(person)
        answer = self.shell.run(self._moment.now, text)
        if isinstance(answer, Errand):
            answer.do(person, cause)
        elif isinstance(answer, Output):
            self._deliver(person, text, answer, cause)
        elif isinstance(answer, Unknown):
            self._record("engine", f.Replied(answer.text, ok=False), cause=cause, to=person)
        elif answer.risky:
            begin = partial(self._begin, person, answer)
            self._confirmations.ask(person, answer.action.command, answer.consequence, cause, begin)
        else:
            self._begin(person, answer, cause)

    def happen(self, happenings: Iterable[Happening], cause: int | None) -> None:
        """The world did something."""
        for happening in happenings:
            self._happened(happening, cause)

    def _deliver(self, person: str, text: str, answer: Output, cause: int) -> None:
        fact = f.ProbeAnswered(text, answer.text, answer.took)
        self._moment.later(
            self._moment.now + answer.took,
            Rank.ANSWERS,
            lambda: self._answered(person, fact, cause),
        )

    def _answered(self, person: str, fact: f.ProbeAnswered, cause: int) -> None:
        self._record("engine", fact, cause=cause, to=person)

    def _begin(self, person: str, proposal: Proposal, cause: int) -> None:
        self._count += 1
        action, action_id = proposal.action, f"A{self._count}"
        value = self._world.leads_to(action)
        fact = f.ActionStarted(action_id, action.kind, action.target, value, action.command)
        event = self._record(person, fact, cause=cause)
        self._started[action_id] = (person, event.seq)
        if proposal.text:
            self._record("engine", f.Replied(proposal.text), cause=cause, to=person)
        self.happen(self._world.act(self._moment.now, action, action_id), event.seq)
        self._changed(self._moment.now)

    def _happened(self, happening: Happening, cause: int | None) -> None:
        author, seq = self._started.get(happening.id, ("world", cause))
        to = EVERYONE if happening.id in self._started and author != "world" else HIDDEN
        match happening.kind:
            case "law":
                self._record("world", f.WorldChanged(happening.text), cause=cause, to=HIDDEN)
            case "said":
                said = f.MessagePosted(happening.channel, happening.text)
                self._record(happening.person, said)
            case "started":
                action = happening.action
                if action is not None and happening.id not in self._started:
                    started = f.ActionStarted(
                        happening.id, action.kind, action.target, action.value, happening.text
                    )
                    event = self._record("world", started, to=HIDDEN)
                    self._started[happening.id] = ("world", event.seq)
            case "advanced":
                advanced = f.ActionAdvanced(happening.id, happening.text, happening.done, happening.of)
                self._record("world", advanced, cause=seq, to=to)
            case "finished":
                finished = f.ActionFinished(happening.id, happening.ok, happening.text)
                self._record("world", finished, cause=seq, to=to)
