"""`git log` and `gh release`: what the releases of the services say they change."""

from __future__ import annotations

import re
from dataclasses import dataclass

from drillbook.model.system import Release
from drillbook.world.shell.ages import day, month
from drillbook.world.shell.answer import Answer, Complaint, Output
from drillbook.world.shell.look import Look
from drillbook.world.shell.words import Flags, Line, read
from drillbook.world.state import ServiceState

_GIT = Flags(
    values={"-n": "count", "--max-count": "count", "-C": "directory", "--since": "since", "-R": "repository",
            "--repo": "repository", "--date": "date", "--pretty": "pretty", "--format": "pretty"},
    switches={"--oneline": "oneline", "--stat": "stat", "-p": "patch", "--no-pager": "pager",
              "--tags": "tags", "--decorate": "decorate"},
)  # fmt: skip
TOOK = 5.0
_WEEK = 6.5 * 86400.0
_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class _Commit:
    """A release as the repository has it."""

    service: ServiceState
    release: Release
    hash: str
    at: float

    @property
    def tag(self) -> str:
        return f"{self.service.spec.name}/{self.release.version}"


def git(look: Look, words: tuple[str, ...]) -> Answer:
    """`git log [SERVICE]`, `git show TAG`: one entry per release, newest first."""
    line = read(_numbered(words), _GIT, "git")
    if line.words[:1] not in {("log",), ("show",)}:
        raise Complaint("git: what works here is git log [--oneline] [SERVICE], git show TAG", 0.0)
    commits = _wanted(look, line)
    count = line.get("count")
    if count.isdecimal():
        commits = commits[: int(count[:6])]
    if line.has("oneline"):
        text = "\n".join(
            f"{c.hash[:7]} (tag: {c.tag}) {c.release.notes.partition(chr(10))[0]}" for c in commits
        )
    else:
        text = "\n\n".join(_entry(look, line, commit) for commit in commits)
    return Output(text, TOOK)


def _entry(look: Look, line: Line, commit: _Commit) -> str:
    moment = look.instant(commit.at)
    owner = commit.service.spec.owner
    date = f"{day(moment)} {month(moment)} {moment.day} {moment:%H:%M:%S %Y} +0000"
    if line.get("date").startswith(("iso", "short")):
        date = f"{moment:%Y-%m-%d}" if line.get("date") == "short" else f"{moment:%Y-%m-%d %H:%M:%S} +0000"
    head = [f"commit {commit.hash} (tag: {commit.tag})", f"Author: {owner} <{owner}@{look.system.domain}>"]
    notes = [f"    {text}".rstrip() for text in commit.release.notes.splitlines()]
    return "\n".join([*head, f"Date:   {date}", "", *notes])


def _wanted(look: Look, line: Line) -> list[_Commit]:
    """The commits that a line names, newest first: a tag, the beginning of a hash, or services."""
    names = [word for word in line.words[1:] if word not in {"HEAD", "--"}]
    everything = [commit for service in look.services for commit in _commits(look, service)]
    shown = [c for c in everything for name in names if _is(c, name.rpartition("..")[2])]
    if not shown:
        shown = [c for service in _services(look, line, tuple(names)) for c in _commits(look, service)]
    shown = sorted({c.tag: c for c in shown}.values(), key=lambda c: -c.at) if len(names) != 1 else shown
    return shown[:1] if line.words[0] == "show" else shown


def _is(commit: _Commit, name: str) -> bool:
    if name in {commit.tag, commit.release.version}:
        return True
    return re.fullmatch(r"[0-9a-f]{7,40}", name) is not None and commit.hash.startswith(name)


def _commits(look: Look, service: ServiceState) -> list[_Commit]:
    """A service's releases, newest first: made some hours before they were, or will be, deployed."""
    name, releases = service.spec.name, service.spec.releases
    running = next(i for i, release in enumerate(releases) if release.version == service.spec.release)
    first = min((r.at for r in service.revisions if r.version == service.spec.release), default=0.0)
    base = min(first, -len(releases) * 3.0 * _HOUR)
    found = []
    for i, release in enumerate(releases):
        key = ("commit", name, release.version)
        number = "".join(f"{look.draws.bits('shell', *key, part):016x}" for part in range(3))
        made = base + _WEEK * (i - running) if i <= running else -_HOUR * 2.0 * (len(releases) - i)
        found.append(_Commit(service, release, number[:40], made - _HOUR * (0.2 + look.draw(*key))))
    return found[::-1]


def _numbered(words: tuple[str, ...]) -> tuple[str, ...]:
    """`-5` as `-n5`."""
    return tuple(f"-n{w[1:]}" if w[:1] == "-" and w[1:].isdecimal() else w for w in words)


def gh(look: Look, words: tuple[str, ...]) -> Answer:
    """`gh release list|view [VERSION] [-R SERVICE]`."""
    line = read(words, _GIT, "gh")
    if line.words[:1] != ("release",) or line.words[1:2] not in {("view",), ("list",)}:
        raise Complaint("gh: what works here is gh release list and gh release view VERSION -R SERVICE", 0.0)
    services = _services(look, line, ())
    if line.words[1] == "list":
        rows = [f"{s.spec.name}\t{r.version}" for s in services for r in reversed(s.spec.releases)]
        return Output("\n".join(rows), TOOK)
    wanted = line.words[2] if len(line.words) > 2 else ""
    for service in services:
        for release in service.spec.releases:
            if release.version == (wanted or service.version):
                return Output(f"{service.spec.name} {release.version}\n\n{release.notes}", TOOK)
    raise Complaint("release not found")


def _services(look: Look, line: Line, words: tuple[str, ...]) -> tuple[ServiceState, ...]:
    names = [w for w in (*words, line.get("repository"), line.get("directory")) if w and w != "--"]
    if not names:
        return look.services
    wanted = {name.rstrip("/").rpartition("/")[2] for name in names}
    found = tuple(s for s in look.services if s.spec.name in wanted)
    if not found:
        known = ", ".join(s.spec.name for s in look.services)
        raise Complaint(
            f"fatal: ambiguous argument '{names[0]}': unknown revision or path; services are {known}"
        )
    return found
