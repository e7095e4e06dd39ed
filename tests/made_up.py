"""A made-up entry in one registry after the other, before anything was built from them.

Run as a program of its own, because what follows from the registries is made when it is imported.
It ends with 1 where one of the entries is not found in the menus, races, scripts and exports.
"""

from __future__ import annotations

import runpy
from contextlib import chdir
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from explainer.activations import squashing
from explainer.convolution.kernels import KERNELS
from explainer.registry import Registry
from explainer.training.augmentation.pipeline import AUGMENTATIONS, step
from explainer.training.data.registry import DATA_SETS, EVERY_DATA_SET
from explainer.training.recipe.initialisation import SCHEMES
from explainer.training.recipe.optimisers import OPTIMISERS
from explainer.training.recipe.schedules import SCHEDULES

SLUG, TITLE = "made-up", "Made up"


def add(registry: Registry[Any], like: str) -> None:
    """One more entry, which is another one by another name."""
    entry = replace(registry[like], slug=SLUG, title=TITLE)
    registry.entries = (*registry.entries, entry)
    registry._by_slug[SLUG] = entry


def data_set() -> None:
    """A data set whose examples bear its own name."""
    like = DATA_SETS["moons"]
    entry = replace(
        like,
        slug=SLUG,
        title=TITLE,
        load=lambda **values: replace(like.load(**values), name=SLUG, title=TITLE),
    )
    for registry in (DATA_SETS, EVERY_DATA_SET):
        registry.entries = (*registry.entries, entry)
        registry._by_slug[SLUG] = entry


for registry, like in (
    (KERNELS, "sobel-x"),
    (OPTIMISERS, "nesterov"),
    (SCHEDULES, "cosine"),
    (SCHEMES, "he"),
    (AUGMENTATIONS, "noise"),
):
    add(registry, like)
data_set()
squashing.SQUASHING = (
    *squashing.SQUASHING,
    replace(next(one for one in squashing.SQUASHING if one.slug == "tanh"), slug=SLUG, title=TITLE),
)

# Only now what is made from the registries.
from explainer.training.data.registry import load  # noqa: E402
from explainer.training.data.splits import Split, prepare  # noqa: E402
from explainer.training.engine.run import Run  # noqa: E402
from explainer.training.engine.run_group import train  # noqa: E402
from explainer.training.engine.stacked import Stack, train_stacked  # noqa: E402
from explainer.training.presets import PRESETS  # noqa: E402
from explainer.training.recipe.recipe import (  # noqa: E402
    FIELDS,
    Network,
    Recipe,
    Training,
    from_text,
    to_text,
)
from explainer.training.script import script  # noqa: E402
from tests.app.reading import app_at  # noqa: E402

NETWORK = Network(kind="mlp", depth=1, width=8, activation=SLUG, initialisation=SLUG)
TRAINING = Training(SLUG, 0.1, schedule=SLUG, steps=20)
RECIPE = Recipe(NETWORK, training=TRAINING, augmentation=(step(SLUG),))


def check_fields() -> None:
    """The fields of a recipe offer the entries, and its text carries them."""
    for name in ("activation", "initialisation", "optimiser", "schedule"):
        (found,) = [one for one in FIELDS if one.name.endswith(name)]
        assert SLUG in [option.value for option in found.setting.options], name  # type: ignore[union-attr]
    assert from_text(to_text(RECIPE)) == RECIPE


def check_race_and_script() -> None:
    """The run, the same in a stack, and its script give one curve."""
    examples, division = load(SLUG), Split()
    data = prepare(examples, division)
    run, first, second = (Run(RECIPE, 0, data) for _ in range(3))
    list(train(run))
    list(train_stacked(Stack([first, second])))
    wanted = run.record.history.curves().train_loss
    np.testing.assert_allclose(
        first.record.history.curves().train_loss, wanted, rtol=1e-3, atol=1e-5
    )
    with TemporaryDirectory() as folder, chdir(folder):  # the script leaves its curve there
        path = Path(folder) / "script.py"
        path.write_text(script(RECIPE, examples, division, 0), encoding="utf-8")
        curve = np.array(runpy.run_path(str(path))["curve"])
    np.testing.assert_allclose(curve[:, 1], wanted, rtol=1e-3, atol=1e-5)


def check_menus() -> None:
    """The pages offer them."""
    add(PRESETS, "dropout-or-nothing")
    assert TITLE in app_at("filters").selectbox(key="filters.kernel").options
    lab = app_at("training_lab")
    offered = [option for menu in lab.selectbox for option in menu.options]
    assert offered.count(TITLE) >= 2, "a preset and a data set"


if __name__ == "__main__":
    check_fields()
    check_race_and_script()
    check_menus()
