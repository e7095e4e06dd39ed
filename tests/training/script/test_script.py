"""The generated scripts run, and their curves are those of the engine."""

from __future__ import annotations

import csv
import gc
import io
import random
import runpy
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from explainer.parameters import Choice
from explainer.training.augmentation import AUGMENTATIONS, step
from explainer.training.data.data_set import Examples, Origin
from explainer.training.data.real import REAL
from explainer.training.data.registry import load
from explainer.training.data.splits import Split, prepare
from explainer.training.data.stored import Stored
from explainer.training.engine.run import Run, score_on_test
from explainer.training.engine.run_group import train
from explainer.training.measurement.run_record import Status
from explainer.training.presets import PRESETS
from explainer.training.recipe.optimisers import OPTIMISERS
from explainer.training.recipe.recipe import (
    FIELDS,
    Network,
    Recipe,
    Regularisation,
    Training,
    from_text,
    idle,
    with_value,
)
from explainer.training.recipe.schedules import SCHEDULES
from explainer.training.script import data_file, needs_data_file, script

RELATIVE, ABSOLUTE = 1e-4, 1e-6
SHORT = Training(steps=24, learning_rate=0.02)
CNN = Recipe(Network(channels=4, dense_layers=1, width=16), training=SHORT)
MLP = Recipe(Network(kind="mlp", depth=2, width=16), training=SHORT)
FEW = Split(train_size=150)
# A value for each field that is no choice; the choices are tried one by one.
VALUES: dict[str, Any] = {
    "depth": 3, "width": 12, "blocks": 1, "channels": 3, "kernel_size": 5, "dense_layers": 2,
    "mean_of_maps": True, "batch_norm": True, "l1_subgradient": 1e-3, "l1_proximal": 1e-3,
    "l2": 1e-2, "weight_decay": 0.1, "dropout": 0.4, "map_dropout": 0.3, "dropconnect": 0.3,
    "label_smoothing": 0.2, "max_norm": 1.0, "patience": 5, "learning_rate": 0.01,
    "momentum": 0.5, "batch_size": 0, "steps": 20, "epochs": 3, "layer_norm": True,
    "residual": True, "bias": False, "init_sigma": 0.3, "clip_norm": 0.5, "clip_value": 0.05,
    "widths": (12, 5), "features": ("x", "x2", "y2", "xy", "sinx", "siny"),
}  # fmt: skip

FIXED = ("kind", "steps", "epochs", "learning_rate")  # of a random recipe
BASES = {"init_sigma": with_value(CNN, "initialisation", "normal")}


@dataclass(frozen=True)
class Trained:
    """What a script left behind: its variables, and the curve `(n, 5)`."""

    names: dict[str, Any]
    curve: np.ndarray


def run_script(source: str, folder: Path) -> Trained:
    """The script, run in this process as from its own folder."""
    path = folder / "script.py"
    path.write_text(source, encoding="utf-8")
    names = runpy.run_path(str(path))
    return Trained(names, np.array(names["curve"]))


def still_open(folder: Path) -> list[str]:
    """The files in a folder that this process holds open."""
    files = (one for one in gc.get_objects() if issubclass(type(one), io.BufferedIOBase))
    names = [str(getattr(one, "name", "")) for one in files if not one.closed]
    return [name for name in names if Path(name).parent == folder]


def run_engine(recipe: Recipe, examples: Examples, split: Split, seed: int) -> Run:
    """The same run by the engine."""
    run = Run(recipe, seed, prepare(examples, split))
    for _ in train(run):
        pass
    return run


