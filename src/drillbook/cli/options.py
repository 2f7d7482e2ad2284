"""Options that several commands have."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def together(*options: Callable[[F], F]) -> Callable[[F], F]:
    """Several options as one decorator, in the order in which help shows them."""

    def decorate(command: F) -> F:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


which_drill = together(
    click.option(
        "--form",
        metavar="N",
        type=click.IntRange(0, 1000),
        default=0,
        help="A variant of the scenario, for a retake: 1 to 1000.",
    ),
    click.option("--playbook", metavar="NAME", help="Another playbook than the scenario's own."),
    click.option(
        "--rules",
        metavar="FILE",
        multiple=True,
        type=click.Path(path_type=Path),
        help="Prometheus rule file to use instead of the scenario's alert rules; may be repeated.",
    ),
)
"""`--form`, `--playbook` and `--rules`."""
