"""One pass: gradients against the chain rule by hand, shares against a direct count."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

from explainer.gradients.depth.batch import Batch, digit_batch, patch_batch
from explainer.gradients.depth.settings import setting
from explainer.gradients.depth.untrained_pass import (
    at_depth,
    difference_of,
    measured,
    pass_through,
    traced,
)
from explainer.images.gallery import gallery_picture


@pytest.fixture(scope="module")
def batch() -> Batch:
    """Some digits."""
    return digit_batch(50, 3)


@pytest.mark.parametrize("slug", ["sigmoid", "tanh", "relu"])
def test_gradients_are_those_of_the_chain_rule_by_hand(slug: str, batch: Batch) -> None:
    network = at_depth(setting(slug, "xavier"), 4, 20)
    found = pass_through(network, batch, 1)
    traces = traced(network, batch, 1)
    values = [batch.inputs.double().flatten(1)]
    sums = []
    functions = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu}
    slopes: dict[str, Callable[[Tensor], Tensor]] = {
        "sigmoid": lambda z: torch.sigmoid(z) * (1 - torch.sigmoid(z)),
        "tanh": lambda z: 1 - torch.tanh(z) ** 2,
        "relu": lambda z: (z > 0).double(),
    }
    weights = [layer.weight.detach() for layer in traces.linear]
    for weight in weights[:-1]:
        sums.append(values[-1] @ weight.T)
        values.append(functions[slug](sums[-1]))
    logits = values[-1] @ weights[-1].T
    delta = torch.softmax(logits, 1) - torch.nn.functional.one_hot(batch.labels, 10)
    for place in reversed(range(4)):
        delta = slopes[slug](sums[place]) * (delta @ weights[place + 1])
        length = delta.square().sum(1).mean().sqrt()
        assert found.gradient[place] == pytest.approx(float(length), rel=1e-9)
        of_weights = (delta.T @ values[place] / len(batch.labels)).norm()
        assert found.weight_gradient[place] == pytest.approx(float(of_weights), rel=1e-9)
        assert found.sums[place] == pytest.approx(
            float(sums[place].square().mean().sqrt()), rel=1e-9
        )


def test_dead_and_saturated_are_counted_value_by_value(batch: Batch) -> None:
    network = at_depth(setting("relu", "he"), 6, 30)
    found, traces = pass_through(network, batch, 0), traced(network, batch, 0)
    for place, sums in enumerate(traces.sums):
        dead = sum(all(z <= 0 for z in column) for column in sums.T.tolist()) / 30
        cut = sum(z <= 0 for row in sums.tolist() for z in row) / sums.numel()
        assert found.dead[place] == pytest.approx(dead)
        assert found.saturated[place] == pytest.approx(cut)
    assert found.dead[-1] > 0


def test_saturated_of_tanh_is_a_slope_under_one_hundredth(batch: Batch) -> None:
    network = at_depth(setting("tanh", "he"), 2, 30)
    traces = traced(network, batch, 0)
    traces.sums[0] = traces.sums[0] * 3
    count = sum(1 - np.tanh(z) ** 2 < 0.01 for row in traces.sums[0].tolist() for z in row)
    assert measured(network, traces).saturated[0] == pytest.approx(count / traces.sums[0].numel())


def test_every_value_is_in_some_bin(batch: Batch) -> None:
    found = pass_through(at_depth(setting("relu", "xavier"), 12, 30), batch, 0)
    np.testing.assert_allclose(found.values.sum(1), 1)
    assert found.low == 0
    assert pass_through(at_depth(setting("tanh", "xavier"), 3, 30), batch, 0).low < 0


@pytest.mark.parametrize("unit", [1e-300, 1e-200, 1.0, 1e200])
def test_the_difference_of_sums_knows_no_unit(unit: float) -> None:
    rows = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]], dtype=torch.float64)
    cosines = [0, 0.5**0.5, 0.5**0.5]
    assert difference_of(rows * unit) == pytest.approx(1 - np.mean(cosines))


def test_patches_know_the_quarter_that_they_come_from() -> None:
    found = patch_batch(gallery_picture("chelsea").codes, 200, 0)
    assert found.inputs.shape == (200, 3, 8, 8)
    assert set(found.labels.tolist()) == {0, 1, 2, 3}
    torch.testing.assert_close(found.inputs.mean((0, 2, 3)), torch.zeros(3), atol=1e-5, rtol=0)


def test_a_photo_of_one_colour_gives_zeros_and_no_error() -> None:
    flat = patch_batch(np.full((40, 60, 3), 90, np.uint8), 20, 0)
    assert not flat.inputs.any()
    found = pass_through(at_depth(setting("relu", "he"), 3, 16), flat, 0)
    assert np.isfinite(found.gradient).all()


def test_the_difference_of_two_examples_is_one_less_their_cosine(batch: Batch) -> None:
    rows = torch.tensor([[1.0, 0.0], [0.0, 2.0], [3.0, 3.0]], dtype=torch.float64)
    assert difference_of(rows) == pytest.approx(1 - (0 + 2 * 0.5**0.5) / 3)
    assert difference_of(rows[:1].expand(4, 2)) == pytest.approx(0, abs=1e-12)
    found = pass_through(at_depth(setting("sigmoid", "xavier"), 6, 100), batch, 0)
    assert found.difference[0] > 0.5
    assert found.difference[-1] < 0.01
