"""A race as files: what was measured as CSV and JSON, the best weights as safetensors.

The JSON holds all that it takes to race again: recipes, data, division, seeds. What was measured of
each layer is left out of both, and so is the film.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from safetensors.torch import save

from explainer.parameters import Value
from explainer.strict_json import strict_json, with_nulls
from explainer.training.data.data_set import Examples, Origin
from explainer.training.data.splits import Split
from explainer.training.engine.run import Run
from explainer.training.measurement.history import NAMES, Curves
from explainer.training.measurement.snapshot import Fork, RunView, Snapshot
from explainer.training.recipe.recipe import Recipe, to_dict, to_text
from explainer.training.task import Task
from explainer.words import later

FORMAT = "deepglass race"
LONGEST_SLUG, SHOWN = 40, 24


@dataclass(frozen=True)
class DataDescription:
    """Which examples: the slug of a data set, or the name of one's own, and how it was made.

    `fingerprint` tells one's own data from others of the same name; it is empty for all else.
    """

    slug: str
    title: str
    origin: Origin
    fingerprint: str
    settings: tuple[tuple[str, Value], ...]
    classes: tuple[str, ...]
    shape: tuple[int, ...]
    examples: int
    credit: str


def describe(examples: Examples) -> DataDescription:
    """The description of `examples`."""
    return DataDescription(
        slug=examples.name,
        title=examples.title,
        origin=examples.origin,
        fingerprint=examples.fingerprint if examples.origin == "own" else "",
        settings=examples.settings,
        classes=examples.classes,
        shape=examples.shape,
        examples=len(examples),
        credit=examples.credit,
    )


def metrics_csv(snapshot: Snapshot) -> str:
    """A row for each recipe, seed and measured step: number and name of the recipe, `Point`.

    Recipes are numbered from 1. What is no finite number is left empty.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("recipe", "name", "seed", *_named(NAMES, snapshot.task)))
    for run in snapshot.runs:
        head = (run.recipe + 1, snapshot.recipes[run.recipe].name, run.seed)
        for values in zip(*_columns(run.curves).values(), strict=True):
            writer.writerow((*head, *("" if value is None else value for value in values)))
    return text.getvalue()


def metrics_json(snapshot: Snapshot, data: DataDescription, split: Split) -> str:
    """Everything about the race as strict JSON: what is no finite number is null.

    Each run has its curves as columns. `split` is written without its seed, because every seed of
    a race divides the data anew. `fork` says at which step it left a race with which recipes, and
    which of them each recipe goes on from, or is null.
    """
    division = {name: value for name, value in asdict(split).items() if name != "seed"}
    whole = {
        "format": FORMAT,
        "data": asdict(data) | {"settings": dict(data.settings)},
        "split": division,
        "seeds": list(snapshot.seeds),
        "recipes": [to_dict(recipe) for recipe in snapshot.recipes],
        "step": snapshot.step,
        "finished": snapshot.finished,
        "device": snapshot.device,
        "fork": _fork(snapshot.fork) if snapshot.fork else None,
        "runs": [_run(run, snapshot.task) for run in snapshot.runs],
    }
    return strict_json(whole) + "\n"


def weights_file(run: Run, data: DataDescription) -> bytes:
    """The best checkpoint of `run` as safetensors, with what it takes to use it as metadata.

    `build(from_text(recipe).network, shape, classes)` takes the weights; inputs are normalised by
    `mean` and `std`. `validation` are the first places in the data that it was validated on,
    `by_hand` what was set by hand on the way to these weights, each with its step. Raises
    `ValueError` where nothing was measured yet.
    """
    kept, best = run.record.checkpoint, run.record.best
    if kept is None or best is None:
        raise ValueError(later("there are no weights to save before the first measurement"))
    normaliser = run.data.normaliser
    metadata = {
        "recipe": to_text(run.recipe),
        "name": run.recipe.name,
        "seed": str(run.seed),
        "step": str(kept.step),
        "validation_loss": repr(best.validation_loss),
        f"validation_{run.data.task.measure.slug}": repr(best.validation_measure),
        "data": strict_json(
            {"slug": data.slug, "origin": data.origin, "settings": dict(data.settings)}
        ),
        "shape": strict_json(run.data.shape),
        "classes": strict_json(run.data.classes),
        "mean": strict_json(normaliser.mean.tolist()),
        "std": strict_json(normaliser.std.tolist()),
        "by_hand": strict_json(_by_hand(run, max(kept.step, 1))),
        "validation": strict_json(run.data.parts.validation[:SHOWN].tolist()),
    }
    return save({name: one.cpu().contiguous() for name, one in kept.state.items()}, metadata)


def _by_hand(run: Run, before: int) -> list[tuple[int, str]]:
    """Step and sentence of each number that was set by hand before that step."""
    return [(one.step, one.text) for one in run.record.marks if one.by_hand and one.step < before]


def best_weights(runs: Sequence[Run], data: DataDescription) -> dict[str, bytes]:
    """:func:`weights_file` of every run that has a checkpoint, by a name for a file.

    `runs` are all of a race, as `Race.ask` hands them over: recipe by recipe, seed by seed.
    """
    seeds = len({run.seed for run in runs})
    return {
        f"{file_stem(number // seeds, run.recipe)}-seed-{run.seed}.safetensors": weights_file(
            run, data
        )
        for number, run in enumerate(runs)
        if run.record.checkpoint is not None
    }


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The files, by name, as one zip; weights and pictures are as small as they get."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


def file_stem(index: int, recipe: Recipe) -> str:
    """A name for files about the recipe of that index, from 0, that every file system takes."""
    slug = re.sub(r"[^a-z0-9]+", "-", recipe.name.lower()).strip("-")[:LONGEST_SLUG].strip("-")
    return f"{index + 1}-{slug or 'recipe'}"


def _fork(fork: Fork) -> dict[str, Any]:
    recipes = [to_dict(recipe) for recipe in fork.recipes]
    return {"step": fork.step, "recipes": recipes, "parents": list(fork.parents)}


def _run(run: RunView, task: Task) -> dict[str, Any]:
    def named(values: dict[str, Any]) -> dict[str, Any]:
        return dict(zip(_named(list(values), task), values.values(), strict=True))

    return {
        "recipe": run.recipe,
        "seed": run.seed,
        "step": run.step,
        "status": run.status.value,
        "explanation": run.explanation,
        "learning_rate": run.learning_rate,
        "strengths": dict(run.strengths),
        "last": named(asdict(run.last)) if run.last else None,
        "best": named(asdict(run.best)) if run.best else None,
        "test": named(asdict(run.test)) if run.test else None,
        "marks": [asdict(mark) for mark in run.marks],
        "curves": named(_columns(run.curves)),
    }


def _named(names: Sequence[str], task: Task) -> list[str]:
    """The names of `Point` with that of the task's measure."""
    return [name.replace("measure", task.measure.slug) for name in names]


def _columns(curves: Curves) -> dict[str, list[float | None]]:
    """Each column of `Point` by name; steps are whole."""
    found: dict[str, list[float | None]] = {}
    for name in NAMES:
        values = getattr(curves, name).tolist()
        found[name] = [with_nulls(int(one) if name == "step" else one) for one in values]
    return found
