"""`git log` and `gh release`: what the releases of the services say they change."""

from __future__ import annotations

from drillbook.world.shell.answer import Answer, Complaint, Output
from drillbook.world.shell.look import Look
from drillbook.world.shell.words import Flags, Line, read
from drillbook.world.state import ServiceState

_GIT = Flags(
    values={"-n": "count", "--max-count": "count", "-C": "directory", "--since": "since", "-R": "repository",
            "--repo": "repository"},
    switches={"--oneline": "oneline", "--stat": "stat", "-p": "patch"},
)  # fmt: skip
TOOK = 5.0


def git(look: Look, words: tuple[str, ...]) -> Answer:
    """`git log [SERVICE]`: one entry per release, newest first."""
    line = read(_numbered(words), _GIT, "git")
    if line.words[:1] not in {("log",), ("show",)}:
        raise Complaint("git: what works here is git log [SERVICE], git log --oneline SERVICE", 0.0)
    lines: list[str] = []
    for service in _services(look, line, line.words[1:]):
        for release in reversed(service.spec.releases):
            commit = f"{look.draws.bits('shell', 'commit', service.spec.name, release.version):016x}"
            tag = f"{service.spec.name} {release.version}"
            if line.has("oneline"):
                summary = release.notes.partition("\n")[0]
                lines.append(f"{commit[:7]} (tag: {tag.replace(' ', '/')}) {summary}")
            else:
                lines += [f"commit {commit}", "", f"    Release {tag}", ""]
                lines += [f"    {text}" for text in release.notes.splitlines()] + [""]
    count = line.get("count")
    if count.isdecimal() and line.has("oneline"):
        lines = lines[: int(count[:6])]
    return Output("\n".join(lines).rstrip(), TOOK)


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
