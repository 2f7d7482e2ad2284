"""The shell: a line of text in, what its tool shows or does out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property

from rapidfuzz.distance import OSA

from drillbook.errors import DrillbookError
from drillbook.model.draws import Draws
from drillbook.model.nearest import nearest
from drillbook.world.shell import curl, host, journal, manual, network, pipes, promql, releases
from drillbook.world.shell.answer import Answer, Complaint, NotUnderstood, Output, Unknown
from drillbook.world.shell.completion import candidates
from drillbook.world.shell.counters import Counters
from drillbook.world.shell.kubectl.command import HELP as KUBECTL_HELP
from drillbook.world.shell.kubectl.command import kubectl
from drillbook.world.shell.look import Look
from drillbook.world.shell.pgbouncer import speaks
from drillbook.world.shell.ports import Alertmanager, Metrics, Sight
from drillbook.world.shell.psql.client import bare, psql
from drillbook.world.shell.psql.statements import KEYWORDS
from drillbook.world.shell.words import stages

LONGEST = 2000
"""Characters of a command."""

_BIDI = r"\u200e\u200f\u202a-\u202e\u2066-\u2069"
_CONTROL = re.compile(rf"[\x00-\x08\x0b-\x1f\x7f-\x9f{_BIDI}]")
_SPACE = re.compile(rf"[\x00-\x20\x7f-\x9f{_BIDI}]+")
_QUESTION = re.compile(r"(?:(?:help|\?|man)(?: (?P<of>\S+).*)?|(?P<tool>[\w.-]+) --help)$", re.IGNORECASE)
_PREFIXES = ("sudo", "time", "watch")
_TYPOS = 2
"""Letters that may be wrong in the name of a tool; at most a third of them."""

Tool = Callable[[Look, tuple[str, ...]], Answer]


class Shell:
    """The tools of an on-call engineer, over one system. Never raises for anything that is typed."""

    def __init__(self, sight: Sight, metrics: Metrics, draws: Draws, alertmanager: Alertmanager) -> None:
        self._sight = sight
        self._alertmanager = alertmanager
        self._metrics = metrics
        self._draws = draws
        self._counters = Counters(sight)

    def run(self, t: float, text: str) -> Answer:
        """The answer to a line typed at t; Unknown for what is no command. Nothing is ever executed."""
        if len(text) > LONGEST:
            return Unknown(f"A command has at most {LONGEST} characters; this one has {len(text)}.")
        text = _SPACE.sub(" ", text).strip()
        if not text:
            return Unknown("Type help for what can be typed.")
        look = Look(self._sight, self._metrics, self._alertmanager, self._draws, self._counters, t, text)
        try:
            answer = _answer(look, text)
        except Complaint as complaint:
            answer = Output(complaint.text, complaint.took)
        except DrillbookError as error:
            answer = Output(str(error), 1.0)
        except NotUnderstood:
            answer = Unknown(self._suggest(text))
        text = _clean(answer.text)
        return answer if text is answer.text else replace(answer, text=text)

    def examples(self) -> tuple[tuple[str, str], ...]:
        """Commands with this system's names, and what each shows or does."""
        return self._examples

    @cached_property
    def _examples(self) -> tuple[tuple[str, str], ...]:
        return tuple(manual.examples(self._sight.system, self._sight.kinds))

    def complete(self, prefix: str) -> list[str]:
        """Whole lines that begin with `prefix`: tools, subcommands, resource names, examples."""
        return candidates(self._sight.system, self._examples, prefix)

    def _suggest(self, text: str) -> str:
        """What a mistyped tool may have been; nothing but the tools' names where none is near."""
        first = text[:200].lower().split(" ", 1)[0]
        names = dict.fromkeys([*TOOLS, *manual.tools_of(self._sight.system, self._sight.kinds)])
        typos, tool = min((OSA.distance(first, name), name) for name in names)
        if typos <= min(_TYPOS, len(first) // 3):
            whole = f"{tool} {text.partition(' ')[2]}".strip()
            hint = f"Did you mean: {whole[:120]}"
        else:
            hint = f"Known tools: {', '.join(names)}."
        more = "Type help for what can be typed; /help for the drill."
        return f"bash: {first[:60]}: command not found\n{hint}\n{more}"


def _answer(look: Look, text: str) -> Answer:
    first = text.split(" ", 1)[0].lower().rstrip(";")
    if text[0] == "\\":
        return bare(look, text)
    if _is_sql(first, text):
        return bare(look, text)
    question = _QUESTION.match(text)
    if question is not None:
        return _told(look, question["of"] or question["tool"] or "")
    asked = promql.asked(text)
    if asked:
        expr, following = asked
        filters = list(stages(following)) if following else []
        answer = promql.query(look, (expr,))
        return replace(answer, text=pipes.apply(answer.text, filters))
    words, *filters = stages(text)
    if words == ("echo",) and filters:  # which only ends a tool's input
        words, *filters = filters
    if not filters:
        return dispatch(look, words)
    answer = dispatch(replace(look, piped=True), words)
    return replace(answer, text=pipes.apply(answer.text, filters))


def _told(look: Look, name: str) -> Answer:
    """The manual, or what it has of one tool or component."""
    system, kinds = look.system, look.sight.kinds
    if not name:
        return Output(manual.text(system, kinds), 0.0)
    found = manual.topic(system, kinds, name)
    if found is None:
        names = [*manual.tools_of(system, kinds), *(component.name for component in system.components)]
        return Unknown(f"no help on {name[:60]!r}{nearest(name.lower(), names)}; help lists what there is")
    if found.startswith("kubectl:"):
        found = f"{KUBECTL_HELP}\n{found.partition(chr(10))[2]}"
    return Output(found, 0.0)


def _is_sql(first: str, text: str) -> bool:
    """SQL by its first word; words that are English too need something of SQL's about them."""
    if speaks(text):
        return True
    if first not in KEYWORDS or text.lower().startswith("truncate -"):
        return False  # `truncate -s 0 FILE` is a tool with an option
    if first in {"select", "alter", "explain", "insert", "update", "delete", "truncate", "vacuum"}:
        return True
    return text.endswith(";") or (first in {"show", "set"} and len(text.split()) <= 4)


def dispatch(look: Look, words: tuple[str, ...]) -> Answer:
    """The answer of the tool that the words name. Raises NotUnderstood where there is none."""
    while words and words[0] in _PREFIXES:
        words = words[1:]
        if words[:1] == ("-n",):
            words = words[2:]
    if not words:
        raise NotUnderstood
    for kind, specs in look.sight.kinds:
        answer = kind.run(look, words, specs)
        if answer is not None:
            return answer
    tool = TOOLS.get(words[0].lower())
    if tool is not None:
        return tool(look, words[1:])
    usage = manual.topic(look.system, look.sight.kinds, words[0])
    if usage is None or words[0] in {component.name for component in look.system.components}:
        raise NotUnderstood
    return Output(usage, 0.0)


def _clean(text: str) -> str:
    """Without control characters; tabs as the spaces that a terminal shows for them."""
    text = text.expandtabs() if "\t" in text else text
    return _CONTROL.sub("", text) if _CONTROL.search(text) else text


def _ssh(look: Look, words: tuple[str, ...]) -> Answer:
    """`ssh HOST COMMAND`: the command as that host answers it."""
    words = tuple(w for w in words if w not in {"-t", "-T", "-A", "-q"})
    if not words:
        raise Complaint("usage: ssh HOST COMMAND")
    name = words[0].rpartition("@")[2].partition(".")[0]
    own = [host for _, specs in look.sight.kinds for spec in specs for host in spec.hosts()]
    hosts = list(
        dict.fromkeys([*(s.spec.name for s in look.servers), *(p.spec.name for p in look.pools), *own])
    )
    if name not in hosts:
        raise Complaint(f"ssh: Could not resolve hostname {name}: hosts are {', '.join(hosts)}")
    rest = words[1:]
    if not rest:
        raise Complaint(f"ssh: there is no terminal behind this line: ssh {name} COMMAND")
    if len(rest) == 1 and " " in rest[0]:
        rest = stages(rest[0])[0]
    if rest[0] == "ssh":
        raise Complaint("ssh: one hop is enough")
    answer = dispatch(look.on(name), rest)
    return answer if isinstance(answer, Unknown) else replace(answer, took=answer.took + 1.0)


def _amtool(look: Look, words: tuple[str, ...]) -> Answer:
    """amtool, which the Alertmanager itself answers."""
    return look.alertmanager.amtool(look.t, look.text, words)


def _kubectl(look: Look, words: tuple[str, ...]) -> Answer:
    """kubectl; `exec … -- psql|curl …` is the command after the dashes."""
    if words[:1] == ("exec",):
        rest = words[words.index("--") + 1 :] if "--" in words else ()
        if rest[:1] not in {("psql",), ("curl",), ("pg_isready",)}:
            raise Complaint("error: no shell in the containers: kubectl exec POD -- psql|curl … works")
        return dispatch(look, rest)
    return kubectl(look, words)


TOOLS: dict[str, Tool] = {
    "kubectl": _kubectl,
    "k": _kubectl,
    "psql": psql,
    "curl": curl.curl,
    "query": promql.query,
    "promql": promql.query,
    "promtool": promql.promtool,
    "amtool": _amtool,
    "ssh": _ssh,
    "systemctl": host.systemctl,
    "journalctl": journal.journalctl,
    "pg_ctl": host.pg_ctl,
    "patronictl": host.patronictl,
    "pg_isready": host.pg_isready,
    "uptime": host.uptime,
    "top": host.top,
    "htop": host.top,
    "free": host.free,
    "df": host.df,
    "vmstat": host.vmstat,
    "date": host.date,
    "ping": network.ping,
    "dig": network.dig,
    "nslookup": network.nslookup,
    "git": releases.git,
    "gh": releases.gh,
}
