"""A picture on its way through a network, against PyTorch's own operators and a plain forward."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from explainer.training.data.splits import Prepared
from explainer.training.engine.run import Run
from explainer.training.instruments.forward_pass import (
    ForwardPass,
    LayerPass,
    forward_pass,
    next_mistake,
    strengths,
)
from explainer.training.recipe.recipe import Network, Recipe, Regularisation

PLACE, FEW = 5, 4
CONV1, CONV2 = (
    tuple(f"conv{number}{part}" for part in ("", "_activation", "_pool")) for number in (1, 2)
)
DENSE1 = ("dense1", "dense1_activation")
NORMED = ("conv1", "conv1_norm", "conv1_activation", "conv1_pool")
NETWORKS: dict[str, tuple[Network, Regularisation, list[tuple[str, ...]]]] = {
    "cnn": (Network(channels=6), Regularisation(), [CONV1, CONV2, ("out",)]),
    "cnn, dense": (Network(blocks=1, dense_layers=1, width=9, activation="tanh"),
                   Regularisation(dropout=0.5, map_dropout=0.3, dropconnect=0.2),
                   [(*CONV1, "conv1_dropout"), (*DENSE1, "dense1_dropout"), ("out",)]),
    "batch norm": (Network(blocks=1, batch_norm=True, pooling="stochastic"), Regularisation(),
                   [NORMED, ("out",)]),
    "layer norm": (Network(blocks=1, layer_norm=True, mean_of_maps=True, pooling="average"),
                   Regularisation(dropout=0.2), [NORMED, ("mean",), ("out",)]),
    "mlp": (Network("mlp", depth=1, width=24), Regularisation(dropout=0.5),
            [(*DENSE1, "dense1_dropout"), ("out",)]),
    "skips": (Network("mlp", depth=2, width=12, residual=True), Regularisation(),
              [(*DENSE1, "dense1_skip"), ("dense2", "dense2_activation", "dense2_skip"), ("out",)]),
    "linear": (Network("mlp", depth=0), Regularisation(), [("out",)]),
}  # fmt: skip
Trained = Callable[..., Run]


def run_of(name: str, data: Prepared, trained: Trained) -> Run:
    network, regularisation, _steps = NETWORKS[name]
    return trained(Recipe(network, regularisation), data)


@pytest.mark.parametrize("name", NETWORKS)
def test_every_layer_gives_what_hooks_see_in_a_plain_forward(
    name: str, digits: Prepared, trained: Trained
) -> None:
    run = run_of(name, digits, trained)
    found, model = forward_pass(run, PLACE), copy.deepcopy(run.model).eval()
    seen: dict[str, Tensor] = {}
    for step, module in model.named_children():
        module.register_forward_hook(lambda _m, _i, output, step=step: seen.update({step: output}))
    with torch.no_grad():
        logits = model(digits.validation_inputs[PLACE : PLACE + 1])
    assert [layer.steps for layer in found.layers] == NETWORKS[name][2]
    for layer in found.layers:
        given = seen[layer.steps[-1]][0]
        assert layer.units == len(given)
        wanted = given.reshape(len(given), *(given.shape[1:] or (1, 1)))[: len(layer.values)]
        np.testing.assert_allclose(layer.values, wanted, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(found.probabilities, logits.softmax(1)[0], rtol=1e-5, atol=1e-7)
    assert found.truth == int(digits.validation_labels[PLACE])


def from_before(layer: LayerPass, before: Tensor) -> Tensor:
    """What the weights of a layer make of all units before it, before any activation."""
    assert layer.weights is not None
    assert layer.biases is not None
    weights, biases = torch.from_numpy(layer.weights), torch.from_numpy(layer.biases)
    if layer.name.startswith("conv"):
        return F.conv2d(before[None], weights, biases, padding=weights.shape[-1] // 2)[0]
    return ((weights * before).sum((1, 2, 3)) + biases)[:, None, None]


@pytest.mark.parametrize("name", ["cnn", "skips", "linear"])
def test_the_weights_that_are_shown_make_each_layer_of_the_one_before(
    name: str, digits: Prepared, trained: Trained
) -> None:
    found = forward_pass(run_of(name, digits, trained), PLACE)
    before = digits.normaliser.apply(torch.from_numpy(found.picture).permute(2, 0, 1)[None])[0]
    for place, layer in enumerate(found.layers):
        made = from_before(layer, before)
        if layer.name != "out":
            made = made.relu()
        if layer.name.startswith("conv"):
            made = F.max_pool2d(made, 2)
        assert layer.carried == (name == "skips" and place == 1)
        if layer.carried:
            made = made + before
        np.testing.assert_allclose(made, layer.values, rtol=1e-4, atol=1e-5)
        before = torch.from_numpy(layer.values)


def test_a_coloured_picture_is_the_one_of_the_validation_part(
    colourful: Prepared, trained: Trained
) -> None:
    run = trained(Recipe(Network(blocks=2, channels=16)), colourful)
    found = forward_pass(run, 1)
    height, width = colourful.shape[1:]
    seen = colourful.normaliser.invert(colourful.validation_inputs[1:2])[0].permute(1, 2, 0)
    np.testing.assert_allclose(found.picture, seen, atol=1e-6)
    first, second, out = found.layers
    assert first.values.shape == (16, height // 2, width // 2)
    assert (len(second.places), second.units) == (16, 32)
    assert first.weights is not None
    assert first.weights.shape == (16, 3, 3, 3)
    assert out.weights is not None
    assert out.weights.shape == (len(colourful.classes), 16, height // 4, width // 4)


def test_a_line_is_the_norm_of_what_leads_there_with_the_sign_of_its_sum(
    digits: Prepared, trained: Trained
) -> None:
    found = forward_pass(run_of("layer norm", digits, trained), PLACE)
    conv, mean, out = found.layers
    assert conv.weights is not None
    assert strengths(conv, whole_picture=True).shape == (len(conv.values), 1)
    kernel = conv.weights[2, 0].astype(float)
    assert strengths(conv)[2, 0] == pytest.approx(
        np.linalg.norm(kernel) * np.sign(kernel.sum()), rel=1e-5
    )
    np.testing.assert_array_equal(strengths(mean), np.eye(len(mean.values)))
    assert out.weights is not None
    np.testing.assert_allclose(strengths(out), out.weights[:, :, 0, 0], rtol=1e-6)


def test_of_many_classes_the_true_one_and_the_likeliest_are_there(
    digits: Prepared, trained: Trained
) -> None:
    run = run_of("mlp", digits, trained)
    for place in range(8):
        found = forward_pass(run, place, most=FEW)
        out = found.layers[-1]
        others = [one for one in out.places.tolist() if one != found.truth]
        rest = set(range(10)) - {*others, found.truth}
        assert len(others) == FEW - 1
        assert sorted(out.places.tolist()) == out.places.tolist()
        least = min(found.probabilities[others])
        assert all(found.probabilities[one] <= least for one in rest)
        logits = out.values.ravel() - out.values.max()
        shares = found.probabilities[out.places] / found.probabilities[out.places].max()
        np.testing.assert_allclose(np.exp(logits), shares, rtol=1e-4)


def test_the_next_mistake_is_the_next_one_going_round(digits: Prepared, trained: Trained) -> None:
    run = run_of("cnn", digits, trained)
    count = min(len(digits.validation_labels), run.evaluation.validation_examples)
    with torch.no_grad():
        guesses = copy.deepcopy(run.model).eval()(digits.validation_inputs).argmax(1)
    wrong = (guesses != digits.validation_labels)[:count].nonzero()[:, 0].tolist()
    assert 1 < len(wrong) < count
    assert next_mistake(run, wrong[0]) == wrong[1]
    assert next_mistake(run, wrong[-1]) == wrong[0]
    assert next_mistake(run, wrong[1] - 1) == wrong[1]
    run.data = replace(digits, validation_labels=guesses)
    assert next_mistake(run, 0) is None


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e30])
@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_of_numbers_that_are_none_is_passed_all_the_same(
    name: str, value: float, digits: Prepared, trained: Trained
) -> None:
    run = run_of(name, digits, trained)
    for parameter in run.model.parameters():
        parameter.data.fill_(value)
    found = forward_pass(run, 0)
    assert isinstance(found, ForwardPass)
    assert [strengths(layer).shape[0] for layer in found.layers] == [
        len(layer.values) for layer in found.layers
    ]


def test_points_and_places_that_are_not_there_are_refused(
    digits: Prepared, moons: Prepared
) -> None:
    with pytest.raises(ValueError, match="a picture"):
        forward_pass(Run(Recipe(Network("mlp", depth=1)), 0, moons), 0)
    run = Run(Recipe(Network("mlp", depth=1)), 0, digits)
    with pytest.raises(ValueError, match=r"place is 512, but it lies in 0\.\.\d+"):
        forward_pass(run, 512)
