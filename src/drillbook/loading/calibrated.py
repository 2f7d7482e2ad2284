"""A scenario's calibration: the JSON file beside it."""

from __future__ import annotations

import json
import re
from os import PathLike, fspath
from pathlib import Path

from pydantic import ValidationError

from drillbook.errors import DrillbookError, InvalidInput, NotFound, Problem
from drillbook.loading.shown import file_name, shortened
from drillbook.loading.text import decode, read_bytes
from drillbook.model.calibration import Calibration

SUFFIX = ".calibration.json"
_LEAF = re.compile(r"([\[{])\n\s*([^\[\]{}]*?)\n\s*([\]}])")


def calibration_path(scenario: str | PathLike[str]) -> Path:
    """Where the calibration of a scenario's file belongs: shop.yaml has shop.calibration.json."""
    path = Path(scenario)
    return path.with_name(path.stem + SUFFIX)


def calibration_text(calibration: Calibration) -> str:
    """The file's content; what holds nothing but figures is one line."""
    text = json.dumps(calibration.model_dump(mode="json"), indent=1, ensure_ascii=False)
    return _LEAF.sub(lambda found: f"{found[1]}{' '.join(found[2].split())}{found[3]}", text) + "\n"


def read_calibration(text: str, source: str) -> Calibration:
    """The calibration in a file's content; InvalidInput where it is none."""
    try:
        return Calibration.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        message = f"this is no calibration: {shortened(f'{where}: ' if where else '', 80)}{first['msg']}"
        hint = "`drillbook calibrate` makes it anew"
        raise InvalidInput([Problem(source, 0, 0, shortened(message, 300), hint)]) from None


def calibration_of(scenario: str | PathLike[str]) -> Calibration | None:
    """The calibration beside a scenario's file; None where there is none. InvalidInput, Unreadable."""
    path = calibration_path(scenario)
    try:
        content = read_bytes(path)
    except NotFound:
        return None
    text, problems = decode(content, file_name(path))
    if problems:
        raise InvalidInput(problems)
    return read_calibration(text, file_name(path))


def save_calibration(path: str | PathLike[str], calibration: Calibration) -> None:
    """Put it into a file, whole or not at all; DrillbookError where that cannot be done."""
    target = Path(path)
    partial = target.with_name(f".{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(calibration_text(calibration), encoding="utf-8", newline="\n")
        partial.replace(target)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise DrillbookError(f"{fspath(target)}: cannot be written: {error.strerror}") from None