def engine_curve(run: Run) -> np.ndarray:
    """The columns that a script measures."""
    curves = run.record.history.curves()
    names = ["step", "train_loss", "train_measure", "validation_loss", "validation_measure"]
    return np.stack([getattr(curves, name) for name in names], 1)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """Two threads in one small operator wait for each other, most on a busy machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def digits() -> Examples:
    return load("digits")


@pytest.fixture(scope="module")
def pictures() -> Examples:
    return load("shapes", count=200)


def assert_same_curve(
    recipe: Recipe,
    examples: Examples,
    split: Split = FEW,
    seed: int = 0,
    *,
    relative: float = RELATIVE,
) -> Trained:
    """Losses within `relative`, accuracies within as much of everything."""
    folder = Path.cwd()
    if needs_data_file(examples):
        (folder / "data.npz").write_bytes(data_file(examples))
    found = run_script(script(recipe, examples, split, seed), folder)
    run = run_engine(recipe, examples, split, seed)
    wanted = engine_curve(run)
    assert found.curve[:, 0].tolist() == wanted[:, 0].tolist()
    losses, accuracies = [1, 3], [2, 4]
    for columns, tolerance in ((losses, (relative, ABSOLUTE)), (accuracies, (0.0, relative))):
        mine, theirs = found.curve[:, columns], wanted[:, columns]
        np.testing.assert_allclose(mine, theirs, rtol=tolerance[0], atol=tolerance[1])
    test = score_on_test(run)
    if test is not None:
        assert found.names["loss"] == pytest.approx(test.loss, rel=relative)
        assert found.names["accuracy"] == pytest.approx(test.measure, abs=relative)
    return found


def shortened(recipe: Recipe, steps: int) -> Recipe:
    return replace(recipe, training=replace(recipe.training, steps=steps, epochs=0))


PRESET_RECIPES = [
    pytest.param(
        entry,
        recipe,
        id=f"{entry.slug}: {recipe.name}",
        marks=[] if place == len(entry.recipes) - 1 else [pytest.mark.slow],
    )
    for entry in PRESETS
    for place, recipe in enumerate(entry.recipes)
]
_loaded: dict[str, Examples] = {}


@pytest.mark.parametrize(("entry", "recipe"), PRESET_RECIPES)
def test_the_script_of_a_preset_gives_the_engines_curve(entry: Any, recipe: Recipe) -> None:
    if entry.slug not in _loaded:
        _loaded[entry.slug] = load(entry.data, **dict(entry.data_settings))
    assert_same_curve(shortened(recipe, 30), _loaded[entry.slug], entry.split)


def changed() -> Iterator[Any]:
    """Every field at another value, and every option of every choice."""
    for entry in FIELDS:
        base = BASES.get(entry.name) or (MLP if entry.only == "mlp" else CNN)
        options: list[Any] = [VALUES.get(entry.name)]
        if isinstance(entry.setting, Choice):
            options = [option.value for option in entry.setting.options]
        for value in options:
            yield pytest.param(base, entry.name, value, id=f"{entry.name} {value}")


@pytest.mark.parametrize(("base", "name", "value"), list(changed()))
def test_every_value_of_every_field_is_in_the_script(
    base: Recipe, name: str, value: object, digits: Examples
) -> None:
    recipe, examples = with_value(base, name, value), digits
    if any(entry.plane for entry in FIELDS if entry.name == name):
        examples = load("spirals")
    assert_same_curve(recipe, examples)
    if recipe != base:
        assert script(recipe, examples, FEW, 0) != script(base, examples, FEW, 0)


@pytest.mark.parametrize("slug", [entry.slug for entry in OPTIMISERS])
def test_weight_decay_and_a_momentum_of_nothing_suit_every_optimiser(
    slug: str, digits: Examples
) -> None:
    training = replace(SHORT, optimiser=slug, momentum=0.0, learning_rate=0.005)
    assert_same_curve(replace(MLP, training=training), digits)
    held = Regularisation(weight_decay=0.5)
    assert_same_curve(replace(MLP, training=training, regularisation=held), digits)


@pytest.mark.parametrize("slug", ["rmsprop", "adagrad", "adam", "adamw"])
def test_batch_norm_is_no_exception_where_a_step_is_scaled(slug: str, digits: Examples) -> None:
    # A bias before batch norm has a gradient of rounding alone, of which these optimisers would
    # make steps of full length; so there is none.
    network = replace(CNN.network, batch_norm=True)
    training = replace(SHORT, optimiser=slug, learning_rate=0.002)
    assert_same_curve(replace(CNN, network=network, training=training), digits)


def test_skips_norms_and_clipping_work_together(digits: Examples) -> None:
    network = replace(MLP.network, depth=6, residual=True, layer_norm=True, bias=False)
    training = replace(SHORT, clip_norm=0.3, clip_value=0.01)
    assert_same_curve(replace(MLP, network=network, training=training), digits)
    network = replace(network, layer_norm=False, batch_norm=True, initialisation="orthogonal")
    held = Regularisation(dropout=0.2, dropconnect=0.1)
    assert_same_curve(Recipe(network, held, training), digits)


@pytest.mark.parametrize("slug", [entry.slug for entry in SCHEDULES])
@pytest.mark.parametrize("steps", [1, 2, 3, 7])
def test_a_schedule_copes_with_very_few_steps(slug: str, steps: int, digits: Examples) -> None:
    recipe = replace(MLP, training=replace(SHORT, schedule=slug, steps=steps))
    assert_same_curve(recipe, digits)


def test_a_plateau_halves_the_learning_rate_at_the_same_steps(digits: Examples) -> None:
    training = Training(schedule="plateau", steps=300, learning_rate=1.0)
    split = Split(train_size=30, validation_share=0.02)
    found = assert_same_curve(replace(MLP, training=training), digits, split)
    assert found.names["optimiser"].param_groups[0]["lr"] < 1


def test_early_stopping_stops_at_the_same_step(digits: Examples) -> None:
    held, training = Regularisation(patience=40), Training(steps=2000, learning_rate=0.3)
    recipe = replace(MLP, regularisation=held, training=training)
    split = Split(train_size=30, validation_share=0.02)
    found = assert_same_curve(recipe, digits, split)
    assert found.curve[-1, 0] < 2000


def test_a_run_that_diverges_ends_at_the_same_measurement(digits: Examples) -> None:
    training = Training(optimiser="sgd", learning_rate=100, steps=100)
    recipe = replace(MLP, regularisation=Regularisation(l2=1.0), training=training)
    assert run_engine(recipe, digits, FEW, 0).record.status is Status.DIVERGED
    assert_same_curve(recipe, digits)


@pytest.mark.parametrize("slug", [entry.slug for entry in AUGMENTATIONS])
def test_every_augmentation_draws_the_engines_numbers(
    slug: str, digits: Examples, pictures: Examples
) -> None:
    recipe = replace(CNN, augmentation=(step(slug),))
    assert_same_curve(recipe, digits)
    assert_same_curve(shortened(recipe, 8), pictures, Split(train_size=60))


def test_all_augmentations_work_together_in_either_order(
    digits: Examples, pictures: Examples
) -> None:
    steps = tuple(step(entry.slug) for entry in AUGMENTATIONS)
    assert_same_curve(replace(CNN, augmentation=steps), digits)
    recipe = replace(shortened(CNN, 8), augmentation=(*reversed(steps), step("flip")))
    assert_same_curve(recipe, pictures, Split(train_size=60))


EVERYTHING = Recipe(
    Network(channels=4, dense_layers=1, width=16, batch_norm=True, pooling="stochastic"),
    Regularisation(
        l1_subgradient=1e-4, l1_proximal=1e-4, l2=1e-3, weight_decay=0.01, dropout=0.2,
        map_dropout=0.2, dropconnect=0.2, label_smoothing=0.1, max_norm=2, patience=50,
    ),
    replace(SHORT, schedule="cosine"),
    (step("shift"), step("rotation"), step("mixup")),
    "Everything at once",
)  # fmt: skip


def test_everything_at_once_gives_the_engines_curve(digits: Examples) -> None:
    assert_same_curve(EVERYTHING, digits, Split(train_size=150, label_noise=0.2))


def any_recipe(draw: random.Random) -> Recipe:
    """About half of all fields at another value than usual, and some augmentations."""
    recipe = draw.choice((CNN, MLP))
    for entry in FIELDS:
        if (
            entry.name in FIXED
            or entry.only not in ("", recipe.network.kind)
            or draw.random() < 0.5
        ):
            continue
        setting, value = entry.setting, VALUES.get(entry.name)
        if isinstance(setting, Choice):
            value = draw.choice(setting.options).value
        try:
            recipe = with_value(recipe, entry.name, value)
        except ValueError as error:
            together = ("one norm at most", "these have other widths")
            assert any(one in str(error) for one in together)  # noqa: PT017
    drawn = draw.sample(list(AUGMENTATIONS), draw.choice((0, 1, 2)))
    return replace(recipe, augmentation=tuple(step(entry.slug) for entry in drawn))


@pytest.mark.parametrize("seed", range(40))
def test_whatever_a_random_recipe_says_stands_in_its_script(seed: int, digits: Examples) -> None:
    recipe = any_recipe(random.Random(seed))
    source = script(recipe, digits, FEW, 0)
    compile(source, "script.py", "exec")
    for entry in FIELDS:
        if idle(recipe, entry) or entry.only not in ("", recipe.network.kind):
            continue
        try:
            usual = with_value(recipe, entry.name, entry.default)
        except ValueError:
            continue
        if usual != recipe:
            assert script(usual, digits, FEW, 0) != source, f"{entry.name} is not in the script"
    for place in range(len(recipe.augmentation)):
        fewer = recipe.augmentation[:place] + recipe.augmentation[place + 1 :]
        assert script(replace(recipe, augmentation=fewer), digits, FEW, 0) != source


@pytest.mark.parametrize("seed", range(8))
def test_the_script_of_a_random_recipe_gives_the_engines_curve(seed: int, digits: Examples) -> None:
    recipe = any_recipe(random.Random(seed))
    few = replace(recipe.training, steps=4, epochs=0, learning_rate=0.003)
    assert_same_curve(replace(recipe, training=few), digits)


@pytest.mark.parametrize("slug", ["moons", "circles", "spirals", "xor", "blobs"])
def test_points_are_drawn_by_the_script_itself(slug: str) -> None:
    examples = load(slug, count=200, noise=0.15, seed=7)
    assert not needs_data_file(examples)
    recipe = replace(MLP, augmentation=(step("noise"), step("mixup"), step("flip")))
    assert_same_curve(recipe, examples, Split(seed=3, label_noise=0.3), seed=5)


def test_faces_come_from_their_library_and_a_test_part_may_be_missing() -> None:
    found = assert_same_curve(CNN, load("faces"), Split(seed=2, test_share=0))
    assert "test_inputs" not in found.names


@pytest.mark.parametrize("slug", ["mnist-sample", "textures"])
def test_pictures_that_lie_here_come_from_a_file_with_their_own_test_part(slug: str) -> None:
    assert needs_data_file(load(slug))
    assert_same_curve(shortened(CNN, 8), load(slug), Split(train_size=100, seed=2))


def own(inputs: torch.Tensor, name: str = "pets.zip") -> Examples:
    labels = torch.arange(len(inputs)) % 3
    return Examples(name, name, inputs, labels, ("cat", "dog", "eel"), None, "Your own pictures")


def test_ones_own_pictures_lie_beside_the_script_as_bytes(folder: Path) -> None:
    codes = torch.randint(256, (60, 3, 12, 9), generator=torch.Generator().manual_seed(0))
    codes[:, 2] = 7  # a channel that never changes
    examples = own(codes.float() / 255)
    recipe = replace(CNN, augmentation=(step("rotation"), step("cutmix"), step("colour")))
    assert_same_curve(recipe, examples, Split())
    assert not still_open(folder)
    with np.load(folder / "data.npz", allow_pickle=False) as kept:
        assert kept["inputs"].dtype == np.uint8
        assert kept["classes"].tolist() == ["cat", "dog", "eel"]


@pytest.mark.parametrize("origin", ["own", "generated"])
@pytest.mark.parametrize("test_from", [None, 90])
@pytest.mark.parametrize("size", [None, 20])
def test_copies_are_kept_together_by_the_script_too(
    origin: Origin, test_from: int | None, size: int | None
) -> None:
    codes = torch.randint(256, (60, 3, 8, 8), generator=torch.Generator().manual_seed(0))
    rows = torch.cat([torch.arange(60), torch.arange(60)]).roll(5)
    once = own(codes.float() / 255)
    examples = replace(
        once, inputs=once.inputs[rows], labels=once.labels[rows], test_from=test_from, origin=origin
    )
    split = Split(seed=3, train_size=size, keep_copies_together=True)
    found = assert_same_curve(shortened(MLP, 6), examples, split)
    twins = [set(rows[found.names[part]].tolist()) for part in ("train", "validation", "test")]
    assert all(twins)
    assert sum(map(len, twins)) == len(set().union(*twins))


def test_ones_own_data_may_bear_the_name_of_another() -> None:
    assert needs_data_file(own(torch.rand(9, 1, 8, 8), "digits"))


def test_names_cannot_break_out_of_the_docstring(digits: Examples) -> None:
    examples = own(torch.rand(30, 1, 8, 8), 'a"""\\ ' + "b" * 90)
    source = script(replace(CNN, name='""" \\N{oops} \\'), examples, Split(), 0)
    compile(source, "script.py", "exec")
    assert max(len(line) for line in source.splitlines()) <= 100


