"""Data whose targets are numbers: surfaces as TensorFlow Playground has them, and a sine."""

from __future__ import annotations

import math

import pytest
import torch

from explainer.training.data.gaps import gaps
from explainer.training.data.numbers import NUMBERS
from explainer.training.data.registry import DATA_SETS, EVERY_DATA_SET, load
from explainer.training.data.splits import Split, split
from explainer.training.task import TASKS

SLUGS = [entry.slug for entry in NUMBERS]
every = pytest.mark.parametrize("slug", SLUGS)
surfaces = pytest.mark.parametrize("slug", ["plane", "gaussians"])


def playground(slug: str, x: float, y: float) -> float:
    """The label that `src/dataset.ts` gives a point, whose coordinates go from -6 to 6."""
    if slug == "plane":
        return (x + y) / 10
    label = 0.0
    for cx, cy, sign in (
        (-4, 2.5, 1), (0, 2.5, -1), (4, 2.5, 1), (-4, -2.5, -1), (0, -2.5, 1), (4, -2.5, -1)
    ):  # fmt: skip
        found = sign * min(max(1 - math.dist((x, y), (cx, cy)) / 2, 0), 1)
        if abs(found) > abs(label):
            label = found
    return label


@surfaces
def test_targets_are_those_of_the_playground(slug: str) -> None:
    found = load(slug, noise=0, count=2000)
    points, targets = (6 * found.inputs.double()).tolist(), found.labels[:, 0].tolist()
    wanted = [playground(slug, *point) for point in points]
    assert targets == pytest.approx(wanted, abs=1e-6)
    assert max(map(abs, wanted)) > 0.9


@surfaces
def test_points_fill_the_square_and_stray_further_the_same_way(slug: str) -> None:
    still, near, far = (load(slug, noise=noise) for noise in (0, 0.1, 0.2))
    assert -1 < still.inputs.min() < -0.9
    assert 0.9 < still.inputs.max() < 1
    moves = [one.inputs - still.inputs for one in (near, far)]
    torch.testing.assert_close(moves[1], 2 * moves[0], atol=1e-5, rtol=0)
    assert torch.equal(near.labels, still.labels)


@every
def test_targets_are_numbers_and_follow_from_the_seed(slug: str) -> None:
    found = load(slug, count=200, seed=3)
    assert found.inputs.dtype == found.labels.dtype == torch.float32
    assert (len(found.inputs), found.labels.shape, found.classes) == (200, (200, 1), ())
    assert torch.equal(found.labels, load(slug, count=200, seed=3).labels)
    assert not torch.equal(found.labels, load(slug, count=200, seed=4).labels)
    assert dict(found.settings) == EVERY_DATA_SET[slug].defaults() | {"count": 200, "seed": 3}


@every
def test_the_loss_is_a_setting_and_the_data_stand_beside_those_with_classes(slug: str) -> None:
    assert slug not in DATA_SETS
    assert EVERY_DATA_SET[slug].group == "Numbers"
    for task in TASKS:
        if not task.measure.percent:
            assert load(slug, loss=task.slug).task is task


@every
def test_parts_lack_no_class_where_there_are_none(slug: str) -> None:
    examples = load(slug)
    assert gaps(examples, split(examples, Split())) == ()
    (sentence,) = gaps(examples, split(examples, Split(test_share=0)))
    assert "test part is empty" in sentence
