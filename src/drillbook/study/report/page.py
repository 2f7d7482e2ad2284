"""The report as one HTML page that needs nothing else: no network, no scripts, its style inside."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from drillbook.study.analysis.findings import Findings, MeasureFound
from drillbook.study.analysis.subject import Subject
from drillbook.study.manifest import Manifest
from drillbook.study.report import plots
from drillbook.study.report.grounds import grounds
from drillbook.study.report.shown import (
    MARKS,
    STANDINGS,
    STATUS,
    against,
    bounds,
    level,
    name,
    sentence,
    value,
)

_POLICY = "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'"
_DRAWN = 8
"""Alternatives whose distributions are drawn together; more could not be told apart."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A measure with its plots."""

    found: MeasureFound
    dots: Markup
    distribution: Markup


def to_html(findings: Findings, subject: Subject, manifest: Manifest) -> str:
    """The whole page. All texts are escaped; trusted is only the markup of the template and of the plots."""
    style = files("drillbook.study.report").joinpath("templates", "study.css").read_text(encoding="utf-8")
    digest = b64encode(sha256(style.encode()).digest()).decode()
    front = plots.pareto(findings, findings.pareto) if findings.pareto is not None else ""
    return _template().render(
        findings=findings,
        manifest=manifest,
        measures=[_drawn(findings, subject, each) for each in findings.measures],
        front=Markup(front),  # noqa: S704  # it escapes
        grounds=grounds(subject.study),
        titles={each.id: each.title or each.id for each in findings.options},
        policy=_POLICY.format(digest),
        style=Markup(style),  # noqa: S704  # ours
        level=level(findings),
        marks=MARKS,
        status=STATUS,
        standings=STANDINGS,
    )


def _drawn(findings: Findings, subject: Subject, of: MeasureFound) -> Drawn:
    measure, curve = subject.study.measure(of.key), ""
    if measure is not None and of.statistic != "share":
        options = enumerate(subject.options[:_DRAWN])
        samples = [(each.id, subject.table.sample(measure.measure, number)) for number, each in options]
        curve = plots.distributions(of, samples)
    return Drawn(of, Markup(plots.dots(of, findings.baseline)), Markup(curve))  # noqa: S704  # they escape


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("drillbook.study.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(value=value, bounds=bounds, name=name, against=against, sentence=sentence)
    return environment.get_template("study.html")