@pytest.fixture
def published(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Stored:
    """MNIST and CIFAR-10 as torchvision finds them below `data`, but with few, random pictures."""
    import torchvision

    monkeypatch.setenv("EXPLAINER_DATA", str(folder / "data"))
    draw = np.random.default_rng(0)
    pictures = draw.integers(0, 256, (160, 32, 32, 3), np.uint8)
    labels = np.arange(160, dtype=np.uint8) % 10
    raw, batches = folder / "data/MNIST/raw", folder / "data/cifar-10-batches-py"
    raw.mkdir(parents=True)
    for part, rows in (("train", slice(0, 120)), ("t10k", slice(120, 160))):
        grey = np.ascontiguousarray(pictures[rows, 2:30, 2:30, 0])
        head = np.array([0x803, len(grey), 28, 28], ">u4").tobytes()
        (raw / f"{part}-images-idx3-ubyte").write_bytes(head + grey.tobytes())
        head = np.array([0x801, len(grey)], ">u4").tobytes()
        (raw / f"{part}-labels-idx1-ubyte").write_bytes(head + labels[rows].tobytes())

    class Fake:
        def __init__(self, root: str, *, train: bool, download: bool) -> None:
            rows = slice(0, 120) if train else slice(120, 160)
            self.data, self.targets = pictures[rows], labels[rows].astype(int).tolist()

        def __len__(self) -> int:
            return len(self.data)

    monkeypatch.setattr(torchvision.datasets, "CIFAR10", Fake)
    stored = Stored(pictures, labels, 120)
    batches.mkdir()
    for name in (*(f"data_batch_{number}" for number in range(1, 6)), "test_batch"):
        (batches / name).touch()
    (batches / "batches.meta").touch()
    return stored


def test_mnist_is_loaded_by_torchvision_and_keeps_its_test_part(published: Stored) -> None:
    examples = load("mnist")
    assert len(examples) == 160
    assert not needs_data_file(examples)
    assert_same_curve(shortened(CNN, 8), examples, Split(train_size=60))


def test_cifar_in_colour_is_loaded_by_torchvision(
    published: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explainer.training.data.real.stored", lambda slug: published)
    examples = load("cifar-10")
    assert not needs_data_file(examples)
    assert_same_curve(shortened(CNN, 8), examples, Split())


def test_published_data_in_another_form_lie_beside_the_script(
    published: Stored, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explainer.training.data.real.stored", lambda slug: published)
    (folder / "data/cifar-10-batches-py/test_batch").unlink()
    examples = load("cifar-10")
    assert needs_data_file(examples)
    assert_same_curve(shortened(CNN, 8), examples, Split())


def test_every_published_data_set_has_a_loader_in_torchvision(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from torchvision import datasets

    monkeypatch.setattr("explainer.training.script.loading._as_published", lambda slug: True)
    for entry in REAL:
        inputs, labels = torch.zeros(40, 1, 28, 28), torch.arange(40) % 10
        settings = tuple(entry.defaults().items())
        classes = tuple("0123456789")
        examples = Examples(entry.slug, entry.title, inputs, labels, classes, 30, "", settings)
        source = script(CNN, examples, Split(), 0)
        name = next(line for line in source.splitlines() if line.startswith("kind = "))
        assert hasattr(datasets, name.removeprefix("kind = datasets."))


def test_another_seed_in_the_script_is_another_run_of_the_race(
    digits: Examples, folder: Path
) -> None:
    recipe = replace(MLP, regularisation=Regularisation(dropout=0.5))
    source = script(recipe, digits, replace(FEW, seed=0), 0)
    found = run_script(source.replace("SEED = 0", "SEED = 4", 1), folder)
    wanted = engine_curve(run_engine(recipe, digits, replace(FEW, seed=4), 4))
    np.testing.assert_allclose(found.curve, wanted, rtol=RELATIVE, atol=ABSOLUTE)


def test_data_without_a_validation_part_are_refused(digits: Examples) -> None:
    with pytest.raises(ValueError, match="no examples to validate on"):
        script(MLP, digits, Split(validation_share=0), 0)


def test_the_script_holds_nothing_that_its_recipe_does_not_use(digits: Examples) -> None:
    source = script(MLP, digits, FEW, 0)
    for word in ("Dropout", "augment", "scheduler", "PATIENCE", "weights =", "L1", "numpy as"):
        assert word not in source
    assert "explainer" not in source


def test_the_scripts_pass_the_linter_and_the_formatter(
    digits: Examples, pictures: Examples, folder: Path
) -> None:
    everything = replace(EVERYTHING, augmentation=tuple(step(a.slug) for a in AUGMENTATIONS))
    recipes = [recipe for entry in PRESETS for recipe in entry.recipes]
    recipes += [CNN, MLP, EVERYTHING, everything]
    recipes += [from_text(f"sched-{entry.slug}") for entry in SCHEDULES]
    recipes += [from_text(f"opt-{entry.slug}") for entry in OPTIMISERS]
    sources = [script(recipe, digits, FEW, 0) for recipe in recipes]
    noisy = Split(label_noise=0.3)
    for examples in (pictures, load("moons"), load("xor"), load("spirals"), load("blobs")):
        network = replace(MLP.network, features=("y", "xy", "sinx"))
        sources.append(script(replace(everything, network=network), examples, noisy, 0))
    for number, source in enumerate(sources):
        (folder / f"script{number}.py").write_text(source, encoding="utf-8")
    lint = ["check", "--isolated", "--line-length=100", "--select=E,F,I,B,W,SIM,UP,RET"]
    for command in (lint, ["format", "--isolated", "--line-length=100", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--no-cache", "."],
            capture_output=True, text=True, timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout


def test_the_script_stands_alone_and_writes_its_curve(
    digits: Examples, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = script(MLP, digits, FEW, 0)
    path = tmp_path / "alone.py"
    path.write_text(source, encoding="utf-8")
    command = [sys.executable, "-I", str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=300)
    assert "validation loss" in done.stdout
    with (tmp_path / "curve.csv").open(newline="") as file:
        head, *rows = csv.reader(file)
    assert head[0] == "step"
    wanted = engine_curve(run_engine(MLP, digits, FEW, 0))
    curve = np.array(rows, np.float64)
    np.testing.assert_allclose(curve, wanted, rtol=RELATIVE, atol=ABSOLUTE)
