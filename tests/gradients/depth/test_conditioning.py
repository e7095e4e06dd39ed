"""Why fifty plain layers learn slowly: measured at the start, for the networks of the story."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from explainer.gradients.depth.races import RACES, SPLIT
from explainer.training.data.splits import prepare
from explainer.training.recipe.build_network import build_initialised
from explainer.training.recipe.recipe import Regularisation
from tests.gradients.depth.racing import digits

SEEDS = (11, 12)
EXAMPLES, LOOKED_AT = 50, 3


@cache
def at_the_start(seed: int) -> list[tuple[float, float]]:
    """Of the three networks of the story: unevenness and likeness, as below."""
    data = prepare(digits(), replace(SPLIT, seed=seed))
    inputs, labels = data.train_inputs[:EXAMPLES], data.train_labels[:EXAMPLES]
    found = []
    for recipe in RACES["skips"].recipes:
        model = build_initialised(recipe.network, data.shape, 10, Regularisation(), seed=seed)
        found.append((unevenness(model, inputs), likeness(model, inputs, labels)))
    return found


def unevenness(model: nn.Module, inputs: Tensor) -> float:
    """How much more the ten logits change in one direction than in another, median over inputs.

    The largest singular value of the derivative of all logits, over the smallest.
    """

    def condition(picture: Tensor) -> float:
        derivative = torch.func.jacrev(lambda given: model(given[None])[0])(picture)
        values = torch.linalg.svdvals(derivative.detach().flatten(1))
        return float(values[0] / values[-1])

    return float(np.median([condition(picture) for picture in inputs[:LOOKED_AT]]))


def likeness(model: nn.Module, inputs: Tensor, labels: Tensor) -> float:
    """The cosine of the gradients at an input and at one a tenth of the way to the next input."""
    neighbours = inputs + 0.1 * (inputs.roll(1, 0) - inputs)
    here, there = (gradient(model, given, labels) for given in (inputs, neighbours))
    return float(F.cosine_similarity(here, there).median())


def gradient(model: nn.Module, inputs: Tensor, labels: Tensor) -> Tensor:
    """The gradient of each example's loss at its own pixels, `(N, pixels)`."""
    with torch.enable_grad():
        given = inputs.clone().requires_grad_()
        loss = F.cross_entropy(model(given), labels, reduction="sum")
        return torch.autograd.grad(loss, given)[0].flatten(1)


@pytest.mark.parametrize("seed", SEEDS)
def test_directions_are_apart_without_skips_and_not_with_orthogonal_weights(seed: int) -> None:
    (plain, _), (skips, _), (orthogonal, _) = at_the_start(seed)
    assert plain > 150
    assert 10 < skips < 40
    assert 1 < orthogonal < 3


@pytest.mark.parametrize("seed", SEEDS)
def test_it_is_with_skips_that_gradients_of_neighbouring_inputs_differ(seed: int) -> None:
    (_, plain), (_, skips), (_, orthogonal) = at_the_start(seed)
    assert min(plain, orthogonal) > 0.98
    assert 0.2 < skips < 0.6
