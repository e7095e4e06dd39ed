"""Tasks: classes as ever, and numbers through races, stacks, exports and scripts."""

from __future__ import annotations

import csv
import io
import json
import math
import runpy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from explainer.training.augmentation.pipeline import step
from explainer.training.data.data_set import Examples
from explainer.training.data.numbers import NUMBERS as DATA
from explainer.training.data.registry import load
from explainer.training.data.splits import Prepared, Split, prepare
from explainer.training.engine.build_runs import Settings
from explainer.training.engine.race import Race
from explainer.training.engine.run import Run
from explainer.training.engine.run_group import train
from explainer.training.engine.stacked import Stack, train_stacked
from explainer.training.export import describe, metrics_csv, metrics_json
from explainer.training.instruments.questions import QUESTIONS, questions
from explainer.training.instruments.verdict import verdicts
from explainer.training.measurement.run_record import Status
from explainer.training.recipe.recipe import Network, Recipe, Regularisation, Training
from explainer.training.script import script
from explainer.training.task import CLASSIFICATION, TASKS, Task

pytestmark = pytest.mark.usefixtures("one_thread")

NUMBERS = [task for task in TASKS if task is not CLASSIFICATION]
SLUGS = [entry.slug for entry in DATA]
MLP = Network(kind="mlp", depth=2, width=24, activation="tanh")
TRAINING = Training("adam", 0.01, steps=200)
SPLIT = Split(train_size=80)
ORACLES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "squared": F.mse_loss,
    "absolute": F.l1_loss,
    "huber": F.huber_loss,
}


def sine(task: Task) -> Examples:
    return load("noisy-sine", loss=task.slug)


def prepared(task: Task) -> Prepared:
    return prepare(sine(task), SPLIT)


def recipes() -> tuple[Recipe, ...]:
    return (
        Recipe(MLP, training=TRAINING, name="Plain"),
        Recipe(MLP, Regularisation(l2=0.01), TRAINING, name="L2"),
        Recipe(MLP, Regularisation(dropout=0.2), TRAINING, name="Dropout"),
    )


@pytest.mark.parametrize("task", NUMBERS, ids=lambda task: task.slug)
def test_the_loss_of_numbers_is_pytorchs_alone_and_in_a_stack(task: Task) -> None:
    draw = torch.Generator().manual_seed(0)
    outputs, targets = (3 * torch.randn(4, 7, 2, generator=draw) for _ in range(2))
    wanted = [ORACLES[task.slug](one, other) for one, other in zip(outputs, targets, strict=True)]
    alone = [task.loss(one, other, 0.0) for one, other in zip(outputs, targets, strict=True)]
    torch.testing.assert_close(torch.stack(alone), torch.stack(wanted))
    torch.testing.assert_close(task.losses(outputs, list(targets), None), torch.stack(wanted))
    sums = task.stacked_sums(outputs, targets)
    torch.testing.assert_close(sums[0] / 7, torch.stack(wanted))
    for place in range(4):
        pair = torch.stack(task.sums(outputs[place], targets[place]))
        torch.testing.assert_close(pair, sums[:, place])
        torch.testing.assert_close(pair[1] / 7, F.l1_loss(outputs[place], targets[place]))


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_the_loss_of_classes_is_pytorchs_alone_and_in_a_stack(smoothing: float) -> None:
    draw = torch.Generator().manual_seed(0)
    outputs = torch.randn(3, 8, 5, generator=draw)
    labels = torch.randint(5, (8,), generator=draw)
    wanted = [F.cross_entropy(one, labels, label_smoothing=smoothing) for one in outputs]
    column = torch.full((3, 1, 1), smoothing) if smoothing else None
    torch.testing.assert_close(
        CLASSIFICATION.losses(outputs, [labels], column), torch.stack(wanted)
    )
    assert [float(CLASSIFICATION.loss(one, labels, smoothing)) for one in outputs] == [
        float(one) for one in wanted
    ]


