from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from sklearn.metrics import confusion_matrix as oracle

from explainer.training.data.splits import Prepared
from explainer.training.engine.run import Run
from explainer.training.instruments.mistakes import answers
from explainer.training.recipe.recipe import Network, Recipe, Training


@pytest.fixture(scope="module")
def run(digits: Prepared, trained: Callable[..., Run]) -> Run:
    recipe = Recipe(Network(batch_norm=True), training=Training(steps=12))
    return trained(recipe, digits, 12)


def test_answers_are_those_of_the_network_in_evaluation_mode(run: Run, digits: Prepared) -> None:
    found = answers(run)
    run.model.eval()
    with torch.no_grad():
        shares = run.model(digits.validation_inputs).softmax(1)
    assert found.classes == digits.classes
    np.testing.assert_array_equal(found.labels, digits.validation_labels.numpy())
    np.testing.assert_array_equal(found.predicted, shares.argmax(1).numpy())
    np.testing.assert_allclose(found.confidence, shares.amax(1).numpy(), rtol=1e-4)
    last = run.record.last
    assert last is not None
    right = float((found.predicted == found.labels).mean())
    assert right == pytest.approx(last.validation_measure)


def test_the_confusion_matrix_is_that_of_scikit_learn(run: Run) -> None:
    found = answers(run)
    expected = oracle(found.labels, found.predicted, labels=range(10))
    np.testing.assert_array_equal(found.confusion, expected)
    assert found.confusion.dtype == np.int64


def test_the_worst_mistakes_are_the_most_confident_ones(run: Run) -> None:
    found = answers(run, worst=5)
    wrong = found.confidence[found.predicted != found.labels]
    assert len(wrong) > 5
    expected = sorted(wrong.tolist(), reverse=True)[:5]
    assert [one.confidence for one in found.worst] == expected
    for one in found.worst:
        assert one.truth != one.predicted
        assert one.right < one.confidence


def test_a_mistake_shows_the_picture_as_it_was(run: Run, digits: Prepared) -> None:
    worst = answers(run).worst[0]
    raw = digits.normaliser.invert(digits.validation_inputs).permute(0, 2, 3, 1).numpy()
    assert worst.picture.shape == (8, 8, 1)
    assert worst.picture.dtype == np.float32
    assert 0 <= worst.picture.min() <= worst.picture.max() <= 1
    distances = np.abs(raw - worst.picture).max((1, 2, 3))
    assert distances.min() < 1e-5
    assert digits.validation_labels[int(distances.argmin())] == worst.truth


def test_on_points_a_mistake_is_the_point(moons: Prepared) -> None:
    found = answers(Run(Recipe(Network("mlp", 1)), 0, moons), worst=3)
    raw = moons.normaliser.invert(moons.validation_inputs).numpy()
    assert len(found.worst) == 3
    for one in found.worst:
        assert one.picture.shape == (2,)
        assert np.abs(raw - one.picture).max(1).min() < 1e-5
        assert one.right == pytest.approx(1 - one.confidence, abs=1e-5)


def test_at_most_so_many_are_asked_and_a_perfect_network_has_no_worst(digits: Prepared) -> None:
    run = Run(Recipe(Network("mlp", 0)), 0, digits)
    with torch.no_grad():
        run.model.get_parameter("out.weight").zero_()
        run.model.get_parameter("out.bias")[digits.validation_labels[0]] = 9
    found = answers(run, most=1)
    assert (len(found.labels), found.confusion.sum(), found.worst) == (1, 1, ())
    with pytest.raises(ValueError, match="worst is 0, but it starts at 1"):
        answers(run, worst=0)
