"""Instruments on data whose targets are numbers: errors, curves, surfaces, what pruning costs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from explainer.training.data.registry import load
from explainer.training.data.shifted import shifted, suitable
from explainer.training.data.splits import Prepared, Split, prepare
from explainer.training.engine.run import Run
from explainer.training.instruments.boundary import boundary
from explainer.training.instruments.errors import errors
from explainer.training.instruments.fit import fit
from explainer.training.instruments.pruning import prune
from explainer.training.instruments.shifted_score import shifted_scores
from explainer.training.instruments.unit_maps import unit_maps
from explainer.training.recipe.recipe import Network, Recipe, Training
from tests.training.instruments.test_no_trace import alike, everything

Trained = Callable[..., Run]
MLP = Recipe(Network("mlp", 2, 16, batch_norm=True), training=Training("adam", 0.01))


@pytest.fixture(scope="module")
def plane() -> Prepared:
    return prepare(load("plane"), Split())


@pytest.fixture(scope="module")
def sine() -> Prepared:
    return prepare(load("noisy-sine"), Split())


def told(run: Run, inputs: torch.Tensor) -> NDArray[np.float32]:
    with torch.no_grad():
        return np.asarray(run.model.eval()(inputs).numpy())


def test_errors_are_of_every_validation_example_and_the_largest_come_first(
    plane: Prepared, trained: Trained
) -> None:
    run = trained(MLP, plane)
    found = errors(run)
    assert (np.diff(found.sizes) <= 0).all()
    assert run.record.last is not None
    off = np.abs(told(run, plane.validation_inputs) - plane.validation_labels.numpy())[:, 0]
    np.testing.assert_allclose(found.sizes, np.sort(off)[::-1], rtol=1e-4, atol=1e-6)
    row = int(off.argmax())
    raw = plane.normaliser.invert(plane.validation_inputs)[row]
    np.testing.assert_allclose(found.inputs[0], raw.numpy(), rtol=1e-5)
    np.testing.assert_allclose(found.targets[0], plane.validation_labels[row].numpy())


def test_outputs_that_are_no_number_have_no_error(plane: Prepared, trained: Trained) -> None:
    run = trained(MLP, plane)
    run.model.get_parameter("out.bias").data.fill_(float("nan"))
    found = errors(run)
    assert (len(found.sizes), found.unanswered) == (0, len(plane.validation_labels))


def test_the_surface_is_what_the_network_tells_at_each_place(
    plane: Prepared, trained: Trained
) -> None:
    run, side = trained(MLP, plane), 8
    found = boundary(run, side)
    assert found.numbers
    assert found.answers.shape == (side, side, 1)
    row, column = 2, 5
    x = found.x[0] + (column + 0.5) / side * (found.x[1] - found.x[0])
    y = found.y[1] - (row + 0.5) / side * (found.y[1] - found.y[0])
    place = plane.normaliser.apply(torch.tensor([[x, y]], dtype=torch.float32))
    np.testing.assert_allclose(found.answers[row, column], told(run, place)[0], rtol=1e-4)
    np.testing.assert_array_equal(found.train_labels, plane.train_labels.numpy())
    maps = unit_maps(run, side)
    assert [len(one) for one in maps.layers] == [2, 8, 8, 1]
    assert maps.decision.numbers


def test_the_curve_is_what_the_network_tells_along_the_line(
    sine: Prepared, trained: Trained
) -> None:
    run = trained(MLP, sine)
    found = fit(run, 50)
    x = torch.from_numpy(found.curve[:, :1])
    np.testing.assert_allclose(
        found.curve[:, 1:], told(run, sine.normaliser.apply(x)), rtol=1e-3, atol=1e-5
    )
    assert (np.diff(found.curve[:, 0]) > 0).all()
    assert found.curve[0, 0] < found.train[:, 0].min()
    np.testing.assert_allclose(found.train[:, 1], sine.train_labels[:, 0].numpy())
    np.testing.assert_allclose(found.validation[:, 1], sine.validation_labels[:, 0].numpy())


def test_what_is_of_numbers_alone_is_refused_for_others(
    plane: Prepared, moons: Prepared, trained: Trained
) -> None:
    with pytest.raises(ValueError, match="here are classes"):
        errors(trained(MLP, moons))
    with pytest.raises(ValueError, match="one number from another"):
        fit(trained(MLP, plane))


@pytest.mark.parametrize("look", [errors, fit, boundary, unit_maps, prune])
def test_looking_leaves_no_trace(
    look: Callable[[Run], object], plane: Prepared, sine: Prepared, trained: Trained
) -> None:
    run = trained(MLP, sine if look is fit else plane)
    before = everything(run)
    look(run)
    assert alike(before, everything(run))


def test_pruning_nothing_leaves_the_error_and_everything_the_bias_alone(
    plane: Prepared, trained: Trained
) -> None:
    run = trained(MLP, plane)
    off = np.abs(told(run, plane.validation_inputs) - plane.validation_labels.numpy()).mean()
    run.model.train()
    nothing, everything_ = prune(run, [0, 1])
    assert nothing.measure == pytest.approx(off, rel=1e-4)
    bias = float(run.model.get_parameter("out.bias").detach())
    alone = (plane.validation_labels - bias).abs().mean()
    assert everything_.measure == pytest.approx(float(alone), rel=1e-4)


@pytest.mark.parametrize(("slug", "shifts"), [("plane", ["noise", "rotation"]),
                                              ("noisy-sine", ["noise"])])  # fmt: skip
def test_a_shifted_test_of_numbers_is_an_error(
    slug: str, shifts: list[str], trained: Trained
) -> None:
    examples = load(slug)
    assert [one.slug for one in suitable(examples)] == shifts
    data = prepare(examples, Split())
    run = trained(MLP, data, 40)
    for shift in shifts:
        (score,) = shifted_scores([run], examples, shift)
        assert score is not None
        assert run.record.checkpoint is not None
        run.record.checkpoint.restore(run.model)
        moved = shifted(examples, data.parts.test, shift, seed=0)
        off = told(run, data.normaliser.apply(moved)) - data.test_labels.numpy()
        assert score.measure == pytest.approx(float(np.abs(off).mean()), rel=1e-4)
        assert score.loss == pytest.approx(float(np.square(off).mean()), rel=1e-4)
