"""What `drillbook catalog NAME` shows of a playbook or a curriculum."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from drillbook.cli.packs import open_catalog
from drillbook.errors import NotFound
from drillbook.model.nearest import nearest

if TYPE_CHECKING:
    from drillbook.loading.catalog import Catalog


def read(name: str, wanted: str | None, *, as_json: bool) -> None:
    """A playbook's pages, a curriculum's modules, or one of them."""
    catalog = open_catalog()
    if _kind(catalog, name) == "curriculum":
        _curriculum(catalog, name, wanted, as_json=as_json)
    else:
        _playbook(catalog, name, wanted, as_json=as_json)


def _kind(catalog: Catalog, name: str) -> str:
    """Playbook or curriculum; of two with the same name the playbook. NotFound with all there are."""
    from drillbook.loading.files import read_document
    from drillbook.loading.kinds import kind_of
    from drillbook.loading.packs import is_yaml
    from drillbook.loading.shown import listed, quoted

    if is_yaml(Path(name)):
        return kind_of(read_document(name)) or ""
    kinds = ("playbook", "curriculum")
    known = [(each.kind, each.name) for each in catalog.index.entries() if each.kind in kinds]
    for kind in kinds:
        if (kind, name) in known:
            return kind
    names = [each for _, each in known]
    message = f"there is no playbook or curriculum {quoted(name)}{nearest(name[:80], names)}"
    raise NotFound(f"{message}\nthere are: {listed(names, 2000)}")


def _playbook(catalog: Catalog, name: str, wanted: str | None, *, as_json: bool) -> None:
    from drillbook.model.handbook import find, group_lines, pages

    playbook = catalog.playbook(name)
    listed = pages(playbook)
    found = listed if wanted is None else find(playbook, wanted)
    if not found:
        hint = nearest(str(wanted).lower(), [each.name for each in listed])
        raise NotFound(f"{playbook.name} has no page {wanted!r}{hint}")
    if as_json:
        _document([asdict(each) for each in found] if wanted else playbook.model_dump(mode="json"))
    elif wanted is None:
        click.echo(f"{playbook.title}\n\n{playbook.source.strip()}\n")
        click.echo("\n".join(group_lines(listed)))
        click.echo(f"\n`drillbook catalog {playbook.name} PAGE` shows one.")
    else:
        click.echo("\n\n".join(f"{each.title}\n\n{each.text}" for each in found))


def _curriculum(catalog: Catalog, name: str, wanted: str | None, *, as_json: bool) -> None:
    from drillbook.model.outline import module_lines, overview

    curriculum = catalog.curriculum(name)
    modules = {each.id: each for each in curriculum.modules}
    if wanted is not None and wanted not in modules:
        raise NotFound(f"{curriculum.name} has no module {wanted!r}{nearest(wanted.lower(), modules)}")
    if as_json:
        _document((modules[wanted] if wanted is not None else curriculum).model_dump(mode="json"))
    elif wanted is None:
        click.echo("\n".join(overview(curriculum)))
        click.echo(f"\n`drillbook catalog {curriculum.name} MODULE` shows a module.")
    else:
        click.echo("\n".join(module_lines(curriculum, modules[wanted])))


def _document(made: Any) -> None:
    click.echo(json.dumps(made, indent=2, ensure_ascii=False))
