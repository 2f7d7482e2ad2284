"""Live exercises: begin one, go on with one, look at one that was."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from drillbook import __version__
from drillbook.cli.drill import Drill, open_drill, with_person
from drillbook.cli.home import find_exercise, new_exercise
from drillbook.cli.packs import open_catalog
from drillbook.engine.prepared import prepare
from drillbook.errors import NotFound, StoreError
from drillbook.events.codec import load
from drillbook.events.log import EventLog
from drillbook.exercise.exercise import Exercise, resume
from drillbook.exercise.store import Store
from drillbook.loading.files import load_drill, load_rules


def begin(scenario: str, playbook: str | None, rules: Sequence[Path], seed: int, form: int = 0) -> Exercise:
    """A new exercise; the files that it is made of are kept with it, so that later edits do not touch it."""
    drill = open_drill(scenario, playbook, rules, form)
    index = open_catalog().index
    about = {
        "scenario": index.find("scenario", scenario).read_text(encoding="utf-8"),
        "playbook": index.find("playbook", playbook or drill.scenario.playbook).read_text(encoding="utf-8"),
        "rules": json.dumps([path.read_text(encoding="utf-8") for path in rules]),
        "name": drill.scenario.name,
        "seed": str(seed),
        "form": str(form),
        "version": __version__,
        "calibration": drill.calibration,
    }
    store = Store.create(new_exercise(drill.scenario.name, seed), about)
    return Exercise(drill.simulation(seed, with_person), store, drill.par)


def go_on(name: str) -> Exercise:
    """The exercise of a name, the last one for an empty name, at the second where it was left."""
    store = Store.open(find_exercise(name))
    if store.about().get("ended") == "true":
        store.close()
        raise NotFound(f"{store.path.stem} is over; `drillbook debrief {store.path.stem}` looks back at it")
    return _replayed(store)


def look_back(name: str, *, unfinished: bool) -> tuple[Drill, EventLog, Exercise | None]:
    """An exercise's drill and log; and the exercise itself where this version can replay it.

    StoreError for one that is not over, unless `unfinished` ones may be looked at too.
    """
    store = Store.open(find_exercise(name))
    if store.about().get("ended") != "true" and not unfinished:
        store.close()
        text = f"{store.path.stem} is not over, and the debrief tells what was wrong"
        raise StoreError(
            f"{text}: `drillbook play --resume {store.path.stem}` goes on, --unfinished shows it all"
        )
    drill, log = _drill(store.about()), EventLog(list(load(store.event_lines(), source=store.path.name)))
    try:
        return drill, log, _replayed(store)
    except StoreError:
        store.close()
        return drill, log, None


def surprise_me(chance: int) -> str:
    """The name of some scenario."""
    entries = open_catalog().entries()
    names = [entry.name for entry in entries if entry.kind == "scenario" and not entry.problem]
    if not names:
        raise NotFound("there is no scenario to pick from")
    return names[chance % len(names)]


def _replayed(store: Store) -> Exercise:
    about = store.about()
    drill = _drill(about)
    return resume(drill.simulation(int(about["seed"]), with_person), store, drill.par)


def _drill(about: dict[str, str]) -> Drill:
    """The drill as it was when the exercise began."""
    with TemporaryDirectory() as folder:
        scenario, playbook = Path(folder) / "scenario.yaml", Path(folder) / "playbook.yaml"
        scenario.write_text(about["scenario"], encoding="utf-8")
        playbook.write_text(about["playbook"], encoding="utf-8")
        form = int(about.get("form", "0"))
        played, book = load_drill(scenario, playbook, form)
        groups = []
        for number, text in enumerate(json.loads(about["rules"])):
            path = Path(folder) / f"rules{number}.yaml"
            path.write_text(text, encoding="utf-8")
            groups += load_rules(path).groups
    prepared = prepare(played, book, groups or None, form)
    return Drill(played, book, prepared, about.get("calibration", ""))
