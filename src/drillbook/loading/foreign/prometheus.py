"""Prometheus's configuration file, and rule files as they come, into groups of alert rules.

Source: Prometheus 3.5, `config/config.go`; rule files are read by drillbook's own reader.
"""

from __future__ import annotations

import glob
from collections.abc import Iterator, Sequence
from pathlib import Path as File
from typing import Annotated, Any

from pydantic import Field

from drillbook.errors import DrillbookError, InvalidInput, Problem
from drillbook.loading.checks.rules import rule_problems
from drillbook.loading.document import Document, bounded, data
from drillbook.loading.foreign.durations import GoDuration
from drillbook.loading.foreign.leftover import Left, Note, left_out, note
from drillbook.loading.foreign.parts import COMMENT, Parts, Values
from drillbook.loading.foreign.reader import read_any, without_nothing
from drillbook.loading.shown import quoted
from drillbook.loading.validate import Authored, validate
from drillbook.model.base import Model
from drillbook.model.rules import RuleFile

_NOT_SCRAPED = "the simulated system has metrics of its own"
_NOT_SENT = "nothing is sent anywhere"
_UNSUPPORTED = "not supported"
_INTERVAL = "1m"
"""Prometheus's own time between evaluations, where `global` says none."""


class PromGlobal(Model):
    """What holds for all rules and targets."""

    evaluation_interval: GoDuration | None = None
    """Of groups that name no interval."""
    external_labels: dict[str, str] = {}
    """Added to alerts as they leave Prometheus."""
    scrape_interval: Annotated[GoDuration | None, Left(_NOT_SCRAPED)] = None
    scrape_timeout: Annotated[GoDuration | None, Left(_NOT_SCRAPED)] = None
    scrape_protocols: Annotated[Any, Left(_NOT_SCRAPED)] = None
    scrape_classic_histograms: Annotated[Any, Left(_NOT_SCRAPED)] = None
    scrape_native_histograms: Annotated[Any, Left(_NOT_SCRAPED)] = None
    always_scrape_classic_histograms: Annotated[Any, Left(_NOT_SCRAPED)] = None
    convert_classic_histograms_to_nhcb: Annotated[Any, Left(_NOT_SCRAPED)] = None
    metric_name_validation_scheme: Annotated[Any, Left(_NOT_SCRAPED)] = None
    metric_name_escaping_scheme: Annotated[Any, Left(_NOT_SCRAPED)] = None
    query_log_file: Annotated[Any, Left()] = None
    scrape_failure_log_file: Annotated[Any, Left()] = None
    rule_query_offset: Annotated[GoDuration | None, Left("write `query_offset` into the groups")] = None
    body_size_limit: Annotated[Any, Left(_NOT_SCRAPED)] = None
    sample_limit: Annotated[Any, Left(_NOT_SCRAPED)] = None
    target_limit: Annotated[Any, Left(_NOT_SCRAPED)] = None
    label_limit: Annotated[Any, Left(_NOT_SCRAPED)] = None
    label_name_length_limit: Annotated[Any, Left(_NOT_SCRAPED)] = None
    label_value_length_limit: Annotated[Any, Left(_NOT_SCRAPED)] = None
    keep_dropped_targets: Annotated[Any, Left(_NOT_SCRAPED)] = None


class PromFile(Model):
    """A whole `prometheus.yml`."""

    global_: PromGlobal = Field(default=PromGlobal(), alias="global")
    rule_files: list[str] = []
    """Names and patterns, from the folder of this file."""
    runtime: Annotated[Any, Left()] = None
    scrape_config_files: Annotated[Any, Left(_NOT_SCRAPED)] = None
    scrape_configs: Annotated[Any, Left(_NOT_SCRAPED)] = None
    alerting: Annotated[Any, Left("alerts go to the playbook's routing")] = None
    storage: Annotated[Any, Left()] = None
    tracing: Annotated[Any, Left()] = None
    otlp: Annotated[Any, Left()] = None
    remote_write: Annotated[Any, Left(_NOT_SENT)] = None
    remote_read: Annotated[Any, Left(_NOT_SENT)] = None


def read_prometheus(document: Document) -> Authored[PromFile]:
    """The configuration in a document. InvalidInput with every problem."""
    document = without_nothing(document)
    try:
        model = validate(document, PromFile)
    except InvalidInput as error:
        raise InvalidInput(bounded([*document.problems, *error.problems])) from None
    if document.problems:
        raise InvalidInput(document.problems)
    return Authored(model, document)


def prometheus_parts(files: Sequence[tuple[File, Document]]) -> Parts:
    """The groups of rule files, and of those that configuration files name.

    InvalidInput with every problem; a rule whose expression is not supported is left out and noted.
    """
    making = _Making(checking=False)
    for file, document in files:
        if "groups" in document.root.values:
            making.take_rules(file, document, PromGlobal())
        else:
            making.take_configuration(file, read_prometheus(document))
    making.refuse()
    return making.parts