@pytest.mark.parametrize("task", NUMBERS, ids=lambda task: task.slug)
def test_a_network_learns_the_curve_and_a_stack_gives_the_same(task: Task) -> None:
    data = prepared(task)
    alone = [Run(recipe, 0, data) for recipe in recipes()]
    together = [Run(recipe, 0, data) for recipe in recipes()]
    for run in alone:
        list(train(run))
    list(train_stacked(Stack(together)))
    for one, other in zip(alone, together, strict=True):
        curves, stacked = one.record.history.curves(), other.record.history.curves()
        np.testing.assert_allclose(stacked.train_loss, curves.train_loss, rtol=1e-3, atol=1e-5)
        np.testing.assert_allclose(
            stacked.validation_measure, curves.validation_measure, rtol=1e-3, atol=1e-5
        )
    last, first = alone[0].record.last, alone[0].record.history.curves()
    assert last is not None
    assert last.validation_loss < 0.7 * first.validation_loss[0]


@pytest.fixture(scope="module")
def race() -> Race:
    """Three recipes and two seeds on the curve, to their end."""
    examples = load("noisy-sine")
    race = Race(
        recipes(), lambda seed: prepare(examples, Split(train_size=80, seed=seed)), seeds=(0, 1),
        settings=Settings(),
    )  # fmt: skip
    race.play()
    while not race.snapshot.finished:
        race.run_slice(1.0)
    return race


def test_a_race_on_numbers_ends_with_its_test_and_a_verdict(race: Race) -> None:
    snapshot = race.snapshot
    assert {run.status for run in snapshot.runs} == {Status.FINISHED}
    assert snapshot.tested
    asked = questions(snapshot.task.measure)
    assert [one.slug for one in asked] == list(QUESTIONS.slugs)
    assert asked["accuracy"].title == "Validation mean absolute error"
    assert (asked["accuracy"].better, asked["gap"].better) == (-1, -1)
    assert asked["gap"].title == "Generalisation gap: validation minus training mean absolute error"
    run = snapshot.runs[0]
    assert run.last is not None
    assert asked["gap"].value(run) == run.last.validation_measure - run.last.train_measure
    broken = replace(run, status=Status.DIVERGED)
    assert [asked[slug].value(broken) for slug in ("accuracy", "loss", "gap")] == [math.inf] * 3
    told = verdicts(snapshot, asked["accuracy"])
    assert len(told) == 2
    assert all(one.word for one in told)


def test_what_is_exported_of_numbers_bears_the_name_of_what_was_measured(race: Race) -> None:
    head = next(csv.reader(io.StringIO(metrics_csv(race.snapshot))))
    assert "validation_absolute_error" in head
    assert not any("accuracy" in name for name in head)
    told = json.loads(metrics_json(race.snapshot, describe(load("noisy-sine")), SPLIT))
    assert told["runs"][0]["test"].keys() == {"loss", "absolute_error"}
    assert "validation_absolute_error" in told["runs"][0]["curves"]
    assert dict(told["data"]["settings"])["loss"] == "squared"


@pytest.mark.parametrize(
    ("data", "loss", "place"),
    [
        *((slug, "squared", 0) for slug in SLUGS),
        *(("gaussians", task.slug, 0) for task in NUMBERS[1:]),
        ("plane", "squared", 1),
        ("plane", "squared", -1),
    ],
)
def test_the_script_gives_the_engines_curve(
    data: str, loss: str, place: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    mixed = Recipe(MLP, training=TRAINING, augmentation=(step("mixup"), step("noise")))
    recipe, examples = (*recipes(), mixed)[place], load(data, loss=loss)
    path = tmp_path / "script.py"
    path.write_text(script(recipe, examples, SPLIT, 0), encoding="utf-8")
    curve = np.array(runpy.run_path(str(path))["curve"])
    run = Run(recipe, 0, prepare(examples, SPLIT))
    list(train(run))
    curves = run.record.history.curves()
    wanted = [curves.step, curves.train_loss, curves.train_measure, curves.validation_loss,
              curves.validation_measure]  # fmt: skip
    np.testing.assert_allclose(curve, np.stack(wanted, 1), rtol=1e-3, atol=1e-5)


def test_what_has_no_meaning_for_numbers_is_refused_in_one_sentence() -> None:
    smoothed = Recipe(MLP, Regularisation(label_smoothing=0.1), TRAINING, name="Smoothed")
    with pytest.raises(ValueError, match=r"Smoothed cannot train: label smoothing spreads"):
        Race((smoothed,), prepared(NUMBERS[0]), seeds=(0,))
    with pytest.raises(ValueError, match="Label noise gives examples another class"):
        prepare(sine(NUMBERS[0]), Split(label_noise=0.1))