def check_configuration(file: File, document: Document) -> Authored[PromFile]:
    """The configuration, its rule files checked too. InvalidInput with every problem of all of them."""
    authored = read_prometheus(document)
    making = _Making(checking=True)
    making.take_configuration(file, authored)
    making.refuse()
    return authored


class _Making:
    """Goes through files; where they are only checked, nothing is left out in silence."""

    def __init__(self, *, checking: bool) -> None:
        self._checking = checking
        self.parts = Parts()
        self._problems: list[Problem] = []
        self._seen: set[File] = set()

    def refuse(self) -> None:
        """Raise what was found wrong, if anything."""
        if self._problems:
            raise InvalidInput(bounded(self._problems))

    def take_configuration(self, file: File, authored: Authored[PromFile]) -> None:
        document, model = authored.document, authored.model
        interval = model.global_.evaluation_interval
        stated = _INTERVAL if interval in (None, "0s") else interval
        globals_ = model.global_.model_copy(update={"evaluation_interval": stated})
        self.parts.notes += left_out(document, PromFile)
        if model.global_.external_labels:
            message = "`external_labels` are added to each alert's own labels"
            instead = "a label of the same name that comes from a series is overwritten, not kept"
            path = ("global", "external_labels")
            self.parts.notes.append(note(document, path, message, instead))
        for place, pattern in enumerate(model.rule_files):
            found = sorted(glob.glob(str(file.parent / pattern)))  # noqa: PTH207  patterns may be absolute
            if not found:
                message = f"{quoted(pattern)} names no file that is there"
                missing = note(document, ("rule_files", place), message, "its rules are left out")
                self.parts.notes.append(missing)
                if self._checking and "*" not in pattern:
                    self._problems.append(document.problem(("rule_files", place), message))
            for name in found:
                self._named(File(name), document.problem(("rule_files", place), ""), globals_)

    def _named(self, file: File, place: Problem, globals_: PromGlobal) -> None:
        try:
            self.take_rules(file, read_any(file), globals_)
        except InvalidInput as error:
            self._problems += error.problems
        except DrillbookError as error:
            self._problems.append(Problem(place.source, place.line, place.column, str(error)))

    def take_rules(self, file: File, document: Document, globals_: PromGlobal) -> None:
        """The groups of a rule file; a file that was named before is passed over."""
        if file.resolve() in self._seen:
            return
        self._seen.add(file.resolve())
        try:
            model = validate(document, RuleFile)
        except InvalidInput as error:
            self._problems += [*document.problems, *error.problems]
            return
        found = [*document.problems, *rule_problems(document, ("groups",), model.groups)]
        unsupported = [each for each in found if _UNSUPPORTED in each.message and not self._checking]
        self._problems += [each for each in found if each not in unsupported]
        left = dict(_rules_of(document, unsupported))
        self.parts.notes += _left_rules(document, unsupported)
        self.parts.groups += _groups(document, left, globals_)


def _rules_of(document: Document, problems: Sequence[Problem]) -> Iterator[tuple[tuple[int, int], Problem]]:
    """Which rule (group and place) each problem is in: the last one that begins before it."""
    begins = [
        (document.place(("groups", group, "rules", rule)), (group, rule))
        for group, each in enumerate(data(document.root)["groups"] or [])
        for rule in range(len(each.get("rules") or []))
    ]
    for problem in problems:
        before = [key for place, key in begins if place <= (problem.line, problem.column)]
        if before:
            yield before[-1], problem


def _left_rules(document: Document, problems: Sequence[Problem]) -> Iterator[Note]:
    told: set[tuple[int, int]] = set()
    for key, problem in _rules_of(document, problems):
        if key not in told:
            told.add(key)
            yield Problem(
                problem.source, problem.line, problem.column, problem.message, "the rule is left out"
            )


def _groups(
    document: Document, left: dict[tuple[int, int], Problem], globals_: PromGlobal
) -> Iterator[Values]:
    for number, group in enumerate(data(document.root)["groups"] or []):
        line = document.place(("groups", number)).line
        values: Values = {COMMENT: f"{document.source}:{line}", **group}
        if globals_.evaluation_interval and "interval" not in group:
            values["interval"] = globals_.evaluation_interval
        rules = [
            _labelled(rule, globals_.external_labels)
            for place, rule in enumerate(group.get("rules") or [])
            if (number, place) not in left
        ]
        yield {**{key: value for key, value in values.items() if key != "rules"}, "rules": rules}


def _labelled(rule: Values, labels: dict[str, str]) -> Values:
    if not labels or "alert" not in rule:
        return rule
    return {**rule, "labels": {**labels, **(rule.get("labels") or {})}}
